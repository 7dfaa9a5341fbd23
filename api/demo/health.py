"""Who is ill, who stays away, who is late."""

from __future__ import annotations

from collections.abc import Iterable

from api.demo.chance import Chance
from api.demo.population import Child
from domain.values import AttendanceCode

_ILL_START, _ILL_DAYS, _FLU = 0.0107, 5.0, 2.2
_FLU_TERM, _FLU_DAYS = 3, range(10, 35)
_FAMILY_DAY, _LATE, _LATE_FIRST, _EXEMPT_AFTER = 0.004, 0.008, 0.03, 5


class Health:
    """The days of a class: illness is a spell, truancy is by the lesson."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._ill: set[str] = set()
        self._away: set[str] = set()
        self._weak: dict[str, int] = {}

    def morning(self, children: Iterable[Child], term: int, day_of_term: int) -> None:
        """Who is ill or away today. To be asked once a school day, in order."""
        flu = term == _FLU_TERM and day_of_term in _FLU_DAYS
        start = _ILL_START * (_FLU if flu else 1)
        for child in children:
            if child.id in self._ill:
                if self._chance.happens(1 / _ILL_DAYS):
                    self._ill.discard(child.id)
                    self._weak[child.id] = _EXEMPT_AFTER
            elif self._chance.happens(start):
                self._ill.add(child.id)
            elif child.id in self._weak:
                self._weak[child.id] -= 1
                if not self._weak[child.id]:
                    del self._weak[child.id]
        self._away = {child.id for child in children if self._chance.happens(_FAMILY_DAY)}

    def absence(self, child: Child) -> AttendanceCode | None:
        """Why the child is not in this lesson; None when it is."""
        if child.id in self._ill:
            known = self._chance.happens(0.7)
            return AttendanceCode.ILL if known else AttendanceCode.ABSENT_UNSPECIFIED
        if child.id in self._away:
            return AttendanceCode.EXCUSED
        if self._chance.happens(child.truancy):
            return self._chance.weighted(
                (
                    AttendanceCode.UNEXCUSED,
                    AttendanceCode.ABSENT_UNSPECIFIED,
                    AttendanceCode.EXCUSED,
                ),
                (4, 4, 2),
            )
        return None

    def exempt(self, child: Child) -> bool:
        """Present, but not to run yet after an illness."""
        return child.id in self._weak

    def late(self, number: int) -> int:
        """Minutes late to the lesson with this number, mostly none."""
        if not self._chance.happens(_LATE_FIRST if number == 1 else _LATE):
            return 0
        return min(25, 1 + int(self._chance.gamma(1.6, 4)))
