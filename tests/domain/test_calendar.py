"""The school year of each grade level: terms, vacations, weekdays, working days of rest."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.calendar import (
    Calendar,
    Term,
    TimetableEntry,
    Track,
    Vacation,
    WorkingDay,
    expected_lessons,
)
from domain.journal import closing, lessons
from domain.journal import facts as j
from domain.office import decisions as decide
from domain.refusals import Invalid, NotFound
from tests.cast import ALGEBRA, ANNA, CLASS_7A, an_id
from tests.domain.seventh_a import CALENDAR, OFFICE, SCHOOL_YEAR, SEPTEMBER_1, YEAR_OPENED
from tests.specs import Decision, given

HALVES = (
    Term(1, "1 полугодие", date(2026, 9, 1), date(2026, 12, 27)),
    Term(2, "2 полугодие", date(2027, 1, 11), date(2027, 5, 26)),
)
AUTUMN = Vacation("Осенние каникулы", date(2026, 10, 26), date(2026, 11, 1))
FEBRUARY = Vacation("Дополнительные каникулы", date(2027, 2, 15), date(2027, 2, 21), (1,))
PARALLEL = msgspec.structs.replace(
    CALENDAR,
    tracks=(Track((10, 11), "half_year", HALVES, (1, 2, 3, 4, 5, 6)), Track((5,), "quarter")),
    vacations=(AUTUMN, FEBRUARY),
    working_days=(WorkingDay(date(2026, 11, 7), 1),),
)


def test_without_tracks_and_vacations_every_class_has_the_year_of_the_school() -> None:
    assert CALENDAR.of(11) is CALENDAR
    assert msgspec.json.decode(msgspec.json.encode(CALENDAR), type=Calendar) == CALENDAR
    assert b"tracks" not in msgspec.json.encode(CALENDAR)  # old bytes stay what they are


def test_grade_levels_have_terms_of_their_own_side_by_side() -> None:
    seventh, eleventh = PARALLEL.of(7), PARALLEL.of(11)
    assert [len(one.terms) for one in (seventh, eleventh)] == [4, 2]
    assert [one.kind for one in (seventh, eleventh)] == ["quarter", "half_year"]
    november = date(2026, 11, 5)
    assert [one.term_of(november).number for one in (seventh, eleventh)] == [2, 1]  # type: ignore[union-attr]
    assert (PARALLEL.starts, PARALLEL.ends) == (date(2026, 9, 1), date(2027, 5, 26))


def test_a_vacation_inside_of_a_term_is_one() -> None:
    """Half-years go on over the autumn; without the vacation its days would be school days."""
    monday = date(2026, 10, 26)
    assert [PARALLEL.of(level).day_kind(monday) for level in (7, 11)] == ["vacation"] * 2
    without = msgspec.structs.replace(PARALLEL, vacations=())
    assert without.of(11).day_kind(monday) == "school"
    assert (PARALLEL.of(11).vacation_of(monday) or AUTUMN).name == "Осенние каникулы"


def test_first_graders_rest_in_february_alone() -> None:
    days = [FEBRUARY.starts, FEBRUARY.ends]
    assert [PARALLEL.of(1).is_school_day(day) for day in days] == [False, False]
    assert PARALLEL.of(2).is_school_day(FEBRUARY.starts)
    assert PARALLEL.of(1).is_school_day(date(2027, 2, 12))
    assert PARALLEL.of(1).is_school_day(date(2027, 2, 22))


def test_some_learn_on_saturdays_and_one_saturday_is_a_monday_for_all() -> None:
    saturday, working = date(2026, 9, 5), date(2026, 11, 7)
    assert [PARALLEL.of(level).is_school_day(saturday) for level in (5, 7, 10)] == [
        False,
        False,
        True,
    ]
    assert [PARALLEL.of(level).weekday_of(working) for level in (7, 10)] == [1, 1]
    week = (TimetableEntry(1, 1, ALGEBRA, ANNA), TimetableEntry(6, 1, ALGEBRA, ANNA))
    seventh = expected_lessons(PARALLEL.of(7), week, PARALLEL.terms[1])
    assert working in [one.date for one in seventh]
    assert {one.entry.weekday for one in seventh} == {1}


def test_the_timetable_of_the_day_is_asked_for() -> None:
    later = date(2026, 9, 14)

    def week(day: date) -> tuple[TimetableEntry, ...]:
        return (TimetableEntry(1, 2 if day >= later else 1, ALGEBRA, ANNA),)

    found = expected_lessons(CALENDAR, week, CALENDAR.terms[0])
    numbers = [(one.date, one.entry.number) for one in found[:2]]
    assert numbers == [(date(2026, 9, 7), 1), (later, 2)]


# -- classes ask for their own -------------------------------------------------------------------

OF_THE_SEVENTH = msgspec.structs.replace(
    CALENDAR,
    tracks=(Track((7,), "half_year", HALVES),),
    vacations=(Vacation("Каникулы 7-х", date(2026, 9, 3), date(2026, 9, 4), (7,)),),
)
SEVENTH = (msgspec.structs.replace(YEAR_OPENED, calendar=OF_THE_SEVENTH), *SCHOOL_YEAR[1:])


def test_a_lesson_in_a_vacation_of_the_class_is_refused() -> None:
    new = j.LessonAdded(an_id("новый"), date(2026, 9, 3), 3, ALGEBRA, ANNA)
    given(*SEVENTH).when(lambda w: lessons.add_lesson(w.journal, w.office, new)).then_refused(
        Invalid, "lesson.not_a_school_day"
    )
    given(*SCHOOL_YEAR).when(lambda w: lessons.add_lesson(w.journal, w.office, new)).then(new)


def test_a_class_closes_the_term_of_its_own_calendar() -> None:
    def close(term: int) -> Decision:
        return lambda w: closing.close_term(w.journal, w.office, term)

    given(*SEVENTH).when(close(1)).then(j.TermClosed(1, HALVES[0].starts, HALVES[0].ends))
    given(*SEVENTH).when(close(3)).then_refused(NotFound, "term.unknown")


def test_a_timetable_keeps_to_the_weekdays_of_the_class() -> None:
    saturday = (TimetableEntry(6, 1, ALGEBRA, ANNA),)
    six = Track((7,), "quarter", (), (1, 2, 3, 4, 5, 6))
    longer = msgspec.structs.replace(CALENDAR, tracks=(six,))

    def adopt(w: Any) -> Any:
        return decide.adopt_timetable(w.office, CLASS_7A, SEPTEMBER_1, saturday)

    given(*OFFICE).when(adopt).then_refused(Invalid, "timetable.weekday")
    spec = given(msgspec.structs.replace(YEAR_OPENED, calendar=longer), *OFFICE[1:]).when(adopt)
    assert len(spec._decided()) == 1


# -- what is no calendar -------------------------------------------------------------------------

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a track of nobody": ({"tracks": (Track((), "quarter"),)}, "calendar.track"),
    "a track of the twelfth": ({"tracks": (Track((12,), "quarter"),)}, "calendar.track"),
    "a level twice": (
        {"tracks": (Track((10,), "quarter"), Track((10, 11), "half_year"))},
        "calendar.track_twice",
    ),
    "terms of a track overlap": (
        {"tracks": (Track((10,), "half_year", (HALVES[1], HALVES[0])),)},
        "calendar.terms",
    ),
    "an eighth weekday": ({"weekdays": (1, 8)}, "calendar.weekdays"),
    "a vacation without a name": (
        {"vacations": (Vacation(" ", date(2026, 10, 26), date(2026, 11, 1)),)},
        "calendar.vacation",
    ),
    "a vacation that ends before": (
        {"vacations": (Vacation("К", date(2026, 11, 1), date(2026, 10, 26)),)},
        "calendar.vacation",
    ),
    "a vacation of the twelfth": (
        {"vacations": (Vacation("К", date(2026, 10, 26), date(2026, 11, 1), (12,)),)},
        "calendar.vacation",
    ),
    "one working day twice": (
        {"working_days": (WorkingDay(date(2026, 11, 7), 1), WorkingDay(date(2026, 11, 7), 2))},
        "calendar.working_day",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_calendar_is_refused(what: str) -> None:
    fields, code = BAD[what]
    bad = msgspec.structs.replace(CALENDAR, **fields)
    given(*OFFICE).when(lambda w: decide.change_calendar(w.office, bad, "9-у")).then_refused(
        Invalid, code
    )


def test_a_good_one_is_adopted_by_an_order() -> None:
    spec = given(*OFFICE).when(lambda w: decide.change_calendar(w.office, PARALLEL, "9-у"))
    assert len(spec._decided()) == 1
