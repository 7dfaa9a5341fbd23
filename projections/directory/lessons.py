"""Where a lesson or a mark belongs, and a teacher's day. Reads the register's rows in force."""

from __future__ import annotations

from datetime import date
from typing import Any, LiteralString

from psycopg import AsyncConnection

from projections.begun import CAME_LATER, KEPT, LEFT
from projections.sql import STILL, row, rows

Conn = AsyncConnection[Any]

_LESSON = """
    SELECT l.lesson_id::text, l.class_id::text, c.name, l.subject_id::text, s.name,
        l.subgroup_id::text, l.teacher_id::text, l.date, l.number, l.room, l.status,
        t.lesson_id IS NOT NULL, a.lesson_id IS NOT NULL,
        EXISTS (SELECT 1 FROM {s}.register_homework h
            WHERE h.lesson_id = l.lesson_id AND h.valid_to = %(still)s),
        EXISTS (SELECT 1 FROM {s}.register_mark m
            WHERE m.lesson_id = l.lesson_id AND m.valid_to = %(still)s AND m.value <> '')
    FROM {s}.register_lesson l
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
    LEFT JOIN {s}.register_topic t ON t.lesson_id = l.lesson_id AND t.valid_to = %(still)s
    LEFT JOIN {s}.register_taken a ON a.lesson_id = l.lesson_id
    WHERE l.valid_to = %(still)s
"""
_PARTS = ("topic", "attendance", "homework", "marks")
#: a lesson of the teacher, unless released from the subject by then …
_OWN: LiteralString = "l.teacher_id = %(teacher)s AND NOT " + LEFT
#: … or of one whom the teacher substitutes that day
_STANDS_IN: LiteralString = """EXISTS (
        SELECT 1 FROM {s}.directory_substitution x
        WHERE x.class_id = l.class_id AND x.substitute_id = %(teacher)s
            AND x.teacher_id = l.teacher_id AND l.date BETWEEN x.since AND x.until)
"""
_MINE: LiteralString = " AND (" + _OWN + " OR " + _STANDS_IN + ")"
#: … about which something is missing; and about which the teacher was to write at all
_UNFILLED = """
    AND l.date >= %(since)s AND l.date < %(before)s AND l.status <> 'CANCELLED'
    AND (t.lesson_id IS NULL OR a.lesson_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM {s}.register_homework h
        WHERE h.lesson_id = l.lesson_id AND h.valid_to = %(still)s))
"""
#: … and in a term that is open: in a closed one nothing can be written
_OPEN: LiteralString = """ AND NOT EXISTS (
    SELECT FROM {s}.register_term y
    JOIN LATERAL (SELECT x.closed FROM {s}.result_closing x
        WHERE x.class_id = l.class_id AND x.term = y.term
        ORDER BY x.position DESC LIMIT 1) z ON z.closed
    WHERE (y.year, y.grade_level) = (c.year, c.grade_level) AND y.valid_to = %(still)s
        AND l.date BETWEEN y.starts AND y.ends)
"""
_ASKED_FOR = " AND " + KEPT + " AND (l.teacher_id <> %(teacher)s OR NOT " + CAME_LATER + ")"
_LAST_DAY = """
    SELECT max(l.date) FROM {s}.register_lesson l
    WHERE l.valid_to = %(still)s AND l.status <> 'CANCELLED'
        AND l.date <= %(day)s AND l.date > %(day)s - 400
"""


async def lesson_place(conn: Conn, schema: str, lesson_id: str) -> dict[str, Any] | None:
    """`{lesson_id, class_id, class_name, subject_id, subject, subgroup_id, teacher_id, date,
    number, room, status, missing[]}`, or None.
    """
    found = await row(
        conn, schema, _LESSON + " AND l.lesson_id = %(lesson)s", still=STILL, lesson=lesson_id
    )
    return None if found is None else _lesson(found)


