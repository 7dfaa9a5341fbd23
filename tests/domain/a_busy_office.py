"""What a deputy and the council try with the busy class: opening, answering, deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.fact import Fact
from domain.journal import closing, requests, results, term_marks
from domain.journal.results import NewDecision, NewResult, ResultKind
from domain.journal.state import result_cell
from domain.values import CouncilDecision, PayloadRef
from tests.cast import ALGEBRA, PETYA, VERA, an_id

if TYPE_CHECKING:
    from tests.domain.a_busy_class import BusyClass

REF = PayloadRef(an_id("текст"), "A" * 43)
REQUESTS = [an_id(f"запрос {n}") for n in range(4)]
LAST_TERM = 4


def reopen(c: BusyClass) -> list[Fact]:
    return closing.reopen_term(c.journal, c.office, c.pick.choice([1, 1, 2]), "77-у")


def ask(c: BusyClass) -> list[Fact]:
    there = [*c.journal.settled, *c.journal.marks]
    number = c.pick.choice(there) if there else c.id()
    mark = c.journal.any_mark(number)
    saw = mark.value if mark and mark.value else c.value()
    return requests.request_correction(
        c.journal,
        c.office,
        c.pick.choice(REQUESTS),
        number,
        saw=saw,
        value=c.pick.choice(["", "5", "4", "3"]),
        reason_code=c.why(),
        reason=REF,
        by=c.who,
        at=c.at,
    )


def approve(c: BusyClass) -> list[Fact]:
    word = c.pick.choice(
        [
            None,
            requests.TermMarkWord("kept"),
            requests.TermMarkWord("changed", c.value()),
        ]
    )
    return requests.approve_correction(
        c.journal,
        c.office,
        c.pick.choice(REQUESTS),
        order_no=c.pick.choice(["", "акт 4"]),
        term_mark=word,
        by=c.pick.choice([VERA, c.who]),
    )


def reject(c: BusyClass) -> list[Fact]:
    seldom = c.pick.choice(REQUESTS)
    return [*requests.reject_correction(c.journal, seldom, REF, by=VERA)]


def last_term_mark(c: BusyClass) -> list[Fact]:
    column = [term_marks.NewTermMark(PETYA, c.value())]
    return [*term_marks.issue_term_marks(c.journal, c.office, ALGEBRA, LAST_TERM, column)]


def year(c: BusyClass) -> list[Fact]:
    return results.issue_year_marks(c.journal, c.office, ALGEBRA, [_result(c)])


def exam(c: BusyClass) -> list[Fact]:
    return results.record_exam_marks(
        c.journal, c.office, ALGEBRA, c.at.date(), [_result(c)], c.at.date()
    )


def final(c: BusyClass) -> list[Fact]:
    return results.issue_final_marks(c.journal, c.office, ALGEBRA, [_result(c)])


def other_result(c: BusyClass) -> list[Fact]:
    kinds: list[ResultKind] = ["year", "exam", "final"]
    kind = c.pick.choice(kinds)
    there = c.journal.results.get(result_cell(PETYA, ALGEBRA, kind))
    return results.correct_result(
        c.journal,
        c.office,
        kind,
        PETYA,
        ALGEBRA,
        saw=there or c.value(),
        value=c.value(),
        reason_code=c.why(),
        reason=None,
    )


def council(c: BusyClass) -> list[Fact]:
    decision = c.pick.choice(list(CouncilDecision))
    day = c.at.date()
    decided = [NewDecision(c.pupil(), decision)]
    return results.record_council_decisions(c.journal, decided, "9", day, day)


def _result(c: BusyClass) -> NewResult:
    return NewResult(PETYA, c.value(), c.pick.choice([None, c.why()]))


ATTEMPTS = (
    *(reopen, reopen, ask, ask, approve, approve, approve, reject),
    *(last_term_mark, year, exam, final, final, other_result, other_result, council),
)
