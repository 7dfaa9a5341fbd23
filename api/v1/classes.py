"""Classes: the list, the card, the register now and at any past moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from api.answers import Told, read, tell, told, written
from api.deps import Administration, ClassReader, Staff
from api.grants import visible_classes
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Id, Once, Written, example
from domain.calendar import Term
from domain.refusals import NotFound
from projections import directory, office, register, terms
from projections.postgres.pool import Connection
from projections.terms import Owed

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Классы"])

Number = Annotated[int, Field(ge=1, le=12, examples=[2])]

CLASS = {
    "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
    "name": "7а",
    "grade_level": 7,
    "letter": "а",
    "year": 2026,
    "class_teacher": "Кириллова Кира Кирилловна",
    "pupils": 25,
}


@router.get("/classes", responses=example({"classes": [CLASS]}))
async def classes(
    request: Request, caller: Staff, year: Annotated[int | None, Query(ge=2000, le=2100)] = None
) -> Response:
    """Classes of a school year: all of them, or those where one teaches."""
    door, today = caller.door, caller.door.rights.today()
    as_of = await door.progress.as_of()
    async with caller.reading() as (conn, schema):
        of_year = year or await directory.school_year_of(conn, schema, today) or today.year
    found = await visible_classes(caller, of_year)
    return read(request, {"year": of_year, "classes": found}, as_of)


@router.get(
    "/classes/{class_id}",
    responses=example(CLASS | {"roster": [], "subgroups": [], "assignments": []}),
)
async def card(
    class_id: Id,
    request: Request,
    caller: ClassReader,
    day: Annotated[date | None, Query(alias="date")] = None,
) -> Response:
    """A class on a day: roster, subgroups, assignments, substitutions."""
    door = caller.door
    as_of = await door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await directory.class_card(conn, schema, class_id, day or door.rights.today())
    if found is None:
        raise NotFound("class.unknown", "Такого класса нет.")
    return read(request, found, as_of)


@router.get(
    "/classes/{class_id}/register",
    responses=example({"lessons": [], "pupils": [], "term": {"number": 2}}),
)
async def page(
    class_id: Id,
    request: Request,
    caller: ClassReader,
    subject_id: Annotated[Id, Query()],
    subgroup_id: Annotated[Id | None, Query()] = None,
    term: Annotated[Number | None, Query()] = None,
    as_of: Annotated[AwareDatetime | None, Query()] = None,
) -> Response:
    """A page of the journal: now, with what each pupil owes, or as it was at a moment (with its
    offset).
    """
    door, today = caller.door, caller.door.rights.today()
    here = await door.kept.here()
    key = "register", caller.person_id, today, subject_id, subgroup_id, term
    kept: Told | None = door.kept.get(class_id, key) if as_of is None else None
    if kept is not None:
        return tell(request, kept, here)
    async with caller.reading() as (conn, schema):
        number = term or await term_on(conn, schema, class_id, today)
        position = None if as_of is None else await register.position_at(conn, schema, as_of)
        found = await register.page(
            conn, schema, class_id, subject_id, subgroup_id, number, position
        )
        if found is not None and position is None:
            await with_plan(conn, schema, found["lessons"])
            owed = await terms.owed(conn, schema, class_id, subject_id)
            for pupil in found["pupils"]:
                pupil["debts"] = [_debt(one) for one in owed.get(pupil["pupil_id"], ())]
    if found is None:
        raise NotFound("register.unknown", "Такой страницы в журнале нет.")
    was = found.pop("as_of")
    if position is not None:
        then = here._replace(position=was["position"], at=datetime.fromisoformat(was["moment"]))
        return read(request, found, then)
    kept = told(found)
    door.kept.put(class_id, key, kept, len(kept.body), here)
    return tell(request, kept, here)


@router.get(
    "/classes/{class_id}/homework",
    responses=example(
        {
            "due": "2026-11-24",
            "homework": [
                {
                    "homework_id": "3c0e5d7a-2b7e-4f4d-8a55-9f1d0b6c7e21",
                    "lesson_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
                    "subgroup_id": None,
                    "subject": {
                        "subject_id": "2f4f9f0e-7d1c-4f57-9a8e-1f0b6f8f7c20",
                        "name": "Алгебра",
                    },
                    "text": "§ 12, упражнения 3–5",
                }
            ],
        }
    ),
)
async def homework(
    class_id: Id, request: Request, caller: ClassReader, due: Annotated[date, Query()]
) -> Response:
    """What the class has to do for a day already, in every subject: seen before more is set."""
    here = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await register.homework_due(conn, schema, class_id, due)
    return read(request, {"due": due.isoformat(), "homework": found}, here)


@router.get(
    "/classes/{class_id}/register/others",
    responses=example({"others": ["Антонова Анна Андреевна"]}),
)
async def others(
    class_id: Id,
    request: Request,
    caller: ClassReader,
    subject_id: Annotated[Id, Query()],
    subgroup_id: Annotated[Id | None, Query()] = None,
    term: Annotated[Number | None, Query()] = None,
) -> Response:
    """Who else has the page open: asked by an open page, of the last minute. Not recorded."""
    here = await caller.door.progress.as_of()
    page = f"{class_id}/{subject_id}/{subgroup_id}/{term}"
    numbers = caller.door.presence.others(page, caller.person_id)
    async with caller.reading() as (conn, schema):
        people = [await directory.person(conn, schema, number) for number in numbers]
    return read(request, {"others": [one["name"] for one in people if one]}, here)


async def with_plan(conn: Connection, schema: str, lessons: list[dict[str, Any]]) -> None:
    """Add to each lesson without a topic what the plan has for it: `planned`, or None."""
    bare = [one["lesson_id"] for one in lessons if not one.get("topic")]
    planned = await office.planned_for(conn, schema, bare)
    for one in lessons:
        one["planned"] = planned.get(one["lesson_id"])


def _debt(one: Owed) -> dict[str, str]:
    return {
        "debt_id": one.debt_id,
        "lesson_id": one.lesson_id,
        "date": one.day.isoformat(),
        "due_date": one.due.isoformat(),
        "work_type_id": one.work_type_id,
    }


async def term_on(conn: Connection, schema: str, class_id: str, day: date) -> int:
    """The term of the class's year on a day; between terms, the one before."""
    known = await directory.class_head(conn, schema, class_id)
    calendar = await directory.calendar_of(conn, schema, known["year"]) if known else None
    if calendar is None:
        raise NotFound("class.unknown", "Такого класса нет.")
    own = calendar[0].of(known["grade_level"]) if known else calendar[0]
    begun: list[Term] = [term for term in own.terms if term.starts <= day]
    return begun[-1].number if begun else own.terms[0].number


@router.post("/classes/{class_id}/terms/{term}/lessons")
async def schedule_lessons(
    class_id: Id, term: Number, caller: Administration, once: Once
) -> Written:
    """Schedule the lessons of a term: timetable x calendar."""
    answer = caller.door.school.schedule_lessons(class_id, term, by=caller.actor, request=once)
    return await written(answer)
