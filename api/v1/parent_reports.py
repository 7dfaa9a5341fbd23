"""Delivery of the information letters to parents (clause 4.1.в): sent, and opened by whom."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api import parent_reports as letters
from api.answers import read, written
from api.deps import ClassKeeper
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.journal.outcome_facts import Delivery

router = APIRouter(prefix=PREFIX, tags=["Отчёты"])

Term = Annotated[int, Field(ge=0, le=12, description="номер периода; 0 — учебный год")]
LETTER: dict[str, Any] = {
    "pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
    "name": "Петров Пётр",
    "guardians": [
        {
            "guardian_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
            "name": "Петрова Ольга Ивановна",
            "consent": True,
            "opened": "2026-11-29T17:12:00+00:00",
        }
    ],
    "sent": {"at": "2026-11-28T09:00:00+00:00", "how": "CABINET", "as_of": 4127},
}


class ParentReports(Body):
    """Letters of a term that go out: into the cabinets of guardians with consent, or on paper."""

    term: Term
    pupil_ids: Annotated[list[Id], Field(max_length=200)]
    how: Delivery = Delivery.CABINET


@router.post("/classes/{class_id}/parent-reports", status_code=201)
async def send_parent_reports(
    class_id: Id, new: ParentReports, caller: ClassKeeper, once: Once
) -> Written:
    """The class teacher sends the letters as the journal stands now: all of them or none."""
    answer = await letters.send(caller, class_id, new.pupil_ids, new.term, new.how, once)
    return await written(answer)


@router.get("/classes/{class_id}/parent-reports", responses=example({"letters": [LETTER]}))
async def parent_reports(
    class_id: Id,
    request: Request,
    caller: ClassKeeper,
    term: Annotated[int, Query(ge=0, le=12)],
) -> Response:
    """For every pupil of the class the last letter of a term, and which guardians opened it."""
    as_of = await caller.door.progress.as_of()
    return read(request, {"letters": await letters.sent_in(caller, class_id, term)}, as_of)
