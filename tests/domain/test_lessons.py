"""Lessons: scheduled from timetable and calendar, added, moved, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

import msgspec
import pytest

from domain.calendar import ExpectedLesson, TimetableEntry, expected_lessons
from domain.fact import Fact
from domain.journal import facts as f
from domain.journal import lessons as decide
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import LessonKind
from tests.cast import (
    ALGEBRA,
    ANNA,
    ANSWER,
    BORIS,
    CONTROL,
    ENGLISH,
    FIRST_HALF,
    HISTORY,
    PETYA,
    SECOND_HALF,
    ZOYA,
    an_id,
)
from tests.domain.seventh_a import (
    CALENDAR,
    ENGLISH_1,
    LESSON,
    OFFICE,
    ROSTER,
    SCHOOL_YEAR,
    TERM_1_CLOSED,
    THURSDAY,
    TOMORROW,
    TUESDAY,
    WEDNESDAY,
    WEEK,
)
from tests.specs import Decision, Known, given

FRIDAY = date(2026, 9, 4)
SATURDAY = date(2026, 9, 5)
BEFORE_LESSONS = (*OFFICE, *ROSTER)


# -- scheduled -------------------------------------------------------------------------------


def schedule(entries: Sequence[TimetableEntry] = WEEK, term: int = 1) -> Decision:
    """Ids are the same in every run: a decision takes them from outside."""
    period = CALENDAR.terms[term - 1]
    expected = expected_lessons(CALENDAR, entries, period)

    def decided(world: Known) -> list[Any]:
        numbers = count()
        return decide.schedule_lessons(
            world.journal, term, expected, lambda: an_id(f"урок {next(numbers)}")
        )

    return decided


def scheduled(world: Known) -> list[tuple[date, int, str, str | None]]:
    return sorted(
        (one.date, one.number, one.subject_id, one.subgroup_id)
        for one in world.journal.lessons.values()
    )


def test_a_term_is_scheduled_once_and_completely() -> None:
    spec = given(*BEFORE_LESSONS).when(schedule())
    facts = schedule()(spec.world)
    spec.then(*facts).and_again_nothing_happens()
    lessons = spec.world.journal.lessons.values()
    assert {lesson.date.isoweekday() for lesson in lessons} == {3, 4}
    days = {lesson.date for lesson in lessons}
    assert (min(days), max(days)) == (WEDNESDAY, date(2026, 10, 22))
    # Eight Wednesdays with algebra and two halves of English, eight Thursdays with algebra.
    assert len(lessons) == 8 * 3 + 8
    assert {lesson.teacher_id for lesson in lessons if lesson.subgroup_id == FIRST_HALF} == {BORIS}


def test_a_holiday_and_a_vacation_have_no_lessons() -> None:
    spec = given(*BEFORE_LESSONS).when(schedule(term=2))
    spec.then(*schedule(term=2)(spec.world))
    days = {lesson.date for lesson in spec.world.journal.lessons.values()}
    assert date(2026, 11, 4) not in days  # a Wednesday, and a holiday
    assert date(2026, 10, 28) not in days  # a Wednesday of the vacation
    assert date(2026, 11, 5) in days


def test_lessons_of_one_teacher_and_room_are_one_series() -> None:
    [fact] = schedule()(given(*BEFORE_LESSONS).world)
    assert isinstance(fact, f.LessonsScheduled)
    assert len(fact.series) == 3
    assert {(one.subject_id, one.subgroup_id, one.room) for one in fact.series} == {
        (ALGEBRA, None, "214"),
        (ENGLISH, FIRST_HALF, ""),
        (ENGLISH, SECOND_HALF, ""),
    }
    for series in fact.series:
        in_order = sorted(series.lessons, key=lambda one: (one.date, one.number))
        assert list(series.lessons) == in_order


def test_a_long_term_comes_in_several_facts_under_the_cap() -> None:
    week = [
        TimetableEntry(weekday, number, ALGEBRA, ANNA)
        for weekday in range(1, 6)
        for number in range(1, 16)
    ]
    facts = schedule(week)(given(*BEFORE_LESSONS).world)
    sizes = [
        sum(len(series.lessons) for series in fact.series)
        for fact in facts
        if isinstance(fact, f.LessonsScheduled)
    ]
    assert sizes == [500, 85]  # 39 school days, 15 lessons each
    spec = given(*BEFORE_LESSONS).when(schedule(week))
    spec.then(*facts).and_again_nothing_happens()


def test_a_place_that_is_taken_stays_as_it_is() -> None:
    other = f.LessonAdded(an_id("история"), WEDNESDAY, 1, HISTORY, ZOYA)
    spec = given(*BEFORE_LESSONS, other).when(schedule())
    spec.then(*schedule()(spec.world))
    assert (WEDNESDAY, 1, HISTORY, None) in scheduled(spec.world)
    assert (WEDNESDAY, 1, ALGEBRA, None) not in scheduled(spec.world)


def test_a_lesson_of_the_whole_class_leaves_no_place_for_a_half_nor_the_other_way_round() -> None:
    whole = f.LessonAdded(an_id("история"), WEDNESDAY, 2, HISTORY, ZOYA)
    spec = given(*BEFORE_LESSONS, whole).when(schedule())
    spec.then(*schedule()(spec.world))
    assert [one for one in scheduled(spec.world) if one[:2] == (WEDNESDAY, 2)] == [
        (WEDNESDAY, 2, HISTORY, None)
    ]
    half = f.LessonAdded(an_id("английский"), WEDNESDAY, 1, ENGLISH, BORIS, FIRST_HALF)
    spec = given(*BEFORE_LESSONS, half).when(schedule())
    spec.then(*schedule()(spec.world))
    assert [one for one in scheduled(spec.world) if one[:2] == (WEDNESDAY, 1)] == [
        (WEDNESDAY, 1, ENGLISH, FIRST_HALF)
    ]


@pytest.mark.parametrize(
    "change",
    [
        f.LessonCancelled(LESSON, "Карантин"),
        f.LessonMoved(LESSON, WEDNESDAY, 1, FRIDAY, 3),
    ],
    ids=["cancelled", "moved"],
)
def test_scheduling_again_does_not_bring_back_what_was_cancelled_or_moved(change: Fact) -> None:
    spec = given(*SCHOOL_YEAR, change).when(schedule())
    spec.then(*schedule()(spec.world)).and_again_nothing_happens()
    living = [
        (one.date, one.number)
        for one in spec.world.journal.lessons.values()
        if not one.cancelled and one.subject_id == ALGEBRA
    ]
    assert (WEDNESDAY, 1) not in living


def test_another_subject_may_take_a_place_that_became_free() -> None:
    cancelled = f.LessonCancelled(LESSON, "Карантин")
    history = schedule([TimetableEntry(3, 1, HISTORY, ZOYA)])
    spec = given(*SCHOOL_YEAR, cancelled).when(history)
    spec.then(*history(spec.world))
    assert (WEDNESDAY, 1, HISTORY, None) in scheduled(spec.world)


def test_what_is_expected_is_in_the_order_of_the_day() -> None:
    expected = expected_lessons(CALENDAR, WEEK, CALENDAR.terms[0])
    assert expected[0] == ExpectedLesson(WEDNESDAY, WEEK[0])
    assert expected == sorted(
        expected, key=lambda e: (e.date, e.entry.number, e.entry.subgroup_id or "")
    )


# -- added -----------------------------------------------------------------------------------

EXTRA = f.LessonAdded(an_id("дополнительный"), FRIDAY, 3, ALGEBRA, ANNA)


def add(**other: Any) -> Decision:
    new = msgspec.structs.replace(EXTRA, **other)
    return lambda w: decide.add_lesson(w.journal, w.office, new)


def test_a_lesson_is_added_once() -> None:
    given(*SCHOOL_YEAR).when(add()).then(EXTRA).and_again_nothing_happens()


def test_a_taken_lesson_id_is_refused() -> None:
    given(*SCHOOL_YEAR, EXTRA).when(add(number=2)).then_refused(Conflict, "lesson.id_taken")


def test_a_subject_that_the_school_does_not_teach_has_no_lesson() -> None:
    strange = add(subject_id=an_id("физика"))
    given(*SCHOOL_YEAR).when(strange).then_refused(Invalid, "lesson.unknown_subject")


@pytest.mark.parametrize(
    "day", [SATURDAY, date(2026, 11, 4), date(2026, 10, 28), date(2026, 8, 31), date(2027, 6, 1)]
)
def test_a_day_that_is_no_school_day_has_no_lesson(day: date) -> None:
    given(*SCHOOL_YEAR).when(add(date=day)).then_refused(Invalid, "lesson.not_a_school_day")


@pytest.mark.parametrize(
    "place",
    [
        {"date": WEDNESDAY, "number": 1},
        {"date": WEDNESDAY, "number": 1, "subject_id": ENGLISH, "subgroup_id": FIRST_HALF},
        {"date": WEDNESDAY, "number": 2},
        {"date": WEDNESDAY, "number": 2, "subject_id": ENGLISH, "subgroup_id": FIRST_HALF},
    ],
    ids=["class over class", "half over class", "class over half", "half over half"],
)
def test_two_lessons_do_not_share_a_place(place: dict[str, Any]) -> None:
    given(*SCHOOL_YEAR).when(add(**place)).then_refused(Conflict, "lesson.slot_taken")


def test_the_two_halves_share_an_hour() -> None:
    first = {"number": 2, "subject_id": ENGLISH, "subgroup_id": FIRST_HALF}
    second = {**first, "subgroup_id": SECOND_HALF, "lesson_id": an_id("вторая")}
    spec = given(*SCHOOL_YEAR, msgspec.structs.replace(EXTRA, **first)).when(add(**second))
    spec.then(msgspec.structs.replace(EXTRA, **second))


@pytest.mark.parametrize(
    "group",
    [
        {"subgroup_id": FIRST_HALF},
        {"subject_id": ENGLISH, "subgroup_id": an_id("третья")},
    ],
    ids=["undivided subject", "unknown half"],
)
def test_a_half_that_no_order_made_has_no_lesson(group: dict[str, str]) -> None:
    given(*SCHOOL_YEAR).when(add(**group)).then_refused(Invalid, "lesson.unknown_subgroup")


def test_a_closed_term_gets_no_lesson() -> None:
    given(*SCHOOL_YEAR, TERM_1_CLOSED).when(add()).then_refused(Forbidden, "term.closed")


# -- moved and cancelled ---------------------------------------------------------------------


def move(day: date = FRIDAY, number: int = 3, lesson: str = LESSON) -> Decision:
    return lambda w: decide.move_lesson(w.journal, w.office, lesson, day, number)


def cancel(reason: str = "Карантин", lesson: str = LESSON) -> Decision:
    return lambda w: decide.cancel_lesson(w.journal, lesson, reason)


MOVED = f.LessonMoved(LESSON, WEDNESDAY, 1, FRIDAY, 3)
CANCELLED = f.LessonCancelled(LESSON, "Карантин")


def test_a_lesson_is_moved_once_and_leaves_its_place() -> None:
    spec = given(*SCHOOL_YEAR).when(move())
    spec.then(MOVED).and_again_nothing_happens()
    spec.when(add(date=WEDNESDAY, number=1)).then(
        msgspec.structs.replace(EXTRA, date=WEDNESDAY, number=1)
    )


def test_a_lesson_may_come_back_to_its_place() -> None:
    given(*SCHOOL_YEAR, MOVED).when(move(WEDNESDAY, 1)).then(
        f.LessonMoved(LESSON, FRIDAY, 3, WEDNESDAY, 1)
    )


def test_a_lesson_is_not_moved_onto_another() -> None:
    given(*SCHOOL_YEAR).when(move(THURSDAY, 1)).then_refused(Conflict, "lesson.slot_taken")
    given(*SCHOOL_YEAR).when(move(WEDNESDAY, 2)).then_refused(Conflict, "lesson.slot_taken")


def test_a_lesson_is_not_moved_to_a_day_off() -> None:
    given(*SCHOOL_YEAR).when(move(SATURDAY)).then_refused(Invalid, "lesson.not_a_school_day")


def test_a_lesson_is_neither_moved_into_a_closed_term_nor_out_of_it() -> None:
    november = f.LessonAdded(an_id("ноябрь"), date(2026, 11, 3), 1, ALGEBRA, ANNA)
    year = (*SCHOOL_YEAR, november, TERM_1_CLOSED)
    into = move(FRIDAY, 3, november.lesson_id)
    given(*year).when(into).then_refused(Forbidden, "term.closed")
    given(*year).when(move(date(2026, 11, 3), 2)).then_refused(Forbidden, "term.closed")
    given(*year).when(cancel()).then_refused(Forbidden, "term.closed")


def test_a_cancelled_lesson_is_not_moved() -> None:
    given(*SCHOOL_YEAR, CANCELLED).when(move()).then_refused(Conflict, "lesson.cancelled")


def test_a_lesson_is_cancelled_once_and_leaves_its_place() -> None:
    spec = given(*SCHOOL_YEAR).when(cancel())
    spec.then(CANCELLED).and_again_nothing_happens()
    spec.when(add(date=WEDNESDAY, number=1)).then(
        msgspec.structs.replace(EXTRA, date=WEDNESDAY, number=1)
    )


@pytest.mark.parametrize("reason", ["", "  ", "flu"])
def test_a_cancellation_says_why_in_russian(reason: str) -> None:
    code = "text.not_russian" if reason == "flu" else "text.empty"
    given(*SCHOOL_YEAR).when(cancel(reason)).then_refused(Invalid, code)


@pytest.mark.parametrize("decision", [move(lesson=an_id("нет")), cancel(lesson=an_id("нет"))])
def test_an_unknown_lesson_is_not_found(decision: Decision) -> None:
    given(*SCHOOL_YEAR).when(decision).then_refused(NotFound, "lesson.unknown")


ENTRIES: tuple[Fact, ...] = (
    f.TopicRecorded(LESSON, "Дроби", LessonKind.LESSON),
    f.AttendanceTaken(LESSON),
    f.HomeworkAssigned(an_id("дз"), LESSON, THURSDAY, "№ 5"),
    f.HomeworkNotAssigned(LESSON),
    f.MarkGiven(an_id("отметка"), LESSON, PETYA, "4", ANSWER, "1.00"),
    f.DebtRaised(an_id("точка"), LESSON, PETYA, CONTROL, FRIDAY),
)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry.TOPIC))
@pytest.mark.parametrize("decision", [move(), cancel()], ids=["move", "cancel"])
def test_a_lesson_with_an_entry_stays_where_it_is(entry: Fact, decision: Decision) -> None:
    given(*SCHOOL_YEAR, entry).when(decision).then_refused(Forbidden, "lesson.has_entries")


def test_an_entry_on_another_lesson_does_not_matter() -> None:
    others = (
        f.MarkGiven(an_id("отметка"), ENGLISH_1, PETYA, "4", ANSWER, "1.00"),
        f.DebtRaised(an_id("точка"), ENGLISH_1, PETYA, CONTROL, FRIDAY),
        f.TopicRecorded(TOMORROW, "Дроби", LessonKind.LESSON),
    )
    given(*SCHOOL_YEAR, *others).when(cancel()).then(CANCELLED)


# -- the calendar ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (TUESDAY, "school"),
        (SATURDAY, "weekend"),
        (date(2026, 11, 4), "holiday"),
        (date(2026, 10, 25), "weekend"),
        (date(2026, 10, 26), "vacation"),
        (date(2026, 11, 1), "vacation"),
        (date(2026, 11, 2), "school"),
        (date(2027, 5, 26), "school"),
        (date(2027, 5, 27), "vacation"),
    ],
)
def test_the_kind_of_a_day(day: date, kind: str) -> None:
    assert CALENDAR.day_kind(day) == kind
    assert CALENDAR.is_school_day(day) == (kind == "school")
