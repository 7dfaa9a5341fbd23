"""Work that pupils still owe in a subject."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from psycopg import AsyncConnection

from projections.sql import rows

Conn = AsyncConnection[Any]


class Owed(NamedTuple):
    """A debt that is open: its lesson, the day of it, by which day what kind of work is due."""

    debt_id: str
    lesson_id: str
    day: date
    due: date
    work_type_id: str


async def owed(conn: Conn, schema: str, class_id: str, subject_id: str) -> dict[str, list[Owed]]:
    """pupil → each debt in the subject that is open, by the day of its lesson."""
    found = await rows(
        conn,
        schema,
        """
        SELECT d.pupil_id::text, d.debt_id::text, d.lesson_id::text, l.date, d.due_date,
            d.work_type_id::text
        FROM {s}.result_debt d
        JOIN {s}.register_lesson l ON l.lesson_id = d.lesson_id AND l.valid_to = 9223372036854775807
        WHERE d.class_id = %s AND l.subject_id = %s AND NOT d.resolved ORDER BY l.date, d.due_date,
            d.debt_id
        """,
        class_id,
        subject_id,
    )
    owing: dict[str, list[Owed]] = {}
    for pupil_id, *debt in found:
        owing.setdefault(pupil_id, []).append(Owed(*debt))
    return owing
