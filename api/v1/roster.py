"""Who is in a class and who teaches it: the administration's orders."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.answers import written
from api.deps import Administration
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written
from domain.journal import facts as f

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Состав класса"])

OrderNo = Annotated[str, Field(max_length=100, examples=["12-у"])]


class Enrolment(Body):
    """Pupils on the class list from a day on."""

    pupil_ids: Annotated[list[Id], Field(min_length=1, max_length=200)]
    since: date
    order_no: OrderNo = ""


class Departure(Body):
    """`on` is the first day without the pupil."""

    pupil_id: Id
    on: date
    order_no: OrderNo


class Transfer(Departure):
    """From this class to another."""

    to_class: Id


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


@router.post("/classes/{class_id}/enrolments")
async def enrol(class_id: Id, new: Enrolment, caller: Administration, once: Once) -> Written:
    """Put pupils on the class list, all or none."""
    answer = caller.door.school.enrol_pupils(
        class_id, new.pupil_ids, new.since, new.order_no, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/classes/{class_id}/departures")
async def depart(class_id: Id, new: Departure, caller: Administration, once: Once) -> Written:
    """Take a pupil off the class list."""
    answer = caller.door.school.depart_pupil(
        class_id, new.pupil_id, new.on, new.order_no, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/classes/{class_id}/transfers")
async def transfer(class_id: Id, new: Transfer, caller: Administration, once: Once) -> Written:
    """Move a pupil to another class."""
    answer = caller.door.school.transfer_pupil(
        class_id, new.to_class, new.pupil_id, new.on, new.order_no, by=caller.actor, request=once
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
