"""КТП: the plan of a subject's lessons, and plan beside fact."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.deps import Administration, ClassReader, Teacher
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from api.v1.years import OfYear, year_of
from domain.journal.plan_facts import PlannedLesson
from domain.values import LessonKind
from projections import office

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Тематическое планирование"])

Text = Annotated[str, Field(max_length=1_000)]
PROGRESS = {
    "class": {"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а"},
    "subject": {"subject_id": "2f4f9f0e-7d1c-4f57-9a8e-1f0b6f8f7c20", "name": "Алгебра"},
    "subgroup": None,
    "teacher_ids": ["6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11"],
    "teachers": ["Антонова Анна Андреевна"],
    "plan_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "adopted_at": "2026-08-28T09:00:00+00:00",
    "planned": 102,
    "due": 36,
    "held": 34,
    "lag": 2,
}


class PlannedIn(Body):
    """One lesson of the plan; a topic of several hours is several lessons."""

    number: Annotated[int, Field(ge=1, le=400)]
    topic: Annotated[Text, Field(examples=["Квадратные уравнения"])]
    kind: LessonKind = LessonKind.LESSON
    title: Text = ""
    homework: Text = ""
    hours: Annotated[int, Field(ge=1, le=10)] = 1


class PlanIn(Body):
    """The plan of a subject, or of a subgroup in it; `plan_id` is made by the caller."""

    plan_id: Id
    subject_id: Id
    subgroup_id: Id | None = None
    lessons: Annotated[list[PlannedIn], Field(min_length=1, max_length=400)]


@router.post("/classes/{class_id}/lesson-plans")
async def adopt_plan(class_id: Id, new: PlanIn, caller: Teacher, once: Once) -> Written:
    """Adopt a plan: the teacher of the subject, or the administration; the old one is kept."""
    answer = caller.door.school.adopt_lesson_plan(
        class_id,
        new.plan_id,
        new.subject_id,
        new.subgroup_id,
        [PlannedLesson(**one.model_dump()) for one in new.lessons],
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.get(
    "/classes/{class_id}/lesson-plan",
    responses=example(
        {
            "plan_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
            "adopted_at": "2026-08-28T09:00:00+00:00",
            "lessons": [
                {
                    "number": 1,
                    "topic": "Квадратные уравнения",
                    "kind": "LESSON",
                    "title": "",
                    "homework": "§ 12",
                    "hours": 2,
                }
            ],
            "progress": [PROGRESS],
        }
    ),
)
async def plan(
    class_id: Id,
    request: Request,
    caller: ClassReader,
    subject_id: Annotated[Id, Query()],
    subgroup_id: Annotated[Id | None, Query()] = None,
) -> Response:
    """The plan of a subject in force, and how far it has got; `plan_id` null: there is none."""
    door = caller.door
    as_of = await door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await office.plan_of(conn, schema, class_id, subject_id, subgroup_id)
        year = await year_of(door, conn, schema, None)
        progress = await office.plan_progress(conn, schema, year, door.rights.today(), class_id)
    if found is None:
        found = {"plan_id": None, "adopted_at": None, "lessons": []}
    found["progress"] = [
        one
        for one in progress
        if one["subject"]["subject_id"] == subject_id
        and (subgroup_id is None or (one["subgroup"] or {}).get("subgroup_id") == subgroup_id)
    ]
    return read(request, found, as_of)


@router.get("/lesson-plans", responses=example({"date": "2026-11-23", "progress": [PROGRESS]}))
async def progress(
    request: Request,
    caller: Administration,
    year: OfYear = None,
    day: Annotated[date | None, Query(alias="date")] = None,
) -> Response:
    """Plan beside fact of every subject of every class; where no plan is, `planned` is null."""
    door, on = caller.door, day or caller.door.rights.today()
    as_of = await door.progress.as_of()
    async with caller.reading() as (conn, schema):
        of_year = await year_of(door, conn, schema, year)
        found = await office.plan_progress(conn, schema, of_year, on)
    return read(request, {"year": of_year, "date": on.isoformat(), "progress": found}, as_of)
