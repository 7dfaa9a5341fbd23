"""Writes that were refused: who tried what, when, and why it was not done."""

from __future__ import annotations

from datetime import UTC, date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import tried
from api.answers import read
from api.deps import FlagReader
from api.v1.wire import PREFIX, Id, example
from projections.access_log import Attempt

router = APIRouter(prefix=PREFIX, tags=["Сигналы"])

ATTEMPT = {
    "at": "2026-11-23T09:41:07+00:00",
    "by": {"person_id": "1f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11", "name": "Веденеева Вера"},
    "office": True,
    "operation": "POST /api/v1/lessons/{lesson_id}/marks",
    "ids": ["0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10"],
    "class": {"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а"},
    "code": "lesson.not_yours",
}


@router.get("/attempts", responses=example({"attempts": [ATTEMPT]}))
async def attempts(
    request: Request,
    caller: FlagReader,
    *,
    since: Annotated[date | None, Query(alias="from")] = None,
    by: Annotated[Id | None, Query(description="чьи попытки")] = None,
) -> Response:
    """Refused writes, the newest two hundred, those of the last thirty days unless said otherwise.
    For the director, a deputy, the administrator; for an auditor those about the open journals.
    """
    as_of = await caller.door.progress.as_of()
    found = await tried.attempts_for(caller, since=since, by=by)
    return read(request, {"attempts": [attempt_json(one) for one in found]}, as_of)


def attempt_json(one: Attempt) -> dict[str, Any]:
    """A refused write; a class only where the thing belongs to one."""
    return {
        "at": one.at.astimezone(UTC).isoformat(),
        "by": {"person_id": one.person_id, "name": one.name},
        "office": one.office,
        "operation": one.act.removeprefix("write "),
        "ids": one.ids.split(),
        "class": one.class_id and {"class_id": one.class_id, "name": one.class_name},
        "code": one.code,
    }
