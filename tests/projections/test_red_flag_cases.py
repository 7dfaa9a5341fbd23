"""The three cases that Russian schools have lived through (school-journal.md §7), found again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from domain.access import Actor
from domain.journal.facts import SubstitutionAppointed
from domain.office.facts import Appointment
from domain.values import ReasonCode, Role
from projections import trail
from tests.ground import YEAR, number, request
from tests.projections.flagging import (
    column,
    corrected,
    flags,
    in_order,
    term_mark,
)
from tests.projections.life import MONDAY, Life


@pytest.fixture
def at(lived: Life) -> Life:
    return lived


# C1 ------------------------------------------------------------------------------------------


def test_c1_a_stolen_password_raises_fifty_one_marks_in_a_month(at: Life) -> None:
    """Eight or nine marks an evening, always by day and never fast: each evening is a flag, and
    the trail of F5 is the list of exactly these marks.
    """
    lessons = at.lessons[6:]
    stolen, evenings = [], (9, 9, 9, 8, 8, 8)
    for n, many in enumerate(evenings):
        lesson = lessons[n]
        at.clock.now = datetime.combine(_day(at, lesson), time(8), UTC)
        in_order(at, lesson)
        marks = [(one, "3") for one in column(at, lesson, f"lesson {n}", 10)]
        corrected(at, marks[9][0], "2")  # the teacher's own hand
        thief = Actor(at.anna.person_id, f"stolen {n}")
        for mark, saw in marks[:many]:
            at.clock.go(hours=1)
            stolen.append(corrected(at, mark, "5", by=thief, saw=saw))
    assert len(stolen) == 51
    found = flags(at)
    assert {one.code for one in found} == {"F5"}
    assert [one.count for one in found] == list(evenings)[::-1]
    assert {one.by_id for one in found} == {at.anna.person_id}
    shown = at.read(trail.trail, trail.Filters(flag="F5"), None, 200)["items"]
    assert [one["position"] for one in shown] == stolen[::-1]


# C2 ------------------------------------------------------------------------------------------


def test_c2_current_marks_are_changed_to_fit_the_mark_of_the_quarter(at: Life) -> None:
    for n in range(3):
        in_order(at, at.lessons[n])
        column(at, at.lessons[n], f"lesson {n}", 5)
    at.must(term_mark(at, at.pupils[0], "4", code=ReasonCode.APPEAL))
    assert flags(at) == []
    fitted = [corrected(at, number(f"lesson {n}/0"), "5") for n in range(3)]
    corrected(at, number("lesson 0/1"), "4")  # of a pupil whose quarter is still open
    found = flags(at)
    assert [(one.code, one.position) for one in found] == [("F2", p) for p in fitted[::-1]]
    assert {one.pupil_id for one in found} == {at.pupils[0]}


# C3 ------------------------------------------------------------------------------------------


def test_c3_a_deputy_head_enters_good_marks_on_dates_without_a_lesson(at: Life) -> None:
    """No lesson on the date: refused. A lesson of somebody else: refused. By an order of her own:
    it is in the log, and told twice, as a lesson that nobody recorded and as her own order.
    """
    appointed = Appointment(at.tanya.person_id, Role.DEPUTY, MONDAY)
    at.must(at.school.appoint(YEAR, appointed, by=at.office, request=request()))
    lesson = at.lessons[6]
    assert at.may(lambda: at.mark(number("no lesson"), at.pupils[0], "4", "a", by=at.tanya)) is None
    assert at.may(lambda: at.mark(lesson, at.pupils[0], "4", "b", by=at.tanya)) is None
    order = SubstitutionAppointed(
        number("order"), at.tanya.person_id, at.anna.person_id, MONDAY, MONDAY
    )
    answer = at.school.appoint_substitute(at.class_id, order, by=at.tanya, request=request())
    at.must(answer)
    for n, pupil in enumerate(at.pupils):
        at.must(at.mark(lesson, pupil, "4", f"good {n}", by=at.tanya))
    found = flags(at)
    assert {one.code for one in found} == {"F1", "F11"}
    assert {(one.by_id, one.count) for one in found} == {(at.tanya.person_id, 5)}


def _day(at: Life, lesson: str) -> date:
    """The day of a lesson."""
    [(day,)] = at.projector.execute(
        f"SELECT date FROM {at.schema}.red_flag_lesson WHERE lesson_id = %s", (lesson,)
    ).fetchall()
    assert isinstance(day, date)
    return day
