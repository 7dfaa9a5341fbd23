"""How pages refuse: to the sign-in page, or a page of failure; never problem+json."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Cookie, Depends
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.admission import DoorOf
from api.attempts import CODE
from api.caller import Caller
from api.errors import STATUS, Elsewhere, SignInRequired
from api.pages.failures import failure_page
from api.pages.packing import GZIP_LEVEL, WORTH_PACKING, gzipped
from api.pages.rendering import Pieced, page
from api.pages.viewer import home, viewer
from api.pages.wording import plural
from domain.refusals import Busy, Refusal
from domain.values import Role
from projections import directory, grants, reminders

SEE_OTHER = 303
PERMANENT = 308
#: what the director is told on every page until somebody has checked it
GLASSES = ("дневник открыт", "дневника открыты", "дневников открыто")
#: what is to be done before anything else → its page
FIRST = {
    "session.password_must_change": "/password",
    "session.second_factor_required": "/account",
}


class PageRoute(APIRoute):
    """A route whose refusals are pages for a person."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The usual handler; what it refuses becomes a redirect or a page."""
        usual = super().get_route_handler()

        async def handler(request: Request) -> Response:
            if clean := without_empty(request.url.query):
                return RedirectResponse(f"{request.url.path}{clean}", SEE_OTHER)
            try:
                return packed(request, await usual(request))
            except SignInRequired:
                there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return RedirectResponse(f"/sign-in?next={quote(there, safe='')}", SEE_OTHER)
            except RequestValidationError:
                return failure_page(404)
            except Elsewhere as refusal:
                if request.method not in {"GET", "HEAD"}:
                    return refused(refusal)
                there = f"{refusal.extra['moved_to']}{request.url.path}"
                query = f"?{request.url.query}" if request.url.query else ""
                return RedirectResponse(f"{there}{query}", PERMANENT)
            except Refusal as refusal:
                request.scope[CODE] = refusal.code
                return refused(refusal)

        return handler


def kept(answer: Response, caller: Caller) -> Response:
    """The page may be shown again without a network, on the family's own device."""
    if {Role.PARENT, Role.PUPIL} & set(caller.roles):
        answer.headers["Letopis-Keep"] = caller.person_id
    return answer


def packed(request: Request, answer: Response) -> Response:
    """The page compressed, for a browser that asks for it: a register shrinks to a tenth."""
    body = bytes(answer.body)
    accepts = "gzip" in request.headers.get("accept-encoding", "")
    if accepts and len(body) >= WORTH_PACKING:
        if isinstance(answer, Pieced):
            answer.body = gzipped(answer.pieces)
        else:
            answer.body = gzip.compress(body, GZIP_LEVEL)
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Content-Length"] = str(len(answer.body))
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


def refused(refusal: Refusal) -> Response:
    """A refusal as a page; what one has to do first leads to the page where one does it."""
    if refusal.code in FIRST:
        return RedirectResponse(FIRST[refusal.code], SEE_OTHER)
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


def led(there: str, position: int) -> RedirectResponse:
    """To a page of this site, which waits for what was just written at this position."""
    leading = RedirectResponse(there, SEE_OTHER)
    remember(leading, position)
    return leading


def remember(answer: Response, position: int) -> None:
    """Let pages opened in the next minute wait for this position."""
    answer.set_cookie("letopis_position", str(position), max_age=60, samesite="lax")


async def behind_own_writes(door: DoorOf, letopis_position: Annotated[str, Cookie()] = "") -> bool:
    """Wait for what this browser wrote a moment ago; True when the projections do not get there."""
    if not letopis_position.isdecimal():
        return False
    head = (await door.progress.now(0.0)).head.position
    try:
        await door.progress.reach(min(int(letopis_position), head))
    except Busy:
        return True
    return False


Behind = Annotated[bool, Depends(behind_own_writes)]
#: so many facts that wait to be shown are worth a word to everybody: a restored or imported school
FAR = 500


async def far_behind(caller: Caller) -> bool:
    """Pages lack much of what is written, whoever wrote it."""
    place = await caller.door.progress.now()
    return place.head.position - place.slowest.position > FAR


async def viewer_of(
    caller: Caller, current: str, *, behind: bool = False, first: bool = False
) -> dict[str, Any]:
    """Who looks, for the header; `current` is the address of the open section.

    `behind`: the page lacks the latest writes of this browser, and says so. `first`: it is the
    teacher's first page, and tells the reminders; that of others is known by its address.
    """
    first = caller.staff and (first or "/" != current == home(caller.roles))
    async with caller.reading() as (conn, schema):
        person = await directory.person(conn, schema, caller.person_id)
        broken = 0
        if Role.DIRECTOR in caller.roles:
            broken = await grants.unseen(conn, schema, caller.person_id)
        told = []
        if first:
            now = caller.door.house.clock()
            told = await reminders.reminders_of(conn, schema, caller.person_id, now)
    return viewer(
        person_id=caller.person_id,
        name=person["name"] if person else "",
        roles=caller.roles,
        zone=caller.door.zone,
        current=current,
        behind=behind or await far_behind(caller),
        alert=plural(broken, *GLASSES) if broken else "",
        reminders=told,
    )


async def page_of(
    caller: Caller,
    template: str,
    context: dict[str, Any],
    current: str,
    *,
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    """A page for a caller (`viewer_of`), with the status of what was refused when it is the page of
    a form; the context has the words.
    """
    viewer = await viewer_of(caller, current, behind=behind)
    status = STATUS[type(refusal)] if refusal else 200
    return page(template, context, viewer=viewer, status=status)
