"""What a class has to do at home for a day, over all its subjects."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg import AsyncConnection

from projections.sql import STILL, rows

_DUE = """
    SELECT h.homework_id::text, h.lesson_id::text, l.subgroup_id::text, l.subject_id::text, s.name,
        h.text
    FROM {s}.register_lesson l
    JOIN {s}.directory_class c USING (class_id)
    JOIN {s}.register_homework h ON h.lesson_id = l.lesson_id AND h.valid_to = %(still)s
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
    WHERE l.class_id = %(class)s AND l.valid_to = %(still)s
        AND h.due_date = %(due)s AND cardinality(h.individual_for) = 0
    ORDER BY s.name, h.homework_id
"""


async def homework_due(
    conn: AsyncConnection[Any], schema: str, class_id: str, due: date
) -> list[dict[str, Any]]:
    """`[{homework_id, lesson_id, subgroup_id, subject{subject_id, name}, text}]` by subject: what
    was set for that day to the class or a subgroup of it; not what is for single pupils.
    """
    found = await rows(conn, schema, _DUE, **{"class": class_id}, due=due, still=STILL)
    return [
        {
            "homework_id": homework,
            "lesson_id": lesson,
            "subgroup_id": subgroup,
            "subject": {"subject_id": subject, "name": name},
            "text": text,
        }
        for homework, lesson, subgroup, subject, name, text in found
    ]
