"""1.3, 4.1.а: when the journal answered. Once a minute each web process looks whether it is alive,
its database answers and the pages keep up; a span of such moments is one row.

What is not seen from here: the network of the school and its provider, and a break that is
shorter than `UNSEEN`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import psycopg
from psycopg import AsyncConnection

from projections.sql import row, rows
from projections.waiting import lag

Conn = AsyncConnection[Any]

EVERY_S = 60.0
#: A break that is shorter cannot be told from two looks with a pause between them.
UNSEEN = timedelta(seconds=150)
LAG_S = 60.0  # pages that are further behind are no journal of today


class Break(msgspec.Struct, frozen=True):
    """The journal did not answer from one moment to another."""

    since: datetime
    until: datetime

    @property
    def seconds(self) -> int:
        """How long."""
        return int((self.until - self.since).total_seconds())


class Uptime(msgspec.Struct, frozen=True):
    """Of a time that was measured. `since` is None when nothing of it was."""

    since: datetime | None
    until: datetime
    seconds: int
    answered: int
    breaks: list[Break]

    @property
    def share(self) -> str | None:
        """Per cent with two digits, cut: 99.996 is 99.99."""
        if self.seconds == 0:
            return None
        hundredths = self.answered * 10_000 // self.seconds
        return f"{hundredths // 100}.{hundredths % 100:02}"

    @property
    def longest(self) -> Break | None:
        """The longest break, or None."""
        return max(self.breaks, key=lambda one: one.seconds, default=None)


async def beat(conn: Conn, schema: str, now: datetime) -> bool:
    """Look, and note that the journal answers; False when it does not."""
    try:
        behind = await lag(conn, schema)
        if behind["seconds"] > LAG_S:
            return False
        grown = await rows(
            conn,
            schema,
            "UPDATE {s}.uptime SET until = greatest(until, %(now)s) WHERE since ="
            " (SELECT max(since) FROM {s}.uptime) AND until >= %(now)s - %(unseen)s RETURNING 1",
            now=now,
            unseen=UNSEEN,
        )
        if not grown:
            await rows(
                conn,
                schema,
                "INSERT INTO {s}.uptime (since, until) VALUES (%(now)s, %(now)s)"
                " ON CONFLICT DO NOTHING RETURNING 1",
                now=now,
            )
    except psycopg.Error:  # the database is away, or is being brought up to date
        return False
    return True


async def uptime(
    conn: Conn, schema: str, since: datetime, until: datetime, now: datetime
) -> Uptime:
    """Of [since, until), as far as it was measured by now."""
    first = await row(conn, schema, "SELECT min(since) FROM {s}.uptime")
    spans = await rows(
        conn,
        schema,
        "SELECT since, until FROM {s}.uptime WHERE until >= %s AND since < %s ORDER BY since",
        since - UNSEEN,
        until + UNSEEN,
    )
    return measured(spans, first[0] if first else None, since, until, now)


def measured(
    spans: Iterable[tuple[Any, ...]],
    first: datetime | None,
    since: datetime,
    until: datetime,
    now: datetime,
) -> Uptime:
    """The breaks between spans; `first`: when measuring began at all. Pure."""
    until = min(until, now)
    if first is None or first >= until:
        return Uptime(None, until, 0, 0, [])
    since = max(since, first)
    breaks = []
    seen = since
    for begins, ends in sorted(spans):
        if begins - seen > UNSEEN:
            breaks.append(Break(seen, min(begins, until)))
        seen = max(seen, ends)
    if until - seen > UNSEEN:
        breaks.append(Break(seen, until))
    whole = int((until - since).total_seconds())
    return Uptime(since, until, whole, whole - sum(one.seconds for one in breaks), breaks)
