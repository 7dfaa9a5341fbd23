"""How far projections have followed a school's log."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import AsyncConnection

from projections.sql import rows


class AsOf(NamedTuple):
    """A place in a school's log: the last position folded in, and the moment of that fact."""

    position: int
    at: datetime


class Following(NamedTuple):
    """The end of the log, how far each projection is, and where every one of them is at least.

    `generations` grow when a projection is rebuilt.
    """

    head: AsOf
    projections: dict[str, AsOf]
    slowest: AsOf
    generations: dict[str, int]


async def following(conn: AsyncConnection[Any], schema: str) -> Following:
    """Head and bookmarks of a school, of one snapshot."""
    found = await rows(
        conn,
        schema,
        "SELECT '' AS name, last, at, 0 FROM {s}.head"
        " UNION ALL SELECT name, position, at, generation FROM {s}.bookmark",
    )
    places = {name: AsOf(position, at) for name, position, at, _ in found}
    head = places.pop("")
    slowest = min(places.values(), default=AsOf(0, head.at))
    return Following(head, places, slowest, {name: generation for name, *_, generation in found})
