"""Families are told (clauses 2.2.2, 2.2.8–2.2.11): what was told, letters and where they go."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import read
from api.caller import Caller
from api.deps import Administration, ClassKeeper, SignedIn
from api.v1.wire import PREFIX, Body, Id, Once, example
from domain.notices import Channel, Hours, Kind, Pace
from domain.refusals import Conflict, Invalid
from projections import notices, trail
from projections.notices.words import sentence

router = APIRouter(prefix=PREFIX, tags=["Уведомления"])

ADDRESS = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]{2,}")
CODE = 1_000_000  # six digits
#: a place in the inbox: position and ordinal, which is -1 of what is in no trail
BEFORE = r"^(\d{1,18}\.-?\d{1,4})?$"
LOOK_BACK = timedelta(days=60)
TOLD: dict[str, Any] = {
    "position": 4127,
    "ordinal": 0,
    "kind": "MARK_CHANGED",
    "pupil": {"pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60", "name": "Петров Пётр"},
    "at": "2026-11-23T09:41:07+00:00",
    "opened": False,
    "letter": "sent",
    "words": "Алгебра, 23.11: было 4, стало 3 (пересдача)",
}


class Seen(Body):
    """Everything up to this position of the log was seen."""

    upto: Annotated[int, Field(ge=0)]


class SeenNow(BaseModel):
    """How much of it was new."""

    seen: int


class Paces(Body):
    """Of letters and of words on devices; kinds that are not named stay as they are."""

    paces: Annotated[dict[Kind, Pace] | None, Field(examples=[{"MARK": "DAILY"}])] = None
    push: Annotated[dict[Kind, Pace] | None, Field(examples=[{"MARK": "AT_ONCE"}])] = None


class Address(Body):
    """Where letters are to go."""

    address: Annotated[str, Field(max_length=254, examples=["petrova@example.org"])]


class Code(Body):
    """What the letter said."""

    code: Annotated[str, Field(max_length=12, examples=["042917"])]


class SchoolHours(Body):
    """When the school writes: whole hours of its zone; weekday 1 is Monday."""

    publish: int
    quiet_from: int
    quiet_until: int
    weekday: int


class Settings(BaseModel):
    """What is told how often by letter and on devices, and where letters go."""

    paces: dict[Kind, Pace]
    push: dict[Kind, Pace]
    address: str | None
    confirmed: bool
    failure: str


@router.get(
    "/notices", responses=example({"unread": 1, "notices": [TOLD], "next_before": "4127.0"})
)
async def my_notices(
    request: Request,
    caller: SignedIn,
    before: Annotated[str, Query(pattern=BEFORE)] = "",
) -> Response:
    """What I was told, the newest first; `before` is `next_before` of the page before."""
    as_of = await caller.door.progress.as_of()
    found, unread = await told(caller, before)
    last = found[-1] if len(found) == notices.PAGE else None
    content = {
        "unread": unread,
        "notices": [{k: v for k, v in one.items() if k != "item"} for one in found],
        "next_before": last and f"{last['position']}.{last['ordinal']}",
    }
    return read(request, content, as_of)


async def told(caller: Caller, before: str = "") -> tuple[list[dict[str, Any]], int]:
    """The inbox, each with its `words`, and how much of it was not seen."""
    position, _, ordinal = before.partition(".")
    place = (int(position), int(ordinal)) if before else notices.NEWEST
    async with caller.reading() as (conn, schema):
        found = await notices.inbox(conn, schema, caller.person_id, place)
        unread = await notices.unread(conn, schema, caller.person_id)
    # as the program: homework of a class is in the trail of nobody in particular, and whoever has
    # the notice was to read it
    async with caller.door.reading() as (conn, schema):
        places = [(one["position"], one["ordinal"]) for one in found]
        items = await trail.at_places(conn, schema, places)
    for one in found:
        item = one["item"] = items.get((one["position"], one["ordinal"]))
        one["words"] = sentence(Kind(one["kind"]), item)
    return found, unread


@router.post("/notices/seen")
async def notices_seen(new: Seen, caller: SignedIn, _: Once) -> SeenNow:
    """I have seen everything up to a position."""
    async with caller.door.reading() as (conn, schema):
        now = caller.door.house.clock()
        found = await notices.seen(conn, schema, caller.person_id, new.upto, now)
    return SeenNow(seen=found)


@router.get("/notices/settings")
async def notice_settings(caller: SignedIn) -> Settings:
    """What I am written about, how often, and where."""
    async with caller.door.reading() as (conn, schema):
        paces = await notices.paces(conn, schema, caller.person_id)
        push = await notices.paces(conn, schema, caller.person_id, Channel.PUSH)
        found = await notices.address_of(conn, schema, caller.person_id)
    return Settings(
        paces=paces,
        push=push,
        address=found["address"] if found else None,
        confirmed=bool(found and found["confirmed_at"] and not found["failed_at"]),
        failure=found["failure"] if found else "",
    )


@router.post("/notices/settings")
async def choose_paces(new: Paces, caller: SignedIn, _: Once) -> Settings:
    """From now on; letters that wait already go as they were to."""
    async with caller.door.reading() as (conn, schema):
        await notices.choose(conn, schema, caller.person_id, new.paces or {})
        await notices.choose(conn, schema, caller.person_id, new.push or {}, Channel.PUSH)
    return await notice_settings(caller)


@router.post("/notices/address", status_code=202)
async def give_address(new: Address, caller: SignedIn, _: Once) -> Settings:
    """Letters are to go there; a letter with a code goes first."""
    await give(caller, new.address)
    return await notice_settings(caller)


async def give(caller: Caller, address: str) -> None:
    """Raises Invalid for what is no address, Conflict when a code has just been sent."""
    if not ADDRESS.fullmatch(address.strip()):
        raise Invalid("mail.address", "Это не похоже на адрес почты: имя@сервер.")
    code = f"{secrets.randbelow(CODE):06}"
    async with caller.door.reading() as (conn, schema):
        now = caller.door.house.clock()
        given = await notices.give_address(
            conn, schema, caller.person_id, address.strip(), code, now
        )
    if not given:
        raise Conflict("mail.too_soon", "Код только что отправлен: подождите две минуты.")


@router.post("/notices/address/confirmation")
async def confirm_address(new: Code, caller: SignedIn, _: Once) -> Settings:
    """The code of the letter has come back: from now on letters go there."""
    await confirm(caller, new.code)
    return await notice_settings(caller)


async def confirm(caller: Caller, code: str) -> None:
    """Raises Invalid for another code, a late one, or after five tries."""
    async with caller.door.reading() as (conn, schema):
        now = caller.door.house.clock()
        good = await notices.confirm_address(conn, schema, caller.person_id, code.strip(), now)
    if not good:
        raise Invalid(
            "mail.code", "Код не подошёл. Он действует сутки и пять попыток; запросите новый."
        )


@router.delete("/notices/address")
async def withdraw_address(caller: SignedIn, _: Once) -> Settings:
    """No letters any more."""
    async with caller.door.reading() as (conn, schema):
        await notices.withdraw_address(conn, schema, caller.person_id)
    return await notice_settings(caller)


@router.get(
    "/classes/{class_id}/notices",
    responses=example(
        {
            "since": "2026-09-24",
            "letters": [
                {
                    "pupil": TOLD["pupil"],
                    "guardian": {
                        "person_id": "1d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
                        "name": "Петрова Ольга",
                    },
                    "channel": "email",
                    "queued": 0,
                    "sent": 12,
                    "failed": 0,
                    "last_sent": "2026-11-23T15:00:00+00:00",
                    "opened": None,
                    "error": "",
                }
            ],
        }
    ),
)
async def class_letters(class_id: Id, request: Request, caller: ClassKeeper) -> Response:
    """What became of letters and words on devices (`channel`) to the guardians of a class in the
    last two months.
    """
    as_of = await caller.door.progress.as_of()
    since = caller.door.house.clock() - LOOK_BACK
    async with caller.reading() as (conn, schema):
        found = await notices.delivery(conn, schema, class_id, since)
    return read(request, {"since": since.date().isoformat(), "letters": found}, as_of)


@router.get("/notice-hours")
async def notice_hours(caller: Administration) -> SchoolHours:
    """When the school writes to families."""
    async with caller.door.reading() as (conn, schema):
        found = await notices.hours(conn, schema)
    return SchoolHours(
        publish=found.publish,
        quiet_from=found.quiet_from,
        quiet_until=found.quiet_until,
        weekday=found.weekday,
    )


@router.post("/notice-hours")
async def set_notice_hours(new: SchoolHours, caller: Administration, _: Once) -> SchoolHours:
    """From now on; letters that wait already go as they were to."""
    await write_hours(caller, Hours(new.publish, new.quiet_from, new.quiet_until, new.weekday))
    return new


async def write_hours(caller: Caller, hours: Hours) -> None:
    """Raises Invalid for hours that no day has, and for a digest in the quiet hours."""
    hours.check()
    async with caller.door.reading() as (conn, schema):
        await notices.set_hours(conn, schema, hours)
