"""Clauses at the ends of terms and years: 2.2.5 (what was settled is kept), 4.3 (reliable)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from domain.journal.requests import TermMarkWord
from domain.journal.term_marks import NewTermMark
from domain.refusals import Forbidden, Invalid
from domain.school import MarkInput
from domain.values import ReasonCode, Tier
from tests.cast import ALGEBRA, ANNA, ANSWER, CLASS_7A, DINA, PETYA, VERA, an_id
from tests.domain.engine_room import WAIT_S
from tests.domain.small_school import SmallSchool

MARK, REQUEST = an_id("тройка"), an_id("запрос")


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    """Petya has three marks in algebra, which make a four."""
    school = SmallSchool()
    column = [
        MarkInput(MARK, PETYA, "3", ANSWER),
        MarkInput(an_id("четвёрка"), PETYA, "4", ANSWER),
        MarkInput(an_id("пятёрка"), PETYA, "5", ANSWER),
    ]
    school.does("give_marks", CLASS_7A, school.lesson(1), column, by=ANNA)
    yield school
    school.room.engine.close(WAIT_S)


def issue(school: SmallSchool, value: str, **why: Any) -> Any:
    column = [NewTermMark(PETYA, value, **why)]
    return school.facts("issue_term_marks", CLASS_7A, ALGEBRA, 1, column, by=ANNA)


@pytest.mark.clause("4.3-2")
@pytest.mark.parametrize("value", ["5", "3"])
def test_a_term_mark_follows_from_the_marks_or_says_why_not(
    school: SmallSchool, value: str
) -> None:
    column = [NewTermMark(PETYA, value)]
    assert school.refuses("issue_term_marks", CLASS_7A, ALGEBRA, 1, column, by=ANNA) == (
        Invalid,
        "term_mark.reason_needed",
    )
    [issued] = issue(school, value, reason_code=ReasonCode.OTHER)
    assert (issued.value, issued.suggested, issued.average) == (value, "4", "4.00")


@pytest.mark.clause("4.3-2")
def test_who_has_marks_and_was_there_is_not_left_not_attested(school: SmallSchool) -> None:
    column = [NewTermMark(PETYA, "н/а")]
    assert school.refuses("issue_term_marks", CLASS_7A, ALGEBRA, 1, column, by=ANNA) == (
        Invalid,
        "term_mark.not_attested",
    )


@pytest.mark.clause("2.2.5")
@pytest.mark.clause("4.3-2")
def test_a_settled_mark_changes_by_another_persons_act_alone_and_keeps_what_it_was(
    school: SmallSchool,
) -> None:
    issue(school, "4")
    school.does("close_term", CLASS_7A, 1)
    correction: dict[str, Any] = {"saw": "3", "value": "5", "reason_code": ReasonCode.APPEAL}
    assert school.refuses("correct_mark", CLASS_7A, MARK, **correction, by=ANNA) == (
        Forbidden,
        "term.closed",
    )
    wanted = correction | {"reason": "не засчитана верная задача"}
    school.does("request_correction", CLASS_7A, REQUEST, MARK, **wanted, by=ANNA)
    by_vera: dict[str, Any] = {"term_mark": TermMarkWord("kept"), "by": VERA}
    assert school.refuses("approve_correction", CLASS_7A, REQUEST, **by_vera) == (
        Invalid,
        "request.order_needed",
    )
    facts: Any = school.facts(
        "approve_correction",
        CLASS_7A,
        REQUEST,
        order_no="акт 4",
        term_mark=TermMarkWord("kept"),
        by=DINA,
    )
    approved, corrected = facts
    assert (approved.order_no, approved.tier) == ("акт 4", Tier.T3)
    assert (corrected.old_value, corrected.value, corrected.request_id) == ("3", "5", REQUEST)
