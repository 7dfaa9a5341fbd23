"""Control works that the КТП of a class still has in a term: what is ahead is then known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from domain.forecast.parameters import Parameters
from domain.forecast.plan import Plan, Work
from domain.forecast.tally import CONTROL
from domain.journal.lesson_plans import by_hours
from domain.journal.plan_facts import PlannedLesson
from domain.values import LessonKind
from projections.sql import rows

Conn = AsyncConnection[Any]
Lessons = tuple[PlannedLesson, ...]

#: lessons of days with their places among those of the year that are not cancelled, and the plan in
#: force at a position: the subgroup's own, else the one of the whole class
_PLACES: LiteralString = """
    WITH held AS (
        SELECT l.class_id, l.subject_id, l.subgroup_id, l.date,
            row_number() OVER (PARTITION BY l.class_id, l.subject_id, l.subgroup_id
                ORDER BY l.date, l.number) - 1 AS place
        FROM {s}.register_lesson l
        WHERE l.class_id = ANY (%(classes)s::uuid[]) AND l.valid_from <= %(at)s
            AND %(at)s < l.valid_to AND l.status <> 'CANCELLED'
    ), taught AS (SELECT DISTINCT class_id, subject_id, subgroup_id FROM held),
    planned AS (
        SELECT t.class_id, t.subject_id, t.subgroup_id, p.plan_id
        FROM taught t JOIN LATERAL (SELECT p.plan_id FROM {s}.office_plan p
            WHERE p.class_id = t.class_id AND p.subject_id = t.subject_id
                AND (p.subgroup_id IS NULL OR p.subgroup_id = t.subgroup_id)
                AND p.position <= %(at)s
            ORDER BY p.subgroup_id IS NULL, p.position DESC LIMIT 1) p ON true
    )
    SELECT h.class_id::text, h.subject_id::text, coalesce(h.subgroup_id::text, ''),
        p.plan_id::text, array_agg(h.date ORDER BY h.place), array_agg(h.place ORDER BY h.place)
    FROM held h JOIN planned p ON p.class_id = h.class_id AND p.subject_id = h.subject_id
        AND p.subgroup_id IS NOT DISTINCT FROM h.subgroup_id
    WHERE h.date BETWEEN %(since)s AND %(until)s
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3
"""
_PLANS: LiteralString = """
    SELECT plan_id::text, lessons FROM {s}.office_plan WHERE plan_id = ANY (%s::uuid[])
"""


async def plans_of(
    conn: Conn,
    schema: str,
    classes: Sequence[str],
    days: tuple[date, date],
    at: int,
    gone: Callable[[date], float],
    parameters: Parameters,
) -> Mapping[tuple[str, str], Plan]:
    """(class, subject) → the control works of its КТП in these days; none without a plan.

    `gone`: the part of the term gone on a day. Of subgroups the first one's plan stands for all.
    A control work weighs what they usually weigh in the school.
    """
    since, until = days
    found = await rows(
        conn, schema, _PLACES, classes=list(classes), since=since, until=until, at=at
    )
    stored: dict[str, bytes] = dict(
        await rows(conn, schema, _PLANS, sorted({one[3] for one in found}))
    )
    kinds = {
        plan_id: [one.kind for one in by_hours(msgspec.json.decode(lessons, type=Lessons))]
        for plan_id, lessons in stored.items()
    }
    weight = _usual_weight(parameters)
    plans: dict[tuple[str, str], Plan] = {}
    for class_id, subject, _, plan_id, on, places in found:
        of = kinds[plan_id]
        works = tuple(
            Work(gone(day), weight, CONTROL)
            for day, place in zip(on, places, strict=True)
            if place < len(of) and of[place] == LessonKind.CONTROL
        )
        plans.setdefault((class_id, subject), Plan(works, (CONTROL,)))
    return plans


def _usual_weight(p: Parameters) -> int:
    """Hundredths that a control work weighs."""
    marks, weights = p.overall.left[0][CONTROL], p.overall.weights[0][CONTROL]
    return round(100 * weights / marks) if marks else round(100 * p.unit)
