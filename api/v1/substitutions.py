"""A day of the school: lessons that are otherwise, who stands for whom, who could."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api import substitutions as shared
from api.answers import Written, read, written
from api.deps import Administration
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, example
from domain.office.ledger_facts import AwayKind, StaffAway

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Расписание"])

LESSON = {
    "lesson_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
    "class_name": "7а",
    "number": 1,
    "subject_id": "2f4f9f0e-7d1c-4f57-9a8e-1f0b6f8f7c20",
    "subject": "Алгебра",
    "subgroup_id": None,
    "subgroup": None,
    "teacher_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
    "teacher": "Антонова Анна Андреевна",
    "room": "214",
    "status": "SCHEDULED",
    "assigned": True,
    "away": False,
    "changes": [],
}
FREE = {
    "person_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
    "name": "Тихонова Татьяна Тимофеевна",
    "subject": True,
    "in_class": False,
    "all": True,
}
AWAY = {
    "absence_id": "5f3a1b52-0c3e-4b52-8f0a-1a2b3c4d5e61",
    "person_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
    "name": "Антонова Анна Андреевна",
    "from": "2026-11-23",
    "to": "2026-11-27",
    "kind": "ILL",
    "label": "болезнь",
    "words": "",
}
CLASS = {
    "class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
    "class_name": "7а",
    "teacher_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
    "teacher": "Антонова Анна Андреевна",
    "lessons": [LESSON],
    "candidates": [FREE],
}


class AwayIn(Body):
    """Who is away, both days included; `words` go to the vault."""

    absence_id: Id
    person_id: Id
    since: date
    until: date
    kind: AwayKind
    words: Annotated[str, Field(max_length=500, examples=["больничный лист"])] = ""


class BackIn(Body):
    """The first day at work."""

    date: date


@router.get(
    "/substitutions",
    responses=example(
        {
            "date": "2026-11-23",
            "changed": [],
            "substituted": [],
            "uncovered": [CLASS],
            "absent": [],
            "recorded": [AWAY],
            "teaching": [],
        }
    ),
)
async def substitutions(
    request: Request,
    caller: Administration,
    day: Annotated[date | None, Query(alias="date")] = None,
    absent: Annotated[list[Id] | None, Query(max_length=50)] = None,
) -> Response:
    """What is otherwise on a day, and who is free for the lessons of who is away: as recorded, and
    as asked (`absent`).
    """
    as_of = await caller.door.progress.as_of()
    found = await shared.of_day(caller, day or caller.door.rights.today(), absent or ())
    return read(request, found, as_of)


@router.post("/staff-absences", status_code=201)
async def record_staff_away(new: AwayIn, caller: Administration, once: Once) -> Written:
    """Somebody of the staff is away: the day of the substitutions offers the lessons by itself. Of
    the reason the kind alone stands in the journal.
    """
    door = caller.door
    fact = StaffAway(new.absence_id, new.person_id, new.since, new.until, new.kind)
    year = await door.rights.year()
    return await written(
        door.school.record_staff_away(year, fact, new.words, by=caller.actor, request=once)
    )


@router.post("/staff-absences/{absence_id}/return")
async def record_staff_back(
    absence_id: Id, back: BackIn, caller: Administration, once: Once
) -> Written:
    """At work again from a day on, earlier than was said; with the first day: it did not come to
    it.
    """
    door = caller.door
    year = await shared.year_of_absence(caller, absence_id)
    return await written(
        door.school.record_staff_back(year, absence_id, back.date, by=caller.actor, request=once)
    )
