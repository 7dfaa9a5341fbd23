"""The week of a class: read, compared with the others; a day that is otherwise; planning anew."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.deps import Administration, ClassReader
from api.v1.calendars import OrderNo
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from api.v1.years import Year
from domain.journal import day_changes as d
from domain.office.clashes import clashes as clashes_of
from domain.refusals import NotFound
from projections import directory, office

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Расписание"])

Number = Annotated[int, Field(ge=0, le=15, examples=[2])]
RoomName = Annotated[str, Field(max_length=20, examples=["214"])]
Why = Annotated[str, Field(min_length=1, max_length=1_000, examples=["Сокращённый день"])]


class CancelIn(Body):
    """There is no such lesson."""

    kind: Literal["cancel"]
    lesson_id: Id

    def of(self) -> d.Change:
        """As the domain knows it."""
        return d.Cancel(self.lesson_id)


class MoveIn(Body):
    """The lesson is at another hour or on another day."""

    kind: Literal["move"]
    lesson_id: Id
    date: date
    number: Number

    def of(self) -> d.Change:
        """As the domain knows it."""
        return d.Move(self.lesson_id, self.date, self.number)


class AddIn(Body):
    """A lesson outside of the timetable; `lesson_id` is made by the caller."""

    kind: Literal["add"]
    lesson_id: Id
    number: Number
    subject_id: Id
    teacher_id: Id
    subgroup_id: Id | None = None
    room: RoomName = ""

    def of(self) -> d.Change:
        """As the domain knows it."""
        return d.Add(
            self.lesson_id,
            self.number,
            self.subject_id,
            self.teacher_id,
            self.subgroup_id,
            self.room,
        )


class RoomIn(Body):
    """The lesson is in another room."""

    kind: Literal["room"]
    lesson_id: Id
    room: RoomName

    def of(self) -> d.Change:
        """As the domain knows it."""
        return d.Room(self.lesson_id, self.room)


class TeacherIn(Body):
    """Somebody stands for a teacher of the class that day."""

    kind: Literal["teacher"]
    substitution_id: Id
    teacher_id: Id
    substitute_id: Id

    def of(self) -> d.Change:
        """As the domain knows it."""
        return d.Teacher(self.substitution_id, self.teacher_id, self.substitute_id)


ChangeIn = Annotated[CancelIn | MoveIn | AddIn | RoomIn | TeacherIn, Field(discriminator="kind")]


class DayIn(Body):
    """What is otherwise on a day; all of it or nothing. Lessons may change places."""

    date: date
    changes: Annotated[list[ChangeIn], Field(min_length=1, max_length=40)]
    reason: Why
    order_no: OrderNo = ""


class Anew(Body):
    """From this day on (never before tomorrow)."""

    since: date


@router.get(
    "/classes/{class_id}/timetable",
    responses=example(
        {
            "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
            "since": "2026-09-01",
            "entries": [
                {
                    "weekday": 3,
                    "number": 1,
                    "subject_id": "2f4f9f0e-7d1c-4f57-9a8e-1f0b6f8f7c20",
                    "teacher_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
                    "room": "214",
                }
            ],
        }
    ),
)
async def timetable(
    class_id: Id,
    request: Request,
    caller: ClassReader,
    day: Annotated[date | None, Query(alias="date")] = None,
) -> Response:
    """The week of a class that is in force on a day."""
    on = day or caller.door.rights.today()
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        known = await office.timetables(conn, schema, class_id=class_id)
    adopted = [one for one in known.get(class_id, ()) if one.since <= on]
    found: dict[str, Any] = {
        "class_id": class_id,
        "since": adopted[-1].since.isoformat() if adopted else None,
        "entries": msgspec.to_builtins(adopted[-1].entries) if adopted else [],
    }
    return read(request, found, as_of)


@router.get(
    "/years/{year}/timetable-clashes",
    responses=example(
        {
            "date": "2026-11-23",
            "clashes": [
                {
                    "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
                    "what": "room",
                    "which": "214",
                    "weekday": 3,
                    "number": 1,
                    "other_class": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
                    "other_number": 1,
                }
            ],
        }
    ),
)
async def clashes(
    year: Year,
    request: Request,
    caller: Administration,
    day: Annotated[date | None, Query(alias="date")] = None,
) -> Response:
    """Teachers and rooms that are needed in two classes at once, by the timetables of a day on."""
    on = day or caller.door.rights.today()
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        if await directory.calendar_of(conn, schema, year) is None:
            raise NotFound("year.unknown", f"Учебный год {year} не открыт.")
        state = await office.weeks_of(conn, schema, year)
    found = [
        {"class_id": class_id, **msgspec.structs.asdict(one)}
        for class_id in state.classes
        for one in clashes_of(state, class_id, on, state.timetable(class_id, on))
        if class_id <= one.other_class
    ]
    return read(request, {"date": on.isoformat(), "clashes": found}, as_of)


@router.post("/classes/{class_id}/lessons/rescheduling")
async def reschedule(class_id: Id, new: Anew, caller: Administration, once: Once) -> Written:
    """Plan lessons to come anew after a change of the calendar; what was written about stays."""
    answer = caller.door.school.reschedule_lessons(
        class_id, new.since, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/classes/{class_id}/day-changes")
async def change_day(class_id: Id, new: DayIn, caller: Administration, once: Once) -> Written:
    """What is otherwise on one day: lessons moved, cancelled, added, other rooms and teachers."""
    answer = caller.door.school.change_day(
        class_id,
        new.date,
        [one.of() for one in new.changes],
        new.reason,
        new.order_no,
        by=caller.actor,
        request=once,
    )
    return await written(answer)
