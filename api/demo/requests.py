"""Corrections that teachers ask for when their own time is over: approved, rejected, waiting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from api.demo.flaws import Flaws
from api.demo.grading import Given
from api.demo.recipe import Recipe
from api.demo.steps import Step, on
from domain.calendar import Term, monday
from domain.regulation import Regulation
from domain.values import ReasonCode

APPROVED, REJECTED, WAITING = "request_approved", "request_rejected", "request_waiting"
FATES = (APPROVED, REJECTED, WAITING)
_WHY = {
    APPROVED: (ReasonCode.APPEAL, "Пересмотрено по обращению родителей: задача решена верно."),
    REJECTED: (ReasonCode.REWORK, "Работа переписана, прошу поднять отметку."),
    WAITING: (ReasonCode.TYPO, "При вводе перепутаны соседние строки."),
}
_NO = "Переписанная работа — отдельная отметка, прежняя остаётся."
_AFTERNOON, _NOON = 17 * 60, 12 * 60


def asked_on(term: Term) -> date:
    """The day of the requests of a term: the Tuesday before its last week."""
    return monday(term.ends) - timedelta(days=6)


def requests(
    recipe: Recipe,
    flaws: Flaws,
    class_id: str,
    term: Term,
    marks: Sequence[Given],
) -> list[Step]:
    """Requests of a class in a term, each about another mark; what was asked is listed."""
    fates = flaws.asked.get((class_id, term.number), ())
    chance = recipe.chance("requests", class_id, term.number)
    day = asked_on(term)
    window = Regulation().edit_window_days
    settled = [
        one for one in marks if one.day + window < day.toordinal() and one.value in ("2", "3", "4")
    ]
    steps: list[Step] = []
    for fate, one in zip(fates, chance.some(settled, len(fates)), strict=True):
        number = chance.id()
        code, words = _WHY[fate]
        wanted = str(int(one.value) + 1)
        when = day if fate != WAITING else recipe.today - timedelta(days=2)
        what = (class_id, number, one.mark_id)
        why = {"saw": one.value, "value": wanted, "reason_code": code, "reason": words}
        steps.append(Step(on(when, _AFTERNOON), one.by, "request_correction", what, why))
        answered = on(day + timedelta(days=1), _NOON)
        if fate == APPROVED:
            steps.append(Step(answered, flaws.deputy, "approve_correction", what[:2]))
        elif fate == REJECTED:
            told = {"reason": _NO}
            steps.append(Step(answered, flaws.deputy, "reject_correction", what[:2], told))
        flaws.note(
            fate,
            class_id=class_id,
            request_id=number,
            mark_id=one.mark_id,
            pupil_id=one.pupil_id,
            by=one.by,
            old_value=one.value,
            value=wanted,
        )
        one.touched = True
        one.value = wanted if fate == APPROVED else one.value
    return steps
