"""The school year: terms, vacations, bells, timetable → the lessons that are expected.

Everything here is plain values that travel inside facts (ISO dates) and pure functions on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec


class Term(msgspec.Struct, frozen=True):
    """A quarter (or trimester, half-year): both days are school days of it."""

    number: int
    name: str
    starts: date
    ends: date


class Bell(msgspec.Struct, frozen=True):
    """One lesson of the day, local times as HH:MM."""

    number: int
    starts: str
    ends: str


class Calendar(msgspec.Struct, frozen=True, omit_defaults=True):
    """A school year. `year` is that of its September; days off are whole days."""

    year: int
    terms: tuple[Term, ...]
    holidays: tuple[date, ...] = ()
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)  # ISO: Monday is 1

    def term_of(self, day: date) -> Term | None:
        """The term that contains the day, or None in a vacation."""
        return next((t for t in self.terms if t.starts <= day <= t.ends), None)

    def term(self, number: int) -> Term | None:
        """The term with this number."""
        return next((t for t in self.terms if t.number == number), None)

    def is_school_day(self, day: date) -> bool:
        """A weekday of the school inside a term and not a holiday."""
        return (
            day.isoweekday() in self.weekdays
            and day not in self.holidays
            and self.term_of(day) is not None
        )

    def school_days(self, term: Term) -> Iterator[date]:
        """School days of a term, in order."""
        day = term.starts
        while day <= term.ends:
            if self.is_school_day(day):
                yield day
            day += timedelta(days=1)

    def day_kind(self, day: date) -> str:
        """`school`, `holiday`, `vacation` or `weekend`: what the diary says about a day."""
        if day in self.holidays:
            return "holiday"
        if self.term_of(day) is None:
            return "vacation"
        return "school" if day.isoweekday() in self.weekdays else "weekend"


class TimetableEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a class's week: weekday 1–7, lesson number, what, by whom, where."""

    weekday: int
    number: int
    subject_id: str
    teacher_id: str
    subgroup_id: str | None = None
    room: str = ""


class ExpectedLesson(msgspec.Struct, frozen=True):
    """A lesson that the timetable and the calendar ask for."""

    date: date
    entry: TimetableEntry


def expected_lessons(
    calendar: Calendar, entries: Sequence[TimetableEntry], term: Term
) -> list[ExpectedLesson]:
    """Every lesson of a term, by date and lesson number."""
    return [
        ExpectedLesson(day, entry)
        for day in calendar.school_days(term)
        for entry in sorted(entries, key=lambda e: (e.number, e.subgroup_id or ""))
        if entry.weekday == day.isoweekday()
    ]


def local_date(at: datetime, zone: str) -> date:
    """The school's day at a UTC moment."""
    return at.astimezone(ZoneInfo(zone)).date()


def is_zone(zone: str) -> bool:
    """The name of an IANA time zone that this machine knows."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # unknown, not a name, a directory of names
        return False
    return True


def monday(day: date) -> date:
    """The Monday of the ISO week."""
    return day - timedelta(days=day.isoweekday() - 1)
