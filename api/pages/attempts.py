"""«Отклонённые попытки»: writes that the journal refused."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.attempts import why, words
from api.deps import FlagReader
from api.pages import wording
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.tried import DAYS, attempts_for
from projections.access_log import Attempt

router = APIRouter(route_class=PageRoute, include_in_schema=False)

KINDS = {"pupil": "ученик", "guardian": "родитель"}


@router.get("/attempts")
async def attempts(caller: FlagReader, behind: Behind) -> Response:
    """The newest first; the same attempt several times in a row is one line."""
    found = await attempts_for(caller)
    lines = [_line(list(of), caller.door.zone) for _, of in groupby(found, key=_same)]
    context = {"lines": lines, "days": DAYS, "office": sum(one.office for one in found)}
    viewer = await viewer_of(caller, "/signals", behind=behind)
    return page("deputy/attempts.html", context, viewer=viewer)


def _same(one: Attempt) -> tuple[Any, ...]:
    return one.person_id, one.act, one.ids, one.code


def _line(of: list[Attempt], zone: str) -> dict[str, Any]:
    one = of[0]
    return {
        "at": wording.moment(one.at.isoformat(), zone),
        "who": wording.short_name(one.name) or "неизвестный",
        "kind": "администрация" if one.office else KINDS.get(one.kind, ""),
        "marks": one.office and one.of_marks,
        "what": words(one.act),
        "class_name": one.class_name,
        "why": why(one.code),
        "times": len(of),
    }
