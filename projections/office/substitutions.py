"""Reading a day of the school: what is otherwise than the timetable, who stands for whom."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, LiteralString

from psycopg import AsyncConnection

from projections.names import shown
from projections.sql import STILL, named, rows

Conn = AsyncConnection[Any]

_COLUMNS = (
    *("lesson_id", "class_id", "class_name", "number", "subject_id", "subject", "subgroup_id"),
    *("subgroup", "teacher_id", "teacher", "room", "status", "assigned"),
)
#: `assigned`: the teacher has the subject in the class that day, so that somebody writes about it
_LESSONS: LiteralString = """
    SELECT l.lesson_id::text, l.class_id::text, c.name, l.number, l.subject_id::text, s.name,
        l.subgroup_id::text, g.name, l.teacher_id::text, t.full_name, l.room, l.status,
        EXISTS (SELECT FROM {s}.directory_assignment a WHERE a.class_id = l.class_id
            AND a.teacher_id = l.teacher_id AND a.subject_id = l.subject_id
            AND (a.subgroup_id IS NULL OR a.subgroup_id = l.subgroup_id)
            AND a.since <= l.date AND (a.until IS NULL OR l.date < a.until))
    FROM {s}.register_lesson l
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
    LEFT JOIN {s}.directory_person t ON t.person_id = l.teacher_id
    LEFT JOIN LATERAL (SELECT name FROM {s}.directory_subgroup d
        WHERE d.subgroup_id = l.subgroup_id ORDER BY d.since DESC LIMIT 1) g ON true
    """
_OF_DAY: LiteralString = """
    WHERE l.date = %(day)s AND l.valid_to = %(still)s
    ORDER BY l.number, c.grade_level, c.letter, g.name
    """
#: lessons that were on this day once, and are on another now
_AWAY: LiteralString = """
    WHERE l.valid_to = %(still)s AND l.date <> %(day)s
        AND l.lesson_id IN (SELECT lesson_id FROM {s}.register_lesson WHERE date = %(day)s)
    ORDER BY c.grade_level, c.letter, l.number
    """
_CHANGES: LiteralString = """
    SELECT lesson_id::text, kind, old_value, value FROM {s}.trail_v1
    WHERE lesson_id = ANY (%(lessons)s::uuid[])
        AND kind IN ('lesson-added', 'lesson-cancelled', 'lesson-moved', 'room-changed')
    ORDER BY position
    """
_SUBSTITUTIONS: LiteralString = """
    SELECT x.substitution_id::text, x.class_id::text, c.name, x.teacher_id::text, t.full_name,
        x.substitute_id::text, s.full_name, x.since, x.until, o.order_no
    FROM {s}.directory_substitution x
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.office_substitution o USING (substitution_id)
    LEFT JOIN {s}.directory_person t ON t.person_id = x.teacher_id
    LEFT JOIN {s}.directory_person s ON s.person_id = x.substitute_id
    WHERE %(day)s BETWEEN x.since AND x.until
    ORDER BY t.sort_key, c.grade_level, c.letter, o.position
    """
_TEACHERS: LiteralString = """
    SELECT p.person_id::text, p.full_name FROM {s}.directory_person p
    WHERE p.kind = 'staff' AND NOT p.erased AND p.person_id IN (
        SELECT person_id FROM {s}.directory_staff WHERE year = %(year)s AND role = 'teacher'
            AND since <= %(day)s AND (until IS NULL OR %(day)s < until)
        UNION SELECT a.teacher_id FROM {s}.directory_assignment a
            JOIN {s}.directory_class c USING (class_id) WHERE c.year = %(year)s
            AND a.since <= %(day)s AND (a.until IS NULL OR %(day)s < a.until))
    ORDER BY p.sort_key, p.person_id
    """


async def school_day(conn: Conn, schema: str, day: date) -> list[dict[str, Any]]:
    """Lessons of a day, and those that were moved away from it, each `{lesson_id, class_id,
    class_name, number, subject_id, subject, subgroup_id, subgroup, teacher_id, teacher, room,
    status, assigned, changes[{kind, old, new}], away}`; kind: lesson-added, lesson-cancelled (new:
    the reason), lesson-moved («02.09.2026, 3»), room-changed.
    """
    ask = {"day": day, "still": STILL}
    here = await rows(conn, schema, _LESSONS + _OF_DAY, **ask)
    away = await rows(conn, schema, _LESSONS + _AWAY, **ask)
    found = [
        named(_COLUMNS, one) | {"away": gone, "changes": []}
        for gone, lessons in ((False, here), (True, away))
        for one in lessons
    ]
    changes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    lessons = [one["lesson_id"] for one in found]
    for lesson_id, kind, old, new in await rows(conn, schema, _CHANGES, lessons=lessons):
        changes[lesson_id].append({"kind": kind, "old": old, "new": new})
    for one in found:
        one["teacher"] = shown(one["teacher"])
        one["changes"] = changes[one["lesson_id"]]
    return found


async def substitutions_on(conn: Conn, schema: str, day: date) -> list[dict[str, Any]]:
    """`[{substitution_id, class_id, class_name, teacher_id, teacher, substitute_id, substitute,
    since, until, order_no}]` in force that day, by the teacher who is away.
    """
    names = (
        *("substitution_id", "class_id", "class_name", "teacher_id", "teacher", "substitute_id"),
        *("substitute", "since", "until", "order_no"),
    )
    found = [named(names, one) for one in await rows(conn, schema, _SUBSTITUTIONS, day=day)]
    return [
        one
        | {
            "teacher": shown(one["teacher"]),
            "substitute": shown(one["substitute"]),
            "since": one["since"].isoformat(),
            "until": one["until"].isoformat(),
            "order_no": one["order_no"] or "",
        }
        for one in found
    ]


async def teachers_on(conn: Conn, schema: str, year: int, day: date) -> dict[str, str]:
    """person → name of whoever teaches that day: by role, or with a subject in some class."""
    found = await rows(conn, schema, _TEACHERS, year=year, day=day)
    return {number: shown(name) for number, name in found}
