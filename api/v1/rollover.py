"""The rollover to the next school year: a plan to look at, then that very plan carried out."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api import rollover as shared
from api.answers import Written, read
from api.deps import Administration
from api.v1.calendars import CalendarIn, OrderNo
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, example
from api.v1.years import Year
from domain.office.rollover_plan import Wishes

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Учебный год"])

Letter = Annotated[str, Field(max_length=10, examples=["а"])]
Hash = Annotated[str, Field(min_length=64, max_length=64, pattern=r"^[0-9a-fA-F]{64}$")]


class RolloverIn(Body):
    """What people decide, and the hash of the plan that they have seen.

    letters: class → its letter in the next year, "" for a class that ends; who is not named goes on
    with its letter, but classes 9 and 11 end. undecided: pupils without a decision of the council
    are promoted as well. calendar: instead of the drafted one.
    """

    plan_hash: Hash
    letters: Annotated[dict[Id, Letter], Field(default_factory=dict, max_length=200)]
    undecided: bool = False
    order_no: OrderNo = ""
    order_date: date | None = None
    calendar: CalendarIn | None = None

    def wishes(self, year: int) -> Wishes:
        """As the domain knows it; the calendar is of the year after `year`."""
        return Wishes(
            self.calendar.of(year + 1) if self.calendar else None,
            dict(self.letters),
            self.undecided,
            self.order_no.strip(),
            self.order_date,
        )


class RolledOver(Written):
    """How many facts were written, and the sentences of what was refused after all."""

    facts: Annotated[int, Field(examples=[412])]
    refused: list[str]


PLAN = {
    "year": 2027,
    "opened": False,
    "hash": "0f" * 32,
    "calendar": {"year": 2027, "terms": []},
    "counts": {"классы": 9},
    "classes": [
        {
            "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
            "name": "7а",
            "into": "8а",
            "new_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
            "going": 24,
            "conditional": 1,
            "retained": 1,
            "leaving": 0,
            "waiting": 0,
            "there": 0,
        }
    ],
    "issues": [
        {
            "code": "pupil.undecided",
            "text": "7а: нет решения педсовета о переводе",
            "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
            "person_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
            "name": "Петров Пётр",
        }
    ],
}


@router.get("/years/{year}/rollover", responses=example(PLAN))
async def rollover_plan(
    year: Year,
    request: Request,
    caller: Administration,
    *,
    undecided: bool = False,
    carried: Annotated[list[Id] | None, Query(max_length=50)] = None,
    order_no: Annotated[str, Query(max_length=100)] = "",
    order_date: Annotated[date | None, Query()] = None,
) -> Response:
    """The plan from this year to the next; nothing is written. `carried`: classes 9 that go on."""
    door = caller.door
    as_of = await door.progress.as_of()
    async with caller.reading() as (conn, _):
        letters = await shared.letters_of(conn, door, year, carried or [])
        wishes = Wishes(None, letters, undecided, order_no, order_date)
        plan = await shared.planned(conn, door, year, wishes)
        found = await shared.as_json(conn, door, plan)
    return read(request, found, as_of)


@router.post("/years/{year}/rollover")
async def roll_over(year: Year, new: RolloverIn, caller: Administration, once: Once) -> RolledOver:
    """Carry out the plan that was shown (by its hash): the director's or the administrator's."""
    shared.may_roll_over(caller)
    door, wishes = caller.door, new.wishes(year)
    async with caller.reading() as (conn, _):
        plan = await shared.planned(conn, door, year, wishes)
        shared.require(plan, wishes, new.plan_hash)
        lessons = await shared.lessons_of(conn, door, plan)
    done = await shared.carry_out(door, plan, lessons, by=caller.actor, request=once)
    position = done.position or (await door.progress.as_of()).position
    return RolledOver(position=position, facts=done.facts, refused=list(done.refused))
