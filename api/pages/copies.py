"""«Всё, что школа хранит»: a copy for the person, a parent, or the office that hands it out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import copies
from api.caller import Caller
from api.deps import SignedIn
from api.errors import STATUS, SignInRequired
from api.house import fresh_id
from api.pages import wording
from api.pages.again import again, asks
from api.pages.forms import sent
from api.pages.rendering import page
from api.pages.routing import PageRoute, viewer_of
from api.scans import ZIP, download
from domain.refusals import NotFound, Refusal
from projections import directory
from projections.copies import Copy

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HERE = "/people/{person_id}/copy"
STATES = {
    "asked": "ждёт очереди: обновите страницу через минуту",
    "running": "собирается: обновите страницу через минуту",
    "failed": "собрать не удалось: попросите ещё раз",
}


@router.get(HERE)
async def copy_page(person_id: UUID, caller: SignedIn) -> Response:
    """What is in it, and the copies that are ready."""
    return await _shown(caller, str(person_id))


@router.post(HERE)
async def copy_asked(request: Request, person_id: UUID, caller: SignedIn) -> Response:
    """Ask for a copy (`what`), or take one (`take`); both after the password."""
    number, form, renewed = str(person_id), await sent(request, most=10), Response()
    try:
        if not caller.is_fresh:
            given = {"password": form.one("password"), "code": form.one("code")}
            await again(request, caller, given, renewed)
            now = caller.door.house.clock()
            caller = Caller(caller.door, caller.session._replace(auth_time=now), caller.roles)
        run_id = form.number("take")
        if run_id:
            answer: Response = download(await copies.taken(caller, run_id), copies.FILE, ZIP)
        else:
            once = form.once(caller, f"/people/{number}/copy")
            await copies.ask(caller, number, once)
            answer = await _shown(caller, number, said="Собираем. Это займёт минуту-другую.")
    except NotFound:
        raise
    except (Refusal, SignInRequired) as refusal:
        return await _shown(caller, number, refusal=refusal)
    for name, value in renewed.raw_headers:
        if name == b"set-cookie":
            answer.raw_headers.append((name, value))
    return answer


async def _shown(
    caller: Caller, person_id: str, *, said: str = "", refusal: Refusal | None = None
) -> Response:
    found = await copies.listed(caller, person_id)
    async with caller.reading() as (conn, schema):
        person = await directory.person(conn, schema, person_id)
    context: dict[str, Any] = {
        "name": person["name"] if person else "",
        "own": person_id == caller.person_id,
        "runs": [_run(one, caller.door.zone) for one in found],
        "key": fresh_id(),
        "said": said,
        "error": refusal.message if refusal else "",
        **asks(caller),
    }
    viewer = await viewer_of(caller, "/account")
    status = STATUS[type(refusal)] if refusal else 200
    return page("copies/copy.html", context, viewer=viewer, status=status)


def _run(one: Copy, zone: str) -> dict[str, Any]:
    size = f"{(one.size or 0) / 1024:.0f} КБ"
    words = "устарела: после неё данные стирали" if one.gone else f"готова, {size}"
    return {
        "run_id": one.run_id,
        "asked": wording.moment(one.asked_at, zone),
        "words": STATES.get(one.state, words),
        "ready": one.state == "ready" and not one.gone,
    }
