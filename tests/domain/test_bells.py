"""Bells: of each shift, of a weekday, of one shortened day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.bells import Schedule
from domain.calendar import Bell, TimetableEntry
from domain.office import bell_commands as decide
from domain.office import decisions
from domain.office.bell_facts import BellsAdopted, DayBellsChanged, ShiftAssigned
from domain.refusals import Invalid, NotFound
from tests.cast import ALGEBRA, ANNA, CLASS_7A, CLASS_7B
from tests.domain.seventh_a import BELLS, OFFICE, SEPTEMBER_1, THURSDAY, WEDNESDAY
from tests.specs import Decision, given

FIRST = (Bell(1, "08:00", "08:45"), Bell(2, "08:55", "09:40"))
SECOND = (Bell(1, "13:30", "14:10"), Bell(2, "14:20", "15:00"))
SHORT = (Bell(1, "08:00", "08:30"), Bell(2, "08:40", "09:10"))
MONDAYS = (Bell(0, "07:50", "08:00"), *FIRST)
ADOPTED = BellsAdopted(
    WEDNESDAY,
    (
        Schedule("Первая смена", FIRST),
        Schedule("Понедельник", MONDAYS, weekdays=(1,)),
        Schedule("Вторая смена", SECOND, 2),
    ),
    "3-о",
)
SHIFT = ShiftAssigned(CLASS_7A, 2, THURSDAY)
SHORTENED = DayBellsChanged(WEDNESDAY, SHORT, "40-у", 1)
MONDAY = date(2026, 9, 7)


def adopt(*schedules: Schedule) -> Decision:
    new = BellsAdopted(WEDNESDAY, schedules, "3-о")
    return lambda w: decide.adopt_bells(w.office, new)


def test_bells_are_those_of_the_shift_the_weekday_and_the_day() -> None:
    ringing = given(*OFFICE, ADOPTED, SHIFT, SHORTENED).world.office.ringing
    assert ringing.on(CLASS_7A, SEPTEMBER_1) == BELLS  # as the year was opened
    assert ringing.on(CLASS_7A, WEDNESDAY) == SHORT
    assert ringing.on(CLASS_7A, THURSDAY) == SECOND
    assert ringing.on(CLASS_7B, THURSDAY) == FIRST
    assert ringing.on(CLASS_7B, MONDAY) == MONDAYS
    assert ringing.on(CLASS_7A, MONDAY) == SECOND


def test_a_day_shortened_for_all_is_shortened_in_every_shift() -> None:
    day = DayBellsChanged(THURSDAY, SHORT, "41-у")
    ringing = given(*OFFICE, ADOPTED, SHIFT, day).world.office.ringing
    assert ringing.on(CLASS_7A, THURSDAY) == ringing.on(CLASS_7B, THURSDAY) == SHORT


def test_orders_about_bells_count_once() -> None:
    given(*OFFICE).when(lambda w: decide.adopt_bells(w.office, ADOPTED)).then(
        ADOPTED
    ).and_again_nothing_happens()
    given(*OFFICE).when(lambda w: decide.assign_shift(w.office, SHIFT)).then(
        SHIFT
    ).and_again_nothing_happens()
    given(*OFFICE).when(lambda w: decide.change_day_bells(w.office, SHORTENED)).then(
        SHORTENED
    ).and_again_nothing_happens()


def test_the_first_shift_need_not_be_told_and_a_change_back_must() -> None:
    back = ShiftAssigned(CLASS_7A, 1, THURSDAY + timedelta(days=4))
    given(*OFFICE).when(lambda w: decide.assign_shift(w.office, back)).then_nothing_happens()
    given(*OFFICE, SHIFT).when(lambda w: decide.assign_shift(w.office, back)).then(back)


def test_an_unknown_class_has_no_shift() -> None:
    new = ShiftAssigned(CLASS_7B, 2, THURSDAY)
    given(*OFFICE).when(lambda w: decide.assign_shift(w.office, new)).then_refused(
        NotFound, "class.unknown"
    )


@pytest.mark.parametrize(
    ("schedules", "code"),
    [
        ((), "bells.none"),
        ((Schedule("Пусто", ()),), "bells.none"),
        ((Schedule(" ", FIRST),), "bells.name"),
        ((Schedule("Четвёртая", FIRST, 4),), "bells.shift"),
        ((Schedule("Раз", FIRST), Schedule("Два", SECOND)), "bells.twice"),
        ((Schedule("Только понедельник", FIRST, weekdays=(1,)),), "bells.usual"),
        ((Schedule("Задом наперёд", FIRST[::-1]),), "bells.order"),
        ((Schedule("Внахлёст", (FIRST[0], Bell(2, "08:40", "09:00"))),), "bells.order"),
    ],
)
def test_what_cannot_be_rung_is_refused(schedules: tuple[Schedule, ...], code: str) -> None:
    given(*OFFICE).when(adopt(*schedules)).then_refused(Invalid, code)


@pytest.mark.parametrize(
    ("day", "order_no", "code"),
    [(WEDNESDAY, " ", "bells.no_order"), (date(2027, 8, 1), "1", "bells.day")],
)
def test_a_day_is_shortened_by_an_order_and_in_the_year(
    day: date, order_no: str, code: str
) -> None:
    new = DayBellsChanged(day, SHORT, order_no)
    given(*OFFICE).when(lambda w: decide.change_day_bells(w.office, new)).then_refused(
        Invalid, code
    )


def test_a_timetable_has_lessons_that_ring_in_the_shift_of_the_class() -> None:
    third = (TimetableEntry(3, 3, ALGEBRA, ANNA),)
    given(*OFFICE, ADOPTED).when(
        lambda w: decisions.adopt_timetable(w.office, CLASS_7A, THURSDAY, third)
    ).then_refused(Invalid, "timetable.bell")
    zero = (TimetableEntry(1, 0, ALGEBRA, ANNA),)
    spec = given(*OFFICE, ADOPTED).when(
        lambda w: decisions.adopt_timetable(w.office, CLASS_7A, THURSDAY, zero)
    )
    assert len(spec._decided()) == 1
