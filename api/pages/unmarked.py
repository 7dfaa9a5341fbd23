"""«Недели без отметок»: groups that had lessons in a week and no mark in it (clause 4.2.а)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from api.compliance import Period, ask, oversees, period_of_caller
from api.deps import Staff
from api.pages import filling, wording
from api.pages.compliance import term_so_far
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from projections import compliance
from projections.compliance import Unmarked

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/compliance/marks"


@router.get(HOME)
async def weeks_without_marks(caller: Staff, behind: Behind) -> Response:
    """Of the term so far, those with the most weeks first; a teacher sees one's own."""
    asked = ask(caller)
    since, until = await term_so_far(caller)
    period = await period_of_caller(asked, since, until)
    found = compliance.unmarked(period.judged, caller.door.house.clock())
    context = {
        "own": asked.own,
        "since": wording.day(since),
        "until": wording.day(until),
        "groups": len(found),
        "rows": [_row(one, period) for one in found if one.without],
        "left_out": period.weeks_left_out,
        "pages": filling.pages(HOME) if oversees(caller) else [],
    }
    viewer = await viewer_of(caller, "/compliance", behind=behind)
    return page("compliance/unmarked.html", context, viewer=viewer)


def _row(one: Unmarked, period: Period) -> dict[str, Any]:
    query = {"subject_id": one.subject_id}
    if one.subgroup_id:
        query["subgroup_id"] = one.subgroup_id
    return {
        "place": filling.place_words(
            {
                "class_name": one.class_name,
                "subject": one.subject,
                "subgroup": period.subgroups.get(one.subgroup_id or ""),
            }
        ),
        "url": f"/classes/{one.class_id}/register?{urlencode(query)}",
        "teacher": period.teachers.get(one.teacher_id, ""),
        "count": f"{len(one.without)} из {one.weeks}",
        "most": 2 * len(one.without) > one.weeks,
        "weeks": [
            (f"/compliance?week={compliance.week_of(day)}", wording.week_in_words(day))
            for day in one.without
        ],
    }
