"""Signing in, a password of one's own, and the first page: the teacher's day."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from api.admission import DoorOf
from api.deps import Anyone, SignedIn, SignedInAtAll
from api.pages import lesson_now
from api.pages.assets import ASSETS
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, local_path, viewer_of
from api.pages.today import today_page
from api.pages.viewer import home
from projections import directory

router = APIRouter(route_class=PageRoute, include_in_schema=False)

DEBTS_LOOK_BACK = timedelta(days=60)
DEBTS_SHOWN = 20


@router.get("/sign-in")
async def sign_in(
    door: DoorOf, _: Anyone, there: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """The form; the script posts it to the API and goes to `next`."""
    provider = door.house.provider
    context = {
        "school": door.name,
        "next": local_path(there),
        "provider": provider and provider.name,
    }
    return page("sign_in.html", context, viewer=None)


@router.get("/sw.js")
async def service_worker(_: Anyone) -> Response:
    """Keeps what a family has seen; it has to live at the root of what it serves."""
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(ASSETS.files["sw.js"].content, 200, headers, "text/javascript")


@router.get("/password")
async def password(caller: SignedInAtAll) -> Response:
    """A password of one's own instead of the one that was handed out."""
    return page("password.html", {"must_change": caller.session.must_change}, viewer=None)


@router.get("/")
async def first(caller: SignedIn, behind: Behind) -> Response:
    """The teacher's day; others go to the first page of their role."""
    there = home(caller.roles)
    if there is None:
        return page("nothing_yet.html", {}, viewer=await viewer_of(caller, "/", behind=behind))
    if there != "/":
        return RedirectResponse(there, SEE_OTHER)
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        shown = await directory.teaching_day(conn, schema, caller.person_id, today) or today
        lessons = await directory.lessons_of_day(conn, schema, shown, caller.person_id)
        debts = await directory.unfilled_lessons(
            conn, schema, caller.person_id, today - DEBTS_LOOK_BACK, shown
        )
        year = await directory.school_year_of(conn, schema, today)
        taught = year and await directory.taught(
            conn, schema, year=year, person_id=caller.person_id
        )
    context = today_page(lessons, debts[::-1], taught or [], today=today, at_most=DEBTS_SHOWN)
    on = None
    if shown == today:
        on = lesson_now.going_on(
            lessons, await lesson_now.bells_of_today(caller), lesson_now.local_now(caller)
        )
    context["looked_back"] = DEBTS_LOOK_BACK.days
    context["now"] = on and {
        "href": lesson_now.address(on),
        "words": f"{on['class_name']} · {on['subject']}",
    }
    viewer = await viewer_of(caller, "/", behind=behind, first=True)
    return page("teacher/today.html", context, viewer=viewer)
