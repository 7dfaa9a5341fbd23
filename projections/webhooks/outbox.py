"""Events that are to go to an address, and what became of them. At least once: an event is noted
after the receiver has taken it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple

import psycopg

from projections.sql import bound

#: an address that does not answer rests for so long, twice as long each time
FIRST_REST, LAST_REST = timedelta(seconds=10), timedelta(hours=1)
#: an event that could not be handed over by then is dead
TRIED_FOR = timedelta(days=3)
#: an event that the receiver refuses is tried so often
MOST_REFUSALS = 5
A_ROUND = 100  # events of an address in one look
KEPT, DEAD_KEPT = timedelta(days=7), timedelta(days=30)
MOST_WORDS = 300

_ADDRESSES: LiteralString = """
    SELECT webhook_id::text, url, kinds, position, secret,
        CASE WHEN old_until > %(now)s THEN old_secret END, failures,
        stopped = '' AND due <= %(now)s
    FROM {s}.webhook ORDER BY created_at, webhook_id
"""
_DUE: LiteralString = """
    SELECT event_id, body, at, tries FROM {s}.webhook_delivery
    WHERE webhook_id = %s AND state = 'queued' AND due <= %s ORDER BY position, event_id LIMIT %s
"""
_PUT: LiteralString = """
    INSERT INTO {s}.webhook_delivery (webhook_id, event_id, position, kind, body, at, due, state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, 'queued') ON CONFLICT DO NOTHING
"""
_STATE: LiteralString = """
    UPDATE {s}.webhook_delivery SET state = %(state)s, tries = tries + 1, due = %(due)s,
        sent_at = %(sent)s, error = %(error)s
    WHERE webhook_id = %(id)s AND event_id = %(event)s
"""
_REST: LiteralString = (
    "UPDATE {s}.webhook SET failures = %s, due = %s WHERE webhook_id = %s"  # 0: it answers
)


class Address(NamedTuple):
    """Where events go. kinds: none is all; position: up to which they are written down; secrets
    are sealed; open: something may be sent there now.
    """

    webhook_id: str
    url: str
    kinds: list[str]
    position: int
    secret: str
    old_secret: str | None
    failures: int
    open: bool


class Delivery(NamedTuple):
    """An event that is due. at: since when it waits."""

    event_id: str
    body: str
    at: datetime
    tries: int


class Event(NamedTuple):
    """An event that is to be written down."""

    event_id: str
    position: int
    kind: str
    body: str


def addresses(conn: psycopg.Connection[Any], schema: str, now: datetime) -> list[Address]:
    """All of them, stopped ones too: their events are written down as well."""
    found = conn.execute(bound(_ADDRESSES, schema), {"now": now}).fetchall()
    return [Address(*one) for one in found]


def put(
    conn: psycopg.Connection[Any],
    schema: str,
    address: Address,
    events: Sequence[Event],
    upto: int,
    now: datetime,
) -> int:
    """Write events down and how far that goes, in one transaction; nothing when the address was
    moved back meanwhile. Answers how many. Twice is once.
    """
    with conn.transaction(), conn.cursor() as cursor:
        cursor.execute(
            bound(
                "UPDATE {s}.webhook SET position = %s WHERE webhook_id = %s AND position = %s",
                schema,
            ),
            (upto, address.webhook_id, address.position),
        )
        if cursor.rowcount == 0:
            return 0
        cursor.executemany(
            bound(_PUT, schema), [(address.webhook_id, *one, now, now) for one in events]
        )
    return len(events)


def due(
    conn: psycopg.Connection[Any], schema: str, webhook_id: str, now: datetime
) -> list[Delivery]:
    """Events that are to go there now, in the order of the log."""
    found = conn.execute(bound(_DUE, schema), (webhook_id, now, A_ROUND)).fetchall()
    return [Delivery(*one) for one in found]


def sent(
    conn: psycopg.Connection[Any], schema: str, address: Address, one: Delivery, now: datetime
) -> None:
    """The receiver has taken it."""
    with conn.transaction():
        _note(conn, schema, address, one, "sent", due=now, sent=now, error="")
        conn.execute(bound(_REST, schema), (0, now, address.webhook_id))


def failed(
    conn: psycopg.Connection[Any],
    schema: str,
    address: Address,
    one: Delivery,
    now: datetime,
    why: str,
    after: timedelta | None,
) -> None:
    """The receiver does not answer, or asks to come back (`after`): the address rests. An event
    that has waited for too long is dead.
    """
    rest = min(FIRST_REST * 2 ** min(address.failures, 20), LAST_REST)
    then = now + max(rest, min(after or rest, TRIED_FOR))
    dead = now - one.at > TRIED_FOR
    with conn.transaction():
        _note(conn, schema, address, one, "dead" if dead else "queued", due=now, error=why)
        conn.execute(
            bound(_REST, schema), (min(address.failures + 1, 1_000), then, address.webhook_id)
        )


def refused(
    conn: psycopg.Connection[Any],
    schema: str,
    address: Address,
    one: Delivery,
    now: datetime,
    why: str,
) -> None:
    """The receiver answers and does not want this event: it comes again later, a few times."""
    dead = one.tries + 1 >= MOST_REFUSALS
    then = now if dead else now + FIRST_REST * 4**one.tries
    _note(conn, schema, address, one, "dead" if dead else "queued", due=then, error=why)


def gone(conn: psycopg.Connection[Any], schema: str, address: Address, why: str) -> None:
    """The receiver asks to be left alone (410), or may not be written to: nothing goes there until
    somebody resumes it.
    """
    text: LiteralString = "UPDATE {s}.webhook SET stopped = %s WHERE webhook_id = %s"
    conn.execute(bound(text, schema), (why[:MOST_WORDS], address.webhook_id))


def prune(conn: psycopg.Connection[Any], schema: str, now: datetime) -> int:
    """Forget what was delivered a week ago, and what could not be for a month; how many."""
    found = conn.execute(
        bound(
            "DELETE FROM {s}.webhook_delivery WHERE state = 'sent' AND sent_at < %s"
            " OR state = 'dead' AND at < %s",
            schema,
        ),
        (now - KEPT, now - DEAD_KEPT),
    )
    return found.rowcount


def _note(
    conn: psycopg.Connection[Any],
    schema: str,
    address: Address,
    one: Delivery,
    state: str,
    *,
    due: datetime,
    error: str,
    sent: datetime | None = None,
) -> None:
    conn.execute(
        bound(_STATE, schema),
        {
            "state": state,
            "due": due,
            "sent": sent,
            "error": error[:MOST_WORDS],
            "id": address.webhook_id,
            "event": one.event_id,
        },
    )
