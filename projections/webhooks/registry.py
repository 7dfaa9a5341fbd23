"""Addresses of programs, as doors read and change them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple

from psycopg import AsyncConnection

from projections.sql import row, rows

Conn = AsyncConnection[Any]

#: a secret that was exchanged signs for so long as well
BOTH_FOR = timedelta(hours=24)
MOST_SHOWN = 100

_LISTED: LiteralString = """
    SELECT w.webhook_id::text, w.url, w.kinds, w.created_at, w.position, w.due, w.failures,
        w.stopped, CASE WHEN w.old_until > %(now)s THEN w.old_until END,
        d.queued, d.sent, d.dead, d.last, d.error
    FROM {s}.webhook w LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE state = 'queued') AS queued,
            count(*) FILTER (WHERE state = 'sent') AS sent,
            count(*) FILTER (WHERE state = 'dead') AS dead, max(sent_at) AS last,
            (array_agg(error ORDER BY due DESC) FILTER (WHERE error <> '' AND state <> 'sent'))[1]
                AS error
        FROM {s}.webhook_delivery WHERE webhook_id = w.webhook_id
    ) d ON true
    WHERE %(one)s::uuid IS NULL OR w.webhook_id = %(one)s::uuid
    ORDER BY w.created_at, w.webhook_id
"""


class Webhook(NamedTuple):
    """An address and how it goes there. kinds: of the trail, none is all; position: up to which
    events are written down; due: it rests until then; stopped: why nothing goes there, or "".
    """

    webhook_id: str
    url: str
    kinds: list[str]
    created_at: datetime
    position: int
    due: datetime
    failures: int
    stopped: str
    old_secret_until: datetime | None
    queued: int
    sent: int
    dead: int
    last_sent: datetime | None
    error: str | None


async def listed(conn: Conn, schema: str, now: datetime) -> list[Webhook]:
    """All addresses, the oldest first."""
    return [Webhook(*one) for one in await rows(conn, schema, _LISTED, now=now, one=None)]


async def known(conn: Conn, schema: str, webhook_id: str, now: datetime) -> Webhook | None:
    """One of them, or None."""
    found = await row(conn, schema, _LISTED, now=now, one=webhook_id)
    return Webhook(*found) if found else None


async def add(
    conn: Conn,
    schema: str,
    webhook_id: str,
    url: str,
    kinds: Sequence[str],
    sealed: str,
    by: str,
    now: datetime,
) -> bool:
    """A new address, told of what is folded from now on; False when there is one of this id."""
    found = await row(
        conn,
        schema,
        "INSERT INTO {s}.webhook (webhook_id, url, kinds, created_at, created_by, secret, position,"
        " due) SELECT %(id)s, %(url)s, %(kinds)s, %(now)s, %(by)s, %(sealed)s,"
        " coalesce((SELECT min(position) FROM {s}.bookmark), 0), %(now)s"
        " ON CONFLICT DO NOTHING RETURNING 1",
        id=webhook_id,
        url=url,
        kinds=list(kinds),
        sealed=sealed,
        by=by,
        now=now,
    )
    return found is not None


async def rotate(
    conn: Conn, schema: str, webhook_id: str, sealed: str, now: datetime
) -> datetime | None:
    """Another secret; the one before signs as well until the moment that is answered. None when
    there is no such address.
    """
    found = await row(
        conn,
        schema,
        "UPDATE {s}.webhook SET old_secret = secret, old_until = %s, secret = %s"
        " WHERE webhook_id = %s RETURNING old_until",
        now + BOTH_FOR,
        sealed,
        webhook_id,
    )
    return found[0] if found else None


async def remove(conn: Conn, schema: str, webhook_id: str) -> bool:
    """The address and what was to go there are forgotten."""
    text: LiteralString = "DELETE FROM {s}.webhook WHERE webhook_id = %s RETURNING 1"
    return await row(conn, schema, text, webhook_id) is not None


async def stop(conn: Conn, schema: str, webhook_id: str, why: str) -> bool:
    """Nothing is sent there until it is resumed; events are written down meanwhile."""
    text: LiteralString = "UPDATE {s}.webhook SET stopped = %s WHERE webhook_id = %s RETURNING 1"
    return await row(conn, schema, text, why, webhook_id) is not None


async def resume(conn: Conn, schema: str, webhook_id: str, now: datetime) -> bool:
    """It is tried again at once."""
    found = await row(
        conn,
        schema,
        "UPDATE {s}.webhook SET stopped = '', failures = 0, due = %s WHERE webhook_id = %s"
        " RETURNING 1",
        now,
        webhook_id,
    )
    return found is not None


async def replay(conn: Conn, schema: str, webhook_id: str, since: int) -> bool:
    """Everything after a position goes there again, under the same event ids; False when there is
    no such address, or when it has not come so far.
    """
    async with conn.transaction():
        found = await row(
            conn,
            schema,
            "UPDATE {s}.webhook SET position = %(since)s WHERE webhook_id = %(id)s"
            " AND position >= %(since)s RETURNING 1",
            since=since,
            id=webhook_id,
        )
        if found is None:
            return False
        await rows(
            conn,
            schema,
            "DELETE FROM {s}.webhook_delivery WHERE webhook_id = %s AND position > %s RETURNING 1",
            webhook_id,
            since,
        )
    return True


async def dead(conn: Conn, schema: str, webhook_id: str) -> list[dict[str, Any]]:
    """`[{event_id, kind, tries, tried, error}]`: what could not be delivered, the newest first."""
    found = await rows(
        conn,
        schema,
        "SELECT event_id, kind, tries, due, error FROM {s}.webhook_delivery"
        " WHERE webhook_id = %s AND state = 'dead' ORDER BY position DESC, event_id LIMIT %s",
        webhook_id,
        MOST_SHOWN,
    )
    names = ("event_id", "kind", "tries", "tried", "error")
    return [dict(zip(names, one, strict=True)) for one in found]


async def again(
    conn: Conn, schema: str, webhook_id: str, event_id: str | None, now: datetime
) -> int:
    """A dead event (None: all of the address) is sent again; answers how many."""
    found = await rows(
        conn,
        schema,
        "UPDATE {s}.webhook_delivery SET state = 'queued', tries = 0, at = %(now)s, due = %(now)s"
        " WHERE webhook_id = %(id)s AND state = 'dead'"
        " AND (%(event)s::text IS NULL OR event_id = %(event)s) RETURNING 1",
        id=webhook_id,
        event=event_id,
        now=now,
    )
    return len(found)


async def try_out(
    conn: Conn, schema: str, webhook_id: str, event_id: str, body: str, now: datetime
) -> bool:
    """An event of trial goes there, whether anything is written or not."""
    found = await row(
        conn,
        schema,
        "INSERT INTO {s}.webhook_delivery (webhook_id, event_id, position, kind, body, at, due,"
        " state) SELECT webhook_id, %(event)s, 0, 'test', %(body)s, %(now)s, %(now)s, 'queued'"
        " FROM {s}.webhook WHERE webhook_id = %(id)s ON CONFLICT DO NOTHING RETURNING 1",
        id=webhook_id,
        event=event_id,
        body=body,
        now=now,
    )
    return found is not None
