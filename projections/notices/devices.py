"""Devices that are told (Web Push): one's own browsers, and the words that are due there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import AsyncConnection

from domain.notices import Channel
from projections.notices.posting import STALE, Line, Parcel, note
from projections.sql import bound, row, rows

Conn = AsyncConnection[Any]

#: browsers of one person; a longer list is nobody's household
AT_MOST = 10


class Subscription(NamedTuple):
    """What a browser gives away: where it is told, and the keys that the word is encrypted with."""

    endpoint: str
    public_key: bytes
    auth: bytes


async def devices_of(conn: Conn, schema: str, person_id: str) -> list[dict[str, Any]]:
    """`[{device_id, name, since, sent, failure}]`, the oldest first; failure: told no more."""
    found = await rows(
        conn,
        schema,
        "SELECT device_id::text, name, since, sent_at, failure FROM {s}.push_device"
        " WHERE person_id = %s ORDER BY since, device_id",
        person_id,
    )
    return [
        {
            "device_id": device_id,
            "name": name,
            "since": since.astimezone(UTC).isoformat(),
            "sent": sent and sent.astimezone(UTC).isoformat(),
            "failure": failure,
        }
        for device_id, name, since, sent, failure in found
    ]


async def agreed_to_push(conn: Conn, schema: str, person_id: str, day: date) -> bool:
    """Whether the person has agreed to be told so about some child that day."""
    found = await row(
        conn,
        schema,
        "SELECT EXISTS (SELECT FROM {s}.directory_consent WHERE guardian_id = %(person)s"
        " AND purpose = 'push' AND NOT withdrawn AND since <= %(day)s"
        " AND (until IS NULL OR %(day)s < until))",
        person=person_id,
        day=day,
    )
    return bool(found and found[0])


async def add_device(
    conn: Conn, schema: str, person_id: str, at: Subscription, name: str, now: datetime
) -> bool:
    """The browser is told from now on, whoever was told in it before; False when there are many
    already.
    """
    found = await row(
        conn,
        schema,
        "INSERT INTO {s}.push_device (person_id, endpoint, public_key, auth, name, since)"
        " SELECT %(person)s, %(endpoint)s, %(public_key)s, %(auth)s, %(name)s, %(now)s"
        " WHERE (SELECT count(*) FROM {s}.push_device WHERE person_id = %(person)s"
        " AND endpoint <> %(endpoint)s AND ended_at IS NULL) < %(most)s"
        " ON CONFLICT (endpoint) DO UPDATE SET person_id = excluded.person_id,"
        " public_key = excluded.public_key, auth = excluded.auth, name = excluded.name,"
        " since = excluded.since, sent_at = NULL, ended_at = NULL, failure = '' RETURNING 1",
        person=person_id,
        **at._asdict(),
        name=name,
        now=now,
        most=AT_MOST,
    )
    if found is None:
        return False
    # the same browser anew: what it was told by before has ended
    await rows(
        conn,
        schema,
        "DELETE FROM {s}.push_device WHERE person_id = %s AND ended_at IS NOT NULL AND name = %s"
        " RETURNING 1",
        person_id,
        name,
    )
    return True


async def remove_device(conn: Conn, schema: str, person_id: str, device_id: str) -> bool:
    """It is told no more; False when it is none of the person's."""
    text: LiteralString = (
        "DELETE FROM {s}.push_device WHERE person_id = %s AND device_id = %s RETURNING 1"
    )
    return await row(conn, schema, text, person_id, device_id) is not None


_DUE: LiteralString = """
    SELECT n.person_id::text, n.position, n.ordinal, n.pupil_id::text, n.kind, n.tries, n.due,
        EXISTS (SELECT FROM {s}.push_device d
            WHERE d.person_id = n.person_id AND d.ended_at IS NULL)
    FROM {s}.notice n
    WHERE n.channel = 'push' AND n.state = 'queued' AND n.due <= %(now)s
    ORDER BY n.person_id, n.position, n.ordinal, n.pupil_id
"""
LATE = "устарело: отправка на устройства была выключена"
NOWHERE = "нет устройства, которое принимает уведомления"


def due_words(conn: psycopg.Connection[Any], schema: str, now: datetime) -> list[Parcel]:
    """Words that are due, one a person; what has nowhere to go, or comes too late, is dropped."""
    found: dict[tuple[str, str], Parcel] = {}
    for person, position, ordinal, pupil, kind, tries, due, equipped in conn.execute(
        bound(_DUE, schema), {"now": now}
    ).fetchall():
        why = LATE if due < now - STALE else "" if equipped else NOWHERE
        parcel = found.setdefault((person, why), Parcel(person, "", [], tries, Channel.PUSH))
        parcel.lines.append(Line(position, ordinal, pupil, kind))
        found[person, why] = parcel._replace(tries=max(parcel.tries, tries))
    for (_, why), parcel in found.items():
        if why:
            note(conn, schema, parcel, state="dropped", error=why)
    return [parcel for (_, why), parcel in found.items() if not why]


def living(
    conn: psycopg.Connection[Any], schema: str, person_id: str
) -> list[tuple[str, Subscription]]:
    """A person's devices that are told, each with its id."""
    found = conn.execute(
        bound(
            "SELECT device_id::text, endpoint, public_key, auth FROM {s}.push_device"
            " WHERE person_id = %s AND ended_at IS NULL ORDER BY since, device_id",
            schema,
        ),
        (person_id,),
    )
    return [(device_id, Subscription(*rest)) for device_id, *rest in found]


def reached(conn: psycopg.Connection[Any], schema: str, device_id: str, now: datetime) -> None:
    """Its push service has taken a word."""
    conn.execute(
        bound("UPDATE {s}.push_device SET sent_at = %s WHERE device_id = %s", schema),
        (now, device_id),
    )


def ended(
    conn: psycopg.Connection[Any], schema: str, device_id: str, now: datetime, why: str
) -> None:
    """It is told no more, and its owner reads why."""
    conn.execute(
        bound(
            "UPDATE {s}.push_device SET ended_at = %s, failure = %s WHERE device_id = %s", schema
        ),
        (now, why, device_id),
    )


def undeliverable(conn: psycopg.Connection[Any], schema: str, parcel: Parcel, why: str) -> None:
    """No device is left: these words are not owed any more."""
    note(conn, schema, parcel, state="failed", error=why, tried=1)
