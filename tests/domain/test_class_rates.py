"""Rates of a class over all subjects (school-journal.md §5.4): buckets, качество, denominators."""

from __future__ import annotations

import pytest

from domain.class_rates import Bucket, Standing, class_pass, class_quality, percent, standing
from domain.formulas import Tally, learning_degree, pass_rate, quality_rate

#: a class of ten by hand: 2 + 1 + 1 without threes, 3 with threes, 2 failing, 1 without marks
CLASS = [
    *(Bucket.EXCELLENT, Bucket.EXCELLENT, Bucket.ONE_FOUR, Bucket.GOOD),
    *(Bucket.ONE_THREE, Bucket.THREES, Bucket.THREES),
    *(Bucket.FAILING, Bucket.FAILING),
    Bucket.UNMARKED,
]


@pytest.mark.parametrize(
    ("marks", "bucket", "by"),
    [
        (["5", "5", "5"], Bucket.EXCELLENT, ""),
        (["5", "осв", "зач"], Bucket.EXCELLENT, ""),
        (["5", "4", "5"], Bucket.ONE_FOUR, "b"),
        (["4"], Bucket.ONE_FOUR, "a"),
        (["4", "4", "5"], Bucket.GOOD, ""),
        (["5", "4", "3"], Bucket.ONE_THREE, "c"),
        (["3", "5", "3"], Bucket.THREES, "ac"),
        (["5", "5", "2"], Bucket.FAILING, "c"),
        (["5", "н/а", "1"], Bucket.FAILING, "bc"),
        (["незач"], Bucket.FAILING, "a"),
        (["осв", "зач"], Bucket.UNMARKED, ""),
        ([], Bucket.UNMARKED, ""),
    ],
)
def test_a_pupil_stands_in_one_bucket(marks: list[str], bucket: Bucket, by: str) -> None:
    assert standing(dict(zip("abc", marks, strict=False))) == Standing(bucket, tuple(by))


def test_the_quality_of_a_class_is_not_that_of_a_subject() -> None:
    """Four of nine have no threes: 44.44, whatever the share of fours and fives is."""
    quality, passed = class_quality(CLASS), class_pass(CLASS)
    assert (quality.value, quality.part, quality.pupils, quality.left_out) == ("44.44", 4, 9, 1)
    assert (passed.value, passed.part) == ("77.78", 7)


def test_the_whole_list_is_the_denominator_where_the_rules_say_so() -> None:
    quality, passed = class_quality(CLASS, "all"), class_pass(CLASS, "all")
    assert (quality.value, quality.pupils, quality.left_out) == ("40.00", 10, 0)
    assert passed.value == "70.00"
    of = Tally(n5=5, n4=10, n3=8, n2=2, not_attested=1, exempt=3, unmarked=1)  # 26 of 30
    assert [rate(of, "all").value for rate in (pass_rate, quality_rate, learning_degree)] == [
        "76.67",  # 23 · 100 / 30
        "50.00",  # 15 · 100 / 30
        "48.90",  # (500 + 640 + 288 + 32 + 7) / 30
    ]
    assert quality_rate(of, "all").pupils == 30


@pytest.mark.parametrize(
    ("part", "whole", "value"), [(1, 8, "12.50"), (1, 3, "33.33"), (2, 3, "66.67"), (0, 0, "")]
)
def test_a_share_is_rounded_half_up(part: int, whole: int, value: str) -> None:
    assert percent(part, whole) == value


def test_nobody_has_no_rate() -> None:
    assert class_quality([]).value == class_pass([Bucket.UNMARKED]).value == ""
