"""Webhooks: which other programs are told of what is written, how that goes, and again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api import webhooks as keeping
from api.answers import read
from api.caller import Caller
from api.deps import OK, WebhookKeeper
from api.v1.wire import PREFIX, Body, Id, Once, example
from api.webhooks import STOPPED_BY_HAND, UNKNOWN, Keeping, shown
from domain.refusals import NotFound
from domain.webhooks import LONGEST_URL, MOST_KINDS
from projections import webhooks

router = APIRouter(prefix=PREFIX, tags=["Вебхуки"])

ADDRESS = "https://reports.example/letopis"
WEBHOOK: dict[str, Any] = {
    "webhook_id": "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55",
    "url": ADDRESS,
    "kinds": ["mark-given", "mark-corrected"],
    "created": "2026-11-23T09:41:07+00:00",
    "position": 4127,
    "stopped": None,
    "failures": 0,
    "next_try": None,
    "old_secret_until": None,
    "queued": 0,
    "sent": 214,
    "dead": 1,
    "last_sent": "2026-11-23T09:41:09+00:00",
    "error": "получатель ответил 400",
}
DEAD: dict[str, Any] = {
    "event_id": "4101.0",
    "kind": "mark-given",
    "tries": 5,
    "tried": "2026-11-23T08:10:00+00:00",
    "error": "получатель ответил 400",
}


class NewWebhook(Body):
    """Where events go and which; no kinds are all of them."""

    url: Annotated[str, Field(max_length=LONGEST_URL, examples=[ADDRESS])]
    kinds: Annotated[
        tuple[str, ...], Field(max_length=MOST_KINDS, examples=[["mark-given", "mark-corrected"]])
    ] = ()


class Since(Body):
    """A position of the log: everything after it goes again."""

    since: Annotated[int, Field(ge=0, examples=[4000])]


class Again(Body):
    """Which dead event; none named: all of this address."""

    event_id: Annotated[str | None, Field(max_length=60, examples=["4101.0"])] = None


class SwitchedTo(Body):
    """Whether events are sent there."""

    active: bool


class IssuedSecret(BaseModel):
    """`secret` is told once: a repeat of the request answers without it."""

    webhook_id: str
    secret: Annotated[str | None, Field(examples=["whsec_…"])]
    old_secret_until: datetime | None = None


class Replayed(BaseModel):
    """From where on events go there again."""

    webhook_id: str
    position: int


class OnItsWay(BaseModel):
    """How many events go there within seconds; the id of an event of trial."""

    events: int
    event_id: str | None = None


@asynccontextmanager
async def kept(caller: Caller) -> AsyncIterator[Keeping]:
    """Where the addresses of the caller's school are."""
    house = caller.door.house
    async with caller.door.reading() as (conn, schema):
        yield Keeping(conn, schema, caller.door.secret, house.clock())


async def note(caller: Caller, webhook_id: str, what: str) -> None:
    """A line of the access log: somebody has changed what goes out of the school."""
    await caller.door.looks.add(caller.look("webhook", webhook_id, OK, what))


@router.get("/webhooks", responses=example({"webhooks": [WEBHOOK]}))
async def listed(request: Request, caller: WebhookKeeper) -> Response:
    """The addresses, and how it goes there. Secrets are not told again."""
    as_of = await caller.door.progress.as_of()
    async with kept(caller) as here:
        found = await webhooks.listed(here.conn, here.schema, here.now)
    return read(request, {"webhooks": [shown(one) for one in found]}, as_of)


@router.post("/webhooks", status_code=201)
async def add(new: NewWebhook, caller: WebhookKeeper, once: Once) -> IssuedSecret:
    """Events go there from now on; the secret that signs them is shown once."""
    caller.fresh()
    number = str(UUID(bytes=once.key, version=4))
    async with kept(caller) as here:
        secret = await keeping.add(here, number, new.url, new.kinds, caller.person_id)
    await note(caller, number, "added")
    return IssuedSecret(webhook_id=number, secret=secret)


@router.delete("/webhooks/{webhook_id}", status_code=204)
async def remove(webhook_id: Id, caller: WebhookKeeper, _: Once) -> None:
    """Nothing goes there any more; what was to go is forgotten."""
    async with kept(caller) as here:
        if not await webhooks.remove(here.conn, here.schema, webhook_id):
            raise UNKNOWN
    await note(caller, webhook_id, "removed")


@router.post("/webhooks/{webhook_id}/secret")
async def rotate(webhook_id: Id, caller: WebhookKeeper, _: Once) -> IssuedSecret:
    """Another secret, shown once; for a day both sign."""
    caller.fresh()
    async with kept(caller) as here:
        secret, until = await keeping.rotate(here, webhook_id)
    await note(caller, webhook_id, "rotated")
    return IssuedSecret(webhook_id=webhook_id, secret=secret, old_secret_until=until)


@router.post("/webhooks/{webhook_id}/state", responses=example(WEBHOOK))
async def switch(
    webhook_id: Id, new: SwitchedTo, request: Request, caller: WebhookKeeper, _: Once
) -> Response:
    """Stop sending there, or go on; events are written down meanwhile."""
    as_of = await caller.door.progress.as_of()
    async with kept(caller) as here:
        if new.active:
            found = await webhooks.resume(here.conn, here.schema, webhook_id, here.now)
        else:
            found = await webhooks.stop(here.conn, here.schema, webhook_id, STOPPED_BY_HAND)
        if not found:
            raise UNKNOWN
        one = await keeping.of(here, webhook_id)
    await note(caller, webhook_id, "resumed" if new.active else "stopped")
    return read(request, shown(one), as_of)


@router.post("/webhooks/{webhook_id}/test", status_code=202)
async def try_out(webhook_id: Id, caller: WebhookKeeper, _: Once) -> OnItsWay:
    """Send an event of trial (`letopis.test`)."""
    async with kept(caller) as here:
        number = await keeping.try_out(here, webhook_id, caller.door.school_id)
    return OnItsWay(events=1, event_id=number)


@router.post("/webhooks/{webhook_id}/replay", status_code=202)
async def replay(webhook_id: Id, new: Since, caller: WebhookKeeper, _: Once) -> Replayed:
    """Everything after a place in the log goes there again, under the same event ids."""
    async with kept(caller) as here:
        await keeping.replay(here, webhook_id, new.since)
    await note(caller, webhook_id, "replayed")
    return Replayed(webhook_id=webhook_id, position=new.since)


@router.get(
    "/webhooks/{webhook_id}/dead",
    responses=example({"webhook_id": WEBHOOK["webhook_id"], "dead": [DEAD]}),
)
async def undelivered(webhook_id: Id, request: Request, caller: WebhookKeeper) -> Response:
    """What could not be delivered and why, the newest first."""
    as_of = await caller.door.progress.as_of()
    async with kept(caller) as here:
        await keeping.of(here, webhook_id)
        found = await webhooks.dead(here.conn, here.schema, webhook_id)
    lines = [one | {"tried": one["tried"].astimezone(UTC).isoformat()} for one in found]
    return read(request, {"webhook_id": webhook_id, "dead": lines}, as_of)


@router.post("/webhooks/{webhook_id}/dead", status_code=202)
async def send_again(webhook_id: Id, new: Again, caller: WebhookKeeper, _: Once) -> OnItsWay:
    """Send again what could not be delivered."""
    async with kept(caller) as here:
        await keeping.of(here, webhook_id)
        events = await webhooks.again(here.conn, here.schema, webhook_id, new.event_id, here.now)
    if not events:
        raise NotFound("webhook.nothing_dead", "Недоставленных событий здесь нет.")
    return OnItsWay(events=events)
