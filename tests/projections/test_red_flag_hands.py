"""red_flags_v1: whose hand it was — by what right, at what hour, how fast, from how many places."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain.access import Actor
from domain.values import Origin
from projections.redflags import Found
from tests.ground import number, request
from tests.projections.flagging import (
    column,
    corrected,
    deputy_stands_in,
    flags,
    in_order,
)
from tests.projections.life import Life


@pytest.fixture
def at(lived: Life) -> Life:
    return lived


# F4, F5, F10 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "raised"),
    [("02:59:59", True), ("03:00:00", False), ("19:59:59", False), ("20:00:00", True)],
)
def test_f4_marks_outside_of_six_to_twenty_three(at: Life, clock: str, raised: object) -> None:
    in_order(at, at.lessons[6])
    at.clock.now = datetime.fromisoformat(f"2026-11-24T{clock}+00:00")  # Moscow: three hours more
    column(at, at.lessons[6], "marks", 2)
    found = flags(at)
    assert [one.code for one in found] == ["F4"] * bool(raised)
    if raised:
        assert (found[0].count, found[0].detail) == (2, {"reason": "night"})


def test_f4_a_night_is_one_flag_until_the_morning(at: Life) -> None:
    in_order(at, at.lessons[6])
    for clock in ("2026-11-24T20:30:00", "2026-11-24T22:30:00", "2026-11-25T20:30:00"):
        at.clock.now = datetime.fromisoformat(f"{clock}+00:00")
        column(at, at.lessons[6], clock, 1)
        at.fold_all()
    assert [one.count for one in flags(at, "F4")] == [1, 2]


def burst(at: Life, many: int, minutes: float) -> list[Found]:
    """So many corrections, evenly over the minutes."""
    in_order(at, at.lessons[0])
    marks = column(at, at.lessons[0], "marks", many)
    for n, mark in enumerate(marks):
        corrected(at, mark, "2")
        if n + 1 < many:
            at.clock.go(minutes=minutes / (many - 1))
    return flags(at, "F4")


def test_f4_twenty_corrections_in_ten_minutes(at: Life) -> None:
    [flag] = burst(at, 20, 10)
    assert (flag.count, flag.detail, flag.class_id) == (20, {"reason": "burst"}, at.class_id)
    assert len(flag.positions) == 20


def test_f4_nineteen_corrections_are_no_burst(at: Life) -> None:
    assert burst(at, 19, 10) == []


def test_f4_twenty_corrections_in_more_than_ten_minutes_are_no_burst(at: Life) -> None:
    assert burst(at, 20, 10.5) == []


def test_f4_a_burst_that_goes_on_is_the_same_flag(at: Life) -> None:
    [flag] = burst(at, 26, 6)
    assert flag.count == 26


def test_f5_five_corrections_upwards_by_one_sign_in(at: Life) -> None:
    in_order(at, at.lessons[0])
    marks = column(at, at.lessons[0], "marks", 8)
    for mark in marks[:4]:
        corrected(at, mark)
    corrected(at, marks[4], "2")  # down
    phone = Actor(at.anna.person_id, "another sign-in")
    at.clock.go(hours=2)
    corrected(at, marks[5], by=phone)
    assert flags(at, "F5") == []
    at.clock.go(hours=2)
    last = corrected(at, marks[6])
    [flag] = flags(at, "F5")
    assert (flag.count, flag.session, flag.positions[-1]) == (5, at.anna.session, last)


def test_f5_counts_a_day_anew(at: Life) -> None:
    in_order(at, at.lessons[6])
    marks = column(at, at.lessons[6], "marks", 8)
    for mark in marks[:4]:
        corrected(at, mark)
    at.clock.go(days=1)
    for mark in marks[4:]:
        corrected(at, mark)
    assert flags(at, "F5") == []


@pytest.mark.parametrize(("minutes", "raised"), [(10, True), (10.1, False)])
def test_f10_back_and_forth_between_two_sign_ins(at: Life, minutes: float, raised: object) -> None:
    in_order(at, at.lessons[0])
    phone = Actor(at.anna.person_id, "another sign-in")
    at.must(at.mark(at.lessons[0], at.pupils[0], "4", "one"))
    at.must(at.mark(at.lessons[0], at.pupils[1], "4", "two", by=phone))
    assert flags(at) == []  # a new sign-in is no second place
    at.clock.go(minutes=minutes)
    at.must(at.mark(at.lessons[0], at.pupils[2], "4", "three"))
    found = flags(at)
    assert [one.code for one in found] == ["F10"] * bool(raised)
    if raised:
        assert found[0].count == 3


# F3, F11 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "raised"), [(date(2026, 11, 11), True), (date(2026, 11, 12), False)]
)
def test_f3_a_teacher_released_before_lessons_that_have_marks(
    at: Life, on: date, raised: object
) -> None:
    for lesson in at.lessons[:2]:  # 9 and 11 November
        in_order(at, lesson)
        column(at, lesson, lesson, 2)
    assigned = number(f"{at.slug}/assignment")
    order = at.school.release_teacher(at.class_id, assigned, on, by=at.office, request=request())
    position = at.must(order).position
    found = flags(at)
    assert [one.code for one in found] == ["F3"] * bool(raised)
    if raised:
        assert (found[0].by_id, found[0].detail["marks"]) == (at.anna.person_id, 2)
        assert found[0].positions[-1] == position


def test_an_import_is_told_once_for_a_class_and_a_day_and_its_hours_say_nothing(at: Life) -> None:
    machine = Actor(at.office.person_id, "import", Origin.IMPORT, operator=True)
    in_order(at, at.lessons[0])
    at.clock.now = datetime(2026, 12, 24, 23, tzinfo=UTC)
    for n in range(3):
        at.must(at.mark(at.lessons[0], at.pupils[n], "5", f"imported {n}", by=machine))
        at.fold_all()
    found = flags(at)
    assert [(one.code, one.count) for one in found] == [("F3", 3), ("F11", 3)]
    assert {one.detail["reason"] for one in found} == {"import"}


def test_f11_the_administration_writes_by_a_right_that_it_gave_itself(at: Life) -> None:
    deputy_stands_in(at, at.tanya)
    [flag] = flags(at)
    assert (flag.code, flag.by_id, flag.count) == ("F11", at.tanya.person_id, 1)
    assert flag.detail == {"reason": "own_right"}


def test_a_deputy_whom_somebody_else_has_appointed_is_a_substitute_as_any(at: Life) -> None:
    deputy_stands_in(at, at.office)
    assert flags(at) == []
