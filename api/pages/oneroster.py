"""«Выгрузить для другой системы»: the bundle of a year, after the password."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.caller import Caller
from api.deps import Administration
from api.errors import STATUS, SignInRequired
from api.house import fresh_id
from api.oneroster.exporting import exported
from api.pages.again import again, asks
from api.pages.forms import sent
from api.pages.importing import YEAR, OfYear
from api.pages.rendering import page
from api.pages.routing import PageRoute, viewer_of
from api.scans import ZIP, download
from domain.refusals import Refusal

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HERE = YEAR + "/oneroster"


@router.get(HERE)
async def ask_bundle(caller: Administration, year: OfYear = None) -> Response:
    """What is in it, and the button."""
    return await _shown(caller, year or await caller.door.rights.year())


@router.post(HERE)
async def take_bundle(request: Request, caller: Administration) -> Response:
    """The bundle itself."""
    form = await sent(request, most=10)
    told = form.one("year")
    year = int(told) if told.isdecimal() else await caller.door.rights.year()
    renewed = Response()
    try:
        if not caller.is_fresh:
            given = {"password": form.one("password"), "code": form.one("code")}
            await again(request, caller, given, renewed)
            now = caller.door.house.clock()
            caller = Caller(caller.door, caller.session._replace(auth_time=now), caller.roles)
        body = await exported(caller, year, marks=bool(form.one("marks")))
    except (Refusal, SignInRequired) as refusal:
        return await _shown(caller, year, refusal)
    answer = download(body, f"oneroster-{year}.zip", ZIP)
    for name, value in renewed.raw_headers:
        if name == b"set-cookie":
            answer.raw_headers.append((name, value))
    return answer


async def _shown(caller: Caller, year: int, refusal: Refusal | None = None) -> Response:
    context: dict[str, Any] = {
        "title": "Выгрузить для другой системы",
        "here": HERE,
        "year": year,
        "name": f"{year}/{year + 1}",
        "done": False,
        "key": fresh_id(),
        "error": refusal.message if refusal else "",
        **asks(caller),
    }
    viewer = await viewer_of(caller, YEAR)
    status = STATUS[type(refusal)] if refusal else 200
    return page("year/oneroster.html", context, viewer=viewer, status=status)
