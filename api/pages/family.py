"""The diary of a pupil: for the parents and for the pupil."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.deps import DiaryReader, SignedIn
from api.pages.diary import diary_page
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, viewer_of
from api.pages.wording import called, monday_of
from api.v1.diary import empty_week
from domain.refusals import NotFound
from domain.values import Role
from projections import classroom, directory, trail

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/diary")
async def this_week(caller: SignedIn) -> Response:
    """To this week of the first child, or of oneself."""
    today = caller.door.rights.today()
    if Role.PUPIL in caller.roles:
        pupil_id = caller.person_id
    else:
        async with caller.reading() as (conn, schema):
            children = await directory.children_of(conn, schema, caller.person_id, today)
        if not children:
            raise NotFound("diary.nobody", "За вами не записан ни один ученик.")
        pupil_id = children[0]["pupil_id"]
    return RedirectResponse(_url(pupil_id, monday_of(today)), SEE_OTHER)


@router.get("/pupils/{pupil_id}/diary/{monday}")
async def week(pupil_id: UUID, monday: date, caller: DiaryReader, behind: Behind) -> Response:
    """One week; any other day leads to its Monday."""
    number = str(pupil_id)
    if not date.min.year < monday.year < date.max.year:
        raise NotFound("diary.unknown", "Такой недели нет.")
    if monday.weekday():
        return RedirectResponse(_url(number, monday_of(monday)), SEE_OTHER)
    today = caller.door.rights.today()
    document = await caller.door.documents.get((number, monday))
    if document is None:
        etag, body = await empty_week(caller.door, number, monday)
    else:
        etag, body = f'"{document.etag}"', document.body
    answer = json.loads(body)
    async with caller.reading() as (conn, schema):
        histories = {
            mark_id: await trail.history(conn, schema, mark_id) for mark_id in _corrected(answer)
        }
        children = await directory.children_of(conn, schema, caller.person_id, today)
        said = await classroom.comments_on_days(conn, schema, number, monday, caller.door.zone)
    context = {
        "children": [
            {
                "href": _url(child["pupil_id"], monday),
                "name": child["name"],
                "given": called(child["name"]).split()[-1],
                "current": child["pupil_id"] == number,
            }
            for child in children
        ],
        "previous_url": _url(number, monday - timedelta(days=7)),
        "following_url": _url(number, monday + timedelta(days=7)),
        "etag": etag,
        "said": said,
        "year_url": f"/pupils/{number}/year",
        "looks_url": f"/pupils/{number}/looks",
        "api_url": f"/api/v1/pupils/{number}/diary/weeks/{monday}",
        **diary_page(
            answer,
            histories,
            monday=monday,
            now=caller.door.house.clock(),
            zone=caller.door.zone,
        ),
    }
    return page(
        "family/diary.html", context, viewer=await viewer_of(caller, "/diary", behind=behind)
    )


def _url(pupil_id: str, monday: date) -> str:
    return f"/pupils/{pupil_id}/diary/{monday.isoformat()}"


def _corrected(answer: dict[str, Any]) -> list[str]:
    return [
        mark["mark_id"]
        for day in answer["days"]
        for lesson in day["lessons"]
        for mark in lesson["marks"]
        if mark["corrected"]
    ]
