"""Decisions about term marks and the closing of a term."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.fact import Fact
from domain.journal import facts as f
from domain.journal.marks import value_for
from domain.journal.state import Journal, term_cell
from domain.office.state import Office
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import PayloadRef, ReasonCode, average


class NewTermMark(msgspec.Struct, frozen=True):
    """One term mark; `average` is the weighted mean that was in sight, or empty."""

    pupil_id: str
    value: str
    average: str = ""


def issue_term_marks(
    journal: Journal, office: Office, subject_id: str, term: int, marks: Sequence[NewTermMark]
) -> list[Fact]:
    """Term marks of a subject, all or nothing. Changing one is a correction of its own."""
    _require_term(journal, office, term)
    facts: list[Fact] = []
    seen: set[str] = set()
    for new in marks:
        value = value_for(journal, office, new.value)
        if new.pupil_id in seen:
            raise Invalid("term_mark.twice", "Ученик указан дважды.")
        seen.add(new.pupil_id)
        if new.pupil_id not in journal.pupils:
            raise Invalid("mark.pupil_not_in_class", f"Ученика нет в {journal.name} классе.")
        before = journal.term_marks.get(term_cell(new.pupil_id, subject_id, term))
        if before == value:
            continue
        if before is not None:
            raise Conflict(
                "term_mark.already_issued",
                f"Отметка за период уже выставлена: «{before}». Её можно только исправить.",
                value=before,
            )
        in_sight = average(new.average)
        facts.append(f.TermMarkIssued(new.pupil_id, subject_id, term, value, in_sight))
    return facts


def correct_term_mark(
    journal: Journal,
    office: Office,
    pupil_id: str,
    subject_id: str,
    term: int,
    *,
    saw: str,
    value: str,
    reason_code: ReasonCode,
    reason: PayloadRef | None,
) -> list[Fact]:
    """Correct a term mark while the term is open."""
    _require_term(journal, office, term)
    value = value_for(journal, office, value)
    before = journal.term_marks.get(term_cell(pupil_id, subject_id, term))
    if before is None:
        raise NotFound("term_mark.unknown", "Отметка за период не выставлена.")
    if before == value:
        return []
    if before != saw:
        raise Conflict("mark.changed_meanwhile", f"Сейчас «{before}», а не «{saw}».", value=before)
    return [f.TermMarkCorrected(pupil_id, subject_id, term, before, value, reason_code, reason)]


def close_term(journal: Journal, office: Office, term: int) -> list[Fact]:
    """Close a term: its marks can no longer be given or corrected by a teacher."""
    period = office.calendar.term(term)
    if period is None:
        raise NotFound("term.unknown", "Такого учебного периода нет.")
    if any(one.term == term for one in journal.closed):
        return []
    return [f.TermClosed(term, period.starts, period.ends)]


def _require_term(journal: Journal, office: Office, term: int) -> None:
    if office.calendar.term(term) is None:
        raise NotFound("term.unknown", "Такого учебного периода нет.")
    if any(one.term == term for one in journal.closed):
        raise Forbidden("term.closed", "Период закрыт: запись вносится только через завуча.")
