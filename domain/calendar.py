"""The school year: terms, vacations, timetable → the lessons that are expected.

Everything here is plain values that travel inside facts (ISO dates) and pure functions on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal
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


TermKind = Literal["quarter", "half_year", "trimester"]


class Track(msgspec.Struct, frozen=True, omit_defaults=True):
    """Grade levels with terms of their own: half-years of the eldest beside quarters of others.

    `weekdays` empty: those of the school.
    """

    grade_levels: tuple[int, ...]
    kind: TermKind
    terms: tuple[Term, ...] = ()
    weekdays: tuple[int, ...] = ()


class Vacation(msgspec.Struct, frozen=True, omit_defaults=True):
    """Both days are of the vacation. Of some grade levels (additional one of the first grade), or
    of all.
    """

    name: str
    starts: date
    ends: date
    grade_levels: tuple[int, ...] = ()


class WorkingDay(msgspec.Struct, frozen=True):
    """A day of rest on which lessons are held as on another weekday."""

    day: date
    as_weekday: int


class Calendar(msgspec.Struct, frozen=True, omit_defaults=True):
    """A school year. `year` is that of its September; days off are whole days.

    Of a class ask `of(grade_level)` first: terms, weekdays and vacations may be its own.
    """

    year: int
    terms: tuple[Term, ...]
    holidays: tuple[date, ...] = ()
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)  # ISO: Monday is 1
    kind: TermKind = "quarter"
    tracks: tuple[Track, ...] = ()
    vacations: tuple[Vacation, ...] = ()
    working_days: tuple[WorkingDay, ...] = ()

    def of(self, grade_level: int) -> Calendar:
        """The calendar of a class of this grade level: its own terms, weekdays and vacations."""
        return _of_level(self, grade_level) if self.tracks or self.vacations else self

    @property
    def starts(self) -> date:
        """The first school day of anybody."""
        return min(term.starts for term in self._every_term())

    @property
    def ends(self) -> date:
        """The last school day of anybody."""
        return max(term.ends for term in self._every_term())

    def _every_term(self) -> Iterator[Term]:
        yield from self.terms
        for track in self.tracks:
            yield from track.terms

    def term_of(self, day: date) -> Term | None:
        """The term that contains the day, or None between terms."""
        return next((t for t in self.terms if t.starts <= day <= t.ends), None)

    def term(self, number: int) -> Term | None:
        """The term with this number."""
        return next((t for t in self.terms if t.number == number), None)

    def vacation_of(self, day: date) -> Vacation | None:
        """The vacation that contains the day, or None."""
        return next((one for one in self.vacations if one.starts <= day <= one.ends), None)

    def weekday_of(self, day: date) -> int:
        """The weekday whose timetable is in force."""
        moved = next((one.as_weekday for one in self.working_days if one.day == day), None)
        return moved or day.isoweekday()

    def is_school_day(self, day: date) -> bool:
        """A weekday of the school inside a term, no holiday and no vacation."""
        return self.day_kind(day) == "school"

    def school_days(self, term: Term) -> Iterator[date]:
        """School days of a term, in order."""
        day = term.starts
        while day <= term.ends:
            if self.is_school_day(day):
                yield day
            day += timedelta(days=1)

    def day_kind(self, day: date) -> str:
        """`school`, `holiday`, `vacation` or `weekend`: what the diary says about a day."""
        working = any(one.day == day for one in self.working_days)
        if day in self.holidays and not working:
            return "holiday"
        if self.term_of(day) is None or self.vacation_of(day) is not None:
            return "vacation"
        return "school" if working or day.isoweekday() in self.weekdays else "weekend"


@lru_cache(maxsize=512)
def _of_level(calendar: Calendar, grade_level: int) -> Calendar:
    track = next((one for one in calendar.tracks if grade_level in one.grade_levels), None)
    own: dict[str, Any] = {
        "tracks": (),
        "vacations": tuple(
            one
            for one in calendar.vacations
            if not one.grade_levels or grade_level in one.grade_levels
        ),
    }
    if track is not None:
        own["kind"] = track.kind
        own["terms"] = track.terms or calendar.terms
        own["weekdays"] = track.weekdays or calendar.weekdays
    return msgspec.structs.replace(calendar, **own)


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
    calendar: Calendar,
    entries: Sequence[TimetableEntry] | Callable[[date], Sequence[TimetableEntry]],
    term: Term,
) -> list[ExpectedLesson]:
    """Every lesson of a term, by date and lesson number. calendar: of the class's grade level;
    entries: the week of the class, or the one in force on a day.
    """
    return [
        ExpectedLesson(day, entry)
        for day in calendar.school_days(term)
        for entry in sorted(
            entries(day) if callable(entries) else entries,
            key=lambda e: (e.number, e.subgroup_id or ""),
        )
        if entry.weekday == calendar.weekday_of(day)
    ]


def local_date(at: datetime, zone: str) -> date:
    """The school's day at a UTC moment."""
    return at.astimezone(ZoneInfo(zone)).date()


def day_of(day: date, zone: str) -> tuple[datetime, datetime]:
    """When a day of the school begins and when the next one does, UTC."""
    first, next_one = (
        datetime.combine(one, time(), ZoneInfo(zone)).astimezone(UTC)
        for one in (day, day + timedelta(days=1))
    )
    return first, next_one


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
