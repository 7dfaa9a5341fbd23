"""Decisions about marks: given, corrected, annulled, commented; debts; term marks.

Each takes the state and returns the facts that follow, or raises a named refusal. Repeating a done
command yields no facts. `at` is a UTC moment; days are the school's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from domain.fact import Fact
from domain.journal import facts as f
from domain.journal.lessons import held_lesson, require_open
from domain.journal.shelf import Mark
from domain.journal.state import Journal, Lesson
from domain.journal.tiers import last_day, own_tier
from domain.office.state import Office
from domain.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from domain.values import (
    NUMERIC_MARKS,
    PayloadRef,
    ReasonCode,
    Tier,
    mark_value,
    weight,
)


class NewMark(msgspec.Struct, frozen=True):
    """One mark of a column. `weight` None takes the work type's."""

    mark_id: str
    pupil_id: str
    value: str
    work_type_id: str
    weight: str | None = None
    comment: PayloadRef | None = None


class NewDebt(msgspec.Struct, frozen=True):
    """One «точка»."""

    debt_id: str
    pupil_id: str
    work_type_id: str
    due_date: date


def give_marks(
    journal: Journal, office: Office, lesson_id: str, marks: Sequence[NewMark], at: datetime
) -> list[Fact]:
    """Marks for one lesson, all or nothing. Several per pupil and lesson are fine («5/4»)."""
    lesson = held_lesson(journal, lesson_id, at)
    facts: list[Fact] = []
    seen: set[str] = set()
    for new in marks:
        if new.mark_id in seen:
            raise Invalid("mark.repeated_id", "В одном запросе две отметки с одним номером.")
        seen.add(new.mark_id)
        fact = _give(journal, office, lesson_id, lesson, new)
        if fact is not None:
            facts.append(fact)
    return facts


def _give(
    journal: Journal, office: Office, lesson_id: str, lesson: Lesson, new: NewMark
) -> f.MarkGiven | None:
    value = value_for(journal, office, new.value)
    kind = office.work_types.get(new.work_type_id)
    if kind is None:
        raise Invalid("mark.unknown_work_type", "Такого вида работы в школе нет.")
    _require_pupil(journal, lesson, new.pupil_id)
    heavy = weight(new.weight if new.weight is not None else kind.weight)
    before = journal.marks.get(new.mark_id)
    if before is None and new.mark_id not in journal.settled:
        return f.MarkGiven(
            new.mark_id, lesson_id, new.pupil_id, value, new.work_type_id, heavy, new.comment
        )
    same = before and (
        before.lesson_id,
        before.pupil_id,
        before.value,
        before.work_type_id,
        before.weight,
    )
    if same == (lesson_id, new.pupil_id, value, new.work_type_id, heavy):
        return None
    raise Conflict("mark.id_taken", "Под этим номером уже есть другая отметка.")


def correct_mark(
    journal: Journal,
    office: Office,
    mark_id: str,
    *,
    saw: str,
    value: str,
    reason_code: ReasonCode,
    reason: PayloadRef | None,
    by: str,
    at: datetime,
    denied: bool = False,
) -> list[Fact]:
    """Correct a mark inside the edit window, later only where the regulation flags it; the old
    value, the reason and the tier are kept.

    denied: its author has said that the mark is not of one's hand; there is no window then.
    """
    mark = _living_mark(journal, mark_id)
    value = value_for(journal, office, value)
    if mark.value == value and saw != value:
        return []  # a repeat: somebody has already made it so
    require_seen(mark, saw)
    if mark.value == value:
        raise Invalid("mark.same_value", f"Отметка уже «{value}»: исправлять нечего.")
    tier = _tier(journal, office, mark, by, at, denied=denied)
    return [f.MarkCorrected(mark_id, saw, value, tier, reason_code, reason)]


def annul_mark(
    journal: Journal,
    office: Office,
    mark_id: str,
    *,
    saw: str,
    reason_code: ReasonCode,
    reason: PayloadRef | None,
    by: str,
    at: datetime,
    denied: bool = False,
) -> list[Fact]:
    """Annul a mark that should not have been given. It stays in the history; `denied` as above."""
    mark = _mark(journal, mark_id)
    if mark.annulled:
        return []
    require_seen(mark, saw)
    tier = _tier(journal, office, mark, by, at, denied=denied)
    return [f.MarkAnnulled(mark_id, saw, tier, reason_code, reason)]


def mark_in(journal: Journal, lesson_id: str, mark_id: str) -> Mark:
    """A mark of this very lesson. Raises NotFound, or Forbidden where the term is closed."""
    mark = _mark(journal, mark_id)
    if mark.lesson_id != lesson_id:
        raise NotFound("mark.unknown", "Такой отметки нет.")
    return mark


