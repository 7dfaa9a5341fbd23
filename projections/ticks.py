"""«Сделано»: ticks of a family beside its homework. Not of the log: docs/decisions/0032."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection

from projections.names import shown
from projections.sql import bound, rows

KEPT = timedelta(days=60)  # then homework is of no use to anybody


async def ticks_of(
    conn: AsyncConnection[Any], schema: str, pupil_id: str, homework: Collection[str]
) -> dict[str, dict[str, str]]:
    """homework → who has ticked it: person → name, in the order of ticking."""
    found = await rows(
        conn,
        schema,
        "SELECT t.homework_id::text, t.person_id::text, p.full_name FROM {s}.homework_tick t"
        " LEFT JOIN {s}.directory_person p USING (person_id)"
        " WHERE t.pupil_id = %s AND t.homework_id = ANY (%s::uuid[]) ORDER BY t.at, t.person_id",
        pupil_id,
        list(homework),
    )
    ticked: dict[str, dict[str, str]] = {}
    for homework_id, person_id, name in found:
        ticked.setdefault(homework_id, {})[person_id] = shown(name)
    return ticked


async def tick(
    conn: AsyncConnection[Any],
    schema: str,
    pupil_id: str,
    homework_id: str,
    person_id: str,
    now: datetime,
) -> None:
    """The person says that it is done; saying so twice is saying so once. Old ticks go."""
    await conn.execute(bound("DELETE FROM {s}.homework_tick WHERE at < %s", schema), [now - KEPT])
    await conn.execute(
        bound(
            "INSERT INTO {s}.homework_tick (pupil_id, homework_id, person_id, at)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            schema,
        ),
        [pupil_id, homework_id, person_id, now],
    )


async def untick(
    conn: AsyncConnection[Any], schema: str, pupil_id: str, homework_id: str, person_id: str
) -> None:
    """It is not done after all."""
    await conn.execute(
        bound(
            "DELETE FROM {s}.homework_tick"
            " WHERE pupil_id = %s AND homework_id = %s AND person_id = %s",
            schema,
        ),
        [pupil_id, homework_id, person_id],
    )
