"""«Не реже 1 раза в месяц»: months of the school year, vacations, borders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.journal.inspecting import Duty, Span, duty, spans
from tests.domain.seventh_a import CALENDAR, SEPTEMBER_1

SEPTEMBER = Span(date(2026, 9, 1), date(2026, 9, 30))
SUMMER = Span(date(2027, 7, 1), date(2027, 7, 31))


def test_a_year_has_twelve_months_from_september_on() -> None:
    found = spans(2026, 1)
    assert (found[0], found[-1]) == (SEPTEMBER, Span(date(2027, 8, 1), date(2027, 8, 31)))
    assert [one.last + timedelta(days=1) for one in found[:-1]] == [one.first for one in found[1:]]


@pytest.mark.parametrize(("months", "count"), [(1, 12), (2, 6), (3, 4), (5, 3), (0, 12)])
def test_another_regulation_makes_longer_spans(months: int, count: int) -> None:
    found = spans(2026, months)
    assert len(found) == count
    assert (found[0].first, found[-1].last) == (date(2026, 9, 1), date(2027, 8, 31))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 8, 31), Duty.AHEAD),
        (date(2026, 9, 1), Duty.DUE),
        (date(2026, 9, 30), Duty.DUE),  # until the end of the last day
        (date(2026, 10, 1), Duty.MISSING),
    ],
)
def test_a_month_is_over_when_its_last_day_is(today: date, expected: Duty) -> None:
    assert duty(CALENDAR, SEPTEMBER, [], SEPTEMBER_1, today) is expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 8, 31), Duty.MISSING),
        (date(2026, 9, 1), Duty.INSPECTED),
        (date(2026, 9, 30), Duty.INSPECTED),
        (date(2026, 10, 1), Duty.MISSING),
    ],
)
def test_an_inspection_counts_in_the_month_of_its_day(day: date, expected: Duty) -> None:
    assert duty(CALENDAR, SEPTEMBER, [day], SEPTEMBER_1, date(2026, 11, 1)) is expected


def test_nothing_is_inspected_in_vacations_and_before_the_first_lesson() -> None:
    after = date(2027, 8, 31)
    assert duty(CALENDAR, SUMMER, [], SEPTEMBER_1, after) is Duty.NOT_REQUIRED
    assert duty(CALENDAR, SEPTEMBER, [], date(2026, 10, 5), after) is Duty.NOT_REQUIRED
    assert duty(CALENDAR, SEPTEMBER, [], None, after) is Duty.NOT_REQUIRED
    assert duty(CALENDAR, SEPTEMBER, [], date(2026, 9, 30), after) is Duty.MISSING
