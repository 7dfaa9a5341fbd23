"""Letters that are due, and what became of them. At least once: a letter is noted after it went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, LiteralString, NamedTuple

import psycopg

from domain.notices import Channel
from projections.sql import bound

FIRST_RETRY, LAST_RETRY = timedelta(minutes=2), timedelta(hours=2)
#: about two days; a mail server that has taken nothing by then has failed
MOST_TRIES = 30
#: nobody is to get last month's news at once, because a mail server has been set today
STALE = timedelta(days=7)

_DUE: LiteralString = """
    SELECT n.person_id::text, a.address, n.position, n.ordinal, n.pupil_id::text, n.kind, n.tries
    FROM {s}.notice n JOIN {s}.mail_address a USING (person_id)
    WHERE n.channel = 'email' AND n.state = 'queued' AND n.due <= %(now)s
        AND a.confirmed_at IS NOT NULL AND a.failed_at IS NULL
    ORDER BY n.person_id, n.position, n.ordinal, n.pupil_id
"""
#: nobody can be written to there: the letter is not owed any more
_NOWHERE: LiteralString = """
    UPDATE {s}.notice n SET state = 'dropped', error = CASE
        WHEN m.due < %(stale)s THEN 'письмо устарело: почтовый сервер не был настроен'
        WHEN a.failed_at IS NOT NULL THEN 'письма по этому адресу не доходят'
        ELSE 'адрес почты не указан или не подтверждён' END
    FROM {s}.notice m LEFT JOIN {s}.mail_address a USING (person_id)
    WHERE m.channel = 'email' AND m.state = 'queued' AND m.due <= %(now)s
        AND (m.due < %(stale)s OR a.confirmed_at IS NULL OR a.failed_at IS NOT NULL)
        AND (n.position, n.person_id, n.channel, n.pupil_id, n.ordinal)
            = (m.position, m.person_id, m.channel, m.pupil_id, m.ordinal)
"""
_STATE: LiteralString = """
    UPDATE {s}.notice SET state = %(state)s, error = %(error)s, sent_at = %(sent)s,
        tries = tries + %(tried)s, due = coalesce(%(due)s, due)
    WHERE channel = %(channel)s AND person_id = %(person)s
        AND (position, ordinal, pupil_id) IN (SELECT * FROM unnest(
            %(positions)s::bigint[], %(ordinals)s::smallint[], %(pupils)s::uuid[]))
"""


class Line(NamedTuple):
    """One thing that a letter tells: a line of the trail, about a pupil."""

    position: int
    ordinal: int
    pupil_id: str
    kind: str


class Parcel(NamedTuple):
    """Everything that a person is to be told by one letter, or one word. tries: the most of its
    lines; address: empty of words on devices.
    """

    person_id: str
    address: str
    lines: list[Line]
    tries: int
    channel: Channel = Channel.EMAIL

    @property
    def number(self) -> str:
        """The same lines are the same letter: a mail server may know it by this."""
        said = "|".join(f"{one.position}.{one.ordinal}.{one.pupil_id}" for one in self.lines)
        return sha256(f"{self.person_id}|{said}".encode()).hexdigest()[:32]


def parcels(conn: psycopg.Connection[Any], schema: str, now: datetime) -> list[Parcel]:
    """Letters that are due; one that has nowhere to go, or comes too late, is dropped."""
    conn.execute(bound(_NOWHERE, schema), {"now": now, "stale": now - STALE})
    found: dict[str, Parcel] = {}
    for person, address, position, ordinal, pupil, kind, tries in conn.execute(
        bound(_DUE, schema), {"now": now}
    ):
        parcel = found.setdefault(person, Parcel(person, address, [], tries))
        parcel.lines.append(Line(position, ordinal, pupil, kind))
        found[person] = parcel._replace(tries=max(parcel.tries, tries))
    return list(found.values())


def sent(conn: psycopg.Connection[Any], schema: str, parcel: Parcel, now: datetime) -> None:
    """The mail server has taken the letter; a push service, the word."""
    note(conn, schema, parcel, state="sent", sent=now)


def dropped(conn: psycopg.Connection[Any], schema: str, parcel: Parcel, why: str) -> None:
    """These are not to be told any more: a consent was withdrawn meanwhile."""
    note(conn, schema, parcel, state="dropped", error=why)


def delayed(
    conn: psycopg.Connection[Any], schema: str, parcel: Parcel, now: datetime, why: str
) -> bool:
    """The mail server took nothing: later, longer each time, and not for ever. Answers whether it
    is still to go.
    """
    if parcel.tries + 1 >= MOST_TRIES:
        note(conn, schema, parcel, state="failed", error=why, tried=1)
        return False
    wait = min(FIRST_RETRY * 2 ** min(parcel.tries, 10), LAST_RETRY)
    note(conn, schema, parcel, state="queued", error=why, tried=1, due=now + wait)
    return True


def refused(
    conn: psycopg.Connection[Any], schema: str, parcel: Parcel, now: datetime, why: str
) -> None:
    """The address does not exist: nobody writes there until the person gives another."""
    note(conn, schema, parcel, state="failed", error=why, tried=1)
    conn.execute(
        bound(
            "UPDATE {s}.mail_address SET failed_at = %s, failure = %s WHERE person_id = %s", schema
        ),
        (now, why, parcel.person_id),
    )


def note(
    conn: psycopg.Connection[Any],
    schema: str,
    parcel: Parcel,
    *,
    state: str,
    error: str = "",
    sent: datetime | None = None,
    tried: int = 0,
    due: datetime | None = None,
) -> None:
    """What became of the lines of a parcel."""
    lines = parcel.lines
    arguments: Mapping[str, Any] = {
        "state": state,
        "error": error,
        "sent": sent,
        "tried": tried,
        "due": due,
        "channel": str(parcel.channel),
        "person": parcel.person_id,
        "positions": [one.position for one in lines],
        "ordinals": [one.ordinal for one in lines],
        "pupils": [one.pupil_id for one in lines],
    }
    conn.execute(bound(_STATE, schema), arguments)
