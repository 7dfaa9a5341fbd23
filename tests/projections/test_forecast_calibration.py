"""How good the forecast was, of all classes and of each grade level."""

from __future__ import annotations

from collections import Counter

import pytest

from domain.forecast.scoring import Chances, Judged
from projections.forecast.calibration import ENOUGH, Alarms, judge

SURE_OF_FOUR: Chances = (0.0, 0.1, 0.9, 0.0)
LIKELY_TWO: Chances = (0.6, 0.4, 0.0, 0.0)


def ones(class_id: str, count: int, chances: Chances, mark: str) -> list[Judged]:
    mean = float(mark)
    place = class_id, "subject", "pupil"
    of = 0.0, mean, 0.2, mean, mean, mark, *place, 3
    return [Judged(n % 5, chances, *of) for n in range(count)]


def test_a_grade_level_that_goes_worse_than_the_others_is_seen() -> None:
    good = ones("5a", ENOUGH, SURE_OF_FOUR, "4")
    alarmed = ones("9a", 30, LIKELY_TWO, "2") + ones("9b", 90, LIKELY_TWO, "3")
    few = ones("11a", ENOUGH - 1, SURE_OF_FOUR, "4")
    levels = {"5a": 5, "9a": 9, "9b": 9, "11a": 11}
    found = judge([*good, *alarmed, *few], Counter(), "4", ("1", "2", "3"), levels, {})
    assert found is not None
    fifth, ninth = found.levels
    assert (fifth.grade_level, fifth.forecasts, fifth.correct) == (5, ENOUGH, 1.0)
    assert fifth.ece == pytest.approx(0.05)
    assert (ninth.grade_level, ninth.correct) == (9, 0.25)
    assert ninth.twos == Alarms(said=120, came=30, missed=0)
    assert found.twos == ninth.twos
    assert judge(few, Counter(), "4", (), levels, {}) is None


def test_an_alert_is_counted_where_two_parts_in_a_row_gave_one() -> None:
    [sure, *_] = ones("7a", 1, SURE_OF_FOUR, "4")
    cases = [
        # pupil, last term's mark, the term mark, marks at each part of the term
        ("fell", "5", "4", (0, 2, 3, 4, 5)),  # parts 2, 3 and 4 warn; part 1 had no mark before it
        ("rose", "5", "5", (2, 2, 2, 1, 1)),  # parts 1 and 2 warn for nothing
        ("stayed", "4", "4", (5, 5, 5, 5, 5)),
        ("new", "", "2", (5, 5, 5, 5, 5)),  # a 2 that nobody thought of, four times
    ]
    looks = [
        sure._replace(part=part, pupil=pupil, mark=mark, marks=many)
        for pupil, _, mark, marks in cases
        for part, many in enumerate(marks)
    ]
    last = {("subject", pupil): before for pupil, before, _, _ in cases}
    others = ones("5a", ENOUGH, SURE_OF_FOUR, "4")
    found = judge([*others, *looks], Counter(), "2", ("1",), {}, last)
    assert found is not None
    assert found.alerts == Alarms(said=5, came=3, missed=5)
