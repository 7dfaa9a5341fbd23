"""What a person has been told, what letters the person wants, and where they go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection

from domain.notices import USUAL_OF, Channel, Hours, Kind, Pace
from projections.names import shown
from projections.sql import row, rows

Conn = AsyncConnection[Any]
PAGE = 50

_TOLD: LiteralString = """
    SELECT n.position, n.ordinal, n.pupil_id::text, p.full_name, n.kind, n.at, n.opened_at,
        m.state
    FROM {s}.notice n
    LEFT JOIN {s}.directory_person p ON p.person_id = n.pupil_id
    LEFT JOIN {s}.notice m ON m.channel = 'email'
        AND (m.position, m.person_id, m.pupil_id, m.ordinal)
            = (n.position, n.person_id, n.pupil_id, n.ordinal)
    WHERE n.person_id = %(person)s AND n.channel = 'inbox'
        AND (n.position, n.ordinal) < (%(position)s, %(ordinal)s)
    ORDER BY n.position DESC, n.ordinal DESC, n.pupil_id LIMIT %(limit)s
"""
#: of guardians of a class's pupils: what became of letters and of words on devices
_DELIVERY: LiteralString = """
    SELECT n.pupil_id::text, p.full_name, n.person_id::text, g.full_name, n.channel,
        count(*) FILTER (WHERE n.state = 'queued'), count(*) FILTER (WHERE n.state = 'sent'),
        count(*) FILTER (WHERE n.state IN ('failed', 'dropped')), max(n.sent_at),
        max(o.opened_at), (array_agg(n.error ORDER BY n.position DESC)
            FILTER (WHERE n.state IN ('failed', 'dropped')))[1]
    FROM {s}.notice n
    LEFT JOIN {s}.notice o ON o.channel = 'inbox'
        AND (o.position, o.person_id, o.pupil_id, o.ordinal)
            = (n.position, n.person_id, n.pupil_id, n.ordinal)
    LEFT JOIN {s}.directory_person p ON p.person_id = n.pupil_id
    LEFT JOIN {s}.directory_person g ON g.person_id = n.person_id
    WHERE n.class_id = %(class)s AND n.channel <> 'inbox' AND n.at >= %(since)s
    GROUP BY n.pupil_id, p.full_name, n.person_id, g.full_name, n.channel
    ORDER BY max(p.sort_key), n.pupil_id, max(g.sort_key), n.person_id, n.channel
"""
#: the inbox before which there is nothing
NEWEST = (9_223_372_036_854_775_807, 0)


async def inbox(
    conn: Conn,
    schema: str,
    person_id: str,
    before: tuple[int, int] = NEWEST,
    limit: int = PAGE,
) -> list[dict[str, Any]]:
    """`[{position, ordinal, kind, pupil{pupil_id, name}, at, opened, letter}]`, the newest first;
    letter is the state of the letter about it or None.
    """
    position, ordinal = before
    found = await rows(
        conn, schema, _TOLD, person=person_id, position=position, ordinal=ordinal, limit=limit
    )
    return [
        {
            "position": position,
            "ordinal": ordinal,
            "kind": kind,
            "pupil": {"pupil_id": pupil_id, "name": shown(name)},
            "at": at.astimezone(UTC).isoformat(),
            "opened": opened is not None,
            "letter": letter,
        }
        for position, ordinal, pupil_id, name, kind, at, opened, letter in found
    ]


async def unread(conn: Conn, schema: str, person_id: str) -> int:
    """How much the person has not seen yet."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FROM {s}.notice"
        " WHERE person_id = %s AND channel = 'inbox' AND opened_at IS NULL",
        person_id,
    )
    return int(found[0]) if found else 0


async def seen(conn: Conn, schema: str, person_id: str, upto: int, now: datetime) -> int:
    """The person has seen everything up to a position; answers how much of it was new."""
    found = await rows(
        conn,
        schema,
        "UPDATE {s}.notice SET opened_at = %s WHERE person_id = %s AND channel = 'inbox'"
        " AND position <= %s AND opened_at IS NULL RETURNING 1",
        now,
        person_id,
        upto,
    )
    return len(found)


async def paces(
    conn: Conn, schema: str, person_id: str, channel: Channel = Channel.EMAIL
) -> dict[Kind, Pace]:
    """What the person wants to be told of by a channel, and how often."""
    found = await rows(
        conn,
        schema,
        "SELECT kind, pace FROM {s}.notice_choice WHERE person_id = %s AND channel = %s",
        person_id,
        str(channel),
    )
    return USUAL_OF[channel] | {Kind(kind): Pace(pace) for kind, pace in found}


async def choose(
    conn: Conn,
    schema: str,
    person_id: str,
    chosen: Mapping[Kind, Pace],
    channel: Channel = Channel.EMAIL,
) -> None:
    """From now on; what is already on its way stays so."""
    for kind, pace in chosen.items():
        await row(
            conn,
            schema,
            "INSERT INTO {s}.notice_choice (person_id, channel, kind, pace)"
            " VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (person_id, channel, kind) DO UPDATE SET pace = excluded.pace"
            " RETURNING 1",
            person_id,
            str(channel),
            str(kind),
            str(pace),
        )


async def hours(conn: Conn, schema: str) -> Hours:
    """The school's hours; the usual ones until they are set."""
    found = await row(
        conn, schema, "SELECT publish, quiet_from, quiet_until, weekday FROM {s}.notice_hours"
    )
    return Hours(*found) if found else Hours()


async def set_hours(conn: Conn, schema: str, new: Hours) -> None:
    """The school's hours from now on."""
    await row(
        conn,
        schema,
        "INSERT INTO {s}.notice_hours VALUES (true, %s, %s, %s, %s) ON CONFLICT (one) DO UPDATE"
        " SET publish = excluded.publish, quiet_from = excluded.quiet_from,"
        " quiet_until = excluded.quiet_until, weekday = excluded.weekday RETURNING 1",
        new.publish,
        new.quiet_from,
        new.quiet_until,
        new.weekday,
    )


async def delivery(conn: Conn, schema: str, class_id: str, since: datetime) -> list[dict[str, Any]]:
    """`[{pupil{…}, guardian{person_id, name}, channel, queued, sent, failed, last_sent, opened,
    error}]`: what became of what was sent about a class's pupils since a moment.
    """
    found = await rows(conn, schema, _DELIVERY, **{"class": class_id, "since": since})
    return [_delivered(*one) for one in found]


def _delivered(
    pupil_id: str,
    pupil: str | None,
    person_id: str,
    guardian: str | None,
    channel: str,
    *rest: Any,
) -> dict[str, Any]:
    queued, sent, failed, last, opened, error = rest
    return {
        "pupil": {"pupil_id": pupil_id, "name": shown(pupil)},
        "guardian": {"person_id": person_id, "name": shown(guardian)},
        "channel": channel,
        "queued": queued,
        "sent": sent,
        "failed": failed,
        "last_sent": last and last.astimezone(UTC).isoformat(),
        "opened": opened and opened.astimezone(UTC).isoformat(),
        "error": error or "",
    }
