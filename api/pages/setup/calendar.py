"""The year itself: opened with its terms and vacations, or changed by an order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from api.demo.year import bells, school_calendar
from api.pages.calendar_form import corrected, lines
from api.pages.forms import Sent
from api.pages.setup.form import Ask, Order, StepForm
from domain.calendar import Calendar, Term, Track, Vacation
from domain.office.facts import YearOpened
from domain.office.next_calendar import next_calendar
from domain.regulation import Regulation
from projections import directory, office, regulations

SENIOR = (10, 11)
SIX_DAYS = (1, 2, 3, 4, 5, 6)


async def _show(ask: Ask) -> dict[str, Any]:
    known = await directory.calendar_of(ask.conn, ask.schema, ask.year)
    drafted = known[0] if known else _with(await _draft(ask), ask.form)
    return {
        "opened": known is not None,
        "lines": lines(drafted),
        "halves": any(one.kind == "half_year" for one in drafted.tracks),
        "six": len(drafted.weekdays) == len(SIX_DAYS),
        "first": any(one.grade_levels == (1,) for one in drafted.vacations),
        "order_no": ask.form.one("order_no"),
    }


async def _send(order: Order) -> None:
    ask, form = order.ask, order.form
    known = await directory.calendar_of(ask.conn, ask.schema, ask.year)
    if known:
        new = corrected(known[0], form)
        order.add(order.school.change_calendar(new, form.one("order_no"), **order.how()))
        return
    new = corrected(_with(await _draft(ask), form), form)
    before = await office.school_year(ask.conn, ask.schema, ask.year - 1)
    rules = await regulations.history(ask.conn, ask.schema, ask.year - 1)
    door = ask.caller.door
    opened = YearOpened(
        door.school_id,
        door.zone,
        new,
        before.bells.usual if before else bells(),
        rules[-1].regulation if rules else Regulation(),
        before.subjects if before else (),
        before.work_types if before else (),
        tuple(one for one in before.staff if one.until is None) if before else (),
    )
    order.add(order.school.open_year(opened, **order.how()))


async def _draft(ask: Ask) -> Calendar:
    """The year before once more, else the usual Russian one."""
    before = await directory.calendar_of(ask.conn, ask.schema, ask.year - 1)
    return next_calendar(before[0]) if before else school_calendar(ask.year)


def _with(calendar: Calendar, form: Sent) -> Calendar:
    """With what is ticked: half-years of the eldest, Saturdays, a vacation of the first grade."""
    first, second, third, *_, last = calendar.terms
    if form.one("halves") and not calendar.tracks:
        halves = (
            Term(1, "I полугодие", first.starts, second.ends),
            Term(2, "II полугодие", third.starts, last.ends),
        )
        calendar = msgspec.structs.replace(calendar, tracks=(Track(SENIOR, "half_year", halves),))
    if form.one("first") and not calendar.vacations:
        starts = third.starts + timedelta(weeks=5)
        free = Vacation("Дополнительные каникулы", starts, starts + timedelta(days=6), (1,))
        calendar = msgspec.structs.replace(calendar, vacations=(free,))
    if form.one("six"):
        calendar = msgspec.structs.replace(calendar, weekdays=SIX_DAYS)
    return calendar


FORM = StepForm("Год, периоды, каникулы", "year/calendar.html", _show, _send)
