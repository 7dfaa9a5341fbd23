"""«По партам»: where pupils sit, as a teacher has arranged them. Not of the log:
docs/decisions/0035.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import AsyncConnection

from projections.sql import bound, rows

KEPT = timedelta(days=400)  # a school year after the last change
LANES, DESKS, SIDES = 4, 8, 2


class Seat(NamedTuple):
    """Which row of desks, which desk of it from the blackboard, which place at it: all from 1."""

    lane: int
    desk: int
    side: int


async def seats_of(
    conn: AsyncConnection[Any], schema: str, person_id: str, group_id: str
) -> dict[str, Seat]:
    """pupil → seat, as the person has arranged the group; also of those who have left since."""
    found = await rows(
        conn,
        schema,
        "SELECT pupil_id::text, lane, desk, side FROM {s}.seat"
        " WHERE person_id = %s AND group_id = %s",
        person_id,
        group_id,
    )
    return {pupil: Seat(*place) for pupil, *place in found}


async def arrange(
    conn: AsyncConnection[Any],
    schema: str,
    person_id: str,
    group_id: str,
    seats: Mapping[str, Seat],
    now: datetime,
) -> None:
    """This arrangement in place of the former one. seats: pupil → seat, no seat twice."""
    delete: LiteralString = "DELETE FROM {s}.seat WHERE person_id = %s AND group_id = %s"
    alone: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    insert: LiteralString = (
        "INSERT INTO {s}.seat (person_id, group_id, pupil_id, lane, desk, side, at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)"
    )
    async with conn.transaction(), conn.cursor() as cursor:
        # A form that is sent twice at once: the second waits, and finds what the first has written.
        await cursor.execute(alone, [f"{schema} seats {person_id} {group_id}"])
        await cursor.execute(bound(delete, schema), [person_id, group_id])
        await cursor.executemany(
            bound(insert, schema),
            [(person_id, group_id, pupil, *seat, now) for pupil, seat in seats.items()],
        )


_PRUNE: LiteralString = """
    DELETE FROM {s}.seat WHERE at < %s OR EXISTS (SELECT FROM {s}.directory_person p
        WHERE p.erased AND p.person_id IN (seat.pupil_id, seat.person_id))
"""


def prune(conn: psycopg.Connection[Any], schema: str, now: datetime) -> int:
    """Arrangements that nobody has touched for a year go, and seats of people who were erased;
    answers how many seats.
    """
    return conn.execute(bound(_PRUNE, schema), (now - KEPT,)).rowcount
