"""КТП: the plan of a subject's lessons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from domain.codec import MAX_STORED_BYTES, encode
from domain.journal.lesson_plans import by_hours
from domain.journal.plan_facts import LessonPlanAdopted, PlannedLesson
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import LessonKind
from tests.cast import (
    ALGEBRA,
    ANNA,
    BORIS,
    CLASS_7A,
    ENGLISH,
    FIRST_HALF,
    KIRA,
    OLGA,
    SECOND_HALF,
    VERA,
    an_id,
)
from tests.domain.engine_room import WAIT_S
from tests.domain.small_school import SmallSchool
from tests.house.fact_samples import FULL_ENVELOPE

PLAN, ANOTHER = an_id("план"), an_id("другой план")
LESSONS = (
    PlannedLesson(1, "Дроби", homework="§ 1"),
    PlannedLesson(2, "Уравнения", hours=2),
    PlannedLesson(3, "Повторение", LessonKind.CONTROL, "Контрольная работа № 1"),
)


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


def plan(*lessons: PlannedLesson, plan_id: str = PLAN) -> Any:
    return ("adopt_lesson_plan", CLASS_7A, plan_id, ALGEBRA, None, lessons or LESSONS)


def test_the_teacher_of_a_subject_plans_its_lessons(school: SmallSchool) -> None:
    assert school.facts(*plan(), by=ANNA) == [LessonPlanAdopted(PLAN, ALGEBRA, LESSONS)]
    assert school.facts(*plan(), by=ANNA) == []


def test_another_plan_replaces_the_first_which_stays_in_the_log(school: SmallSchool) -> None:
    school.does(*plan(), by=ANNA)
    [fact] = school.facts(*plan(LESSONS[0], plan_id=ANOTHER), by=VERA)
    assert isinstance(fact, LessonPlanAdopted)
    kept = [one.fact for one in school.log.recorded() if isinstance(one.fact, LessonPlanAdopted)]
    assert [one.plan_id for one in kept] == [PLAN, ANOTHER]


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        (BORIS, (Forbidden, "plan.not_yours")),
        (KIRA, (Forbidden, "plan.not_yours")),
        (OLGA, (NotFound, "class.unknown")),
    ],
    ids=["a colleague", "the class teacher", "a mother"],
)
def test_nobody_plans_for_others(school: SmallSchool, who: str, refused: tuple[type, str]) -> None:
    assert school.refuses(*plan(), by=who) == refused


def test_a_group_has_a_plan_of_its_own(school: SmallSchool) -> None:
    how = ("adopt_lesson_plan", CLASS_7A, PLAN, ENGLISH, FIRST_HALF, LESSONS)
    [fact] = school.facts(*how, by=BORIS)
    assert isinstance(fact, LessonPlanAdopted)
    assert fact.subgroup_id == FIRST_HALF
    other = ("adopt_lesson_plan", CLASS_7A, ANOTHER, ENGLISH, SECOND_HALF, LESSONS)
    assert school.refuses(*other, by=BORIS) == (Forbidden, "plan.not_yours")
    nobody = ("adopt_lesson_plan", CLASS_7A, ANOTHER, ENGLISH, an_id("третья"), LESSONS)
    assert school.refuses(*nobody) == (Invalid, "plan.unknown_subgroup")


def test_a_taken_plan_id_is_refused(school: SmallSchool) -> None:
    school.does(*plan(), by=ANNA)
    other = ("adopt_lesson_plan", CLASS_7A, PLAN, ENGLISH, None, LESSONS)
    assert school.refuses(*other) == (Conflict, "plan.id_taken")
    unknown = ("adopt_lesson_plan", CLASS_7A, ANOTHER, an_id("латынь"), None, LESSONS)
    assert school.refuses(*unknown) == (Invalid, "plan.unknown_subject")


BAD: dict[str, tuple[tuple[PlannedLesson, ...], str]] = {
    "a hole": ((LESSONS[0], LESSONS[2]), "plan.numbers"),
    "too many": (tuple(PlannedLesson(n, "Тема") for n in range(1, 402)), "plan.lessons"),
    "a work without a title": ((PlannedLesson(1, "Тема", LessonKind.CONTROL),), "plan.title"),
    "no hours": ((PlannedLesson(1, "Тема", hours=0),), "plan.hours"),
    "not in Russian": ((PlannedLesson(1, "Present Perfect"),), "text.not_russian"),
    "an empty topic": ((PlannedLesson(1, " "),), "text.empty"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_plan_is_refused(school: SmallSchool, what: str) -> None:
    lessons, code = BAD[what]
    assert school.refuses(*plan(*lessons), by=ANNA) == (Invalid, code)


def test_an_empty_plan_is_refused(school: SmallSchool) -> None:
    how = ("adopt_lesson_plan", CLASS_7A, PLAN, ALGEBRA, None, ())
    assert school.refuses(*how, by=ANNA) == (Invalid, "plan.lessons")


def test_a_long_plan_comes_in_parts_that_fit(school: SmallSchool) -> None:
    lessons = tuple(PlannedLesson(n, "Ж" * 1_000, homework="Ж" * 1_000) for n in range(1, 101))
    facts = school.facts(*plan(*lessons), by=ANNA)
    parts = [one for one in facts if isinstance(one, LessonPlanAdopted)]
    assert [(one.part, one.parts) for one in parts] == [(n, 10) for n in range(1, 11)]
    assert tuple(lesson for one in parts for lesson in one.lessons) == lessons
    assert all(len(encode(FULL_ENVELOPE, one)) < MAX_STORED_BYTES for one in parts)


def test_a_topic_of_two_hours_is_two_lessons() -> None:
    assert [one.number for one in by_hours(LESSONS)] == [1, 2, 2, 3]
    assert msgspec.json.decode(msgspec.json.encode(LESSONS), type=tuple[PlannedLesson, ...])
