"""Facts about bells and shifts: a school rings by more than one schedule."""

from __future__ import annotations

from datetime import date

from domain.bells import Schedule
from domain.calendar import Bell
from domain.fact import Fact


class BellsAdopted(Fact, frozen=True, omit_defaults=True):
    """Every schedule of bells that is in force from a day on: of each shift, of some weekdays."""

    TOPIC = "office.bells-adopted"
    since: date
    schedules: tuple[Schedule, ...]
    order_no: str = ""


class ShiftAssigned(Fact, frozen=True, omit_defaults=True):
    """In which shift a class learns from a day on."""

    TOPIC = "office.shift-assigned"
    class_id: str
    shift: int
    since: date


class DayBellsChanged(Fact, frozen=True, omit_defaults=True):
    """A shortened day: other bells of one day; `shift` 0: of every shift."""

    TOPIC = "office.day-bells-changed"
    day: date
    bells: tuple[Bell, ...]
    order_no: str
    shift: int = 0


FACTS: tuple[type[Fact], ...] = (BellsAdopted, ShiftAssigned, DayBellsChanged)
