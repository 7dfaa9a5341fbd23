"""The draft of the next year's calendar: the same year once more. Pure; people correct it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from domain.calendar import Calendar, Term, Track, Vacation

FIFTY_TWO_WEEKS = timedelta(weeks=52)
SATURDAY = 6
#: public holidays, month and day; from a weekend the day of rest goes to the next Monday
PUBLIC = frozenset({(11, 4), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12)})


def next_calendar(calendar: Calendar) -> Calendar:
    """The calendar of the year after, as a draft.

    The first school day and the last one keep their dates (from a weekend they move inside);
    what lies between them keeps its weekdays: vacations still begin on a Monday. Days that were
    made working ones are not carried: they are ordered anew every year.
    """
    return msgspec.structs.replace(
        calendar,
        year=calendar.year + 1,
        terms=_terms(calendar.terms),
        holidays=tuple(sorted({_holiday(day) for day in calendar.holidays})),
        tracks=tuple(_track(one) for one in calendar.tracks),
        vacations=tuple(_vacation(one) for one in calendar.vacations),
        working_days=(),
    )


def _track(track: Track) -> Track:
    return msgspec.structs.replace(track, terms=_terms(track.terms))


def _terms(terms: Sequence[Term]) -> tuple[Term, ...]:
    last = len(terms) - 1
    return tuple(
        msgspec.structs.replace(
            one,
            starts=_inside(one.starts, 1) if number == 0 else one.starts + FIFTY_TWO_WEEKS,
            ends=_inside(one.ends, -1) if number == last else one.ends + FIFTY_TWO_WEEKS,
        )
        for number, one in enumerate(terms)
    )


def _vacation(one: Vacation) -> Vacation:
    return msgspec.structs.replace(
        one, starts=one.starts + FIFTY_TWO_WEEKS, ends=one.ends + FIFTY_TWO_WEEKS
    )


def _inside(day: date, step: int) -> date:
    """The same date a year later; from a weekend on to the next day of work in this direction."""
    day = _year_later(day)
    while day.isoweekday() >= SATURDAY:
        day += timedelta(days=step)
    return day


def _holiday(day: date) -> date:
    """The same holiday a year later, also when it had been moved from a weekend."""
    for back in range(3):
        origin = day - timedelta(days=back)
        moved = back == 0 or origin.isoweekday() >= SATURDAY
        if moved and (origin.month, origin.day) in PUBLIC:
            return _inside(origin, 1)
    return _year_later(day)


def _year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 2, 28)
