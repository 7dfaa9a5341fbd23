"""Calendar and bells of a school year: read, and the bells ordered: shifts, shortened days."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.deps import Administration, Informed
from api.v1.calendars import BellsIn, OrderNo, ScheduleIn, Shift, bells_of
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from api.v1.years import Year
from domain.office.bell_facts import DayBellsChanged
from domain.refusals import NotFound
from projections import directory, office

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Учебный год"])


class SchedulesIn(Body):
    """Every schedule of bells that is in force from a day on."""

    since: date
    schedules: Annotated[list[ScheduleIn], Field(min_length=1, max_length=20)]
    order_no: OrderNo = ""


class ShiftIn(Body):
    """The shift of a class from a day on."""

    class_id: Id
    shift: Shift
    since: date


class DayBellsIn(Body):
    """Other bells of one day; shift 0: of every shift."""

    day: date
    bells: BellsIn
    order_no: OrderNo
    shift: Annotated[int, Field(ge=0, le=3)] = 0


@router.get(
    "/years/{year}/calendar",
    responses=example(
        {
            "year": 2026,
            "calendar": {
                "year": 2026,
                "terms": [
                    {
                        "number": 1,
                        "name": "1 четверть",
                        "starts": "2026-09-01",
                        "ends": "2026-10-25",
                    }
                ],
                "vacations": [
                    {
                        "name": "Дополнительные каникулы",
                        "starts": "2027-02-15",
                        "ends": "2027-02-21",
                        "grade_levels": [1],
                    }
                ],
            },
        }
    ),
)
async def calendar(year: Year, request: Request, caller: Informed) -> Response:
    """The calendar: terms of each grade level, vacations, holidays, school weekdays."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await directory.calendar_of(conn, schema, year)
    if found is None:
        raise NotFound("year.unknown", f"Учебный год {year} не открыт.")
    return read(request, {"year": year, "calendar": msgspec.to_builtins(found[0])}, as_of)


@router.get(
    "/years/{year}/bells",
    responses=example(
        {
            "year": 2026,
            "date": "2026-11-23",
            "shift": 1,
            "bells": [{"number": 1, "starts": "08:30", "ends": "09:15"}],
            "book": {"usual": [], "adopted": [], "shifts": {}, "days": {}},
        }
    ),
)
async def bells(
    year: Year,
    request: Request,
    caller: Informed,
    shift: Annotated[int, Query(ge=1, le=9)] = 1,
    day: Annotated[date | None, Query(alias="date")] = None,
) -> Response:
    """The bells of a shift on a day, and all that was decided of them: which class is in which."""
    on = day or caller.door.rights.today()
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        book = await office.bells_of(conn, schema, year)
    if book is None:
        raise NotFound("year.unknown", f"Учебный год {year} не открыт.")
    found = {
        "year": year,
        "date": on.isoformat(),
        "shift": shift,
        "bells": msgspec.to_builtins(book.of_shift(shift, on)),
        "book": msgspec.to_builtins(book, str_keys=True),
    }
    return read(request, found, as_of)


@router.post("/years/{year}/bells")
async def adopt_bells(year: Year, new: SchedulesIn, caller: Administration, once: Once) -> Written:
    """Adopt the schedules of bells from a day on: of each shift, of some weekdays."""
    answer = caller.door.school.adopt_bells(
        year,
        new.since,
        [one.of() for one in new.schedules],
        new.order_no,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/years/{year}/shifts")
async def assign_shift(year: Year, new: ShiftIn, caller: Administration, once: Once) -> Written:
    """Say in which shift a class learns from a day on."""
    answer = caller.door.school.assign_shift(
        year, new.class_id, new.shift, new.since, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/years/{year}/day-bells")
async def change_day_bells(
    year: Year, new: DayBellsIn, caller: Administration, once: Once
) -> Written:
    """A shortened day: other bells of one day, by an order."""
    fact = DayBellsChanged(new.day, bells_of(new.bells), new.order_no, new.shift)
    answer = caller.door.school.change_day_bells(year, fact, by=caller.actor, request=once)
    return await written(answer)