def comment_mark(journal: Journal, mark_id: str, comment: PayloadRef) -> list[Fact]:
    """Leave a word on the quality of learning (clause 4.1.г)."""
    _living_mark(journal, mark_id)
    return [f.MarkCommented(mark_id, comment)]


def raise_debts(
    journal: Journal, office: Office, lesson_id: str, debts: Sequence[NewDebt], at: datetime
) -> list[Fact]:
    """«Точки»: work is expected from these pupils by a day."""
    lesson = held_lesson(journal, lesson_id, at)
    facts: list[Fact] = []
    seen: set[str] = set()
    for new in debts:
        if new.debt_id in seen:
            raise Invalid("debt.repeated_id", "В одном запросе два долга с одним номером.")
        seen.add(new.debt_id)
        before = journal.debts.get(new.debt_id)
        if before is not None:
            if (before.lesson_id, before.pupil_id) == (lesson_id, new.pupil_id):
                continue
            raise Conflict("debt.id_taken", "Под этим номером уже есть другой долг.")
        if new.work_type_id not in office.work_types:
            raise Invalid("mark.unknown_work_type", "Такого вида работы в школе нет.")
        if new.due_date < lesson.date:
            raise Invalid("debt.due_before_lesson", "Срок долга раньше урока.")
        _require_pupil(journal, lesson, new.pupil_id)
        facts.append(
            f.DebtRaised(new.debt_id, lesson_id, new.pupil_id, new.work_type_id, new.due_date)
        )
    return facts


def resolve_debt(journal: Journal, debt_id: str, mark_id: str | None) -> list[Fact]:
    """Close a debt, by a mark or without one."""
    debt = journal.debts.get(debt_id)
    if debt is None:
        raise NotFound("debt.unknown", "Такого долга нет.")
    if debt.resolved:
        return []
    if mark_id is not None:
        mark = _living_mark(journal, mark_id)
        if mark.pupil_id != debt.pupil_id:
            raise Invalid("debt.other_pupil", "Отметка стоит у другого ученика.")
    return [f.DebtResolved(debt_id, mark_id)]


def value_for(journal: Journal, office: Office, value: str) -> str:
    """A mark of the scale that this class may have. Raises Invalid."""
    value = mark_value(value)
    if value in NUMERIC_MARKS and journal.grade_level in office.regulation.ungraded_levels:
        raise Invalid(
            "mark.ungraded_class", f"В {journal.name} классе обучение безотметочное: отметок нет."
        )
    return value


def _require_pupil(journal: Journal, lesson: Lesson, pupil_id: str) -> None:
    if not journal.attends(pupil_id, lesson):
        raise Invalid(
            "mark.pupil_not_in_class",
            f"Ученика не было в списке {journal.name} класса (подгруппы) на дату урока.",
            pupil_id=pupil_id,
        )


def unknown_mark(journal: Journal, mark_id: str) -> Refusal:
    """Why there is no such mark to write about: settled, or never given."""
    if mark_id in journal.settled:
        return Forbidden(
            "term.closed", "Учебный период закрыт: отметка меняется только через завуча."
        )
    return NotFound("mark.unknown", "Такой отметки нет.")


def _mark(journal: Journal, mark_id: str) -> Mark:
    mark = journal.marks.get(mark_id)
    if mark is None:
        raise unknown_mark(journal, mark_id)
    return mark


def _living_mark(journal: Journal, mark_id: str) -> Mark:
    mark = _mark(journal, mark_id)
    if mark.annulled:
        raise Conflict("mark.annulled", "Отметка аннулирована.", value=None)
    return mark


def require_seen(mark: Mark, saw: str) -> None:
    """Raises Conflict with the present value when it is not what was seen."""
    if mark.value != saw:
        raise Conflict(
            "mark.changed_meanwhile",
            f"Отметку уже изменили: сейчас «{mark.value}», а не «{saw}».",
            value=mark.value,
        )


def _tier(
    journal: Journal, office: Office, mark: Mark, by: str, at: datetime, *, denied: bool
) -> Tier:
    lesson = journal.lessons[mark.lesson_id]
    require_open(journal, lesson.date)
    tier = own_tier(journal, office, mark, by, at, denied=denied)
    if tier is None:
        last = last_day(office, lesson)
        raise Forbidden(
            "mark.settled",
            f"Срок правки прошёл {last:%d.%m.%Y}. Попросите завуча исправить отметку.",
            last_day=last.isoformat(),
        )
    return tier
