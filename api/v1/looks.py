"""Who looked at a pupil's diary: the family's to know (clause 1.12)."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answers import read
from api.caller import Caller
from api.deps import REFUSED, DiaryReader
from api.v1.wire import PREFIX, Id, example
from projections.access_log import Look, looks_at

router = APIRouter(prefix=PREFIX, tags=["Дневник"])

#: by what right somebody looked, as the access log keeps it
RIGHTS = {
    "guardian": "родитель",
    "self": "сам ученик",
    "class_teacher": "классный руководитель",
    "director": "директор",
    "deputy": "заместитель директора",
    "administrator": "администратор",
    "secretary": "секретарь",
    "glass": "экстренный доступ",
}
#: who was refused: what the person is in the school
KINDS = {"staff": "сотрудник школы", "guardian": "другой родитель", "pupil": "другой ученик"}
NOBODY = "неизвестный"

LOOK = {
    "at": "2026-11-23T09:41:07+00:00",
    "who": "Кириллова Кира Кирилловна",
    "right": "классный руководитель",
    "refused": False,
    "own": False,
}


@router.get("/pupils/{pupil_id}/looks", responses=example({"looks": [LOOK]}))
async def looks(pupil_id: Id, request: Request, caller: DiaryReader) -> Response:
    """Who opened the diary of a pupil, and who was refused; the newest two hundred."""
    as_of = await caller.door.progress.as_of()
    # Not behind the wall: a family is told who tried, a stranger to it too.
    async with caller.door.reading() as (conn, schema):
        found = await looks_at(conn, schema, pupil_id)
    return read(request, {"looks": [look_shown(one, caller) for one in found]}, as_of)


def look_shown(look: Look, caller: Caller) -> dict[str, Any]:
    """A line for the family. A stranger who was refused is named only if he works in the school:
    another family's name is not this family's to know.
    """
    refused = look.outcome == REFUSED
    right = KINDS.get(look.kind, NOBODY) if refused else RIGHTS.get(look.basis, look.basis)
    named = look.kind == "staff" or not refused
    return {
        "at": look.at.astimezone(UTC).isoformat(),
        "who": look.name if named else "",
        "right": right,
        "refused": refused,
        "own": look.person_id == caller.person_id,
    }
