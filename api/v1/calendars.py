"""What a request says of a calendar and of bells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field

from api.v1.wire import Body
from domain.bells import Schedule
from domain.calendar import (
    Bell,
    Calendar,
    Term,
    TermKind,
    Track,
    Vacation,
    WorkingDay,
)

Name = Annotated[str, Field(min_length=1, max_length=200, examples=["Алгебра"])]
Time = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["08:30"])]
OrderNo = Annotated[str, Field(max_length=100, examples=["1-о"])]
Shift = Annotated[int, Field(ge=1, le=3, examples=[1])]


class TermIn(Body):
    """A term; both days are school days of it."""

    number: Annotated[int, Field(ge=1, le=12)]
    name: Name
    starts: date
    ends: date


class BellIn(Body):
    """One lesson of the day, local times."""

    number: Annotated[int, Field(ge=0, le=15)]
    starts: Time
    ends: Time


Level = Annotated[int, Field(ge=1, le=11)]
Weekday = Annotated[int, Field(ge=1, le=7)]


class TrackIn(Body):
    """Grade levels with terms or school weekdays of their own; empty: those of the school."""

    grade_levels: Annotated[list[Level], Field(min_length=1, max_length=11)]
    kind: TermKind
    terms: Annotated[tuple[TermIn, ...], Field(max_length=12)] = ()
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7)] = ()


class VacationIn(Body):
    """Both days are of the vacation; of some grade levels, or of all."""

    name: Name
    starts: date
    ends: date
    grade_levels: Annotated[tuple[Level, ...], Field(max_length=11)] = ()


class WorkingDayIn(Body):
    """A day of rest with lessons as on another weekday."""

    day: date
    as_weekday: Weekday


class CalendarIn(Body):
    """Terms, vacations, holidays, school weekdays (Monday is 1). A vacation inside of a term is
    named here; between terms it is named for the diary.
    """

    terms: Annotated[list[TermIn], Field(min_length=1, max_length=12)]
    holidays: Annotated[tuple[date, ...], Field(max_length=100)] = ()
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = (1, 2, 3, 4, 5)
    kind: TermKind = "quarter"
    tracks: Annotated[tuple[TrackIn, ...], Field(max_length=11)] = ()
    vacations: Annotated[tuple[VacationIn, ...], Field(max_length=30)] = ()
    working_days: Annotated[tuple[WorkingDayIn, ...], Field(max_length=30)] = ()

    def of(self, year: int) -> Calendar:
        """The calendar as the domain knows it."""
        return Calendar(
            year,
            _terms(self.terms),
            self.holidays,
            self.weekdays,
            self.kind,
            tuple(
                Track(tuple(one.grade_levels), one.kind, _terms(one.terms), tuple(one.weekdays))
                for one in self.tracks
            ),
            tuple(
                Vacation(one.name, one.starts, one.ends, tuple(one.grade_levels))
                for one in self.vacations
            ),
            tuple(WorkingDay(one.day, one.as_weekday) for one in self.working_days),
        )


def _terms(told: Iterable[TermIn]) -> tuple[Term, ...]:
    return tuple(Term(one.number, one.name, one.starts, one.ends) for one in told)


BellsIn = Annotated[list[BellIn], Field(min_length=1, max_length=16)]


def bells_of(told: Iterable[BellIn]) -> tuple[Bell, ...]:
    """Bells as the domain knows them."""
    return tuple(Bell(one.number, one.starts, one.ends) for one in told)


class ScheduleIn(Body):
    """A named schedule of bells of a shift; weekdays empty: the usual one."""

    name: Name
    bells: BellsIn
    shift: Shift = 1
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7)] = ()

    def of(self) -> Schedule:
        """The schedule as the domain knows it."""
        return Schedule(self.name, bells_of(self.bells), self.shift, self.weekdays)
