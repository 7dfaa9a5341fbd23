"""Moments and positions, and the smaller readers of the register."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection

from domain.world import EPOCH
from projections.sql import STILL, row, rows

Conn = AsyncConnection[Any]
NAME = "register_v1"


async def position_at(conn: Conn, schema: str, moment: datetime) -> int:
    """The last position recorded at or before a moment (aware); 0 before the first fact."""
    found = await row(
        conn,
        schema,
        "SELECT position FROM {s}.register_moment WHERE at <= %s ORDER BY at DESC LIMIT 1",
        moment,
    )
    return found[0] if found else 0


async def as_of(conn: Conn, schema: str, position: int | None = None) -> dict[str, Any]:
    """`{position, moment}` of the register now, or of a position that it has reached.

    moment: when the fact at the position was recorded, ISO 8601 with an offset.
    """
    found = await row(
        conn,
        schema,
        """
        SELECT p.position, (SELECT m.at FROM {s}.register_moment m
            WHERE m.position >= p.position ORDER BY m.position LIMIT 1)
        FROM (SELECT least(b.position, coalesce(%s::bigint, b.position)) AS position
            FROM {s}.bookmark b WHERE b.name = %s) p
        """,
        position,
        NAME,
    )
    at, moment = found or (0, None)
    return {"position": at, "moment": (moment or EPOCH).astimezone(UTC).isoformat()}


async def term_marks(conn: Conn, schema: str, pupil_id: str) -> list[dict[str, Any]]:
    """`[{class_id, year, subject_id, subject, term, value, average, corrected}]` of a pupil,
    the newest year first. average: two places, or None.
    """
    found = await rows(
        conn,
        schema,
        """
        SELECT t.class_id::text, c.year, t.subject_id::text, s.name, t.term, t.value, t.average,
            t.corrected
        FROM {s}.register_term_mark t
        JOIN {s}.directory_class c USING (class_id)
        LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, t.subject_id)
        WHERE t.pupil_id = %s AND t.valid_to = %s
        ORDER BY c.year DESC, s.name, t.term
        """,
        pupil_id,
        STILL,
    )
    return [
        {
            "class_id": class_id,
            "year": year,
            "subject_id": subject_id,
            "subject": subject,
            "term": term,
            "value": value,
            "average": average or None,
            "corrected": corrected,
        }
        for class_id, year, subject_id, subject, term, value, average, corrected in found
    ]


async def register_places(conn: Conn, schema: str, class_id: str) -> list[dict[str, Any]]:
    """`[{subject_id, subject, subgroup_id}]`: the pages that the journal of a class has."""
    found = await rows(
        conn,
        schema,
        """
        SELECT DISTINCT l.subject_id::text, s.name, l.subgroup_id::text
        FROM {s}.register_lesson l
        JOIN {s}.directory_class c USING (class_id)
        LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
        WHERE l.class_id = %s AND l.valid_to = %s ORDER BY 2, 3
        """,
        class_id,
        STILL,
    )
    return [
        {"subject_id": number, "subject": name, "subgroup_id": subgroup}
        for number, name, subgroup in found
    ]


async def page_lessons(
    conn: Conn, schema: str, class_id: str, subject_id: str, subgroup_id: str | None, term: int
) -> list[str]:
    """Ids of the lessons that are or ever were on a page of the journal."""
    found = await rows(
        conn,
        schema,
        """
        SELECT DISTINCT l.lesson_id::text FROM {s}.register_lesson l
        JOIN {s}.directory_class c USING (class_id)
        JOIN {s}.register_term t ON t.year = c.year AND t.grade_level = c.grade_level
            AND t.term = %(term)s
            AND l.date BETWEEN t.starts AND t.ends
        WHERE l.class_id = %(class)s AND l.subject_id = %(subject)s AND (%(subgroup)s::uuid IS NULL
            OR l.subgroup_id IS NULL OR l.subgroup_id = %(subgroup)s)
        """,
        **{"class": class_id, "subject": subject_id, "subgroup": subgroup_id, "term": term},
    )
    return [number for (number,) in found]


async def attendance(
    conn: Conn, schema: str, pupil_id: str, since: Any, until: Any
) -> list[dict[str, Any]]:
    """`[{date, number, lesson_id, subject_id, subject, code, minutes_late}]` of a pupil: the
    exceptions of [since, until], by date.
    """
    found = await rows(
        conn,
        schema,
        """
        SELECT l.date, l.number, l.lesson_id::text, l.subject_id::text, s.name, a.code,
            a.minutes_late
        FROM {s}.register_attendance a
        JOIN {s}.register_lesson l ON l.lesson_id = a.lesson_id AND l.valid_to = a.valid_to
        JOIN {s}.directory_class c USING (class_id)
        LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
        WHERE a.pupil_id = %s AND a.valid_to = %s AND l.date BETWEEN %s AND %s
        ORDER BY l.date, l.number
        """,
        pupil_id,
        STILL,
        since,
        until,
    )
    return [
        {
            "date": day.isoformat(),
            "number": number,
            "lesson_id": lesson,
            "subject_id": subject_id,
            "subject": subject,
            "code": code,
            "minutes_late": minutes,
        }
        for day, number, lesson, subject_id, subject, code, minutes in found
    ]
