"""«Точки»: work that is expected, apart from marks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.journal import facts as f
from domain.journal.marks import NewDebt, raise_debts, resolve_debt
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import ReasonCode, Tier
from tests.cast import ANSWER, CONTROL, MASHA, NEWCOMER, PETYA, an_id
from tests.domain.seventh_a import (
    LESSON,
    SCHOOL_YEAR,
    TERM_1_CLOSED,
    THURSDAY,
    TOMORROW,
    TUESDAY,
    WEDNESDAY,
    noon,
)
from tests.specs import Decision, given

DEBT = an_id("точка Пети")
RAISED = f.DebtRaised(DEBT, LESSON, PETYA, CONTROL, date(2026, 9, 9))
MARK = f.MarkGiven(an_id("отметка"), LESSON, PETYA, "4", CONTROL, "2.00")


def new(**other: Any) -> NewDebt:
    fields: dict[str, Any] = {
        "debt_id": DEBT,
        "pupil_id": PETYA,
        "work_type_id": CONTROL,
        "due_date": date(2026, 9, 9),
    }
    return NewDebt(**{**fields, **other})


def owe(*debts: NewDebt, lesson: str = LESSON, on: date = WEDNESDAY) -> Decision:
    return lambda w: raise_debts(w.journal, w.office, lesson, debts, noon(on))


def resolve(mark_id: str | None = None) -> Decision:
    return lambda w: resolve_debt(w.journal, DEBT, mark_id)


def test_a_debt_is_raised_once() -> None:
    given(*SCHOOL_YEAR).when(owe(new())).then(RAISED).and_again_nothing_happens()


def test_a_debt_may_be_due_on_the_day_of_the_lesson_but_not_before() -> None:
    same_day = f.DebtRaised(DEBT, LESSON, PETYA, CONTROL, WEDNESDAY)
    given(*SCHOOL_YEAR).when(owe(new(due_date=WEDNESDAY))).then(same_day)
    given(*SCHOOL_YEAR).when(owe(new(due_date=TUESDAY))).then_refused(
        Invalid, "debt.due_before_lesson"
    )


def test_one_request_cannot_use_one_debt_id_twice() -> None:
    given(*SCHOOL_YEAR).when(owe(new(), new())).then_refused(Invalid, "debt.repeated_id")


@pytest.mark.parametrize(
    "other",
    [owe(new(pupil_id=MASHA)), owe(new(), lesson=TOMORROW, on=THURSDAY)],
    ids=["another pupil", "another lesson"],
)
def test_a_taken_debt_id_is_refused(other: Decision) -> None:
    given(*SCHOOL_YEAR, RAISED).when(other).then_refused(Conflict, "debt.id_taken")


def test_a_debt_needs_a_kind_of_work_that_the_school_has() -> None:
    strange = owe(new(work_type_id=an_id("сочинение")))
    given(*SCHOOL_YEAR).when(strange).then_refused(Invalid, "mark.unknown_work_type")


def test_a_pupil_of_no_class_owes_nothing() -> None:
    strange = owe(new(pupil_id=NEWCOMER))
    given(*SCHOOL_YEAR).when(strange).then_refused(Invalid, "mark.pupil_not_in_class")


def test_a_debt_of_a_lesson_to_come_is_refused() -> None:
    ahead = owe(new(), lesson=TOMORROW)
    given(*SCHOOL_YEAR).when(ahead).then_refused(Invalid, "lesson.in_the_future")


def test_a_debt_in_a_closed_term_is_refused() -> None:
    given(*SCHOOL_YEAR, TERM_1_CLOSED).when(owe(new())).then_refused(Forbidden, "term.closed")


def test_a_debt_is_resolved_by_a_mark() -> None:
    spec = given(*SCHOOL_YEAR, RAISED, MARK).when(resolve(MARK.mark_id))
    spec.then(f.DebtResolved(DEBT, MARK.mark_id)).and_again_nothing_happens()


def test_a_debt_is_resolved_without_a_mark() -> None:
    spec = given(*SCHOOL_YEAR, RAISED).when(resolve())
    spec.then(f.DebtResolved(DEBT)).and_again_nothing_happens()


def test_an_unknown_debt_is_not_found() -> None:
    given(*SCHOOL_YEAR).when(resolve()).then_refused(NotFound, "debt.unknown")


def test_a_debt_is_not_resolved_by_a_mark_of_somebody_else() -> None:
    mashas = f.MarkGiven(an_id("отметка Маши"), LESSON, MASHA, "5", ANSWER, "1.00")
    spec = given(*SCHOOL_YEAR, RAISED, mashas).when(resolve(mashas.mark_id))
    spec.then_refused(Invalid, "debt.other_pupil")


def test_a_debt_is_not_resolved_by_a_mark_that_is_not_there() -> None:
    given(*SCHOOL_YEAR, RAISED).when(resolve(an_id("нет"))).then_refused(NotFound, "mark.unknown")


def test_a_debt_is_not_resolved_by_an_annulled_mark() -> None:
    annulled = f.MarkAnnulled(MARK.mark_id, "4", Tier.T0, ReasonCode.TYPO)
    spec = given(*SCHOOL_YEAR, RAISED, MARK, annulled).when(resolve(MARK.mark_id))
    spec.then_refused(Conflict, "mark.annulled")
