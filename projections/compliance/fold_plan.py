"""Compliance of the plan: lessons scheduled, added, moved, cancelled."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.calendar import local_date
from domain.journal import facts as j
from domain.journal import plan_facts as plan
from domain.values import Origin, Role
from projections.compliance.desk import HANDLERS, Desk
from projections.projection import Placed

on = HANDLERS.on


def _placed(at: Placed, day: date, today: date) -> tuple[date | None, bool]:
    """The day on which the office planned a lesson that had been held by then, and whether an
    import brought it. Who adds a lesson as its teacher has known of it all the time.
    """
    past = day < today
    own = at.body.role is Role.TEACHER
    return (today if past and not own else None), past and at.body.origin is Origin.IMPORT


@on(j.LessonsScheduled)
def _scheduled(to: Desk, fact: j.LessonsScheduled, at: Placed) -> None:
    year, _ = to.of_class(at.stream)
    today = local_date(at.body.at, year.zone)
    rows: list[tuple[Any, ...]] = [
        (
            one.lesson_id,
            at.stream,
            series.subject_id,
            series.subgroup_id,
            series.teacher_id,
            one.date,
            one.number,
            *_placed(at, one.date, today),
        )
        for series in fact.series
        for one in series.lessons
    ]
    to.plan(rows)
    to.settle(at.stream, {row[5] for row in rows}, at.body.at)


@on(j.LessonAdded)
def _added(to: Desk, fact: j.LessonAdded, at: Placed) -> None:
    year, _ = to.of_class(at.stream)
    today = local_date(at.body.at, year.zone)
    to.plan(
        [
            (
                fact.lesson_id,
                at.stream,
                fact.subject_id,
                fact.subgroup_id,
                fact.teacher_id,
                fact.date,
                fact.number,
                *_placed(at, fact.date, today),
            )
        ]
    )
    to.settle(at.stream, {fact.date}, at.body.at)


@on(j.LessonMoved)
def _moved(to: Desk, fact: j.LessonMoved, at: Placed) -> None:
    """Nothing has been recorded about it: its deadlines are those of the new place."""
    year, level = to.of_class(at.stream)
    known, _ = _placed(at, fact.date, local_date(at.body.at, year.zone))
    rule = year.regulation(fact.date)
    due = year.due(at.stream, fact.date, fact.number, fact.number, known)
    to.run(
        "UPDATE {s}.compliance_lesson SET date = %s, number = %s, known = %s, off = %s,"
        " homework = %s, graded = %s, ends_at = %s, day_due = %s, fill_due = %s, written_due = %s"
        " WHERE lesson_id = %s",
        fact.date,
        fact.number,
        known,
        year.off(fact.date, level),
        level not in rule.no_homework_levels,
        level not in rule.ungraded_levels,
        due.ends_at,
        due.day_due,
        due.fill_due,
        due.written_due,
        fact.lesson_id,
    )
    to.settle(at.stream, {fact.old_date, fact.date}, at.body.at)


@on(plan.LessonsWithdrawn)
def _withdrawn(to: Desk, fact: plan.LessonsWithdrawn, at: Placed) -> None:
    """Lessons to come that are not planned any longer: as if they had never been."""
    found = to.fetch(
        "DELETE FROM {s}.compliance_lesson WHERE lesson_id = ANY (%s::uuid[]) RETURNING date",
        list(fact.lesson_ids),
    )
    to.settle(at.stream, {day for (day,) in found}, at.body.at)


@on(j.LessonCancelled)
def _cancelled(to: Desk, fact: j.LessonCancelled, at: Placed) -> None:
    found = to.fetch(
        "UPDATE {s}.compliance_lesson SET cancelled_at = %s WHERE lesson_id = %s RETURNING date",
        at.body.at,
        fact.lesson_id,
    )
    to.settle(at.stream, {day for (day,) in found}, at.body.at)
