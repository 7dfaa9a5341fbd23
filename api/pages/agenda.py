"""«Календарь»: lessons in the calendar of a telephone, by a secret address."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import agenda
from api.admission import DoorOf, address_of
from api.answers import etag_of, unchanged
from api.caller import Caller
from api.deps import Anyone, SignedIn
from api.errors import STATUS, SignInRequired
from api.house import fresh_id
from api.pages import qr, wording
from api.pages.again import again, asks
from api.pages.forms import Sent, sent
from api.pages.rendering import page
from api.pages.routing import PageRoute, viewer_of
from api.v1 import agenda as wire
from domain.refusals import Invalid, Refusal

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/calendar"


@router.get(HOME + "/{secret}.ics")
async def calendar(secret: str, request: Request, door: DoorOf, _: Anyone) -> Response:
    """The calendar behind a secret address: the address itself is the key."""
    body = await agenda.opened(door, secret, address_of(request))
    headers = {
        "ETag": etag_of(body),
        "Cache-Control": "private, no-cache",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="uroki.ics"'
    return Response(body, headers=headers, media_type="text/calendar; charset=utf-8")


@router.get(HOME)
async def calendars(caller: SignedIn) -> Response:
    """Whose lessons may be in a calendar; an address is given and taken here."""
    return await _page(caller)


@router.post(HOME)
async def change(request: Request, caller: SignedIn) -> Response:
    """One of two buttons: `issue` or `revoke`, each with whom it is about."""
    form = await sent(request, most=10)
    try:
        if form.number("revoke"):
            form.key()
            await agenda.revoke(caller, form.number("revoke") or "")
            return await _page(caller, said="Ссылка отозвана: календарь больше не обновится.")
        return await _issued(request, caller, form)
    except (Refusal, SignInRequired) as refusal:
        return await _page(caller, refusal=refusal)


async def _issued(request: Request, caller: Caller, form: Sent) -> Response:
    about = form.number("issue")
    if about is None:
        raise Invalid("form.strange", "Откройте страницу ещё раз.")
    renewed = Response()
    if not caller.is_fresh:
        given = {"password": form.one("password"), "code": form.one("code")}
        await again(request, caller, given, renewed)
        caller = await _shown_again(caller)
    secret = await agenda.issue(caller, about, form.once(caller, HOME))
    if secret is None:
        raise Invalid("calendar.told", "Ссылка уже показана один раз: получите новую.")
    answer = await _page(caller, about=about, url=wire.address_of(request, caller, secret))
    answer.headers["Cache-Control"] = "no-store"  # the secret stays on no disk
    for name, value in renewed.raw_headers:
        if name == b"set-cookie":
            answer.raw_headers.append((name, value))
    return answer


async def _shown_again(caller: Caller) -> Caller:
    """The caller, whose password was shown in this very request."""
    now = caller.door.house.clock()
    return Caller(caller.door, caller.session._replace(auth_time=now), caller.roles)


async def _page(
    caller: Caller,
    *,
    about: str = "",
    url: str = "",
    said: str = "",
    refusal: Refusal | None = None,
) -> Response:
    zone = caller.door.zone
    known = {one.about: one for one in await agenda.links(caller)}
    people: list[dict[str, Any]] = []
    for one in await agenda.possible(caller):
        link = known.pop(one.about, None)
        people.append(
            {
                "about": one.about,
                "title": "Мои уроки" if one.own else one.name,
                "class_name": one.class_name,
                "since": link and wording.moment(link.created.isoformat(), zone),
                "read": link
                and link.last_read
                and wording.moment(link.last_read.isoformat(), zone),
                "over": False,
                "url": url if one.about == about else "",
            }
        )
    # addresses about whom one has nothing to do with any more: they answer nothing, and may go
    people += [
        {
            "about": one.about,
            "title": "Прежняя ссылка",
            "class_name": "",
            "since": wording.moment(one.created.isoformat(), zone),
            "read": one.last_read and wording.moment(one.last_read.isoformat(), zone),
            "over": True,
            "url": "",
        }
        for one in known.values()
    ]
    context = {
        "people": people,
        "webcal": url.partition("://")[2],
        "qr": qr.svg(url, "Код QR с адресом календаря") if url else "",
        "key": fresh_id(),
        "said": said,
        "error": refusal.message if refusal else "",
        **(asks(caller) if not url else {"ask_password": False, "ask_code": False}),
    }
    status = STATUS[type(refusal)] if refusal else 200
    return page("agenda.html", context, viewer=await viewer_of(caller, HOME), status=status)
