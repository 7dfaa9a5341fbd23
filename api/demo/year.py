"""The Russian school year: quarters, vacations, public holidays, bells."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import cache
from zoneinfo import ZoneInfo

from domain.calendar import Bell, Calendar, Term, monday

SEPTEMBER = 9
SATURDAY = 6
#: After the last day of a term: when the deputy director closes it.
CLOSING = timedelta(days=8)

_HOLIDAYS = ((11, 4), (2, 23), (3, 8), (5, 1), (5, 9))
_NAMES = ("I четверть", "II четверть", "III четверть", "IV четверть")
_BELLS = ("08:30", "09:25", "10:25", "11:25", "12:20", "13:15", "14:10", "15:05")
LESSON_MINUTES = 45


def school_year(day: date) -> int:
    """The year of its September."""
    return day.year if day.month >= SEPTEMBER else day.year - 1


@cache
def school_calendar(year: int) -> Calendar:
    """Four quarters of 8, 8–9, 11 and 8 weeks, a five-day week, public holidays."""
    first = _weekday_from(date(year, SEPTEMBER, 1))
    autumn = monday(first) + timedelta(weeks=7, days=4)
    second = autumn + timedelta(days=10)
    winter = date(year, 12, 30)
    while winter.isoweekday() >= SATURDAY:
        winter -= timedelta(days=1)
    third = monday(date(year + 1, 1, 15))
    spring = third + timedelta(weeks=10, days=4)
    fourth = spring + timedelta(days=10)
    summer = date(year + 1, 5, 26)
    while summer.isoweekday() >= SATURDAY:
        summer -= timedelta(days=1)
    spans = ((first, autumn), (second, winter), (third, spring), (fourth, summer))
    return Calendar(
        year=year,
        terms=tuple(
            Term(number, name, starts, ends)
            for number, (name, (starts, ends)) in enumerate(zip(_NAMES, spans, strict=True), 1)
        ),
        holidays=tuple(sorted(_public_holiday(year, month, day) for month, day in _HOLIDAYS)),
    )


def bells() -> tuple[Bell, ...]:
    """Eight lessons of 45 minutes from half past eight."""
    return tuple(
        Bell(number, start, _clock(minute_of(start) + LESSON_MINUTES))
        for number, start in enumerate(_BELLS, 1)
    )


def lesson_start(number: int) -> int:
    """Minutes after midnight."""
    return minute_of(_BELLS[number - 1])


def closing_day(term: Term) -> date:
    """The day on which the deputy director closes the term."""
    return term.ends + CLOSING


@cache
def _midnight(day: date, zone: str) -> int:
    local = datetime.combine(day, clock_time(), ZoneInfo(zone))
    return int(local.timestamp())


def moment(day: date, minute: int, zone: str) -> int:
    """Seconds since the epoch of a local minute; zones of Russia do not change their clocks."""
    return _midnight(day, zone) + minute * 60


def utc(seconds: int) -> datetime:
    """Aware UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def minute_of(clock: str) -> int:
    """«08:30» → 510."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _public_holiday(year: int, month: int, day: int) -> date:
    """A holiday of the school year; from a weekend it moves to the next working day."""
    return _weekday_from(date(year if month >= SEPTEMBER else year + 1, month, day))


def _weekday_from(day: date) -> date:
    while day.isoweekday() >= SATURDAY:
        day += timedelta(days=1)
    return day
