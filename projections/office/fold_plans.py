"""Plans of lessons, as they were adopted; a long one comes in several facts."""

from __future__ import annotations

import msgspec

from domain.journal.plan_facts import LessonPlanAdopted, PlannedLesson
from projections.office.desk import HANDLERS, Desk
from projections.projection import Placed

on = HANDLERS.on


@on(LessonPlanAdopted)
def _adopted(to: Desk, fact: LessonPlanAdopted, at: Placed) -> None:
    if fact.part == 1:
        to.run(
            "INSERT INTO {s}.office_plan (plan_id, class_id, subject_id, subgroup_id, lessons, at,"
            " by, position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            fact.plan_id,
            at.stream,
            fact.subject_id,
            fact.subgroup_id,
            msgspec.json.encode(fact.lessons),
            at.body.at,
            at.body.by,
            at.position,
        )
        return
    [(stored,)] = to.fetch("SELECT lessons FROM {s}.office_plan WHERE plan_id = %s", fact.plan_id)
    known = msgspec.json.decode(stored, type=tuple[PlannedLesson, ...])
    to.run(
        "UPDATE {s}.office_plan SET lessons = %s WHERE plan_id = %s",
        msgspec.json.encode((*known, *fact.lessons)),
        fact.plan_id,
    )
