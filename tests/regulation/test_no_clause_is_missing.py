"""Every clause of the text is named, works and has a test."""

from __future__ import annotations

import pytest

from domain.clauses import CLAUSES
from domain.readings import READINGS
from tests.regulation.clauses import (
    ELSEWHERE,
    PAGE,
    exists,
    held_by,
    marked,
    page,
)

#: The numbers of the text as received, group by group.
OF_THE_TEXT = (
    [f"1.{n}" for n in range(1, 14)]
    + ["2.1"]
    + [f"2.2.{n}" for n in range(1, 12)]
    + ["3.1.1", "3.1.2", "3.1.3", "3.3.5", "3.3.6"]
    + [f"4.1.{letter}" for letter in "абвгд"]
    + [f"4.2.а-{n}" for n in range(1, 7)]
    + ["4.2.б-1", "4.2.б-2"]
    + [f"4.2.г-{n}" for n in range(1, 5)]
    + ["4.3-1", "4.3-2", "5.1", "5.2", "5.3", "6"]
)
HELD_BY = held_by()


@pytest.mark.clause("1.1")
def test_every_clause_of_the_text_is_in_the_table() -> None:
    assert list(CLAUSES) == OF_THE_TEXT


@pytest.mark.parametrize("number", CLAUSES)
def test_a_clause_works_and_has_a_test(number: str) -> None:
    clause = CLAUSES[number]
    assert clause.now, f"{number} has no rule"
    assert HELD_BY[number], f"{number}: «{clause.now}» is said to work, no test holds it"


def test_no_test_holds_a_clause_that_is_not_in_the_text() -> None:
    assert {number for number, _ in marked()} <= set(CLAUSES)
    assert set(ELSEWHERE) <= set(CLAUSES)


@pytest.mark.parametrize("test", sorted({test for tests in HELD_BY.values() for test in tests}))
def test_a_test_that_holds_a_clause_is_there(test: str) -> None:
    assert exists(test)


def test_the_page_of_the_regulation_is_up_to_date() -> None:
    """Write it anew with `python -m tests.regulation.clauses`."""
    assert PAGE.read_text("utf-8") == page()


def test_a_reading_is_of_a_clause_of_the_text_and_says_both_sides() -> None:
    assert set(READINGS) <= set(CLAUSES)
    assert all(one.oddity and one.adopted for of in READINGS.values() for one in of)
