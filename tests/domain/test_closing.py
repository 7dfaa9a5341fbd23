"""The closing of a term and its opening again: what was settled is found as it was."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from domain.journal import facts as f
from domain.journal.closing import close_term, reopen_term
from domain.journal.correction_facts import TermReopened
from domain.journal.marks import correct_mark
from domain.journal.shelf import pack, unpack
from domain.office.facts import RegulationAdopted
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from domain.values import AttendanceCode, ReasonCode, Tier
from tests.cast import ANNA, ANSWER, PETYA, an_id
from tests.domain.seventh_a import LESSON, SCHOOL_YEAR, TERM_1_CLOSED, TOMORROW
from tests.specs import T0, Decision, given

MARK, OTHER, DEBT = an_id("тройка"), an_id("пятёрка"), an_id("долг")
GIVEN = f.MarkGiven(MARK, LESSON, PETYA, "3", ANSWER, "1.00")
RECORDS = (
    f.TopicRecorded(LESSON, "Дроби"),
    f.AttendanceTaken(LESSON, (f.AttendanceEntry(PETYA, AttendanceCode.LATE, 5),)),
    f.HomeworkAssigned(an_id("задание"), LESSON, date(2026, 9, 3), "§ 1"),
    GIVEN,
)
OWES = f.DebtRaised(DEBT, LESSON, PETYA, ANSWER, date(2026, 9, 9))
REOPENED = TermReopened(1, "77-у")


def close(term: int = 1) -> Decision:
    return lambda w: close_term(w.journal, w.office, term)


def reopen(term: int = 1, order: str = "77-у") -> Decision:
    return lambda w: reopen_term(w.journal, w.office, term, order)


def correct() -> Decision:
    return lambda w: correct_mark(
        w.journal,
        w.office,
        MARK,
        saw="3",
        value="4",
        reason_code=ReasonCode.TYPO,
        reason=None,
        by=ANNA,
        at=T0,
    )


def test_a_term_with_open_debts_is_not_closed() -> None:
    refusal = given(*SCHOOL_YEAR, OWES).when(close()).then_refused(Conflict, "term.open_debts")
    assert refusal.extra == {"debts": 1}
    given(*SCHOOL_YEAR, OWES, f.DebtResolved(DEBT)).when(close()).then(TERM_1_CLOSED)


def test_a_debt_of_another_term_is_no_matter() -> None:
    moved = f.LessonAdded(an_id("ноябрь"), date(2026, 11, 3), 1, "", "")
    later = msgspec.structs.replace(OWES, lesson_id=an_id("ноябрь"))
    given(*SCHOOL_YEAR, moved, later).when(close()).then(TERM_1_CLOSED)


def test_a_school_may_close_over_debts() -> None:
    lenient = RegulationAdopted(Regulation(version="2", debts_block_closing=False), "1-у")
    given(*SCHOOL_YEAR, OWES, lenient).when(close()).then(TERM_1_CLOSED)


def test_a_closed_term_is_opened_by_an_order_once() -> None:
    given(*SCHOOL_YEAR, TERM_1_CLOSED).when(reopen()).then(REOPENED).and_again_nothing_happens()


def test_no_term_is_opened_without_an_order_or_that_is_not_there() -> None:
    closed = given(*SCHOOL_YEAR, TERM_1_CLOSED)
    closed.when(reopen(order="  ")).then_refused(Invalid, "order.empty")
    closed.when(reopen(order="7" * 51)).then_refused(Invalid, "order.too_long")
    closed.when(reopen(5)).then_refused(NotFound, "term.unknown")


def test_everything_is_where_it_was_once_a_term_is_opened_again() -> None:
    before = given(*SCHOOL_YEAR, *RECORDS).world.journal
    after = given(*SCHOOL_YEAR, *RECORDS, TERM_1_CLOSED, REOPENED).world.journal
    after.version = before.version
    assert after == before


def test_a_settled_mark_is_the_teachers_again_once_the_term_is_open() -> None:
    given(*SCHOOL_YEAR, GIVEN, TERM_1_CLOSED).when(correct()).then_refused(Forbidden, "term.closed")
    given(*SCHOOL_YEAR, GIVEN, TERM_1_CLOSED, REOPENED).when(correct()).then(
        f.MarkCorrected(MARK, "3", "4", Tier.T0, ReasonCode.TYPO)
    )


def test_a_correction_on_the_shelf_is_there_when_the_term_is_opened() -> None:
    by_act = f.MarkCorrected(MARK, "3", "5", Tier.T3, ReasonCode.APPEAL)
    gone = f.MarkAnnulled(OTHER, "5", Tier.T3, ReasonCode.TYPO)
    other = msgspec.structs.replace(GIVEN, mark_id=OTHER, lesson_id=TOMORROW, value="5")
    open_again = (TERM_1_CLOSED, by_act, gone, REOPENED)
    journal = given(*SCHOOL_YEAR, GIVEN, other, *open_again).world.journal
    assert journal.marks[MARK].value == "5"
    assert (journal.marks[OTHER].value, journal.marks[OTHER].annulled) == (None, True)
    assert journal.settled == {}


def test_a_term_that_was_opened_is_closed_again() -> None:
    given(*SCHOOL_YEAR, *RECORDS, TERM_1_CLOSED, REOPENED).when(close()).then(TERM_1_CLOSED)


def test_the_state_of_a_closed_term_is_slim() -> None:
    """A term of a busy subject: 25 pupils, 40 lessons, 700 marks."""
    lessons = [an_id(f"урок {n}") for n in range(40)]
    added = [f.LessonAdded(lessons[n], date(2026, 9, 1 + n % 28), n, "", "") for n in range(40)]
    marks = [
        f.MarkGiven(an_id(f"отметка {n}"), lessons[n % 40], PETYA, "4", ANSWER, "1.00")
        for n in range(700)
    ]
    before = given(*SCHOOL_YEAR, *added, *marks).world
    after = given(*SCHOOL_YEAR, *added, *marks, TERM_1_CLOSED).world.journal
    [closed] = after.closed
    assert after.marks == {}
    assert len(closed.shelf) * 3 < len(msgspec.msgpack.encode(before.journal.marks))
    assert unpack(closed.shelf).marks == before.journal.marks
    assert unpack(pack(unpack(closed.shelf))) == unpack(closed.shelf)


@pytest.mark.parametrize("term", [1, 2])
def test_an_open_term_has_no_shelf(term: int) -> None:
    journal = given(*SCHOOL_YEAR, GIVEN).world.journal
    assert journal.shelf(term) is None
