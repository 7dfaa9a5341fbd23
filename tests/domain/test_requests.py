"""Corrections beyond the teacher's reach: asked for in writing, answered by another person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from domain.journal import facts as f
from domain.journal.correction_facts import (
    CorrectionApproved,
    CorrectionRejected,
    CorrectionRequested,
)
from domain.journal.requests import (
    TermMarkWord,
    approve_correction,
    reject_correction,
    request_correction,
)
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.regulation import Regulation
from domain.values import ReasonCode, Tier
from tests.cast import ALGEBRA, ANNA, ANSWER, CONTROL, PETYA, VERA, an_id
from tests.domain.seventh_a import (
    A_TEXT,
    ANOTHER_TEXT,
    LESSON,
    SCHOOL_YEAR,
    TERM_1_CLOSED,
    TOMORROW,
    YEAR_OPENED,
    moment,
)
from tests.specs import Decision, given

MARK, REQUEST = an_id("тройка"), an_id("запрос")
GIVEN = f.MarkGiven(MARK, LESSON, PETYA, "3", ANSWER, "1.00")
OTHERS = (
    f.MarkGiven(an_id("вторая"), LESSON, PETYA, "3", ANSWER, "1.00"),
    f.MarkGiven(an_id("третья"), TOMORROW, PETYA, "4", CONTROL, "2.00"),
)
WINDOW = timedelta(days=Regulation().edit_window_days)
LAST_DAY = date(2026, 9, 2) + WINDOW
LATE = moment(LAST_DAY + timedelta(days=1), "00:00:00")
REQUESTED = CorrectionRequested(REQUEST, MARK, "3", ReasonCode.APPEAL, A_TEXT, "4")
ISSUED = f.TermMarkIssued(PETYA, ALGEBRA, 1, "4", "3.50", "4", Regulation().version)


def ask(
    value: str = "4", *, saw: str = "3", at: datetime = LATE, request: str = REQUEST, by: str = ANNA
) -> Decision:
    return lambda w: request_correction(
        w.journal,
        w.office,
        request,
        MARK,
        saw=saw,
        value=value,
        reason_code=ReasonCode.APPEAL,
        reason=A_TEXT,
        by=by,
        at=at,
    )


def approve(
    order_no: str = "", word: TermMarkWord | None = None, *, by: str = VERA, of: str = REQUEST
) -> Decision:
    return lambda w: approve_correction(
        w.journal, w.office, of, order_no=order_no, term_mark=word, by=by
    )


def reject(*, by: str = VERA) -> Decision:
    return lambda w: reject_correction(w.journal, REQUEST, ANOTHER_TEXT, by=by)


def corrected(tier: Tier) -> f.MarkCorrected:
    return f.MarkCorrected(MARK, "3", "4", tier, ReasonCode.APPEAL, A_TEXT, REQUEST)


# -- asking ----------------------------------------------------------------------------------


def test_after_the_window_the_teacher_asks_once() -> None:
    given(*SCHOOL_YEAR, GIVEN).when(ask()).then(REQUESTED).and_again_nothing_happens()


def test_in_the_last_second_of_the_window_there_is_nothing_to_ask() -> None:
    still = moment(LAST_DAY, "23:59:59")
    given(*SCHOOL_YEAR, GIVEN).when(ask(at=still)).then_refused(Invalid, "request.not_needed")


def test_nobody_asks_where_the_regulation_lets_the_teacher_correct_late() -> None:
    flags = Regulation(version="с пометкой", late_corrections=True)
    year = (msgspec.structs.replace(YEAR_OPENED, regulation=flags), *SCHOOL_YEAR[1:])
    given(*year, GIVEN).when(ask()).then_refused(Invalid, "request.not_needed")
    given(*year, GIVEN, ISSUED).when(ask()).then(REQUESTED)


def test_a_mark_may_be_asked_away() -> None:
    away = CorrectionRequested(REQUEST, MARK, "3", ReasonCode.APPEAL, A_TEXT)
    given(*SCHOOL_YEAR, GIVEN).when(ask("")).then(away)


def test_a_mark_of_a_closed_term_is_asked_about_too() -> None:
    closed = (*SCHOOL_YEAR, GIVEN, TERM_1_CLOSED)
    given(*closed).when(ask()).then(REQUESTED).and_again_nothing_happens()


def test_what_is_asked_for_is_checked() -> None:
    known = given(*SCHOOL_YEAR, GIVEN)
    known.when(ask("7")).then_refused(Invalid, "mark.unknown_value")
    known.when(ask("3")).then_refused(Invalid, "mark.same_value")
    stale = known.when(ask(saw="2")).then_refused(Conflict, "mark.changed_meanwhile")
    assert stale.extra == {"value": "3"}
    given(*SCHOOL_YEAR).when(ask()).then_refused(NotFound, "mark.unknown")
    annulled = f.MarkAnnulled(MARK, "3", Tier.T0, ReasonCode.TYPO)
    given(*SCHOOL_YEAR, GIVEN, annulled).when(ask()).then_refused(Conflict, "mark.annulled")


def test_a_mark_has_one_open_request_and_a_number_is_of_one_request() -> None:
    waiting = given(*SCHOOL_YEAR, GIVEN, REQUESTED)
    waiting.when(ask(request=an_id("другой"))).then_refused(Conflict, "request.pending")
    waiting.when(ask("5")).then_refused(Conflict, "request.id_taken")
    answered = CorrectionRejected(REQUEST, MARK, ANOTHER_TEXT)
    again = CorrectionRequested(an_id("другой"), MARK, "3", ReasonCode.APPEAL, A_TEXT, "4")
    given(*SCHOOL_YEAR, GIVEN, REQUESTED, answered).when(ask(request=an_id("другой"))).then(again)


# -- T2: the term is open, no term mark yet --------------------------------------------------


def test_another_person_approves_and_the_correction_is_made_with_it() -> None:
    given(*SCHOOL_YEAR, GIVEN, REQUESTED).when(approve()).then(
        CorrectionApproved(REQUEST, MARK, Tier.T2), corrected(Tier.T2)
    ).and_again_nothing_happens()


def test_nobody_approves_or_rejects_ones_own_request() -> None:
    mine = given(*SCHOOL_YEAR, GIVEN, REQUESTED)
    mine.when(approve(by=ANNA)).then_refused(Forbidden, "request.own")
    mine.when(reject(by=ANNA)).then_refused(Forbidden, "request.own")


def test_an_annulment_is_approved_as_one() -> None:
    away = CorrectionRequested(REQUEST, MARK, "3", ReasonCode.APPEAL, A_TEXT)
    given(*SCHOOL_YEAR, GIVEN, away).when(approve()).then(
        CorrectionApproved(REQUEST, MARK, Tier.T2),
        f.MarkAnnulled(MARK, "3", Tier.T2, ReasonCode.APPEAL, A_TEXT, REQUEST),
    )


def test_a_rejection_says_why_and_is_final() -> None:
    rejected = CorrectionRejected(REQUEST, MARK, ANOTHER_TEXT)
    done = given(*SCHOOL_YEAR, GIVEN, REQUESTED).when(reject()).then(rejected)
    done.and_again_nothing_happens()
    done.when(approve()).then_refused(Conflict, "request.answered")


def test_a_mark_that_changed_meanwhile_is_not_corrected_by_an_old_request() -> None:
    denied = f.MarkCorrected(MARK, "3", "5", Tier.T1, ReasonCode.TYPO)
    given(*SCHOOL_YEAR, GIVEN, REQUESTED, denied).when(approve()).then_refused(
        Conflict, "mark.changed_meanwhile"
    )


def test_a_request_that_was_never_made_has_no_answer() -> None:
    given(*SCHOOL_YEAR, GIVEN).when(approve()).then_refused(NotFound, "request.unknown")


def test_without_a_term_mark_there_is_nothing_to_say_about_it() -> None:
    word = approve(word=TermMarkWord("kept"))
    given(*SCHOOL_YEAR, GIVEN, REQUESTED).when(word).then_refused(Invalid, "request.no_term_mark")


# -- T3: the term mark stands, or the term is closed -----------------------------------------

STANDING = (*SCHOOL_YEAR, GIVEN, *OTHERS, ISSUED, REQUESTED)
CLOSED = (*SCHOOL_YEAR, GIVEN, *OTHERS, ISSUED, TERM_1_CLOSED, REQUESTED)
KEPT = TermMarkWord("kept")


@pytest.mark.parametrize("happened", [STANDING, CLOSED], ids=["standing", "closed"])
def test_a_settled_mark_is_corrected_by_an_act_and_a_word_on_the_term_mark(
    happened: tuple[Any, ...],
) -> None:
    approved = CorrectionApproved(REQUEST, MARK, Tier.T3, "акт 4", "kept")
    done = given(*happened).when(approve("акт 4", KEPT)).then(approved, corrected(Tier.T3))
    done.and_again_nothing_happens()


@pytest.mark.parametrize("happened", [STANDING, CLOSED], ids=["standing", "closed"])
def test_without_an_act_or_without_a_word_nothing_is_corrected(happened: tuple[Any, ...]) -> None:
    asked = given(*happened)
    asked.when(approve("", KEPT)).then_refused(Invalid, "request.order_needed")
    undecided = asked.when(approve("акт 4")).then_refused(Invalid, "request.term_mark_undecided")
    assert undecided.extra == {"term_mark": "4", "suggested": "4"}  # 4, 3 and twice 4: 3.75


def test_the_term_mark_is_changed_with_the_mark_and_knows_why() -> None:
    five = f.MarkGiven(an_id("третья"), TOMORROW, PETYA, "5", CONTROL, "2.00")
    up = CorrectionRequested(REQUEST, MARK, "3", ReasonCode.APPEAL, A_TEXT, "5")
    happened = (*SCHOOL_YEAR, GIVEN, five, five_more(), ISSUED, TERM_1_CLOSED, up)
    term_mark = f.TermMarkCorrected(
        PETYA, ALGEBRA, 1, "4", "5", ReasonCode.APPEAL, A_TEXT, "5", REQUEST
    )
    given(*happened).when(approve("акт 4", TermMarkWord("changed", "5"))).then(
        CorrectionApproved(REQUEST, MARK, Tier.T3, "акт 4", "changed"),
        f.MarkCorrected(MARK, "3", "5", Tier.T3, ReasonCode.APPEAL, A_TEXT, REQUEST),
        term_mark,
    )


def five_more() -> f.MarkGiven:
    return f.MarkGiven(an_id("вторая"), LESSON, PETYA, "4", ANSWER, "1.00")


def test_a_changed_term_mark_must_be_another_one() -> None:
    same = approve("акт 4", TermMarkWord("changed", "4"))
    given(*STANDING).when(same).then_refused(Invalid, "mark.same_value")


def test_a_closed_term_without_a_term_mark_needs_the_act_alone() -> None:
    happened = (*SCHOOL_YEAR, GIVEN, TERM_1_CLOSED, REQUESTED)
    given(*happened).when(approve("акт 4")).then(
        CorrectionApproved(REQUEST, MARK, Tier.T3, "акт 4"), corrected(Tier.T3)
    )


def test_a_settled_mark_is_asked_about_as_it_was_corrected() -> None:
    approved = CorrectionApproved(REQUEST, MARK, Tier.T3, "акт 4")
    happened = (*SCHOOL_YEAR, GIVEN, TERM_1_CLOSED, REQUESTED, approved, corrected(Tier.T3))
    again = CorrectionRequested(an_id("ещё"), MARK, "4", ReasonCode.APPEAL, A_TEXT, "5")
    asked = given(*happened)
    asked.when(ask("5", request=an_id("ещё"))).then_refused(Conflict, "mark.changed_meanwhile")
    asked.when(ask("5", saw="4", request=an_id("ещё"))).then(again)
