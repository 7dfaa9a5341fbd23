"""The diary of a pupil: for the parents and for the pupil."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.caller import Caller
from api.deps import DiaryReader, SignedIn
from api.errors import STATUS
from api.house import fresh_id
from api.pages import ticks
from api.pages.diary import diary_page, reading
from api.pages.forms import back, or_again, sent
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, kept, viewer_of
from api.pages.ticks import ticked
from api.pages.wording import called, monday_of
from api.ticking import A_WEEK, homework_in, week_of
from api.v1.acknowledgements import acknowledge
from domain.refusals import Invalid, NotFound, Refusal
from domain.values import Role
from projections import classroom, directory, trail
from projections.ticks import ticks_of

TO_FRIDAY = timedelta(days=4)

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/diary")
async def this_week(caller: SignedIn) -> Response:
    """To this week of the first child, or of oneself."""
    pupil_id = await first_pupil(caller)
    return RedirectResponse(_url(pupil_id, monday_of(caller.door.rights.today())), SEE_OTHER)


@router.get("/marks")
async def these_marks(caller: SignedIn) -> Response:
    """To the marks of the first child, or one's own."""
    return RedirectResponse(f"/pupils/{await first_pupil(caller)}/marks", SEE_OTHER)


async def first_pupil(caller: Caller) -> str:
    """Whose diary a family opens first. Raises NotFound."""
    if Role.PUPIL in caller.roles:
        return caller.person_id
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        children = await directory.children_of(conn, schema, caller.person_id, today)
    if not children:
        raise NotFound("diary.nobody", "За вами не записан ни один ученик.")
    return str(children[0]["pupil_id"])


WEEK = "/pupils/{pupil_id}/diary/{monday}"


@router.get(WEEK)
async def week(pupil_id: UUID, monday: date, caller: DiaryReader, behind: Behind) -> Response:
    """One week; any other day leads to its Monday."""
    return await _week(caller, str(pupil_id), monday, behind=behind)


@router.post(WEEK)
async def sign(pupil_id: UUID, monday: date, request: Request, caller: DiaryReader) -> Response:
    """A guardian signs the week as read."""
    number = str(pupil_id)
    form = await sent(request, most=4)

    async def act() -> Response:
        position = form.one("position")
        if not position.isdecimal():
            raise Invalid("diary.position", "Обновите страницу и подпишите ещё раз.")
        once = form.once(caller, request.url.path)
        answer = await acknowledge(caller, number, monday, int(position), once)
        return await back(answer, _url(number, monday) + "#read")

    return await or_again(act, partial(_week, caller, number, monday))


async def _week(
    caller: Caller,
    number: str,
    monday: date,
    *,
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    if not date.min.year < monday.year < date.max.year:
        raise NotFound("diary.unknown", "Такой недели нет.")
    if monday.weekday():
        return RedirectResponse(_url(number, monday_of(monday)), SEE_OTHER)
    today = caller.door.rights.today()
    etag, answer = await week_of(caller, number, monday)
    before = None
    if monday == monday_of(today):
        _, before = await week_of(caller, number, monday - A_WEEK)
    async with caller.reading() as (conn, schema):
        histories = {
            mark_id: await trail.history(conn, schema, mark_id) for mark_id in _corrected(answer)
        }
        children = await directory.children_of(conn, schema, caller.person_id, today)
        said = await classroom.comments_on_days(conn, schema, number, monday, caller.door.zone)
        signed = await classroom.acknowledged(conn, schema, number, monday)
        given = [one for week in (answer, before) if week for one in homework_in(week)]
        done = await ticks_of(conn, schema, number, given) if before else {}
    own = any(child["pupil_id"] == number for child in children)
    drawn = diary_page(
        answer,
        histories,
        monday=monday,
        now=caller.door.house.clock(),
        zone=caller.door.zone,
        before=before,
    )
    ticked(drawn["due"], done, caller, own=own or number == caller.person_id)
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
        "this_week_url": _url(number, monday_of(today)),
        "previous_url": _url(number, monday - timedelta(days=7)),
        "following_url": _url(number, monday + timedelta(days=7)),
        "etag": etag,
        "said": said,
        "read": reading(
            signed,
            answer,
            guardian=caller.person_id if own and monday <= today else "",
            over=monday + TO_FRIDAY <= today,
            zone=caller.door.zone,
        ),
        "key": fresh_id(),
        "error": refusal.message if refusal else "",
        "year_url": f"/pupils/{number}/year",
        "marks_url": f"/pupils/{number}/marks",
        "may_warn": own,
        "forecast_url": f"/pupils/{number}/forecast",
        "looks_url": f"/pupils/{number}/looks",
        "api_url": f"/api/v1/pupils/{number}/diary/weeks/{monday}",
        "tick_url": ticks.PLACE.format(pupil_id=number),
        **drawn,
    }
    viewer = await viewer_of(caller, "/diary", behind=behind)
    status = STATUS[type(refusal)] if refusal else 200
    return kept(page("family/diary.html", context, viewer=viewer, status=status), caller)


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
