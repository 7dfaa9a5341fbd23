"""What the running term may come to: for teachers, deputies and families. It writes no mark."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from api import forecasts
from api.answers import read, written
from api.deps import Administration, ClassReader, DiaryReader, Teacher
from api.v1.wire import PREFIX, Body, Id, Once, Written, example

router = APIRouter(prefix=PREFIX, tags=["Прогноз"])

TERM: dict[str, Any] = {
    "number": 2,
    "name": "2 четверть",
    "starts": "2026-11-02",
    "ends": "2026-12-27",
    "gone": "0.40",
}
CLASS = {"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а"}
SUBJECT = {"subject_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10", "subject": "Алгебра"}
OUTLOOK = {
    "pupils": 25,
    "quality": "48.2",
    "quality_low": "39.0",
    "quality_high": "57.4",
    "passed": "97.1",
    "learning": "52.3",
}
CELL: dict[str, Any] = {
    "name": "Петров Пётр",
    "pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
    "marks": 5,
    "average": "4.25",
    "enough": True,
    "expected": "4.24",
    "give_or_take": "0.25",
    "chances": {"2": "0.00", "3": "0.00", "4": "0.86", "5": "0.14"},
    "not_attested": "0.00",
    "reason": "Сейчас 4,25 по 5 отметкам. …",
    "steps": [
        {
            "what": "missed",
            "date": "2026-11-12",
            "until": None,
            "text": "Написать пропущенную контрольную работу 12.11.2026.",
        }
    ],
    "alert": False,
    "note": None,
    "hidden_by": None,
}
CALIBRATION: dict[str, Any] = {
    "learned_at": "2026-11-01T00:40:00+00:00",
    "terms": ["2025/26, 4 четверть", "2026/27, 1 четверть"],
    "cells": 20113,
    "shown": True,
    "calibration": {
        "term": "2026/27, 1 четверть",
        "fitted_on": ["2025/26, 4 четверть"],
        "skill": 0.27,
        "ece": 0.01,
        "bins": [{"forecasts": 1200, "said": 0.85, "came": 0.86}],
        "parts": [],
        "twos": {"said": 12, "came": 10, "missed": 7},
        "levels": [],
        "alerts": {"said": 96, "came": 81, "missed": 74},
    },
}


class Annotation(Body):
    """What the teacher says to the forecast of a pupil; neither: both are taken back."""

    pupil_id: Id
    subject_id: Id
    hidden: bool = False
    note: Annotated[str, Field(max_length=1_000, examples=["Болел, догоняет"])] = ""


class Switch(Body):
    """Whether the family wants the forecast."""

    on: bool


@router.get(
    "/classes/{class_id}/forecast",
    responses=example(
        {
            "class": CLASS,
            "term": TERM,
            "subjects": [SUBJECT | {"controls": 2} | OUTLOOK | {"cells": [CELL]}],
        }
    ),
)
async def class_forecast(class_id: Id, request: Request, caller: ClassReader) -> Response:
    """Chances of the term marks of a class: of one's own subjects, to class teacher and
    administration of all. Between terms there is none.
    """
    found = await forecasts.class_forecast(caller, class_id)
    as_of = await caller.door.progress.as_of()
    return read(request, forecasts.class_json(found, class_id), as_of)


@router.post("/classes/{class_id}/forecast/annotations", status_code=201)
async def annotate_forecast(class_id: Id, new: Annotation, caller: Teacher, once: Once) -> Written:
    """Hide the forecast of a pupil in one's subject until the term ends, or say a word to it, which
    the family reads.
    """
    await caller.door.rights.class_basis(caller, class_id)
    answer = caller.door.school.annotate_forecast(
        class_id,
        new.pupil_id,
        new.subject_id,
        hidden=new.hidden,
        words=new.note,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/pupils/{pupil_id}/forecast/switch")
async def switch_forecast(pupil_id: Id, new: Switch, caller: DiaryReader, once: Once) -> Written:
    """The family turns the forecast of the child off for everybody, or on again."""
    return await written(await forecasts.turn(caller, pupil_id, shown=new.on, once=once))


@router.get(
    "/pupils/{pupil_id}/forecast",
    responses=example(
        {
            "pupil_id": CELL["pupil_id"],
            "term": TERM,
            "on": True,
            "subjects": [
                SUBJECT
                | {
                    "marks": 5,
                    "average": "4.25",
                    "enough": True,
                    "likely": ["4"],
                    "if": [{"marks": ["5", "5", "5"], "likely": ["4", "5"]}],
                    "text": ["Сейчас средний балл 4,25 по 5 отметкам."],
                    "steps": CELL["steps"],
                    "note": None,
                    "hidden_by": None,
                }
            ],
        }
    ),
)
async def pupil_forecast(pupil_id: Id, request: Request, caller: DiaryReader) -> Response:
    """What the family may expect of the running term, and what would change it."""
    found = await forecasts.pupil_forecast(caller, pupil_id)
    as_of = await caller.door.progress.as_of()
    return read(request, forecasts.family_json(found, pupil_id), as_of)


@router.get(
    "/forecast",
    responses=example(
        {"classes": [{"class": CLASS, "term": TERM, **OUTLOOK, "subjects": [SUBJECT | OUTLOOK]}]}
    ),
)
async def school_forecast(request: Request, caller: Administration) -> Response:
    """Expected quality of classes and subjects with an interval that holds four of five."""
    found = await forecasts.school_forecast(caller)
    as_of = await caller.door.progress.as_of()
    return read(request, {"classes": forecasts.school_json(found)}, as_of)


@router.get("/forecast/calibration", responses=example(CALIBRATION))
async def forecast_calibration(request: Request, caller: Administration) -> Response:
    """What the forecast was fitted on, and how it did in the last term that is over."""
    fit = await forecasts.learned(caller)
    as_of = await caller.door.progress.as_of()
    return read(request, forecasts.fit_json(fit), as_of)
