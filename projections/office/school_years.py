"""Reading a whole school year: what a rollover carries, and what the next year has already."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from domain.journal.plan_facts import PlannedLesson
from domain.office.facts import Appointment, Subject, WorkType
from domain.office.school_years import (
    Division,
    Group,
    KnownClass,
    Listed,
    Planned,
    SchoolYear,
    Taught,
)
from domain.values import CouncilDecision, Role
from projections.directory.vocabulary import calendar_of, subjects, work_types, zone_of
from projections.office.years import bells_of
from projections.sql import rows

Conn = AsyncConnection[Any]

_STAFF: LiteralString = """
    SELECT person_id::text, role, since, until FROM {s}.directory_staff WHERE year = %s
    ORDER BY position, ordinal
"""
_CLASSES: LiteralString = """
    SELECT class_id::text, grade_level, letter FROM {s}.directory_class WHERE year = %s
    ORDER BY grade_level, letter
"""
_LISTED: LiteralString = """
    SELECT e.class_id::text, e.pupil_id::text, e.until, r.decision
    FROM {s}.directory_enrolment e JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = e.pupil_id
    LEFT JOIN {s}.result_council r ON (r.class_id, r.pupil_id) = (e.class_id, e.pupil_id)
        AND r.matter = 'promotion'
    WHERE c.year = %s ORDER BY p.sort_key, e.pupil_id, e.position
"""
_TEACHERS: LiteralString = """
    SELECT t.class_id::text, t.person_id::text FROM {s}.directory_class_teacher t
    JOIN {s}.directory_class c USING (class_id) WHERE c.year = %s ORDER BY t.since, t.position
"""
_TAUGHT: LiteralString = """
    SELECT a.class_id::text, a.assignment_id::text, a.teacher_id::text, a.subject_id::text,
        a.subgroup_id::text, a.until
    FROM {s}.directory_assignment a JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %s ORDER BY a.since, a.assignment_id
"""
_GROUPS: LiteralString = """
    SELECT g.class_id::text, g.subject_id::text, g.subgroup_id::text, g.name, g.pupils::text[]
    FROM {s}.directory_subgroup g
    JOIN (SELECT class_id, subject_id, max(since) AS since FROM {s}.directory_subgroup
        GROUP BY class_id, subject_id) newest USING (class_id, subject_id, since)
    JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %s ORDER BY g.subject_id, g.name, g.subgroup_id
"""
_PLANS: LiteralString = """
    SELECT DISTINCT ON (p.class_id, p.subject_id, p.subgroup_id)
        p.class_id::text, p.plan_id::text, p.subject_id::text, p.subgroup_id::text
    FROM {s}.office_plan p JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %s ORDER BY p.class_id, p.subject_id, p.subgroup_id, p.position DESC
"""


async def school_year(conn: Conn, schema: str, year: int) -> SchoolYear | None:
    """A year with its people, classes and plans, or None when it is not opened."""
    calendar = await calendar_of(conn, schema, year)
    bells = await bells_of(conn, schema, year)
    if calendar is None or bells is None:
        return None
    known = await subjects(conn, schema, year)
    kinds = await work_types(conn, schema, year)
    return SchoolYear(
        await zone_of(conn, schema),
        calendar[0],
        bells,
        tuple(Subject(one["subject_id"], one["name"]) for one in known),
        tuple(WorkType(**one) for one in kinds),
        tuple(
            Appointment(person_id, Role(role), since, until)
            for person_id, role, since, until in await rows(conn, schema, _STAFF, year)
        ),
        await _classes(conn, schema, year),
    )


async def plan_lessons(
    conn: Conn, schema: str, plan_ids: list[str]
) -> dict[str, tuple[PlannedLesson, ...]]:
    """plan → its lessons."""
    found = await rows(
        conn,
        schema,
        "SELECT plan_id::text, lessons FROM {s}.office_plan WHERE plan_id = ANY (%s::uuid[])",
        plan_ids,
    )
    return {
        plan_id: msgspec.json.decode(stored, type=tuple[PlannedLesson, ...])
        for plan_id, stored in found
    }


async def _classes(conn: Conn, schema: str, year: int) -> tuple[KnownClass, ...]:
    pupils: dict[str, dict[str, Listed]] = defaultdict(dict)
    for class_id, pupil_id, until, decision in await rows(conn, schema, _LISTED, year):
        # Of one who left and came back the last word counts.
        one = Listed(pupil_id, until, CouncilDecision(decision) if decision else None)
        pupils[class_id][pupil_id] = one
    teachers: dict[str, list[str]] = defaultdict(list)
    for class_id, person_id in await rows(conn, schema, _TEACHERS, year):
        teachers[class_id].append(person_id)
    taught: dict[str, list[Taught]] = defaultdict(list)
    for class_id, *what in await rows(conn, schema, _TAUGHT, year):
        taught[class_id].append(Taught(*what))
    groups: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for class_id, subject_id, number, name, members in await rows(conn, schema, _GROUPS, year):
        groups[class_id, subject_id].append(Group(number, name, tuple(members)))
    plans: dict[str, list[Planned]] = defaultdict(list)
    for class_id, *plan in await rows(conn, schema, _PLANS, year):
        plans[class_id].append(Planned(*plan))
    return tuple(
        KnownClass(
            class_id,
            grade_level,
            letter,
            tuple(pupils[class_id].values()),
            tuple(teachers[class_id]),
            tuple(taught[class_id]),
            tuple(
                Division(subject_id, tuple(members))
                for (of_class, subject_id), members in groups.items()
                if of_class == class_id
            ),
            tuple(plans[class_id]),
        )
        for class_id, grade_level, letter in await rows(conn, schema, _CLASSES, year)
    )
