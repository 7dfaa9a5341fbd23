"""A reminder comes after the lesson, before the deadline, and not all day long."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from domain.duties import deadlines
from domain.regulation import Regulation
from domain.reminding import homework_from, term_ending
from tests.domain.seventh_a import BELLS, CALENDAR, MOSCOW, WEDNESDAY, moment


def at(clock: str) -> datetime:
    """Wednesday, the second of September, on the school's clock."""
    return moment(WEDNESDAY, clock)


@pytest.mark.parametrize(
    ("homework_due", "number", "expected"),
    [
        ("lesson_day", 1, "16:59:59"),  # the evening is enough
        ("school_day", 1, "10:10:00"),  # an hour before the last lesson of the class ends
        ("school_day", 3, "10:50:00"),  # while the last lesson lasts
        ("hour_after", 1, "11:10:00"),
        ("hour_after", 3, "11:10:00"),
    ],
)
def test_a_reminder_of_homework_comes_in_time(
    homework_due: str, number: int, expected: str
) -> None:
    rules = Regulation(homework_due=homework_due)

    due = deadlines(WEDNESDAY, number, 3, rules, BELLS, MOSCOW)

    found = homework_from(due, homework_due)
    assert found == at(expected)
    assert found <= due.day_due - timedelta(minutes=20)


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        (date(2026, 10, 10), None),
        (date(2026, 10, 11), date(2026, 10, 25)),
        (date(2026, 10, 25), date(2026, 10, 25)),
        (date(2026, 10, 26), None),  # vacation
    ],
)
def test_a_term_ends_soon_two_weeks_before(day: date, ends: date | None) -> None:
    term = term_ending(CALENDAR, day)

    assert (term and term.ends) == ends
