"""Lessons: a teacher's day, and the record of each lesson."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.caller import covers
from api.deps import Administration, Staff, Teacher
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.journal.facts import AttendanceEntry, LessonAdded
from domain.refusals import Forbidden, NotFound
from domain.values import AttendanceCode, LessonKind
from projections import directory, office

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Уроки"])

Text = Annotated[str, Field(max_length=1_000)]


class NewLesson(Body):
    """A lesson outside the timetable."""

    lesson_id: Id
    class_id: Id
    subject_id: Id
    teacher_id: Id
    date: date
    number: Annotated[int, Field(ge=0, le=15, examples=[7])]
    subgroup_id: Id | None = None
    room: Annotated[str, Field(max_length=20)] = ""


class Topic(Body):
    """The topic of a lesson; some kinds need the title of the work too (clause 3.1.3)."""

    topic: Annotated[Text, Field(examples=["Квадратные уравнения"])]
    kind: LessonKind = LessonKind.LESSON
    title: Text = ""


class Absence(Body):
    """One exception."""

    pupil_id: Id
    code: AttendanceCode
    minutes_late: Annotated[int, Field(ge=0, le=240)] = 0
    saw: AttendanceCode | None = None  # what stood there to one's eyes: 409 when it does no more


class Attendance(Body):
    """Attendance of a lesson. Who is not named was present; with `others_stay`, is as recorded."""

    entries: Annotated[list[Absence], Field(max_length=200)]
    others_stay: bool = False


class Homework(Body):
    """Homework; `homework_id` is made by the caller, so that a retry is the same homework."""

    homework_id: Id
    text: Annotated[Text, Field(examples=["§ 12, упражнения 3–5"])]
    due_date: date
    individual_for: Annotated[tuple[Id, ...], Field(max_length=200)] = ()


class Moved(Body):
    """Where the lesson is now."""

    date: date
    number: Annotated[int, Field(ge=0, le=15)]


class Cancelled(Body):
    """Why there is no lesson."""

    reason: Text


LESSON = {
    "lesson_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
    "class_name": "7а",
    "subject_id": "2f4f9f0e-7d1c-4f57-9a8e-1f0b6f8f7c20",
    "subject": "Алгебра",
    "subgroup_id": None,
    "teacher_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
    "date": "2026-11-23",
    "number": 1,
    "room": "214",
    "status": "SCHEDULED",
    "missing": ["topic", "attendance", "homework", "marks"],
    "planned": {
        "number": 12,
        "topic": "Квадратные уравнения",
        "kind": "LESSON",
        "title": "",
        "homework": "§ 12",
    },
}


@router.get("/lessons", responses=example({"date": "2026-11-23", "lessons": [LESSON]}))
async def lessons(
    request: Request,
    caller: Staff,
    day: Annotated[date | None, Query(alias="date")] = None,
    teacher_id: Annotated[Id | None, Query()] = None,
) -> Response:
    """My day: lessons of today, or of the last school day before; another's for who reads all."""
    door, who = caller.door, teacher_id or caller.person_id
    journals = None if who == caller.person_id else await door.rights.journals(caller)
    if journals == frozenset():
        raise Forbidden("lessons.not_yours", "Чужой день видит администрация школы.")
    as_of = await door.progress.as_of()
    async with caller.reading() as (conn, schema):
        shown = day or await directory.teaching_day(conn, schema, who, door.rights.today())
        shown = shown or door.rights.today()
        found = await directory.lessons_of_day(conn, schema, shown, who)
        lacking = [one["lesson_id"] for one in found if "topic" in one["missing"]]
        planned = await office.planned_for(conn, schema, lacking)
        for one in found:
            one["planned"] = planned.get(one["lesson_id"])
    found = [one for one in found if covers(journals, one["class_id"])]
    return read(request, {"date": shown.isoformat(), "lessons": found}, as_of)


@router.post("/lessons", status_code=201)
async def add_lesson(new: NewLesson, caller: Teacher, once: Once) -> Written:
    """Add a lesson outside the timetable."""
    fact = LessonAdded(**new.model_dump(exclude={"class_id"}))
    answer = caller.door.school.add_lesson(new.class_id, fact, by=caller.actor, request=once)
    return await written(answer, stranger=NotFound("class.unknown", "Такого класса нет."))


@router.post("/lessons/{lesson_id}/topic")
async def record_topic(lesson_id: Id, new: Topic, caller: Teacher, once: Once) -> Written:
    """Record or correct the topic of a lesson."""
    door = caller.door
    place = await door.places.lesson(lesson_id)
    answer = door.school.record_topic(
        place.class_id, lesson_id, new.topic, new.kind, new.title, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/lessons/{lesson_id}/attendance")
async def take_attendance(lesson_id: Id, new: Attendance, caller: Teacher, once: Once) -> Written:
    """Take or correct attendance: the exceptions; the others were present."""
    door = caller.door
    place = await door.places.lesson(lesson_id)
    entries = [AttendanceEntry(one.pupil_id, one.code, one.minutes_late) for one in new.entries]
    answer = door.school.take_attendance(
        place.class_id,
        lesson_id,
        entries,
        others_stay=new.others_stay,
        saw={one.pupil_id: one.saw for one in new.entries if one.saw is not None},
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/lessons/{lesson_id}/homework")
async def assign_homework(lesson_id: Id, new: Homework, caller: Teacher, once: Once) -> Written:
    """Assign homework to the class, or to single pupils."""
    door = caller.door
    place = await door.places.lesson(lesson_id)
    answer = door.school.assign_homework(
        place.class_id,
        lesson_id,
        new.homework_id,
        new.text,
        new.due_date,
        new.individual_for,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/lessons/{lesson_id}/no-homework")
async def declare_no_homework(lesson_id: Id, caller: Teacher, once: Once) -> Written:
    """Nothing is set for home: a record of its own, blank would be a gap."""
    door = caller.door
    place = await door.places.lesson(lesson_id)
    answer = door.school.declare_no_homework(
        place.class_id, lesson_id, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/lessons/{lesson_id}/move")
async def move_lesson(lesson_id: Id, to: Moved, caller: Administration, once: Once) -> Written:
    """Move a lesson on which nothing is recorded."""
    door = caller.door
    place = await door.places.lesson(lesson_id)
    answer = door.school.move_lesson(
        place.class_id, lesson_id, to.date, to.number, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/lessons/{lesson_id}/cancel")
async def cancel_lesson(
    lesson_id: Id, why: Cancelled, caller: Administration, once: Once
) -> Written:
    """Cancel a lesson on which nothing is recorded."""
    door = caller.door
    place = await door.places.lesson(lesson_id)
    answer = door.school.cancel_lesson(
        place.class_id, lesson_id, why.reason, by=caller.actor, request=once
    )
    return await written(answer)
