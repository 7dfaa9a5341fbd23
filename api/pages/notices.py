"""«Уведомления»: what a family was told, which letters come, and where they go."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.caller import Caller
from api.deps import ClassKeeper, SignedIn
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import Sent, sent
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, page_of, viewer_of
from api.v1.devices import devices, forget
from api.v1.notices import BEFORE, LOOK_BACK, confirm, give, told, write_hours
from domain.notices import KIND_LABELS, PACE_LABELS, Channel, Hours, Kind, Pace
from domain.permissions import ADMINISTRATION
from domain.refusals import Forbidden, Invalid, NotFound, Refusal
from projections import directory, notices

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/notices"
SAID = {
    "seen": "Всё прочитано.",
    "paces": "Сохранено.",
    "address": "Отправили письмо с кодом: введите его здесь.",
    "code": "Адрес подтверждён, письма будут приходить.",
    "no-address": "Письма больше не приходят.",
    "device": "Сюда будут приходить уведомления.",
    "no-device": "На это устройство больше ничего не приходит.",
    "hours": "Часы рассылки сохранены.",
}
WEEKDAYS = list(enumerate(wording.WEEKDAYS, 1))


@router.get(HOME)
async def inbox(caller: SignedIn, behind: Behind, said: str = "", before: str = "") -> Response:
    """What I was told; the choice of letters below."""
    return await _page(caller, said=said, before=before, behind=behind)


@router.post(HOME)
async def change(request: Request, caller: SignedIn) -> Response:
    """One of the forms of the page: seen, paces, address, code, no-address, no-device, hours."""
    form = await sent(request, most=40)
    what = form.one("what")
    try:
        form.key()
        await _do(caller, what, form)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(caller, refusal=refusal)
    return RedirectResponse(f"{HOME}?said={what}", SEE_OTHER)


async def _do(caller: Caller, what: str, form: Sent) -> None:
    """Raises Invalid, Conflict, Forbidden."""
    match what:
        case "address":
            await give(caller, form.one("address"))
        case "code":
            await confirm(caller, form.one("code"))
        case "no-device":
            await forget(caller, form.one("device"))
        case "hours":
            if not set(ADMINISTRATION) & set(caller.roles):
                raise Forbidden("notice_hours.whose", "Часы рассылки назначает администрация.")
            await write_hours(caller, Hours(*(_hour(form, one) for one in Hours.__struct_fields__)))
        case "seen" | "paces" | "no-address":
            now = caller.door.house.clock()
            async with caller.door.reading() as (conn, schema):
                who = caller.person_id
                if what == "seen":
                    await notices.seen(conn, schema, who, _hour(form, "upto"), now)
                elif what == "paces":
                    await notices.choose(conn, schema, who, _paces(form, "pace-"))
                    await notices.choose(conn, schema, who, _paces(form, "push-"), Channel.PUSH)
                else:
                    await notices.withdraw_address(conn, schema, who)
        case _:
            raise Invalid("form.strange", "Откройте страницу ещё раз.")


def _hour(form: Sent, name: str) -> int:
    text = form.one(name)
    if not (text.isdecimal() and len(text) < 19):  # noqa: PLR2004 - a bigint
        raise Invalid("notice_hours.bounds", "Укажите час числом.")
    return int(text)


def _paces(form: Sent, prefix: str) -> dict[Kind, Pace]:
    try:
        return {Kind(kind): Pace(pace) for kind, pace in form.under(prefix)}
    except ValueError:
        raise Invalid("notice.pace", "Выберите, как часто писать.") from None


async def _page(
    caller: Caller,
    *,
    said: str = "",
    before: str = "",
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    zone = caller.door.zone
    found, unread = await told(caller, before if re.match(BEFORE, before) else "")
    async with caller.door.reading() as (conn, schema):
        paces = await notices.paces(conn, schema, caller.person_id)
        push = await notices.paces(conn, schema, caller.person_id, Channel.PUSH)
        address = await notices.address_of(conn, schema, caller.person_id)
        hours = await notices.hours(conn, schema)
    days: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        day = wording.day_in_words(wording.local(one["at"], zone).date())
        days.setdefault(day, []).append(_line(one, zone))
    last = found[-1] if len(found) == notices.PAGE else None
    context = {
        "days": list(days.items()),
        "unread": unread,
        "newest": found[0]["position"] if found else 0,
        "older": last and f"{HOME}?before={last['position']}.{last['ordinal']}",
        "kinds": [
            (str(kind), label, str(paces[kind]), str(push[kind]))
            for kind, label in KIND_LABELS.items()
        ],
        "push": await _push(caller, zone),
        "paces": [(str(pace), label) for pace, label in PACE_LABELS.items()],
        "address": address,
        "hours": hours,
        "weekdays": WEEKDAYS,
        "may_set_hours": bool(set(ADMINISTRATION) & set(caller.roles)),
        "family": not caller.staff,
        "key": fresh_id(),
        "said": SAID.get(said, ""),
        "error": refusal.message if refusal else "",
    }
    return await page_of(
        caller, "family/notices.html", context, HOME, behind=behind, refusal=refusal
    )


async def _push(caller: Caller, zone: str) -> dict[str, Any] | None:
    """Devices that are told, as the page shows them; None while this is off here."""
    found: dict[str, Any] = await devices(caller)
    if found["key"] is None:
        return None
    for one in found["devices"]:
        one["since"] = wording.moment(one["since"], zone)
        one["sent"] = one["sent"] and wording.moment(one["sent"], zone)
    return found


def _line(one: dict[str, Any], zone: str) -> dict[str, Any]:
    item = one["item"]
    day = (item and item["lesson_date"]) or one["at"][:10]
    monday = wording.monday_of(wording.as_date(day))
    return {
        "pupil": wording.called(one["pupil"]["name"]),
        "words": one["words"],
        "time": wording.moment(one["at"], zone)[-5:],
        "new": not one["opened"],
        "href": f"/pupils/{one['pupil']['pupil_id']}/diary/{monday}#d{day}",
        "letter": one["letter"] or "",
    }


@router.get("/classes/{class_id}/notices")
async def class_letters(class_id: UUID, caller: ClassKeeper, behind: Behind) -> Response:
    """What became of letters to the guardians of a class."""
    number, zone = str(class_id), caller.door.zone
    since = caller.door.house.clock() - LOOK_BACK
    async with caller.reading() as (conn, schema):
        found = await notices.delivery(conn, schema, number, since)
        card = await directory.class_card(conn, schema, number, caller.door.rights.today())
    context = {
        "class_name": card["name"] if card else "",
        "since": wording.day_in_words(since.date()),
        "letters": [
            {
                **one,
                "last_sent": one["last_sent"] and wording.moment(one["last_sent"], zone),
                "how": "на устройство" if one["channel"] == "push" else "письмом",
                "opened": one["opened"] and wording.moment(one["opened"], zone),
            }
            for one in found
        ],
    }
    viewer = await viewer_of(caller, "/absences", behind=behind)
    return page("classroom/letters.html", context, viewer=viewer)