async def mark_place(conn: Conn, schema: str, mark_id: str) -> dict[str, Any] | None:
    """`{mark_id, class_id, lesson_id, pupil_id, subject_id, teacher_id, date, value}`, or None.

    value is None once annulled.
    """
    found = await row(
        conn,
        schema,
        """
        SELECT m.mark_id::text, m.class_id::text, m.lesson_id::text, m.pupil_id::text,
            l.subject_id::text, l.teacher_id::text, l.date, m.value
        FROM {s}.register_mark m
        JOIN {s}.register_lesson l ON l.lesson_id = m.lesson_id AND l.valid_to = m.valid_to
        WHERE m.mark_id = %(mark)s AND m.valid_to = %(still)s
        """,
        mark=mark_id,
        still=STILL,
    )
    if found is None:
        return None
    mark, class_id, lesson, pupil, subject, teacher, day, value = found
    return {
        "mark_id": mark,
        "class_id": class_id,
        "lesson_id": lesson,
        "pupil_id": pupil,
        "subject_id": subject,
        "teacher_id": teacher,
        "date": day.isoformat(),
        "value": value or None,
    }


async def lessons_of_day(
    conn: Conn, schema: str, day: date, teacher_id: str | None = None
) -> list[dict[str, Any]]:
    """Lessons of a day (all, or a teacher's and those the teacher substitutes), each as
    `lesson_place`, by number and class. missing: what is not recorded of topic, attendance,
    homework, marks; empty when cancelled.
    """
    found = await rows(
        conn,
        schema,
        _LESSON
        + " AND l.date = %(day)s"
        + (_MINE if teacher_id else "")
        + " ORDER BY l.number, c.grade_level, c.letter, l.lesson_id",
        still=STILL,
        day=day,
        teacher=teacher_id,
    )
    return [_lesson(one) for one in found]


async def unfilled_lessons(
    conn: Conn, schema: str, teacher_id: str, since: date, before: date
) -> list[dict[str, Any]]:
    """The teacher's lessons of [since, before) without a topic, attendance or homework, in terms
    that are open, oldest first, at most 100; each as `lesson_place`.
    """
    found = await rows(
        conn,
        schema,
        _LESSON
        + _UNFILLED
        + _ASKED_FOR
        + _OPEN
        + _MINE
        + " ORDER BY l.date, l.number, l.lesson_id LIMIT 100",
        still=STILL,
        teacher=teacher_id,
        since=since,
        before=before,
    )
    return [_lesson(one) for one in found]


async def lessons_of_class(
    conn: Conn, schema: str, class_id: str, subject_id: str, since: date, until: date
) -> list[dict[str, Any]]:
    """Lessons of a subject in a class on days [since, until], both included, in order; each as
    `lesson_place`.
    """
    found = await rows(
        conn,
        schema,
        _LESSON
        + " AND l.class_id = %(class)s AND l.subject_id = %(subject)s"
        + " AND l.date BETWEEN %(since)s AND %(until)s ORDER BY l.date, l.number, l.lesson_id",
        **{"class": class_id, "subject": subject_id},
        still=STILL,
        since=since,
        until=until,
    )
    return [_lesson(one) for one in found]


async def teaching_day(conn: Conn, schema: str, teacher_id: str, day: date) -> date | None:
    """The day itself when the teacher has lessons, else the last day before it with some."""
    found = await row(
        conn,
        schema,
        _LAST_DAY + _MINE,
        still=STILL,
        day=day,
        teacher=teacher_id,
    )
    return found[0] if found else None


def _lesson(found: tuple[Any, ...]) -> dict[str, Any]:
    (
        lesson_id,
        class_id,
        class_name,
        subject_id,
        subject,
        subgroup_id,
        teacher_id,
        day,
        number,
        room,
        status,
        *there,
    ) = found
    off = status == "CANCELLED"
    return {
        "lesson_id": lesson_id,
        "class_id": class_id,
        "class_name": class_name,
        "subject_id": subject_id,
        "subject": subject,
        "subgroup_id": subgroup_id,
        "teacher_id": teacher_id,
        "date": day.isoformat(),
        "number": number,
        "room": room,
        "status": "HELD" if not off and (there[0] or there[1]) else status,
        "missing": []
        if off
        else [part for part, is_there in zip(_PARTS, there, strict=True) if not is_there],
    }
