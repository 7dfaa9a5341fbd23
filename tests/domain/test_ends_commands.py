"""Ends of terms and years through the write door: whose they are, and where words go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from domain.journal.results import NewResult
from domain.journal.term_marks import NewTermMark
from domain.refusals import Forbidden, Invalid, NotFound
from domain.school import MarkInput
from domain.values import ReasonCode, Role
from tests.cast import ALGEBRA, ANNA, ANSWER, BORIS, CLASS_7A, PETYA, VERA, ZOYA, an_id
from tests.domain.engine_room import WAIT_S
from tests.domain.seventh_a import WEDNESDAY
from tests.domain.small_school import SmallSchool


@pytest.fixture
def school() -> Iterator[SmallSchool]:
    school = SmallSchool()
    yield school
    school.room.engine.close(WAIT_S)


def test_what_the_teacher_may_not_do_any_more_another_person_approves(school: SmallSchool) -> None:
    """Asked for by Anna, never answered by her, made by Vera; the words are in the vault."""
    lesson, mark, wanted = school.lesson(1), an_id("тройка"), an_id("запрос")
    given = [MarkInput(mark, PETYA, "3", ANSWER)]
    school.does("give_marks", CLASS_7A, lesson, given, by=ANNA)
    ask: dict[str, Any] = {
        "saw": "3",
        "value": "4",
        "reason_code": ReasonCode.APPEAL,
        "reason": "не засчитана верная задача",
    }
    early = school.refuses("request_correction", CLASS_7A, wanted, mark, **ask, by=ANNA)
    assert early == (Invalid, "request.not_needed")
    school.does("close_term", CLASS_7A, 1)
    blank = ask | {"reason": " "}
    with pytest.raises(Invalid, match="Напишите, почему") as caught:
        school.asks("request_correction", CLASS_7A, wanted, mark, **blank, by=ANNA)
    assert caught.value.code == "request.reason_empty"
    for stranger, refusal in ((BORIS, Forbidden), (ZOYA, NotFound)):
        refused = school.refuses("request_correction", CLASS_7A, wanted, mark, **ask, by=stranger)
        assert refused[0] is refusal
    asked: Any
    [asked] = school.does("request_correction", CLASS_7A, wanted, mark, **ask, by=ANNA)
    assert school.log.vault[asked.fact.reason.id].subject == PETYA
    assert school.refuses("approve_correction", CLASS_7A, wanted, by=ANNA) == (
        Forbidden,
        "access.administration_only",
    )
    made = school.does("approve_correction", CLASS_7A, wanted, order_no="акт 4", by=VERA)
    assert [one.fact.TOPIC for one in made] == [
        "journal.correction-approved",
        "journal.mark-corrected",
    ]
    assert made[1].envelope.role is Role.DEPUTY


def test_the_year_ends_by_its_teacher_and_the_council(school: SmallSchool) -> None:
    column = [NewTermMark(PETYA, "4")]
    for term in (1, 2, 3, 4):
        school.does("issue_term_marks", CLASS_7A, ALGEBRA, term, column, by=ANNA)
    result = [NewResult(PETYA, "5", ReasonCode.OTHER)]
    why = {PETYA: "победа на олимпиаде"}
    assert school.refuses("issue_year_marks", CLASS_7A, ALGEBRA, result, by=BORIS) == (
        Forbidden,
        "term_mark.not_yours",
    )
    year: Any
    [year] = school.facts("issue_year_marks", CLASS_7A, ALGEBRA, result, reasons=why, by=ANNA)
    assert (year.value, year.suggested, year.reason is not None) == ("5", "4", True)
    exam: Any
    final: Any
    corrected: Any
    [exam] = school.facts(
        "record_exam_marks", CLASS_7A, ALGEBRA, WEDNESDAY, [NewResult(PETYA, "5")], by=ANNA
    )
    [final] = school.facts("issue_final_marks", CLASS_7A, ALGEBRA, [NewResult(PETYA, "5")], by=ANNA)
    assert (exam.on, final.suggested) == (WEDNESDAY, "5")
    how: dict[str, Any] = {"saw": "5", "value": "4", "reason_code": ReasonCode.TYPO, "by": ANNA}
    [corrected] = school.facts("correct_result", CLASS_7A, "final", PETYA, ALGEBRA, **how)
    assert (corrected.old_value, corrected.value) == ("5", "4")
    with pytest.raises(Invalid, match="Нет ни одной отметки"):
        school.asks("issue_year_marks", CLASS_7A, ALGEBRA, [], by=ANNA)
