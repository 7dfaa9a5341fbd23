"""Reading plans of lessons: what is next, and how far the lessons are behind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from domain.journal.lesson_plans import by_hours
from domain.journal.plan_facts import PlannedLesson
from projections.names import shown
from projections.sql import STILL, rows

Conn = AsyncConnection[Any]
Lessons = tuple[PlannedLesson, ...]

#: the plan in force: the subgroup's own, else the one of the whole class; the newest of these
_PLAN: LiteralString = """
    LEFT JOIN LATERAL (SELECT p.plan_id::text, p.lessons, p.at FROM {s}.office_plan p
        WHERE p.class_id = l.class_id AND p.subject_id = l.subject_id
            AND (p.subgroup_id IS NULL OR p.subgroup_id = l.subgroup_id)
        ORDER BY p.subgroup_id IS NULL, p.position DESC LIMIT 1) p ON true
"""
#: the subjects of the lessons that are asked for, each with its plan, if it has one
_PLANS_OF: LiteralString = """
    SELECT l.class_id::text, l.subject_id::text, l.subgroup_id::text, p.lessons
    FROM (SELECT DISTINCT class_id, subject_id, subgroup_id FROM {s}.register_lesson
        WHERE lesson_id = ANY (%(lessons)s::uuid[]) AND valid_to = %(still)s
            AND status <> 'CANCELLED') l
    """
_PLANS: LiteralString = _PLANS_OF + _PLAN + " WHERE p.lessons IS NOT NULL"
#: how many lessons of the subject come before each
_PLACES: LiteralString = """
    SELECT lesson_id::text, class_id::text, subject_id::text, subgroup_id::text, before
    FROM (SELECT e.lesson_id, e.class_id, e.subject_id, e.subgroup_id, rank() OVER (
            PARTITION BY e.class_id, e.subject_id, e.subgroup_id ORDER BY e.date, e.number
        ) - 1 AS before
        FROM {s}.register_lesson e
        JOIN (SELECT DISTINCT class_id, subject_id FROM {s}.register_lesson
            WHERE lesson_id = ANY (%(lessons)s::uuid[]) AND valid_to = %(still)s) asked
            USING (class_id, subject_id)
        WHERE e.valid_to = %(still)s AND e.status <> 'CANCELLED') e
    WHERE lesson_id = ANY (%(lessons)s::uuid[])
    """
_PROGRESS_OF: LiteralString = """
    SELECT l.class_id::text, c.name, l.subject_id::text, s.name, l.subgroup_id::text, g.name,
        l.teachers::text[], l.names, l.due, l.held, p.plan_id, p.lessons, p.at
    FROM (SELECT l.class_id, l.subject_id, l.subgroup_id,
            array_agg(DISTINCT l.teacher_id) AS teachers,
            array_agg(DISTINCT t.full_name) FILTER (WHERE t.full_name IS NOT NULL) AS names,
            count(*) FILTER (WHERE l.date < %(day)s) AS due,
            count(*) FILTER (WHERE r.lesson_id IS NOT NULL AND l.date <= %(day)s
                AND l.status <> 'CANCELLED') AS held
        FROM {s}.register_lesson l
        LEFT JOIN {s}.register_topic r ON r.lesson_id = l.lesson_id AND r.valid_to = %(still)s
        LEFT JOIN {s}.directory_person t ON t.person_id = l.teacher_id
        WHERE l.valid_to = %(still)s GROUP BY l.class_id, l.subject_id, l.subgroup_id) l
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
    LEFT JOIN LATERAL (SELECT name FROM {s}.directory_subgroup d
        WHERE d.subgroup_id = l.subgroup_id ORDER BY d.since DESC LIMIT 1) g ON true
    """
_PROGRESS_WHERE: LiteralString = """
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR l.class_id = %(class)s)
    ORDER BY c.grade_level, c.letter, s.name, g.name
    """
_PROGRESS: LiteralString = _PROGRESS_OF + _PLAN + _PROGRESS_WHERE
_CURRENT_OF: LiteralString = (
    "SELECT p.plan_id, p.lessons, p.at FROM (SELECT %(class)s::uuid AS class_id,"
    " %(subject)s::uuid AS subject_id, %(subgroup)s::uuid AS subgroup_id) l"
)
_CURRENT_WHERE: LiteralString = " WHERE p.plan_id IS NOT NULL"
_CURRENT: LiteralString = _CURRENT_OF + _PLAN + _CURRENT_WHERE


async def planned_for(
    conn: Conn, schema: str, lesson_ids: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """lesson → `{number, topic, kind, title, homework}` that the plan has for it: by its place
    among the lessons of the subject (and subgroup) that are not cancelled.
    """
    ask = {"lessons": list(lesson_ids), "still": STILL}
    stored = await rows(conn, schema, _PLANS, **ask) if ask["lessons"] else []
    plans = {
        tuple(course): by_hours(msgspec.json.decode(plan, type=Lessons)) for *course, plan in stored
    }
    found: dict[str, dict[str, Any]] = {}
    for lesson_id, *course, before in await rows(conn, schema, _PLACES, **ask) if plans else ():
        plan = plans.get(tuple(course), ())
        if before < len(plan):
            one = plan[before]
            found[lesson_id] = {
                "number": one.number,
                "topic": one.topic,
                "kind": str(one.kind),
                "title": one.title,
                "homework": one.homework,
            }
    return found


async def plan_of(
    conn: Conn, schema: str, class_id: str, subject_id: str, subgroup_id: str | None
) -> dict[str, Any] | None:
    """`{plan_id, adopted_at, lessons[{number, topic, kind, title, homework, hours}]}` in force, or
    None.
    """
    found = await rows(
        conn,
        schema,
        _CURRENT,
        **{"class": class_id, "subject": subject_id, "subgroup": subgroup_id},
    )
    if not found:
        return None
    plan_id, stored, at = found[0]
    lessons = msgspec.json.decode(stored, type=Lessons)
    return {
        "plan_id": plan_id,
        "adopted_at": at.isoformat(),
        "lessons": [msgspec.structs.asdict(one) for one in lessons],
    }


async def plan_progress(
    conn: Conn, schema: str, year: int, day: date, class_id: str | None = None
) -> list[dict[str, Any]]:
    """Plan and fact up to a day: `[{class{class_id, name}, subject{subject_id, name},
    subgroup{subgroup_id, name}, teachers[], plan_id, adopted_at, planned, due, held, lag}]` of
    every subject with lessons in the journal.

    planned: hours of the plan, None without one; due: lessons that the timetable had by the end of
    the day before, cancelled ones too, at most as many as are planned; held: those with a topic;
    lag: how many the plan is ahead, 0 at least.
    """
    found = await rows(
        conn, schema, _PROGRESS, **{"year": year, "day": day, "class": class_id, "still": STILL}
    )
    return [_progress(one) for one in found]


def _progress(found: tuple[Any, ...]) -> dict[str, Any]:
    of_class, class_name, subject_id, subject, subgroup_id, subgroup, teachers, names = found[:8]
    due, held, plan_id, stored, at = found[8:]
    planned = None
    if stored is not None:
        planned = len(by_hours(msgspec.json.decode(stored, type=Lessons)))
        due = min(due, planned)
    return {
        "class": {"class_id": of_class, "name": class_name},
        "subject": {"subject_id": subject_id, "name": subject},
        "subgroup": subgroup_id and {"subgroup_id": subgroup_id, "name": subgroup},
        "teacher_ids": teachers,
        "teachers": sorted(shown(name) for name in names or ()),
        "plan_id": plan_id,
        "adopted_at": at and at.isoformat(),
        "planned": planned,
        "due": due,
        "held": held,
        "lag": max(0, due - held),
    }
