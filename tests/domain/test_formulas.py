"""The arithmetic of the school: the vectors of school-journal.md §5.4 and every border."""

from __future__ import annotations

from datetime import date

import pytest

from domain.formulas import (
    Item,
    Presence,
    Tally,
    average,
    differs,
    final_mark,
    group_average,
    learning_degree,
    pass_rate,
    quality_rate,
    suggested_term_mark,
    tally,
    weighted_average,
    year_mark,
)
from domain.regulation import Regulation

CLASS = Tally(n5=5, n4=10, n3=8, n2=2)
RULES = Regulation()


@pytest.mark.parametrize(
    ("of", "passed", "quality", "degree", "mean"),
    [
        (CLASS, "92.00", "60.00", "58.40", "3.72"),
        (Tally(n5=5, n4=10, n3=8, n2=2, not_attested=1), "88.46", "57.69", "56.42", "3.72"),
        (Tally(not_attested=1), "0.00", "0.00", "7.00", ""),
        (Tally(n5=5, n4=10, n3=8, n2=2, exempt=3), "92.00", "60.00", "58.40", "3.72"),
        (Tally(n5=5, n4=10, n3=8, n2=2, unmarked=4, others=2), "92.00", "60.00", "58.40", "3.72"),
        (Tally(exempt=3, unmarked=1), "", "", "", ""),
        (Tally(n1=1, n5=1), "50.00", "50.00", "50.00", "3.00"),
    ],
)
def test_the_rates_of_a_group(of: Tally, passed: str, quality: str, degree: str, mean: str) -> None:
    assert pass_rate(of).value == passed
    assert quality_rate(of).value == quality
    assert learning_degree(of).value == degree
    assert group_average(of).value == mean


def test_a_rate_says_what_it_was_counted_of() -> None:
    rate = quality_rate(CLASS)
    assert (rate.total, rate.pupils, rate.of) == (1500, 25, CLASS)


def test_marks_are_counted_by_what_they_are() -> None:
    values = ["5", "4", "4", "3", "2", "1", "н/а", "осв", "зач", "незач", None, ""]
    assert tally(values) == Tally(1, 2, 1, 1, 1, 1, exempt=1, unmarked=2, others=2)


def items(*marks: tuple[str, str]) -> list[Item]:
    return [Item(value, weight) for value, weight in marks]


@pytest.mark.parametrize(
    ("marks", "mean"),
    [
        ([("5", "2"), ("3", "1")], "4.33"),
        ([("5", "2"), ("4", "1"), ("5", "1")], "4.75"),
        ([("4", "10"), ("5", "10"), ("2", "15")], "3.43"),
        ([("5", "3"), ("5", "1"), ("4", "5")], "4.44"),
        ([("4", "1.2"), ("5", "1.5"), ("3", "0.5")], "4.31"),
        ([("н/а", "1"), ("зач", "1")], ""),
        ([], ""),
    ],
)
def test_the_weighted_average(marks: list[tuple[str, str]], mean: str) -> None:
    assert weighted_average(items(*marks)).value == mean


def test_weights_do_not_touch_the_plain_average() -> None:
    assert average(items(("5", "2"), ("3", "1"), ("осв", "1"))).value == "4.00"


def test_halves_go_up_where_python_would_go_to_the_even_one() -> None:
    """2.125 is 2.13 and not 2.12; 2.5 of a year is 3 and not 2."""
    eight = [("2", "1")] * 7 + [("3", "1")]
    assert average(items(*eight)).value == "2.13"
    assert (round(2.125, 2), round(2.5)) == (2.12, 2)
    assert year_mark({1: "2", 2: "3"}).value == "3"
    assert year_mark({1: "4", 2: "5"}).value == "5"


def test_an_average_shows_its_lines_and_what_was_left_out() -> None:
    day = date(2026, 9, 2)
    mean = weighted_average([Item("5", "2.00", day, "a"), Item("зач", "1.00", day, "b")])
    assert (mean.total, mean.weights, mean.counted) == ("10.00", "2.00", 1)
    assert [(x.mark_id, x.day, x.weight, x.left_out) for x in mean.lines] == [
        ("a", day, "2.00", ""),
        ("b", day, "1.00", "not_a_number"),
    ]


