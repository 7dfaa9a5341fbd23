"""Bells: when each lesson of a day begins and ends, by shift, weekday and day.

Plain values of the office's facts, and one pure answer: the bells of a class on a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from domain.calendar import Bell


class Schedule(msgspec.Struct, frozen=True, omit_defaults=True):
    """A named schedule of bells of a shift. `weekdays` empty: the usual one."""

    name: str
    bells: tuple[Bell, ...]
    shift: int = 1
    weekdays: tuple[int, ...] = ()


class Since(msgspec.Struct, array_like=True):
    """Schedules in force from a day on."""

    since: date
    schedules: tuple[Schedule, ...]


class ShiftSince(msgspec.Struct, array_like=True):
    since: date
    shift: int


class OfDay(msgspec.Struct, array_like=True):
    """Other bells of one day. `shift` 0: of every shift."""

    shift: int
    bells: tuple[Bell, ...]


class Bells(msgspec.Struct):
    """Everything that the school has decided about its bells."""

    usual: tuple[Bell, ...] = ()  # those of the year's opening
    adopted: list[Since] = []
    shifts: dict[str, list[ShiftSince]] = {}  # class → its shifts in turn
    days: dict[date, list[OfDay]] = {}

    def shift_of(self, class_id: str, day: date) -> int:
        """The shift of a class; the first where nothing is said."""
        shift = 1
        for one in self.shifts.get(class_id, ()):
            if one.since <= day:
                shift = one.shift
        return shift

    def on(self, class_id: str, day: date) -> tuple[Bell, ...]:
        """The bells of a class on a day."""
        return self.of_shift(self.shift_of(class_id, day), day)

    def of_shift(self, shift: int, day: date) -> tuple[Bell, ...]:
        """The bells of a shift: the day's own, the weekday's, the usual ones."""
        for own in reversed(self.days.get(day, ())):
            if own.shift in (0, shift):
                return own.bells
        schedules: Sequence[Schedule] = ()
        for one in self.adopted:
            if one.since <= day:
                schedules = one.schedules
        fitting = [
            one
            for one in schedules
            if one.shift == shift and (not one.weekdays or day.isoweekday() in one.weekdays)
        ]
        fitting.sort(key=lambda one: not one.weekdays)
        return fitting[0].bells if fitting else self.usual

    def adopt(self, since: date, schedules: Sequence[Schedule]) -> None:
        """Schedules from a day on; of the same day the last ones count."""
        self.adopted.append(Since(since, tuple(schedules)))
        self.adopted.sort(key=lambda one: one.since)

    def assign(self, class_id: str, shift: int, since: date) -> None:
        """The shift of a class from a day on."""
        known = self.shifts.setdefault(class_id, [])
        known.append(ShiftSince(since, shift))
        known.sort(key=lambda one: one.since)

    def change_day(self, day: date, shift: int, bells: Sequence[Bell]) -> None:
        """Other bells of one day; the last decision counts."""
        self.days.setdefault(day, []).append(OfDay(shift, tuple(bells)))


def at(bells: Sequence[Bell], number: int) -> Bell | None:
    """The bell of a lesson, or None."""
    return next((bell for bell in bells if bell.number == number), None)
