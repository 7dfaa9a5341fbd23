"""When a job is due: pure. A period has a key and a moment, the same on every machine.

Days and hours are of the school's zone. An hour that a change of clocks leaves out is the hour
after it; one that comes twice is the first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.calendar import local_date, monday

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
A_MINUTE_S = 60
ON_WEEKDAY = (
    "по понедельникам",
    "по вторникам",
    "по средам",
    "по четвергам",
    "по пятницам",
    "по субботам",
    "по воскресеньям",
)


@dataclass(frozen=True)
class Period:
    """What one run is about: the school's days [since, until); `due` is UTC."""

    key: str
    due: datetime
    since: date
    until: date


class When(ABC):
    """The periods of a job, in order, without a beginning or an end."""

    @property
    @abstractmethod
    def words(self) -> str:
        """For a person, in Russian."""

    @abstractmethod
    def last(self, now: datetime, zone: str) -> Period:
        """The last period that is due at this moment."""

    @abstractmethod
    def after(self, moment: datetime, zone: str) -> Period:
        """The first period that is due later than that."""

    def between(self, settled: datetime, now: datetime, zone: str) -> Iterator[Period]:
        """Periods due in (settled, now], in order."""
        one = self.after(settled, zone)
        while one.due <= now:
            yield one
            one = self.after(one.due, zone)


@dataclass(frozen=True)
class Every(When):
    """Again and again, counted from midnight UTC; `seconds` divide a day."""

    seconds: int

    @property
    def words(self) -> str:
        if self.seconds == 1:
            return "каждую секунду"
        if self.seconds < A_MINUTE_S:
            return f"каждые {self.seconds} с"
        return f"каждые {self.seconds // A_MINUTE_S} мин"

    def last(self, now: datetime, zone: str) -> Period:
        whole = int(now.timestamp()) // self.seconds * self.seconds
        return self._at(datetime.fromtimestamp(whole, UTC), zone)

    def after(self, moment: datetime, zone: str) -> Period:
        return self._at(self.last(moment, zone).due + timedelta(seconds=self.seconds), zone)

    @staticmethod
    def _at(due: datetime, zone: str) -> Period:
        day = local_date(due, zone)
        return Period(f"{due:%Y-%m-%dT%H:%M:%SZ}", due, day, day + A_DAY)


class _Dated(When):
    """One period for each unit of the calendar, that of its first day."""

    @abstractmethod
    def _start(self, day: date) -> date:
        """The first day of the unit that the day is in."""

    @abstractmethod
    def _on(self, start: date, zone: str) -> Period:
        """The period that is due in the unit."""

    def last(self, now: datetime, zone: str) -> Period:
        start = self._start(local_date(now, zone))
        found = self._on(start, zone)
        return found if found.due <= now else self._on(self._start(start - A_DAY), zone)

    def after(self, moment: datetime, zone: str) -> Period:
        start = self._start(local_date(moment, zone))
        found = self._on(start, zone)
        return found if moment < found.due else self._on(self._next(start), zone)

    @abstractmethod
    def _next(self, start: date) -> date:
        """The first day of the next unit."""


@dataclass(frozen=True)
class Daily(_Dated):
    """Every day at this hour, about that day: `2026-11-23`."""

    at: time

    @property
    def words(self) -> str:
        return f"каждый день в {self.at:%H:%M}"

    def _start(self, day: date) -> date:
        return day

    def _next(self, start: date) -> date:
        return start + A_DAY

    def _on(self, start: date, zone: str) -> Period:
        return Period(start.isoformat(), _utc(start, self.at, zone), start, start + A_DAY)


@dataclass(frozen=True)
class Weekly(_Dated):
    """A weekday (ISO: Monday is 1) at this hour, about the week before: `2026-W47`."""

    weekday: int
    at: time

    @property
    def words(self) -> str:
        return f"{ON_WEEKDAY[self.weekday - 1]} в {self.at:%H:%M}, за прошлую неделю"

    def _start(self, day: date) -> date:
        return monday(day)

    def _next(self, start: date) -> date:
        return start + A_WEEK

    def _on(self, start: date, zone: str) -> Period:
        due = _utc(start + timedelta(days=self.weekday - 1), self.at, zone)
        about = start - A_WEEK
        year, week, _ = about.isocalendar()
        return Period(f"{year}-W{week:02}", due, about, start)


@dataclass(frozen=True)
class Monthly(_Dated):
    """A day of the month (1 to 28) at this hour, about that month: `2026-11`."""

    day: int
    at: time

    @property
    def words(self) -> str:
        return f"{self.day}-го числа в {self.at:%H:%M}, за этот месяц"

    def _start(self, day: date) -> date:
        return day.replace(day=1)

    def _next(self, start: date) -> date:
        return (start + timedelta(days=31)).replace(day=1)

    def _on(self, start: date, zone: str) -> Period:
        due = _utc(start.replace(day=self.day), self.at, zone)
        return Period(f"{start:%Y-%m}", due, start, self._next(start))


def _utc(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
