"""Bells of a year, as they were decided."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from domain.bells import Bells
from domain.office import bell_facts as b
from domain.office import facts as o
from projections.office.desk import HANDLERS, Desk
from projections.projection import Placed

on = HANDLERS.on


@on(o.YearOpened)
def _opened(to: Desk, fact: o.YearOpened, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.office_year (office_id, year, bells) VALUES (%s, %s, %s)",
        at.stream,
        fact.calendar.year,
        msgspec.json.encode(Bells(fact.bells)),
    )


@on(b.BellsAdopted)
def _adopted(to: Desk, fact: b.BellsAdopted, at: Placed) -> None:
    _change(to, at, lambda bells: bells.adopt(fact.since, fact.schedules))


@on(b.ShiftAssigned)
def _shift(to: Desk, fact: b.ShiftAssigned, at: Placed) -> None:
    _change(to, at, lambda bells: bells.assign(fact.class_id, fact.shift, fact.since))


@on(b.DayBellsChanged)
def _day(to: Desk, fact: b.DayBellsChanged, at: Placed) -> None:
    _change(to, at, lambda bells: bells.change_day(fact.day, fact.shift, fact.bells))


def _change(to: Desk, at: Placed, change: Callable[[Bells], None]) -> None:
    [(stored,)] = to.fetch("SELECT bells FROM {s}.office_year WHERE office_id = %s", at.stream)
    bells = msgspec.json.decode(stored, type=Bells)
    change(bells)
    to.run(
        "UPDATE {s}.office_year SET bells = %s WHERE office_id = %s",
        msgspec.json.encode(bells),
        at.stream,
    )
