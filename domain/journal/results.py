"""Decisions about the end of a year: its marks, examinations, the certificate, the council."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

import msgspec

from domain.fact import Fact
from domain.formulas import Derived, differs, final_mark, year_mark
from domain.journal import result_facts as r
from domain.journal.marks import value_for
from domain.journal.state import Journal, council_cell, result_cell, term_cell
from domain.office.state import Office
from domain.refusals import Conflict, Invalid, NotFound
from domain.values import (
    AT_THE_EXAM,
    COUNCIL_LABELS,
    EXAM_LEVELS,
    CouncilDecision,
    Matter,
    PayloadRef,
    ReasonCode,
    comma,
    matter_of,
    order_number,
)

ResultKind = Literal["year", "exam", "final"]
Corrected = r.YearMarkCorrected | r.ExamMarkCorrected | r.FinalMarkCorrected

#: kind → what a person calls it, and the fact of its correction
WORDS: dict[ResultKind, str] = {
    "year": "Годовая отметка",
    "exam": "Экзаменационная отметка",
    "final": "Итоговая отметка",
}
_CORRECTED: dict[ResultKind, Callable[..., Corrected]] = {
    "year": r.YearMarkCorrected,
    "exam": r.ExamMarkCorrected,
    "final": r.FinalMarkCorrected,
}


class NewResult(msgspec.Struct, frozen=True):
    """A mark of the year's end. Why it is not the suggested one: `reason_code`, `reason`."""

    pupil_id: str
    value: str
    reason_code: ReasonCode | None = None
    reason: PayloadRef | None = None


class NewDecision(msgspec.Struct, frozen=True):
    """What the council has decided of a pupil."""

    pupil_id: str
    decision: CouncilDecision


def suggested_year(journal: Journal, office: Office, pupil_id: str, subject_id: str) -> Derived:
    """What follows from the term marks of a pupil."""
    cells = {
        term.number: journal.term_marks.get(term_cell(pupil_id, subject_id, term.number))
        for term in office.calendar.of(journal.grade_level).terms
    }
    return year_mark({term: value for term, value in cells.items() if value is not None})


def suggested_final(journal: Journal, pupil_id: str, subject_id: str) -> Derived:
    """What follows from year and examination."""
    year = journal.results.get(result_cell(pupil_id, subject_id, "year"), "")
    exam = journal.results.get(result_cell(pupil_id, subject_id, "exam"))
    return final_mark(year, exam, journal.grade_level)


def issue_year_marks(
    journal: Journal,
    office: Office,
    subject_id: str,
    column: Sequence[NewResult],
    *,
    imported: bool = False,
) -> list[Fact]:
    """Marks of the year of a subject, all or nothing, once the last term has its mark."""
    last = max((term.number for term in office.calendar.of(journal.grade_level).terms), default=0)

    def issue(new: NewResult, value: str) -> r.YearMarkIssued:
        follows = suggested_year(journal, office, new.pupil_id, subject_id)
        if not imported:
            if term_cell(new.pupil_id, subject_id, last) not in journal.term_marks:
                raise Conflict(
                    "year_mark.term_missing",
                    "Сначала нужна отметка за последний период: годовая выводится из них.",
                    pupil_id=new.pupil_id,
                )
            _require_reason(office, new, value, follows)
        return r.YearMarkIssued(
            new.pupil_id,
            subject_id,
            value,
            follows.mean.value,
            follows.value,
            office.regulation.version,
            new.reason_code,
            new.reason,
        )

    return _column(journal, office, "year", subject_id, column, issue)


def record_exam_marks(
    journal: Journal,
    office: Office,
    subject_id: str,
    on: date,
    column: Sequence[NewResult],
    today: date,
) -> list[Fact]:
    """Marks of an examination that was held, all or nothing."""
    if on > today:
        raise Invalid("exam.in_the_future", f"Экзамен {on:%d.%m.%Y} ещё не прошёл.")

    def record(new: NewResult, value: str) -> r.ExamMarkRecorded:
        return r.ExamMarkRecorded(new.pupil_id, subject_id, value, on)

    return _column(journal, office, "exam", subject_id, column, record)


