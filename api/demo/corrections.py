"""What teachers do to marks afterwards: corrections, annulments, and one bad night."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from api.demo.chance import Chance
from api.demo.flaws import Burst
from api.demo.grading import Given
from api.demo.steps import TICK, Step, on
from domain.regulation import Regulation
from domain.values import ReasonCode

_T0, _T1, _ANNULLED = 0.004, 0.0045, 0.0012
_AFTERNOON, _NIGHT = 17 * 60, 2 * 60
_DAYS = 6
_REASONS = {
    ReasonCode.TYPO: ("", "Ошибка при вводе."),
    ReasonCode.REWORK: ("Работа переписана.", "Ошибки исправлены, тема пересдана."),
    ReasonCode.APPEAL: ("Пересмотрено по обращению родителей.",),
    ReasonCode.RECOUNT: ("Пересчитаны баллы за работу.",),
}
_IN_WINDOW = (ReasonCode.REWORK, ReasonCode.APPEAL, ReasonCode.TYPO, ReasonCode.RECOUNT)
_IMPROVABLE = ("2", "3", "4")
_WORSE = ("4", "5")


class Corrections:
    """Corrections in one class."""

    def __init__(self, chance: Chance, class_id: str, steps: list[Step]) -> None:
        self._chance = chance
        self._class_id = class_id
        self._steps = steps

    def second_thoughts(self, column: Iterable[Given], limit: int) -> None:
        """Corrections at once (T0) and within days (T1), annulments: not after `limit`."""
        for one in column:
            if one.touched:
                continue
            later = on(self._after(one), _AFTERNOON)
            if self._chance.happens(_T0):
                self.correct(one, one.at + TICK, ReasonCode.TYPO)
            elif later > limit:
                continue
            elif self._chance.happens(_T1):
                self.correct(one, later, self._chance.pick(_IN_WINDOW))
            elif self._chance.happens(_ANNULLED):
                self._annul(one, later)

    def correct(
        self, one: Given, at: int, reason: ReasonCode, value: str = "", session: str = ""
    ) -> None:
        """Correct a mark, upwards mostly. `session` when it is not the teacher's own."""
        if not value:
            up = one.value != "5" and (reason is not ReasonCode.TYPO or self._chance.happens(0.6))
            value = str(int(one.value) + (1 if up else -1))
            value = "3" if value == "1" else value
        why = {
            "saw": one.value,
            "value": value,
            "reason_code": reason,
            "reason": self._chance.pick(_REASONS[reason]),
        }
        what = (self._class_id, one.mark_id)
        self._steps.append(Step(at, one.by, "correct_mark", what, why, session=session))
        one.value, one.touched = value, True

    def burst(self, marks: Sequence[Given], burst: Burst) -> list[Given]:
        """Many marks of one teacher are raised in a night; answers which."""
        window = Regulation().edit_window_days
        chosen = self._chance.some(
            [
                one
                for one in marks
                if one.by == burst.teacher_id
                and not one.touched
                and one.at < on(burst.night, 0)
                and burst.night.toordinal() <= one.day + window
                and one.value in _IMPROVABLE
            ],
            burst.limit,
        )
        for number, one in enumerate(chosen):
            value = "5" if one.value == "4" else "4"
            at = on(burst.night, _NIGHT + number)
            self.correct(one, at, ReasonCode.TYPO, value, burst.session)
        return chosen

    def double(self, marks: Sequence[Given], double: Burst) -> list[Given]:
        """Three corrections at one moment, the middle one from a strange session."""
        chosen = self._chance.some(
            [
                one
                for one in marks
                if one.by == double.teacher_id
                and not one.touched
                and one.at < on(double.night, 0)
                and double.night.toordinal() <= one.day + Regulation().edit_window_days
                and one.value in _WORSE
            ],
            double.limit,
        )
        for number, one in enumerate(chosen):
            session = double.session if number % 2 else ""
            value = str(int(one.value) - 1)
            self.correct(one, on(double.night, _AFTERNOON), ReasonCode.RECOUNT, value, session)
        return chosen

    def improvable(self, marks: Iterable[Given], day: date) -> list[Given]:
        """Marks without a history that may still be corrected on this day."""
        window = Regulation().edit_window_days
        return [
            one
            for one in marks
            if one.own
            and not one.touched
            and one.value in _IMPROVABLE
            and day.toordinal() <= one.day + window
        ]

    def _annul(self, one: Given, at: int) -> None:
        why = {
            "saw": one.value,
            "reason_code": ReasonCode.WRONG_PUPIL,
            "reason": "Отметка предназначалась другому ученику.",
        }
        self._steps.append(Step(at, one.by, "annul_mark", (self._class_id, one.mark_id), why))
        one.annulled = one.touched = True

    def _after(self, one: Given) -> date:
        """A day within the next few after the mark was given."""
        given = (one.at - on(date.fromordinal(one.day), 0)) // 86_400
        return date.fromordinal(one.day + given + self._chance.between(1, _DAYS))
