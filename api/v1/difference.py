"""What changed on a page of the journal: between two moments, and when at all."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from api.answers import read
from api.deps import ClassReader
from api.v1.classes import Number, term_on
from api.v1.trail import HISTORY_ITEM
from api.v1.wire import PREFIX, Id, example
from domain.refusals import Invalid, NotFound
from projections import register, trail

router = APIRouter(prefix=PREFIX, tags=["Классы"])

LINE = {name: HISTORY_ITEM[name] for name in ("position", "recorded_at", "kind", "by")}
PUPIL = {"pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60", "name": "Петров Пётр"}
LESSON = {
    "lesson_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "date": "2026-11-23",
    "number": 1,
}
DIFFERENCE: dict[str, Any] = {
    "class": {"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а"},
    "subject": {"subject_id": "2f4f9f0e-7d1c-4f57-9a8e-1f0b6f8f7c20", "name": "Алгебра"},
    "subgroup_id": None,
    "term": {"number": 2, "name": "2 четверть", "starts": "2026-11-02", "ends": "2026-12-27"},
    "from": {"position": 4100, "moment": "2026-11-23T09:00:00+00:00"},
    "to": {"position": 4127, "moment": "2026-11-23T09:41:07+00:00"},
    "pupils": [PUPIL | {"change": "joined"}],
    "lessons": [
        LESSON
        | {
            "change": "changed",
            "fields": [{"field": "topic", "before": None, "after": "Квадратные уравнения"}],
            "trail": [LINE | {"kind": "topic-recorded"}],
        }
    ],
    "cells": [
        {
            "pupil": PUPIL,
            "lesson": LESSON,
            "attendance": None,
            "marks": [
                {
                    "mark_id": "b1f5a3c2-4d5e-4f60-8a7b-9c0d1e2f3a40",
                    "before": {"value": "4", "weight": "1.00"},
                    "after": {"value": "5", "weight": "1.00"},
                }
            ],
            "trail": [LINE],
        }
    ],
    "term_marks": [{"pupil": PUPIL, "before": None, "after": "5", "trail": []}],
}
MOMENT = {
    "at": "2026-11-23T09:41:07+00:00",
    "position": 4127,
    "by": HISTORY_ITEM["by"],
    "kind": "mark-corrected",
    "corrections": True,
}


@router.get("/classes/{class_id}/register/difference", responses=example(DIFFERENCE))
async def difference(
    class_id: Id,
    request: Request,
    caller: ClassReader,
    subject_id: Annotated[Id, Query()],
    since: Annotated[AwareDatetime, Query(alias="from")],
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    subgroup_id: Annotated[Id | None, Query()] = None,
    term: Annotated[Number | None, Query()] = None,
) -> Response:
    """What changed on a page between two moments (the second one: now), and by which records."""
    if until is not None and until < since:
        raise Invalid("register.period", "Второй момент раньше первого.")
    door = caller.door
    here = await door.progress.as_of()
    async with caller.reading() as (conn, schema):
        number = term or await term_on(conn, schema, class_id, door.rights.today())
        first = await register.position_at(conn, schema, since)
        last = here.position
        if until is not None:
            last = min(last, await register.position_at(conn, schema, until))
        before = await register.page(conn, schema, class_id, subject_id, subgroup_id, number, first)
        after = await register.page(conn, schema, class_id, subject_id, subgroup_id, number, last)
        if after is None:
            raise NotFound("register.unknown", "Такой страницы в журнале нет.")
        lessons = await register.page_lessons(
            conn, schema, class_id, subject_id, subgroup_id, number
        )
        lines = await trail.of_page(
            conn,
            schema,
            trail.Page(class_id, subject_id, number, lessons),
            first,
            last,
        )
        begun = await register.as_of(conn, schema, first)
    content = {name: after[name] for name in ("class", "subject", "subgroup_id", "term")}
    content |= {"from": begun, "to": after["as_of"]}
    return read(request, content | register.difference(before, after, lines), here)


@router.get("/classes/{class_id}/register/moments", responses=example({"moments": [MOMENT]}))
async def moments(
    class_id: Id,
    request: Request,
    caller: ClassReader,
    subject_id: Annotated[Id, Query()],
    subgroup_id: Annotated[Id | None, Query()] = None,
    term: Annotated[Number | None, Query()] = None,
) -> Response:
    """When a page changed and by whom: the newest 500 records."""
    door = caller.door
    here = await door.progress.as_of()
    async with caller.reading() as (conn, schema):
        number = term or await term_on(conn, schema, class_id, door.rights.today())
        lessons = await register.page_lessons(
            conn, schema, class_id, subject_id, subgroup_id, number
        )
        page = trail.Page(class_id, subject_id, number, lessons)
        found = await trail.moments(conn, schema, page)
    return read(request, {"moments": found}, here)
