"""The end of a year: what follows from the terms, what was given, what the council decided."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.journal import facts as f
from domain.journal import result_facts as r
from domain.journal.results import (
    NewDecision,
    NewResult,
    ResultKind,
    correct_result,
    issue_final_marks,
    issue_year_marks,
    record_council_decisions,
    record_exam_marks,
)
from domain.refusals import Conflict, Invalid, NotFound
from domain.regulation import Regulation
from domain.values import CouncilDecision, ReasonCode
from tests.cast import ALGEBRA, MASHA, NEWCOMER, PETYA
from tests.domain.seventh_a import A_TEXT, OFFICE, OPENED, ROSTER, SCHOOL_YEAR
from tests.specs import Decision, given

VERSION = Regulation().version
TERMS = tuple(f.TermMarkIssued(PETYA, ALGEBRA, term, value) for term, value in enumerate("4345", 1))
YEAR_MARK = r.YearMarkIssued(PETYA, ALGEBRA, "4", "4.00", "4", VERSION)
EXAM_DAY = date(2027, 6, 2)
EXAM_MARK = r.ExamMarkRecorded(PETYA, ALGEBRA, "5", EXAM_DAY)
FINAL = r.FinalMarkIssued(PETYA, ALGEBRA, "5", "4.50", "5", VERSION)
NINTH = (*OFFICE, msgspec.structs.replace(OPENED, grade_level=9), *ROSTER[1:])


def year(value: str = "4", **why: Any) -> Decision:
    column = [NewResult(PETYA, value, **why)]
    return lambda w: issue_year_marks(w.journal, w.office, ALGEBRA, column)


def exam(value: str = "5", today: date = EXAM_DAY) -> Decision:
    column = [NewResult(PETYA, value)]
    return lambda w: record_exam_marks(w.journal, w.office, ALGEBRA, EXAM_DAY, column, today)


def final(value: str = "5", pupil: str = PETYA, **why: Any) -> Decision:
    column = [NewResult(pupil, value, **why)]
    return lambda w: issue_final_marks(w.journal, w.office, ALGEBRA, column)


def test_the_mark_of_the_year_follows_from_the_terms() -> None:
    given(*SCHOOL_YEAR, *TERMS).when(year()).then(YEAR_MARK).and_again_nothing_happens()


def test_another_mark_of_the_year_needs_a_reason() -> None:
    known = given(*SCHOOL_YEAR, *TERMS)
    refusal = known.when(year("5")).then_refused(Invalid, "term_mark.reason_needed")
    assert refusal.extra == {"pupil_id": PETYA, "suggested": "4"}
    assert "среднее 4,00" in refusal.message
    why = {"reason_code": ReasonCode.OTHER, "reason": A_TEXT}
    expected = msgspec.structs.replace(YEAR_MARK, value="5", **why)
    known.when(year("5", **why)).then(expected)


def test_there_is_no_mark_of_the_year_before_that_of_the_last_term() -> None:
    given(*SCHOOL_YEAR, *TERMS[:3]).when(year()).then_refused(Conflict, "year_mark.term_missing")


def test_years_of_another_system_come_as_they_are() -> None:
    column = [NewResult(PETYA, "5")]
    given(*SCHOOL_YEAR, TERMS[0]).when(
        lambda w: issue_year_marks(w.journal, w.office, ALGEBRA, column, imported=True)
    ).then(r.YearMarkIssued(PETYA, ALGEBRA, "5", "4.00", "4", VERSION))


def test_an_examination_that_was_held_has_marks() -> None:
    given(*NINTH).when(exam()).then(EXAM_MARK).and_again_nothing_happens()
    given(*NINTH).when(exam(today=date(2027, 6, 1))).then_refused(Invalid, "exam.in_the_future")


def test_the_certificate_of_the_ninth_grade_is_year_and_examination() -> None:
    given(*NINTH, YEAR_MARK, EXAM_MARK).when(final()).then(FINAL).and_again_nothing_happens()


def test_elsewhere_the_final_mark_is_that_of_the_year() -> None:
    four = msgspec.structs.replace(FINAL, value="4", suggested="4")
    given(*SCHOOL_YEAR, YEAR_MARK, EXAM_MARK).when(final("4")).then(four)
    given(*SCHOOL_YEAR, YEAR_MARK, EXAM_MARK).when(final("5")).then_refused(
        Invalid, "term_mark.reason_needed"
    )


def test_there_is_no_final_mark_before_that_of_the_year() -> None:
    given(*NINTH, EXAM_MARK).when(final()).then_refused(Conflict, "final_mark.year_missing")


@pytest.mark.parametrize(
    ("kind", "before", "expected"),
    [
        ("year", YEAR_MARK, r.YearMarkCorrected),
        ("exam", msgspec.structs.replace(EXAM_MARK, value="4"), r.ExamMarkCorrected),
        ("final", msgspec.structs.replace(FINAL, value="4"), r.FinalMarkCorrected),
    ],
)
def test_a_correction_of_each_keeps_the_old_value(
    kind: ResultKind, before: Any, expected: Any
) -> None:
    def correct(saw: str, value: str) -> Decision:
        return lambda w: correct_result(
            w.journal,
            w.office,
            kind,
            PETYA,
            ALGEBRA,
            saw=saw,
            value=value,
            reason_code=ReasonCode.APPEAL,
            reason=A_TEXT,
        )

    fact = expected(PETYA, ALGEBRA, "4", "3", ReasonCode.APPEAL, A_TEXT)
    given(*SCHOOL_YEAR, before).when(correct("4", "3")).then(fact).and_again_nothing_happens()
    given(*SCHOOL_YEAR, before).when(correct("5", "3")).then_refused(
        Conflict, "mark.changed_meanwhile"
    )
    given(*SCHOOL_YEAR).when(correct("4", "3")).then_refused(NotFound, "result.unknown")


@pytest.mark.parametrize("decision", [year("3"), exam("3"), final("3")])
def test_what_stands_is_only_corrected(decision: Decision) -> None:
    happened = (*NINTH, *TERMS, YEAR_MARK, EXAM_MARK, FINAL)
    given(*happened).when(decision).then_refused(Conflict, "result.already_issued")


def test_a_stranger_has_no_result() -> None:
    given(*SCHOOL_YEAR).when(final(pupil=NEWCOMER)).then_refused(Invalid, "mark.pupil_not_in_class")


PROMOTED, RETAINED = CouncilDecision.PROMOTED, CouncilDecision.RETAINED
MINUTES, DAY = "9", date(2027, 5, 28)


def council(*decisions: NewDecision, number: str = MINUTES, today: date = DAY) -> Decision:
    return lambda w: record_council_decisions(w.journal, decisions, number, DAY, today)


def test_the_council_decides_by_its_minutes() -> None:
    both = council(NewDecision(PETYA, PROMOTED), NewDecision(MASHA, RETAINED))
    given(*SCHOOL_YEAR).when(both).then(
        r.CouncilDecisionRecorded(PETYA, PROMOTED, MINUTES, DAY),
        r.CouncilDecisionRecorded(MASHA, RETAINED, MINUTES, DAY),
    ).and_again_nothing_happens()


def test_admission_to_the_examination_stands_beside_promotion() -> None:
    admitted = council(NewDecision(PETYA, CouncilDecision.ADMITTED))
    completed = council(NewDecision(PETYA, CouncilDecision.COMPLETED))
    first = r.CouncilDecisionRecorded(PETYA, CouncilDecision.ADMITTED, MINUTES, DAY)
    given(*NINTH).when(admitted).then(first).and_again_nothing_happens()
    given(*NINTH, first).when(completed).then(
        r.CouncilDecisionRecorded(PETYA, CouncilDecision.COMPLETED, MINUTES, DAY)
    )
    refused = council(NewDecision(PETYA, CouncilDecision.NOT_ADMITTED), number="10")
    given(*NINTH, first).when(refused).then(
        r.CouncilDecisionCorrected(
            PETYA,
            CouncilDecision.ADMITTED,
            MINUTES,
            DAY,
            CouncilDecision.NOT_ADMITTED,
            "10",
            DAY,
        )
    )


def test_nobody_is_admitted_where_there_is_no_state_examination() -> None:
    admitted = council(NewDecision(PETYA, CouncilDecision.ADMITTED))
    given(*SCHOOL_YEAR).when(admitted).then_refused(Invalid, "council.no_exam")


def test_another_decision_keeps_the_old_one_and_its_minutes() -> None:
    before = r.CouncilDecisionRecorded(PETYA, RETAINED, "8", date(2027, 5, 27))
    given(*SCHOOL_YEAR, before).when(council(NewDecision(PETYA, PROMOTED))).then(
        r.CouncilDecisionCorrected(PETYA, RETAINED, "8", date(2027, 5, 27), PROMOTED, MINUTES, DAY)
    ).and_again_nothing_happens()


def test_the_council_decides_of_nobody_else_and_not_ahead() -> None:
    known = given(*SCHOOL_YEAR)
    petya = NewDecision(PETYA, PROMOTED)
    known.when(council(NewDecision(NEWCOMER, PROMOTED))).then_refused(
        Invalid, "mark.pupil_not_in_class"
    )
    known.when(council(petya, petya)).then_refused(Invalid, "term_mark.twice")
    known.when(council(petya, number=" ")).then_refused(Invalid, "order.empty")
    known.when(council(petya, today=date(2027, 5, 27))).then_refused(
        Invalid, "council.in_the_future"
    )
