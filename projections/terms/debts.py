"""Work that pupils still owe in a subject."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg import AsyncConnection

from projections.sql import rows

Conn = AsyncConnection[Any]


async def owed(
    conn: Conn, schema: str, class_id: str, subject_id: str
) -> dict[str, list[tuple[date, date]]]:
    """pupil → (day of the lesson, day by which the work is due) of each debt that is open."""
    found = await rows(
        conn,
        schema,
        """
        SELECT d.pupil_id::text, l.date, d.due_date FROM {s}.result_debt d
        JOIN {s}.register_lesson l ON l.lesson_id = d.lesson_id AND l.valid_to = 9223372036854775807
        WHERE d.class_id = %s AND l.subject_id = %s AND NOT d.resolved ORDER BY l.date, d.due_date
        """,
        class_id,
        subject_id,
    )
    owing: dict[str, list[tuple[date, date]]] = {}
    for pupil_id, day, due in found:
        owing.setdefault(pupil_id, []).append((day, due))
    return owing
