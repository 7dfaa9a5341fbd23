"""How pages refuse: to the sign-in page, or a page of failure; never problem+json."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Cookie, Depends
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.caller import Caller
from api.deps import DoorOf
from api.errors import STATUS, SignInRequired
from api.pages.failures import failure_page
from api.pages.viewer import viewer
from domain.refusals import Refusal
from projections import directory

SEE_OTHER = 303


class PageRoute(APIRoute):
    """A route whose refusals are pages for a person."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The usual handler; what it refuses becomes a redirect or a page."""
        usual = super().get_route_handler()

        async def handler(request: Request) -> Response:
            if clean := without_empty(request.url.query):
                return RedirectResponse(f"{request.url.path}{clean}", SEE_OTHER)
            try:
                return await usual(request)
            except SignInRequired:
                there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return RedirectResponse(f"/sign-in?next={quote(there, safe='')}", SEE_OTHER)
            except RequestValidationError:
                return failure_page(404)
            except Refusal as refusal:
                return refused(refusal)

        return handler


def refused(refusal: Refusal) -> Response:
    """A refusal as a page; an unchanged handed-out password leads to the page that changes it."""
    if refusal.code == "session.password_must_change":
        return RedirectResponse("/password", SEE_OTHER)
    wait = refusal.extra.get("retry_after")
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return failure_page(STATUS[type(refusal)], detail=refusal.message, headers=headers)


def without_empty(query: str) -> str:
    """The query without fields that a form left empty, with its «?»; empty when it has none."""
    pairs = parse_qsl(query, keep_blank_values=True)
    if all(value for _, value in pairs):
        return ""
    return "?" + urlencode([(name, value) for name, value in pairs if value])


def local_path(there: str) -> str:
    """An address of this site to return to after signing in; the first page for any other."""
    inside = there.startswith("/") and not there.startswith(("//", "/\\"))
    return there if inside else "/"


async def up_to_own_writes(door: DoorOf, letopis_position: Annotated[str, Cookie()] = "") -> None:
    """Wait until the projections include what this browser wrote a moment ago. Raises Busy."""
    if letopis_position.isdecimal():
        head = (await door.progress.now(0.0)).head.position
        await door.progress.reach(min(int(letopis_position), head))


Fresh = Depends(up_to_own_writes)


async def viewer_of(caller: Caller, current: str) -> dict[str, Any]:
    """Who looks, for the header; `current` is the address of the open section."""
    async with caller.door.reading() as (conn, schema):
        person = await directory.person(conn, schema, caller.person_id)
    return viewer(
        person_id=caller.person_id,
        name=person["name"] if person else "",
        roles=caller.roles,
        zone=caller.door.zone,
        current=current,
    )
