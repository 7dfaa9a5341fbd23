"""Who looked at a pupil's diary: the page of the family."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from api.caller import Caller
from api.deps import DiaryReader
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.pages.wording import day_in_words, monday_of
from api.v1.looks import look_shown
from projections import directory
from projections.access_log import Look, looks_at

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/pupils/{pupil_id}/looks")
async def who_looked(pupil_id: UUID, caller: DiaryReader, behind: Behind) -> Response:
    """By days, the newest first; repeated looks of one person within a day are one line."""
    number = str(pupil_id)
    class_id = await caller.door.rights.class_of(number)
    # Not behind the wall: a family is told who tried, a stranger to it too.
    async with caller.door.reading() as (conn, schema):
        pupil = await directory.person(conn, schema, number)
        card = await directory.class_card(conn, schema, class_id, caller.door.rights.today())
        found = await looks_at(conn, schema, number)
    context = {
        "pupil": (pupil or {}).get("name", ""),
        "pupil_id": number,
        "diary": f"/pupils/{number}/diary/{monday_of(caller.door.rights.today())}",
        "class_name": (card or {}).get("name", ""),
        "looks": _by_days(found, caller),
    }
    viewer = await viewer_of(caller, "/diary", behind=behind)
    return page("family/looks.html", context, viewer=viewer)


def _by_days(found: list[Look], caller: Caller) -> list[dict[str, Any]]:
    zone = ZoneInfo(caller.door.zone)
    days = []
    for day, of_day in groupby(found, key=lambda look: look.at.astimezone(zone).date()):
        lines: dict[tuple[Any, ...], dict[str, Any]] = {}
        for look in of_day:
            line = look_shown(look, caller)
            key = (look.person_id, line["right"], line["refused"])
            if key in lines:
                lines[key]["times"] += 1
            else:
                time = f"{look.at.astimezone(zone):%H:%M}"
                lines[key] = {**line, "time": time, "times": 1}
        days.append({"words": day_in_words(day), "lines": list(lines.values())})
    return days
