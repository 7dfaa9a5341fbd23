"""«План и факт»: how far each subject is in its plan of lessons, КТП (clauses 4.2.а, 2.2.7)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from api.compliance import ask, oversees
from api.deps import Staff
from api.pages import filling, wording
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from projections import office

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/compliance/plans"


@router.get(HOME)
async def plan_and_fact(caller: Staff, behind: Behind) -> Response:
    """Of this year up to today, those furthest behind first; a teacher sees one's own."""
    asked = ask(caller)
    year, today = await caller.door.rights.year(), caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        found = await office.plan_progress(conn, schema, year, today)
    if asked.teacher_id is not None:
        found = [one for one in found if str(asked.teacher_id) in one["teacher_ids"]]
    planned = [one for one in found if one["planned"] is not None]
    context = {
        "rows": [_row(one) for one in sorted(planned, key=lambda one: -one["lag"])],
        "behind": sum(one["lag"] > 0 for one in planned),
        "without": [_place(one) for one in found if one["planned"] is None],
        "today": wording.day(today),
        "pages": filling.pages(HOME) if oversees(caller) else [],
    }
    viewer = await viewer_of(caller, "/compliance", behind=behind)
    return page("compliance/plans.html", context, viewer=viewer)


def _place(one: dict[str, Any]) -> str:
    subgroup = one["subgroup"] or {}
    return filling.place_words(
        {
            "class_name": one["class"]["name"],
            "subject": one["subject"]["name"],
            "subgroup": subgroup.get("name"),
        }
    )


def _row(one: dict[str, Any]) -> dict[str, Any]:
    query = {"subject_id": one["subject"]["subject_id"]}
    if one["subgroup"]:
        query["subgroup_id"] = one["subgroup"]["subgroup_id"]
    return one | {
        "place": _place(one),
        "url": f"/classes/{one['class']['class_id']}/register?{urlencode(query)}",
        "teachers": ", ".join(map(wording.short_name, one["teachers"])),
    }
