"""Decisions about КТП, the plan of a subject's lessons: what is to be taught, in what order."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.fact import Fact
from domain.journal.plan_facts import LessonPlanAdopted, PlannedLesson
from domain.journal.state import Journal
from domain.office.state import Office
from domain.refusals import Conflict, Invalid
from domain.values import TITLED, class_text

#: Stored bytes of the lessons in one fact: a fact has 60,000 at most.
BYTES_PER_FACT = 45_000
MOST_LESSONS = 400
MOST_HOURS = 10


def adopt_plan(
    journal: Journal,
    office: Office,
    plan_id: str,
    subject_id: str,
    subgroup_id: str | None,
    told: Sequence[PlannedLesson],
) -> list[Fact]:
    """The plan of a subject (of a subgroup in it); an earlier one stays in the log.

    A long plan comes in several facts. Raises Invalid, Conflict.
    """
    place = (subject_id, subgroup_id)
    known = journal.plans.get(plan_id)
    if known is not None:
        if known == place:
            return []
        raise Conflict("plan.id_taken", "Под этим номером уже есть другой план.")
    if subject_id not in office.subjects:
        raise Invalid("plan.unknown_subject", "Такого предмета в этом учебном году нет.")
    if subgroup_id is not None and not any(
        subgroup_id in split.members for split in journal.splits if split.subject_id == subject_id
    ):
        raise Invalid("plan.unknown_subgroup", "Такой подгруппы по этому предмету нет.")
    if not 0 < len(told) <= MOST_LESSONS:
        raise Invalid("plan.lessons", f"В плане от одного до {MOST_LESSONS} уроков.")
    if [one.number for one in told] != list(range(1, len(told) + 1)):
        raise Invalid("plan.numbers", "Уроки плана нумеруются подряд с первого.")
    parts = _parts([_checked(one) for one in told])
    return [
        LessonPlanAdopted(plan_id, subject_id, tuple(part), subgroup_id, number, len(parts))
        for number, part in enumerate(parts, 1)
    ]


def by_hours(lessons: Sequence[PlannedLesson]) -> list[PlannedLesson]:
    """The plan hour by hour: a topic of three hours is three lessons."""
    return [one for one in lessons for _ in range(one.hours)]


def _checked(one: PlannedLesson) -> PlannedLesson:
    what = f"Урок {one.number} плана"
    topic = class_text(one.topic, what=what)
    title = class_text(one.title, what=what) if one.title.strip() else ""
    if one.kind in TITLED and not title:
        raise Invalid("plan.title", f"{what}: у работы должно быть название.")
    homework = one.homework.strip()
    if homework:
        homework = class_text(homework, what=what, wordless=True)
    if not 1 <= one.hours <= MOST_HOURS:
        raise Invalid("plan.hours", f"{what}: часов от одного до {MOST_HOURS}.")
    return PlannedLesson(one.number, topic, one.kind, title, homework, one.hours)


def _parts(lessons: Sequence[PlannedLesson]) -> list[list[PlannedLesson]]:
    parts: list[list[PlannedLesson]] = [[]]
    size = 0
    for one in lessons:
        weight = len(msgspec.json.encode(one)) + 1
        if parts[-1] and size + weight > BYTES_PER_FACT:
            parts.append([])
            size = 0
        parts[-1].append(one)
        size += weight
    return parts
