"""What a school's own tables know of the copies of its installation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg import AsyncConnection, Connection

from projections.backups.copy import Copy
from projections.backups.drill import Drill
from projections.sql import bound, row

KEEP = timedelta(days=400)
#: A copy is taken every night: one that is older was missed at least once.
OLD = timedelta(hours=50)


class Noted(msgspec.Struct, frozen=True):
    """The newest copy, as this school sees it: its last position and the root of its tree (hex),
    how many copies lay there, and how far it came back when it was tried.
    """

    copy: str
    taken: datetime
    kept: int
    position: int
    root: str
    drilled: datetime
    back_position: int
    found: int

    def old(self, now: datetime) -> bool:
        """There should be a newer one."""
        return now - self.taken > OLD

    def good(self, now: datetime) -> bool:
        """It is fresh, and came back whole."""
        return not self.found and not self.old(now)


def note(
    conn: Connection[Any], schema: str, slug: str, copy: Copy, kept: int, drill: Drill
) -> None:
    """Write down what a copy has of this school, and how it came back; old notes are forgotten.

    conn: as letopis_app.
    """
    head = next(one for one in copy.heads if one.school == slug)
    position, found = drill.of(slug)
    conn.execute(
        bound(
            "INSERT INTO {s}.backup"
            " (copy, taken, kept, position, root, drilled, back_position, found)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (copy) DO UPDATE SET"
            " kept = excluded.kept, drilled = excluded.drilled,"
            " back_position = excluded.back_position, found = excluded.found",
            schema,
        ),
        (copy.name, copy.taken, kept, head.position, head.root, drill.held, position, found),
    )
    conn.execute(bound("DELETE FROM {s}.backup WHERE taken < %s", schema), (copy.taken - KEEP,))


async def newest(conn: AsyncConnection[Any], schema: str) -> Noted | None:
    """The newest copy that was tried; None: this program has taken none."""
    found = await row(
        conn,
        schema,
        "SELECT copy, taken, kept, position, root, drilled, back_position, found"
        " FROM {s}.backup ORDER BY taken DESC LIMIT 1",
    )
    return None if found is None else Noted(*found)
