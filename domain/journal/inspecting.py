"""When each journal is to be inspected (clauses 4.2.б-1, 5.2): at least once in so many months."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from domain.calendar import Calendar

_SEPTEMBER, _MONTHS = 9, 12


class Duty(StrEnum):
    """How a journal stands in a span of months."""

    INSPECTED = "INSPECTED"
    DUE = "DUE"  # the span is not over yet
    MISSING = "MISSING"  # it is over, and nobody has looked
    AHEAD = "AHEAD"
    NOT_REQUIRED = "NOT_REQUIRED"  # vacation: nothing was recorded


class Span(msgspec.Struct, frozen=True):
    """Months in which a journal is inspected once; both days included."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        """The day is in one of the months."""
        return self.first <= day <= self.last


def spans(year: int, months: int) -> list[Span]:
    """The months of a school year from September on, in spans of so many months."""
    step = max(1, months)
    return [
        Span(_first(year, number), _first(year, min(number + step, _MONTHS)) - timedelta(days=1))
        for number in range(0, _MONTHS, step)
    ]


def duty(
    calendar: Calendar, span: Span, inspected: Iterable[date], since: date | None, today: date
) -> Duty:
    """inspected: days on which the journal was looked at; since: its first lesson, None: it has no
    lesson at all.
    """
    if any(span.covers(day) for day in inspected):
        return Duty.INSPECTED
    if since is None or not _taught(calendar, max(span.first, since), span.last):
        return Duty.NOT_REQUIRED
    if today < span.first:
        return Duty.AHEAD
    return Duty.DUE if today <= span.last else Duty.MISSING


def _taught(calendar: Calendar, first: date, last: date) -> bool:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return any(map(calendar.is_school_day, days))


def _first(year: int, number: int) -> date:
    """The first day of the month so many months after September."""
    later, month = divmod(_SEPTEMBER - 1 + number, _MONTHS)
    return date(year + later, month + 1, 1)
