"""A live figure of one clause, and what it is computed from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from psycopg import AsyncConnection

from domain.calendar import Calendar, Term, monday
from domain.regulation import Regulation
from projections.sql import row

Conn = AsyncConnection[Any]


class Context(msgspec.Struct, frozen=True):
    """Of which school year, and as seen when. `now` is aware; `regulation` is the one in force.

    kept: what one measure has read and another may use, as long as the context lives.
    """

    year: int
    office_id: str
    zone: str
    calendar: Calendar
    regulation: Regulation
    now: datetime
    kept: dict[str, Any] = {}

    @property
    def today(self) -> date:
        """The school's day."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def week(self) -> tuple[date, date]:
        """Monday and Sunday of the last week that is over: what «за неделю» means."""
        this = monday(self.today)
        return this - timedelta(days=7), this - timedelta(days=1)

    @property
    def term(self) -> Term:
        """The term of today; in a vacation the one before it, before the year the first one."""
        begun = [one for one in self.calendar.terms if one.starts <= self.today]
        return begun[-1] if begun else self.calendar.terms[0]

    @property
    def closing(self) -> bool:
        """It is the last term of the year: what is due at its end is worth counting."""
        return self.term == self.calendar.terms[-1]


class Place(msgspec.Struct, frozen=True):
    """Where something is missing: a class, its page, how much (0: the class itself)."""

    name: str
    href: str
    missing: int = 0


class Figure(msgspec.Struct, frozen=True):
    """«ДЗ не позднее дня урока»: `good` of `total`.

    text: what is counted, Russian, without the number. href: the page that shows what is missing,
    "" when there is none. why: a sentence (without its full stop) about a `total` of nothing: why
    there is nothing to count. places: where it is missing, when that is a page for each class.
    """

    clause: str
    text: str
    good: int
    total: int
    href: str = ""
    why: str = ""
    places: tuple[Place, ...] = ()

    @property
    def share(self) -> str | None:
        """Per cent with one digit, cut (99.96 is 99.9: what is missing is never rounded away)."""
        if self.total == 0:
            return None
        tenths = self.good * 1000 // self.total
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def missing(self) -> int:
        """How many are not as they should be."""
        return self.total - self.good


#: Computes a figure by pure reads; of nothing to count yet it says why.
Measure = Callable[[Conn, str, Context], Awaitable[Figure]]


async def context_of(conn: Conn, schema: str, year: int, now: datetime) -> Context | None:
    """The context of a school year as seen `now`, or None when it is not opened."""
    found = await row(
        conn,
        schema,
        "SELECT office_id::text, zone, calendar, regulation FROM {s}.directory_year"
        " WHERE year = %s",
        year,
    )
    if found is None:
        return None
    office_id, zone, calendar, regulation = found
    return Context(
        year,
        office_id,
        zone,
        msgspec.json.decode(calendar, type=Calendar),
        msgspec.json.decode(regulation, type=Regulation),
        now,
    )
