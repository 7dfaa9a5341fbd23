"""What a person of the staff is reminded of."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.answers import read
from api.deps import Staff
from api.v1.log import moment
from api.v1.wire import PREFIX, Id, Once, example
from domain.refusals import NotFound
from projections import reminders
from projections.reminders import Shown

router = APIRouter(prefix=PREFIX, tags=["Напоминания"])

REMINDER: dict[str, Any] = {
    "reminder_id": "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55",
    "kind": "homework",
    "text": "За сегодня не записано домашнее задание",
    "details": ["7а, алгебра, 3-й урок"],
    "href": "/",
    "created": "2026-11-23T13:00:00+00:00",
    "until": "2026-11-23T21:00:00+00:00",
}


class Dismissed(BaseModel):
    """A reminder that is shown no more."""

    reminder_id: str


@router.get("/reminders", responses=example({"reminders": [REMINDER]}))
async def my_reminders(request: Request, caller: Staff) -> Response:
    """What I am reminded of now: what ends first, first."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await reminders.reminders_of(
            conn, schema, caller.person_id, caller.door.house.clock()
        )
    return read(request, {"reminders": [_reminder(one) for one in found]}, as_of)


@router.post("/reminders/{reminder_id}/dismissal")
async def dismiss_reminder(reminder_id: Id, caller: Staff, _: Once) -> Dismissed:
    """I have seen it: it is not shown again."""
    now = caller.door.house.clock()
    async with caller.door.reading() as (conn, schema):
        if not await reminders.dismiss(conn, schema, caller.person_id, reminder_id, now):
            raise NotFound("reminder.unknown", "Такого напоминания нет.")
    return Dismissed(reminder_id=reminder_id)


def _reminder(one: Shown) -> dict[str, Any]:
    text, *details = one.parts
    return {
        "reminder_id": one.reminder_id,
        "kind": one.kind,
        "text": text,
        "details": details,
        "href": one.href,
        "created": moment(one.created),
        "until": moment(one.until),
    }
