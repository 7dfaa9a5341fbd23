"""Who is in a class and who teaches it: the administration's orders."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.deps import Administration
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.journal import facts as f
from projections import office

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Состав класса"])

OrderNo = Annotated[str, Field(max_length=100, examples=["12-у"])]


Place = Annotated[str, Field(max_length=500, examples=["МБОУ «Берёзкинская школа»"])]


class Enrolment(Body):
    """Pupils on the class list from a day on; `whence`: where from, kept apart and erasable."""

    pupil_ids: Annotated[list[Id], Field(min_length=1, max_length=200)]
    since: date
    order_no: OrderNo = ""
    order_date: date | None = None
    whence: Place = ""


class Departure(Body):
    """`on` is the first day without the pupil; `whither`: where to, kept apart and erasable."""

    pupil_id: Id
    on: date
    order_no: OrderNo
    order_date: date | None = None
    whither: Place = ""


class Transfer(Body):
    """From this class to another, with the marks of the running term; `on` is the first day in
    the new one.
    """

    pupil_id: Id
    to_class: Id
    on: date
    order_no: OrderNo
    order_date: date | None = None


class Group(Body):
    """One subgroup of an order."""

    subgroup_id: Id
    name: Annotated[str, Field(max_length=100, examples=["1 группа"])]
    pupils: Annotated[list[Id], Field(max_length=200)]


class Split(Body):
    """Clause 3.3.5: a class is divided in a subject by an order."""

    subject_id: Id
    since: date
    order_no: OrderNo
    order_date: date
    subgroups: Annotated[list[Group], Field(min_length=1, max_length=10)]


class Assignment(Body):
    """A teacher of a subject, or of a subgroup in it."""

    assignment_id: Id
    teacher_id: Id
    subject_id: Id
    since: date
    subgroup_id: Id | None = None
    until: date | None = None


class Release(Body):
    """`on` is the first day without the assignment."""

    on: date


class Substitution(Body):
    """A time-boxed right of one's own (clause 3.3.6); both days included."""

    substitution_id: Id
    substitute_id: Id
    teacher_id: Id
    since: date
    until: date
    order_no: OrderNo = ""


@router.get(
    "/movements",
    responses=example(
        {
            "movements": [
                {
                    "position": 4127,
                    "kind": "arrived",
                    "date": "2026-11-09",
                    "class": {"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а"},
                    "pupil_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
                    "name": "Новиков Ян",
                    "order_no": "18-у",
                    "order_date": "2026-11-06",
                    "other_class": None,
                    "place": "МБОУ «Берёзкинская школа»",
                    "recorded_at": "2026-11-06T09:00:00+00:00",
                }
            ]
        }
    ),
)
async def movements(
    request: Request,
    caller: Administration,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    class_id: Annotated[Id | None, Query()] = None,
    pupil_id: Annotated[Id | None, Query()] = None,
) -> Response:
    """Who came, went and changed classes, by which order; the newest first."""
    door = caller.door
    as_of = await door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await office.movements(
            conn, schema, year=year, class_id=class_id, pupil_id=pupil_id
        )
    return read(request, {"movements": found}, as_of)


@router.post("/classes/{class_id}/enrolments")
async def enrol(class_id: Id, new: Enrolment, caller: Administration, once: Once) -> Written:
    """Put pupils on the class list, all or none."""
    answer = caller.door.school.enrol_pupils(
        class_id,
        new.pupil_ids,
        new.since,
        new.order_no,
        new.order_date,
        new.whence,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/classes/{class_id}/departures")
async def depart(class_id: Id, new: Departure, caller: Administration, once: Once) -> Written:
    """Take a pupil off the class list."""
    answer = caller.door.school.depart_pupil(
        class_id,
        new.pupil_id,
        new.on,
        new.order_no,
        new.order_date,
        new.whither,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/classes/{class_id}/transfers")
async def transfer(class_id: Id, new: Transfer, caller: Administration, once: Once) -> Written:
    """Move a pupil to another class; the marks of the running term count there too."""
    answer = caller.door.school.transfer_pupil(
        class_id,
        new.to_class,
        new.pupil_id,
        new.on,
        new.order_no,
        new.order_date,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/classes/{class_id}/subgroup-orders")
async def split(class_id: Id, new: Split, caller: Administration, once: Once) -> Written:
    """Divide the class in a subject."""
    groups = tuple(f.Subgroup(g.subgroup_id, g.name, tuple(g.pupils)) for g in new.subgroups)
    order = f.SubgroupSplitOrdered(new.subject_id, new.since, new.order_no, new.order_date, groups)
    answer = caller.door.school.split_class(class_id, order, by=caller.actor, request=once)
    return await written(answer)


@router.post("/classes/{class_id}/assignments")
async def assign(class_id: Id, new: Assignment, caller: Administration, once: Once) -> Written:
    """Give a subject to a teacher."""
    fact = f.TeacherAssigned(**new.model_dump())
    answer = caller.door.school.assign_teacher(class_id, fact, by=caller.actor, request=once)
    return await written(answer)


@router.post("/classes/{class_id}/assignments/{assignment_id}/release")
async def release(
    class_id: Id, assignment_id: Id, new: Release, caller: Administration, once: Once
) -> Written:
    """End an assignment."""
    answer = caller.door.school.release_teacher(
        class_id, assignment_id, new.on, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/classes/{class_id}/substitutions")
async def substitute(
    class_id: Id, new: Substitution, caller: Administration, once: Once
) -> Written:
    """Appoint a substitute for some days."""
    fact = f.SubstitutionAppointed(**new.model_dump())
    answer = caller.door.school.appoint_substitute(class_id, fact, by=caller.actor, request=once)
    return await written(answer)