@pytest.mark.parametrize(
    ("marks", "value"),
    [
        ([("2", "1"), ("2", "1"), ("3", "2")], "3"),  # 2.50
        ([("2", "51"), ("3", "25"), ("3", "24")], "2"),  # 2.49
        ([("3", "1"), ("3", "1"), ("4", "2")], "4"),  # 3.50
        ([("3", "51"), ("4", "25"), ("4", "24")], "3"),  # 3.49
        ([("4", "1"), ("4", "1"), ("5", "2")], "5"),  # 4.50
        ([("4", "51"), ("5", "25"), ("5", "24")], "4"),  # 4.49
        ([("1", "1"), ("1", "1"), ("1", "1")], "2"),
    ],
)
def test_thresholds_decide_at_their_border(marks: list[tuple[str, str]], value: str) -> None:
    suggested = suggested_term_mark(items(*marks), Presence(10, 0), 7, RULES)
    assert (suggested.value, suggested.why) == (value, "average")


def test_another_school_has_other_thresholds() -> None:
    strict = Regulation(version="2", term_thresholds=("2.65", "3.65", "4.65"))
    marks = items(("4", "1"), ("4", "1"), ("5", "2"))
    suggested = suggested_term_mark(marks, Presence(10, 0), 7, strict)
    assert (suggested.value, suggested.version) == ("4", "2")
    assert suggested.thresholds == ("2.65", "3.65", "4.65")


def test_without_weights_the_plain_average_is_compared() -> None:
    plain = Regulation(weighted=False)
    marks = items(("5", "1"), ("5", "1"), ("2", "10"))
    assert suggested_term_mark(marks, Presence(), 7, plain).value == "4"
    assert suggested_term_mark(marks, Presence(), 7, RULES).value == "3"


@pytest.mark.parametrize(
    ("numbers", "held", "missed", "suggested", "may"),
    [
        (2, 20, 0, "н/а", True),  # too few marks
        (3, 20, 14, "5", False),  # 0.70 missed
        (3, 20, 15, "5", True),  # 0.75 missed: the border is inside
        (3, 0, 0, "5", False),
        (0, 20, 20, "н/а", True),
        (0, 0, 0, "", True),
    ],
)
def test_who_may_be_not_attested(
    numbers: int, held: int, missed: int, suggested: str, *, may: bool
) -> None:
    found = suggested_term_mark(items(*[("5", "1")] * numbers), Presence(held, missed), 7, RULES)
    assert (found.value, found.may_be_not_attested) == (suggested, may)


def test_the_share_that_was_missed_has_two_places() -> None:
    assert [Presence(*of).share for of in [(0, 0), (3, 2), (8, 1)]] == ["", "0.67", "0.13"]


def test_the_first_grade_is_suggested_nothing() -> None:
    found = suggested_term_mark(items(*[("5", "1")] * 5), Presence(9, 0), 1, RULES)
    assert (found.value, found.why) == ("", "ungraded")


@pytest.mark.parametrize(
    ("suggested", "given", "gap", "far"),
    [
        ("4", "5", 1, True),
        ("4", "4", 1, False),
        ("4", "5", 2, False),
        ("5", "2", 2, True),
        ("н/а", "4", 1, False),
        ("", "4", 1, False),
        ("4", "осв", 1, False),
    ],
)
def test_a_mark_differs_from_the_suggested_one_by_the_gap(
    suggested: str, given: str, gap: int, *, far: bool
) -> None:
    assert differs(suggested, given, gap) is far


@pytest.mark.parametrize(
    ("terms", "value"),
    [
        ({1: "4", 2: "4", 3: "5", 4: "5"}, "5"),  # 4.50
        ({1: "4", 2: "4", 3: "4", 4: "5"}, "4"),  # 4.25
        ({1: "3", 2: "4"}, "4"),
        ({1: "н/а", 2: "3", 3: "4", 4: "4"}, "4"),  # 3.67: н/а is no number
        ({1: "осв", 2: "осв"}, "осв"),
        ({1: "зач", 2: "н/а"}, "н/а"),
        ({}, ""),
    ],
)
def test_the_mark_of_a_year_is_the_mean_of_its_terms(terms: dict[int, str], value: str) -> None:
    derived = year_mark(terms)
    assert derived.value == value
    assert derived.of == tuple((str(term), terms[term]) for term in terms)


@pytest.mark.parametrize(
    ("year", "exam", "grade", "value"),
    [
        ("4", "5", 9, "5"),  # 4.5 by the rules of mathematics
        ("3", "4", 9, "4"),
        ("5", "4", 9, "5"),
        ("4", "2", 9, "3"),
        ("4", None, 9, "4"),
        ("зач", "5", 9, "зач"),
        ("4", "5", 8, "4"),
    ],
)
def test_the_mark_of_the_certificate(year: str, exam: str | None, grade: int, value: str) -> None:
    assert final_mark(year, exam, grade).value == value
