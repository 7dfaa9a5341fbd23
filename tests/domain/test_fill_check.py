"""The weekly check is closed once, by the school's own job, and only when the week is over."""

from __future__ import annotations

from datetime import date

import pytest

from domain.duties import Duty
from domain.office.check_commands import close_fill_check
from domain.office.check_facts import DutyFound, FillCheckClosed
from domain.refusals import Invalid
from domain.weeks import days_of, week_of
from tests.domain.seventh_a import YEAR_OPENED
from tests.specs import given

WEEK = FillCheckClosed("2026-W36", 120, 34, (DutyFound(Duty.HOMEWORK, 30, 3, 1),), 9, 1, 1_440)
SUNDAY, MONDAY = date(2026, 9, 6), date(2026, 9, 7)


def test_a_week_that_is_over_is_closed_once() -> None:
    given(YEAR_OPENED).when(lambda w: close_fill_check(w.office, WEEK, MONDAY)).then(
        WEEK
    ).and_again_nothing_happens()


def test_other_figures_of_a_closed_week_are_not_noted() -> None:
    again = FillCheckClosed("2026-W36", 500, 34, ())
    given(YEAR_OPENED, WEEK).when(
        lambda w: close_fill_check(w.office, again, MONDAY)
    ).then_nothing_happens()


def test_a_week_is_not_closed_on_its_sunday() -> None:
    given(YEAR_OPENED).when(lambda w: close_fill_check(w.office, WEEK, SUNDAY)).then_refused(
        Invalid, "fill_check.week_not_over"
    )


def test_weeks_have_iso_names() -> None:
    assert week_of(date(2026, 11, 23)) == "2026-W48"
    assert days_of("2026-W48") == (date(2026, 11, 23), date(2026, 11, 29))
    assert week_of(date(2027, 1, 1)) == "2026-W53"
    assert days_of("2026-W53")[1] == date(2027, 1, 3)


@pytest.mark.parametrize("name", ["2026-W54", "2026-W00", "W47", "2026-47", "0000-W01", ""])
def test_a_week_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        days_of(name)
    assert refused.value.code == "week.unknown"