def issue_final_marks(
    journal: Journal,
    office: Office,
    subject_id: str,
    column: Sequence[NewResult],
    *,
    imported: bool = False,
) -> list[Fact]:
    """Marks of the certificate, all or nothing, once there is the mark of the year."""

    def issue(new: NewResult, value: str) -> r.FinalMarkIssued:
        follows = suggested_final(journal, new.pupil_id, subject_id)
        if not imported:
            if not follows.value:
                raise Conflict(
                    "final_mark.year_missing",
                    "Сначала нужна годовая отметка: итоговая выводится из неё.",
                    pupil_id=new.pupil_id,
                )
            _require_reason(office, new, value, follows)
        return r.FinalMarkIssued(
            new.pupil_id,
            subject_id,
            value,
            follows.mean.value,
            follows.value,
            office.regulation.version,
            new.reason_code,
            new.reason,
        )

    return _column(journal, office, "final", subject_id, column, issue)


def correct_result(
    journal: Journal,
    office: Office,
    kind: ResultKind,
    pupil_id: str,
    subject_id: str,
    *,
    saw: str,
    value: str,
    reason_code: ReasonCode,
    reason: PayloadRef | None,
) -> list[Fact]:
    """Another mark of the year, an examination or the certificate; the old one is kept."""
    value = value_for(journal, office, value)
    before = journal.results.get(result_cell(pupil_id, subject_id, kind))
    if before is None:
        raise NotFound("result.unknown", f"{WORDS[kind]} не выставлена.")
    if before == value:
        return []
    if before != saw:
        raise Conflict("mark.changed_meanwhile", f"Сейчас «{before}», а не «{saw}».", value=before)
    return [_CORRECTED[kind](pupil_id, subject_id, before, value, reason_code, reason)]


def record_council_decisions(
    journal: Journal,
    decisions: Sequence[NewDecision],
    protocol_no: str,
    protocol_date: date,
    today: date,
) -> list[Fact]:
    """Who is promoted, and who is admitted to the state examination, by the minutes of the
    teachers' council; all or nothing.
    """
    number = order_number(protocol_no)
    if protocol_date > today:
        raise Invalid("council.in_the_future", "Протокол не может быть из будущего.")
    facts: list[Fact] = []
    seen: dict[Matter, set[str]] = {"promotion": set(), "admission": set()}
    for new in decisions:
        _require_pupil(journal, new.pupil_id, seen[matter_of(new.decision)])
        if new.decision in AT_THE_EXAM and journal.grade_level not in EXAM_LEVELS:
            raise Invalid(
                "council.no_exam",
                f"«{COUNCIL_LABELS[new.decision]}» решают в 9 и 11 классах.",
                pupil_id=new.pupil_id,
            )
        fact = r.CouncilDecisionRecorded(new.pupil_id, new.decision, number, protocol_date)
        before = journal.council.get(council_cell(new.pupil_id, new.decision))
        if before == fact:
            continue
        if before is None:
            facts.append(fact)
        else:
            facts.append(
                r.CouncilDecisionCorrected(
                    new.pupil_id,
                    before.decision,
                    before.protocol_no,
                    before.protocol_date,
                    new.decision,
                    number,
                    protocol_date,
                )
            )
    return facts


def _column(
    journal: Journal,
    office: Office,
    kind: ResultKind,
    subject_id: str,
    column: Sequence[NewResult],
    make: Callable[[NewResult, str], Fact],
) -> list[Fact]:
    facts: list[Fact] = []
    seen: set[str] = set()
    for new in column:
        value = value_for(journal, office, new.value)
        _require_pupil(journal, new.pupil_id, seen)
        before = journal.results.get(result_cell(new.pupil_id, subject_id, kind))
        if before == value:
            continue
        if before is not None:
            raise Conflict(
                "result.already_issued",
                f"{WORDS[kind]} уже есть: «{before}». Её можно только исправить.",
                pupil_id=new.pupil_id,
                value=before,
            )
        facts.append(make(new, value))
    return facts


def _require_pupil(journal: Journal, pupil_id: str, seen: set[str]) -> None:
    if pupil_id in seen:
        raise Invalid("term_mark.twice", "Ученик указан дважды.", pupil_id=pupil_id)
    seen.add(pupil_id)
    if pupil_id not in journal.pupils:
        raise Invalid(
            "mark.pupil_not_in_class",
            f"Ученика нет в {journal.name} классе.",
            pupil_id=pupil_id,
        )


def _require_reason(office: Office, new: NewResult, value: str, follows: Derived) -> None:
    gap = office.regulation.red_flags.suggestion_gap
    if new.reason_code is None and differs(follows.value, value, gap):
        raise Invalid(
            "term_mark.reason_needed",
            f"Выходит «{follows.value}» (среднее {comma(follows.mean.value)}), а ставится"
            f" «{value}»: укажите причину.",
            pupil_id=new.pupil_id,
            suggested=follows.value,
        )
