"""Marks given: the scale, several per lesson, weights, who was in class, when."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.journal import facts as f
from domain.journal.marks import NewMark, give_marks
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from domain.values import MARKS, NUMERIC_MARKS, WORD_MARKS, ReasonCode, Tier
from tests.cast import (
    ANSWER,
    CONTROL,
    FIRST_HALF,
    MASHA,
    NEWCOMER,
    PETYA,
    SECOND_HALF,
    YOLKIN,
    an_id,
)
from tests.domain.seventh_a import (
    A_TEXT,
    ENGLISH_1,
    LESSON,
    OFFICE,
    OPENED,
    ROSTER,
    SCHEDULED,
    SCHOOL_YEAR,
    TERM_1_CLOSED,
    TERM_2_CLOSED,
    THURSDAY,
    TOMORROW,
    WEDNESDAY,
    YEAR_OPENED,
    noon,
)
from tests.specs import T0, Decision, given

MARK = an_id("отметка Пети")
FOUR = f.MarkGiven(MARK, LESSON, PETYA, "4", ANSWER, "1.00")


def new(value: str = "4", **other: Any) -> NewMark:
    fields: dict[str, Any] = {"mark_id": MARK, "pupil_id": PETYA, "work_type_id": ANSWER}
    return NewMark(value=value, **{**fields, **other})


def give(*marks: NewMark, lesson: str = LESSON, on: date = WEDNESDAY) -> Decision:
    return lambda w: give_marks(w.journal, w.office, lesson, marks, noon(on))


def test_a_mark_is_given_and_the_same_mark_twice_is_one_mark() -> None:
    given(*SCHOOL_YEAR).when(give(new("4"))).then(FOUR).and_again_nothing_happens()


@pytest.mark.parametrize("value", MARKS)
def test_every_mark_of_the_scale_can_be_given(value: str) -> None:
    expected = msgspec.structs.replace(FOUR, value=value)
    given(*SCHOOL_YEAR).when(give(new(value))).then(expected)


@pytest.mark.parametrize("value", ["", "6", "0", "5+", "5-", " 5", "Н/А", "н", "4,5", "٥"])
def test_what_is_not_in_the_scale_is_refused(value: str) -> None:
    given(*SCHOOL_YEAR).when(give(new(value))).then_refused(Invalid, "mark.unknown_value")


def test_a_whole_column_is_given_in_the_order_of_the_request() -> None:
    column = [
        NewMark(an_id(f"отметка {n}"), pupil, "5", ANSWER)
        for n, pupil in enumerate((MASHA, PETYA, YOLKIN))
    ]
    facts = [f.MarkGiven(m.mark_id, LESSON, m.pupil_id, "5", ANSWER, "1.00") for m in column]
    given(*SCHOOL_YEAR).when(give(*column)).then(*facts).and_again_nothing_happens()


def test_a_column_with_one_bad_mark_is_refused_as_a_whole() -> None:
    bad = NewMark(an_id("другая"), MASHA, "7", ANSWER)
    given(*SCHOOL_YEAR).when(give(new(), bad)).then_refused(Invalid, "mark.unknown_value")


def test_a_column_that_is_half_there_is_completed() -> None:
    other = NewMark(an_id("отметка Маши"), MASHA, "5", CONTROL)
    given(*SCHOOL_YEAR, FOUR).when(give(new(), other)).then(
        f.MarkGiven(other.mark_id, LESSON, MASHA, "5", CONTROL, "2.00")
    )


def test_a_pupil_has_several_marks_for_one_lesson() -> None:
    second = new("5", mark_id=an_id("вторая отметка Пети"))
    world = given(*SCHOOL_YEAR, FOUR).when(give(second))
    world.then(f.MarkGiven(second.mark_id, LESSON, PETYA, "5", ANSWER, "1.00"))
    assert {m.value for m in world.world.journal.marks.values()} == {"4", "5"}


def test_one_request_cannot_use_one_mark_id_twice() -> None:
    given(*SCHOOL_YEAR).when(give(new(), new())).then_refused(Invalid, "mark.repeated_id")


@pytest.mark.parametrize(
    "other",
    [
        {"value": "5"},
        {"pupil_id": MASHA},
        {"work_type_id": CONTROL, "weight": "1"},
        {"weight": "1.50"},
    ],
)
def test_a_taken_mark_id_is_refused(other: dict[str, str]) -> None:
    another = new(**{"value": "4", **other})
    given(*SCHOOL_YEAR, FOUR).when(give(another)).then_refused(Conflict, "mark.id_taken")


def test_a_mark_id_of_another_lesson_is_refused() -> None:
    again = give(new(), lesson=TOMORROW, on=THURSDAY)
    given(*SCHOOL_YEAR, FOUR).when(again).then_refused(Conflict, "mark.id_taken")


def test_an_annulled_mark_id_is_not_used_again() -> None:
    annulled = f.MarkAnnulled(MARK, "4", Tier.T0, ReasonCode.TYPO)
    given(*SCHOOL_YEAR, FOUR, annulled).when(give(new())).then_refused(Conflict, "mark.id_taken")


def test_a_mark_takes_the_weight_of_its_kind_of_work() -> None:
    expected = f.MarkGiven(MARK, LESSON, PETYA, "4", CONTROL, "2.00")
    given(*SCHOOL_YEAR).when(give(new(work_type_id=CONTROL))).then(expected)


@pytest.mark.parametrize(
    ("weight", "kept"),
    [
        ("1", "1.00"),
        ("0.005", "0.01"),
        ("1.125", "1.13"),  # half up, not to the even neighbour
        ("1.124999", "1.12"),
        ("2.675", "2.68"),
        ("10", "10.00"),
        ("10.004", "10.00"),
    ],
)
def test_a_weight_is_kept_with_two_places_rounded_half_up(weight: str, kept: str) -> None:
    expected = msgspec.structs.replace(FOUR, weight=kept)
    given(*SCHOOL_YEAR).when(give(new(weight=weight))).then(expected)


@pytest.mark.parametrize(
    "weight", ["0", "0.004", "-1", "10.01", "много", "", "1,5", "NaN", "sNaN", "Infinity", "1e9999"]
)
def test_a_weight_outside_of_the_scale_is_refused(weight: str) -> None:
    given(*SCHOOL_YEAR).when(give(new(weight=weight))).then_refused(Invalid, "mark.weight")


def test_a_kind_of_work_that_the_school_does_not_have_is_refused() -> None:
    strange = new(work_type_id=an_id("сочинение"))
    given(*SCHOOL_YEAR).when(give(strange)).then_refused(Invalid, "mark.unknown_work_type")


def test_a_comment_travels_with_the_mark() -> None:
    expected = msgspec.structs.replace(FOUR, comment=A_TEXT)
    given(*SCHOOL_YEAR).when(give(new(comment=A_TEXT))).then(expected)


def test_a_lesson_that_does_not_exist_has_no_marks() -> None:
    nowhere = give(new(), lesson=an_id("нет такого"))
    given(*SCHOOL_YEAR).when(nowhere).then_refused(NotFound, "lesson.unknown")


def test_a_mark_for_a_lesson_to_come_is_refused() -> None:
    ahead = give(new(), lesson=TOMORROW, on=WEDNESDAY)
    given(*SCHOOL_YEAR).when(ahead).then_refused(Invalid, "lesson.in_the_future")


def test_a_mark_for_a_cancelled_lesson_is_refused() -> None:
    cancelled = f.LessonCancelled(LESSON, "Карантин")
    given(*SCHOOL_YEAR, cancelled).when(give(new())).then_refused(Conflict, "lesson.cancelled")


def test_a_mark_in_a_closed_term_is_refused() -> None:
    given(*SCHOOL_YEAR, TERM_1_CLOSED).when(give(new())).then_refused(Forbidden, "term.closed")


def test_closing_another_term_does_not_matter() -> None:
    given(*SCHOOL_YEAR, TERM_2_CLOSED).when(give(new())).then(FOUR)


def test_a_pupil_of_no_class_gets_no_mark() -> None:
    strange = new(pupil_id=NEWCOMER)
    refusal = given(*SCHOOL_YEAR).when(give(strange))
    assert refusal.then_refused(Invalid, "mark.pupil_not_in_class").extra == {"pupil_id": NEWCOMER}


@pytest.mark.parametrize(
    ("since", "in_class"), [(WEDNESDAY, True), (THURSDAY, False)], ids=["that day", "a day later"]
)
def test_a_pupil_is_in_class_from_the_day_of_enrolment(since: date, *, in_class: bool) -> None:
    spec = given(*SCHOOL_YEAR, f.PupilEnrolled(NEWCOMER, since)).when(give(new(pupil_id=NEWCOMER)))
    if in_class:
        spec.then(msgspec.structs.replace(FOUR, pupil_id=NEWCOMER))
    else:
        spec.then_refused(Invalid, "mark.pupil_not_in_class")


@pytest.mark.parametrize(
    ("first_day_without", "in_class"),
    [(WEDNESDAY, False), (THURSDAY, True)],
    ids=["left that day", "left the day after"],
)
def test_a_pupil_is_in_class_until_the_day_of_departure(
    first_day_without: date, *, in_class: bool
) -> None:
    left = f.PupilDeparted(PETYA, first_day_without)
    spec = given(*SCHOOL_YEAR, left).when(give(new()))
    if in_class:
        spec.then(FOUR)
    else:
        spec.then_refused(Invalid, "mark.pupil_not_in_class")


def test_a_pupil_who_came_back_is_in_class_again_but_not_for_the_days_between() -> None:
    away = (f.PupilDeparted(PETYA, WEDNESDAY), f.PupilEnrolled(PETYA, THURSDAY))
    given(*SCHOOL_YEAR, *away).when(give(new())).then_refused(Invalid, "mark.pupil_not_in_class")
    given(*SCHOOL_YEAR, *away).when(give(new(), lesson=TOMORROW, on=THURSDAY)).then(
        msgspec.structs.replace(FOUR, lesson_id=TOMORROW)
    )


def test_a_pupil_of_the_other_half_gets_no_mark_in_this_half() -> None:
    given(*SCHOOL_YEAR).when(give(new(), lesson=ENGLISH_1)).then(
        msgspec.structs.replace(FOUR, lesson_id=ENGLISH_1)
    )
    masha = new(pupil_id=MASHA)
    given(*SCHOOL_YEAR).when(give(masha, lesson=ENGLISH_1)).then_refused(
        Invalid, "mark.pupil_not_in_class"
    )


@pytest.mark.parametrize(
    ("since", "moved"), [(WEDNESDAY, True), (THURSDAY, False)], ids=["that day", "a day later"]
)
def test_a_pupil_is_in_the_half_that_the_newest_order_says(since: date, *, moved: bool) -> None:
    order = f.SubgroupSplitOrdered(
        an_id("английский"),
        since,
        "16-у",
        WEDNESDAY,
        (
            f.Subgroup(FIRST_HALF, "1 группа", (YOLKIN,)),
            f.Subgroup(SECOND_HALF, "2 группа", (MASHA, PETYA)),
        ),
    )
    spec = given(*SCHOOL_YEAR, order).when(give(new(), lesson=ENGLISH_1))
    if moved:
        spec.then_refused(Invalid, "mark.pupil_not_in_class")
    else:
        spec.then(msgspec.structs.replace(FOUR, lesson_id=ENGLISH_1))


FIRST_GRADE = (
    *OFFICE,
    msgspec.structs.replace(OPENED, grade_level=1),
    *ROSTER[1:],
    SCHEDULED,
)


@pytest.mark.parametrize("value", NUMERIC_MARKS)
def test_the_first_grade_has_no_numbers(value: str) -> None:
    given(*FIRST_GRADE).when(give(new(value))).then_refused(Invalid, "mark.ungraded_class")


@pytest.mark.parametrize("value", WORD_MARKS)
def test_the_first_grade_may_have_words(value: str) -> None:
    given(*FIRST_GRADE).when(give(new(value))).then(msgspec.structs.replace(FOUR, value=value))


def test_which_grades_are_ungraded_is_the_regulations_word() -> None:
    strict = msgspec.structs.replace(YEAR_OPENED, regulation=Regulation(ungraded_levels=(1, 7)))
    year = (strict, *OFFICE[1:], *ROSTER, SCHEDULED)
    given(*year).when(give(new("5"))).then_refused(Invalid, "mark.ungraded_class")


def test_nobody_is_marked_by_an_empty_column() -> None:
    given(*SCHOOL_YEAR).when(give()).then_nothing_happens()


def test_t0_is_noon_of_the_lesson() -> None:
    assert noon(WEDNESDAY) == T0
