"""Decisions about term marks: issued beside the suggested one, corrected and taken back while the
term is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from domain.calendar import Term, local_date
from domain.fact import Fact
from domain.formulas import NOT_ATTESTED, Suggestion, differs
from domain.journal import facts as f
from domain.journal.marks import value_for
from domain.journal.state import Journal, result_cell, term_cell
from domain.journal.suggesting import suggestions
from domain.office.state import Office
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.values import PayloadRef, ReasonCode, Tier, average, comma


class NewTermMark(msgspec.Struct, frozen=True):
    """One term mark; `average` is the mean that was in sight, or empty. Why it is not the suggested
    one: `reason_code`, and `reason` in words.
    """

    pupil_id: str
    value: str
    average: str = ""
    reason_code: ReasonCode | None = None
    reason: PayloadRef | None = None


def issue_term_marks(
    journal: Journal,
    office: Office,
    subject_id: str,
    term: int,
    marks: Sequence[NewTermMark],
    *,
    imported: bool = False,
) -> list[f.TermMarkIssued]:
    """Term marks of a subject, all or nothing. Changing one is a correction of its own.

    imported: of another system, whose suggestions were its own; its reasons are not known.
    """
    period = _open_term(journal, office, term)
    pupils = {new.pupil_id for new in marks}
    suggested = suggestions(journal, office, subject_id, period, pupils)
    facts: list[f.TermMarkIssued] = []
    seen: set[str] = set()
    for new in marks:
        value = value_for(journal, office, new.value)
        if new.pupil_id in seen:
            raise Invalid("term_mark.twice", "Ученик указан дважды.", pupil_id=new.pupil_id)
        seen.add(new.pupil_id)
        if new.pupil_id not in journal.pupils:
            raise Invalid(
                "mark.pupil_not_in_class",
                f"Ученика нет в {journal.name} классе.",
                pupil_id=new.pupil_id,
            )
        before = journal.term_marks.get(term_cell(new.pupil_id, subject_id, term))
        if before == value:
            continue
        if before is not None:
            raise Conflict(
                "term_mark.already_issued",
                f"Отметка за период уже выставлена: «{before}». Её можно только исправить.",
                pupil_id=new.pupil_id,
                value=before,
            )
        follows = suggested[new.pupil_id]
        if not imported:
            require_allowed(office, new.pupil_id, value, follows)
            _require_reason(office, new, value, follows)
        facts.append(
            f.TermMarkIssued(
                new.pupil_id,
                subject_id,
                term,
                value,
                average(new.average) or follows.mean.value,
                follows.value,
                follows.version,
                follows.presence.share if value == NOT_ATTESTED else "",
                new.reason_code,
                new.reason,
            )
        )
    return facts


def require_allowed(office: Office, pupil_id: str, value: str, follows: Suggestion) -> None:
    """н/а is for who has too few marks or has missed too much."""
    if value == NOT_ATTESTED and not follows.may_be_not_attested:
        missed = Decimal(follows.presence.share or 0)
        raise Invalid(
            "term_mark.not_attested",
            f"«н/а» не ставится: отметок {follows.mean.counted} (меньше {follows.min_marks} нет), "
            f"пропущено {missed:.0%} уроков, а нужно "
            f"{Decimal(office.regulation.not_attested_share):.0%}.",
            pupil_id=pupil_id,
            suggested=follows.value,
        )


def _require_reason(office: Office, new: NewTermMark, value: str, follows: Suggestion) -> None:
    gap = office.regulation.red_flags.suggestion_gap
    if new.reason_code is None and differs(follows.value, value, gap):
        raise Invalid(
            "term_mark.reason_needed",
            f"По отметкам выходит «{follows.value}» (средний балл {comma(follows.mean.value)}),"
            f" а ставится «{value}»: укажите причину.",
            pupil_id=new.pupil_id,
            suggested=follows.value,
        )


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
    """Correct a term mark while the term is open; what the marks suggest now is kept beside."""
    period = _open_term(journal, office, term)
    value = value_for(journal, office, value)
    before = journal.term_marks.get(term_cell(pupil_id, subject_id, term))
    if before is None:
        raise NotFound("term_mark.unknown", "Отметка за период не выставлена.")
    if before == value:
        return []
    if before != saw:
        raise Conflict("mark.changed_meanwhile", f"Сейчас «{before}», а не «{saw}».", value=before)
    follows = suggestions(journal, office, subject_id, period, [pupil_id])[pupil_id]
    require_allowed(office, pupil_id, value, follows)
    return [
        f.TermMarkCorrected(
            pupil_id, subject_id, term, before, value, reason_code, reason, follows.value
        )
    ]


def annul_term_mark(
    journal: Journal,
    office: Office,
    pupil_id: str,
    subject_id: str,
    term: int,
    *,
    saw: str,
    reason_code: ReasonCode,
    reason: PayloadRef | None,
    by: str,
    at: datetime,
) -> list[Fact]:
    """Take back a term mark that should not have been issued. It stays in the history.

    T0: who issued it, on the same day. T2: another person, in writing. Never while a mark of the
    year stands on it, or in a closed term: that is opened again first, by an order.
    """
    _open_term(journal, office, term)
    cell = term_cell(pupil_id, subject_id, term)
    before, issued = journal.term_marks.get(cell), journal.issued.get(cell)
    if before is None:
        if issued is not None:
            return []
        raise NotFound("term_mark.unknown", "Отметка за период не выставлена.")
    if before != saw:
        raise Conflict("mark.changed_meanwhile", f"Сейчас «{before}», а не «{saw}».", value=before)
    year = journal.results.get(result_cell(pupil_id, subject_id, "year"))
    if year is not None:
        raise Conflict(
            "term_mark.year_mark_stands",
            f"За год уже стоит «{year}»: она выведена и из этой отметки. Исправьте отметку за "
            "период, а не аннулируйте.",
        )
    tier = Tier.T2
    if issued is not None and issued.by == by:
        if local_date(issued.at, journal.zone) != local_date(at, journal.zone):
            raise Forbidden(
                "term_mark.annulled_by_another",
                "Аннулировать свою отметку за период можно в тот день, когда она выставлена. "
                "Теперь это делает завуч или директор.",
            )
        tier = Tier.T0
    elif reason is None:
        raise Invalid(
            "term_mark.annulled_without_words", "Напишите, почему отметки не должно быть."
        )
    return [f.TermMarkAnnulled(pupil_id, subject_id, term, before, tier, reason_code, reason)]


def _open_term(journal: Journal, office: Office, term: int) -> Term:
    period = office.calendar.of(journal.grade_level).term(term)
    if period is None:
        raise NotFound("term.unknown", "Такого учебного периода нет.")
    if any(one.term == term for one in journal.closed):
        raise Forbidden("term.closed", "Период закрыт: запись вносится только через завуча.")
    return period
