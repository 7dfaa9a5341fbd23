"""«Вебхуки»: which other programs are told of what is written. Forms without a script."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api import webhooks as keeping
from api.caller import Caller
from api.deps import WebhookKeeper
from api.errors import STATUS, SignInRequired
from api.house import fresh_id
from api.pages import wording
from api.pages.again import again, asks
from api.pages.forms import Sent, sent
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, viewer_of
from api.v1.webhooks import kept, note
from api.webhooks import STOPPED_BY_HAND, UNKNOWN, Keeping
from domain.refusals import Invalid, NotFound, Refusal
from projections import webhooks
from projections.trail.words import KIND_LABELS
from projections.webhooks import Webhook

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/webhooks"
SAID = {
    "test": "Пробное событие уйдёт через несколько секунд.",
    "stop": "Остановлен: события копятся и уйдут, когда вы продолжите.",
    "resume": "Отправка продолжается.",
    "remove": "Вебхук удалён.",
    "replay": "События после этого места уйдут ещё раз.",
    "again": "Недоставленные события отправляются снова.",
}
LABELS = sorted(KIND_LABELS.items(), key=lambda one: one[1])


@router.get(HOME)
async def addresses(caller: WebhookKeeper, behind: Behind, said: str = "") -> Response:
    """Every address, how it goes there, and a form for a new one."""
    return await _page(caller, said=SAID.get(said, ""), behind=behind)


@router.post(HOME)
async def change(request: Request, caller: WebhookKeeper) -> Response:
    """One of the forms of the page: add, rotate, test, stop, resume, remove, replay, again."""
    form = await sent(request, most=120)
    what, fresh = form.one("what"), Response()
    try:
        form.key()
        if what in {"add", "rotate"}:
            if not caller.is_fresh:
                fields = {name: form.one(name) for name in ("password", "code")}
                await again(request, caller, fields, fresh)
            return _with_cookies(await _secret(caller, what, form), fresh)
        async with kept(caller) as here:
            await _do(caller, here, what, form)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(caller, refusal=refusal, url=form.one("url"))
    return RedirectResponse(f"{HOME}?said={what}", SEE_OTHER)


def _with_cookies(answer: Response, fresh: Response) -> Response:
    """The session was renewed: so is its cookie."""
    answer.raw_headers += [one for one in fresh.raw_headers if one[0] == b"set-cookie"]
    return answer


async def _secret(caller: Caller, what: str, form: Sent) -> Response:
    """Raises Invalid, Conflict, NotFound."""
    number = form.key() if what == "add" else _number(form)
    async with kept(caller) as here:
        if what == "add":
            kinds = form.many("kind")
            secret = await keeping.add(here, number, form.one("url"), kinds, caller.person_id)
            if secret is None:  # sent twice: it was shown
                return RedirectResponse(HOME, SEE_OTHER)
        else:
            secret, _ = await keeping.rotate(here, number)
    await note(caller, number, "added" if what == "add" else "rotated")
    answer = await _page(caller, secret=secret, of=number)
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def _do(caller: Caller, here: Keeping, what: str, form: Sent) -> None:
    """Raises Invalid, NotFound."""
    number, conn, schema = _number(form), here.conn, here.schema
    match what:
        case "test":
            await keeping.try_out(here, number, caller.door.school_id)
            return
        case "stop":
            found = await webhooks.stop(conn, schema, number, STOPPED_BY_HAND)
        case "resume":
            found = await webhooks.resume(conn, schema, number, here.now)
        case "remove":
            found = await webhooks.remove(conn, schema, number)
        case "replay":
            found = True
            await keeping.replay(here, number, _place(form))
        case "again":
            event = form.one("event") or None
            found = bool(await webhooks.again(conn, schema, number, event, here.now))
        case _:
            raise Invalid("form.strange", "Откройте страницу ещё раз.")
    if not found:
        raise UNKNOWN
    await note(caller, number, what)


def _number(form: Sent) -> str:
    try:
        return str(UUID(form.one("webhook")))
    except ValueError:
        raise Invalid("form.strange", "Откройте страницу ещё раз.") from None


def _place(form: Sent) -> int:
    text = form.one("since")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):  # noqa: PLR2004 - a bigint
        raise Invalid("webhook.since", "Место в журнале — целое число.")
    return int(text)


async def _page(
    caller: Caller,
    *,
    said: str = "",
    secret: str = "",
    of: str = "",
    url: str = "",
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    zone = caller.door.zone
    async with kept(caller) as here:
        found = await webhooks.listed(here.conn, here.schema, here.now)
        shown = [
            _shown(one, zone)
            | {
                "undelivered": [
                    line | {"tried": wording.moment(line["tried"], zone), "key": fresh_id()}
                    for line in await webhooks.dead(here.conn, here.schema, one.webhook_id)
                ]
                if one.dead
                else []
            }
            for one in found
        ]
    context = {
        "webhooks": shown,
        "labels": LABELS,
        "said": said,
        "secret": secret,
        "of": next((one["url"] for one in shown if one["webhook_id"] == of), ""),
        "url": url,
        "key": fresh_id(),
        **asks(caller),
        "error": refusal.message if refusal else "",
    }
    status = 200 if refusal is None else 422 if isinstance(refusal, SignInRequired) else 0
    return page(
        "deputy/webhooks.html",
        context,
        viewer=await viewer_of(caller, HOME, behind=behind),
        status=status or STATUS[type(refusal)],  # type: ignore[index]
    )


def _shown(one: Webhook, zone: str) -> dict[str, Any]:
    if one.stopped:
        tag, words = "bad", "не отправляется"
    elif one.failures:
        tag, words = "warn", f"не отвечает, следующая попытка {wording.moment(one.due, zone)}"
    else:
        tag, words = "ok", "работает"
    return {
        **one._asdict(),
        "tag": tag,
        "words": words,
        "about": ", ".join(KIND_LABELS.get(kind, kind) for kind in one.kinds) or "все события",
        "last": one.last_sent and wording.moment(one.last_sent, zone),
        "both": one.old_secret_until and wording.moment(one.old_secret_until, zone),
        "key": fresh_id(),
    }
