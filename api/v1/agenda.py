"""Secret addresses of calendars: one's own lessons, or those of one's children."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api import agenda
from api.caller import Caller
from api.deps import Fresh, SignedIn
from api.v1.wire import PREFIX, Body, Id, Once

router = APIRouter(prefix=PREFIX, tags=["Календари"])


class About(Body):
    """Whose lessons: a child of the caller, or the caller."""

    about: Id


class Calendar(BaseModel):
    """A calendar that the caller may have; `created` is null as long as there is no address."""

    about: str
    name: Annotated[str, Field(examples=["Петров Пётр"])]
    class_name: Annotated[str, Field(examples=["7а"])]
    own: bool
    created: datetime | None
    last_read: datetime | None


class Calendars(BaseModel):
    """Calendars of the caller."""

    calendars: list[Calendar]


class Issued(BaseModel):
    """`url` is told once: a repeat of the request answers without it."""

    about: str
    url: Annotated[str | None, Field(examples=["https://journal.example.ru/calendar/….ics"])]


@router.get("/calendars")
async def my_calendars(caller: SignedIn) -> Calendars:
    """Whose lessons I may have in a calendar, and since when there is an address."""
    known = {one.about: one for one in await agenda.links(caller)}
    return Calendars(
        calendars=[
            Calendar(
                about=one.about,
                name=one.name,
                class_name=one.class_name,
                own=one.own,
                created=known[one.about].created if one.about in known else None,
                last_read=known[one.about].last_read if one.about in known else None,
            )
            for one in await agenda.possible(caller)
        ]
    )


@router.post("/calendars", status_code=201)
async def issue_calendar(
    new: About, request: Request, caller: SignedIn, _: Fresh, once: Once
) -> Issued:
    """A new secret address of a calendar (RFC 5545); the former one ends."""
    secret = await agenda.issue(caller, new.about, once)
    url = None if secret is None else address_of(request, caller, secret)
    return Issued(about=new.about, url=url)


@router.delete("/calendars/{about}", status_code=204)
async def revoke_calendar(about: Id, caller: SignedIn, _: Once) -> None:
    """The address is refused from its next request on."""
    await agenda.revoke(caller, about)


def address_of(request: Request, caller: Caller, secret: str) -> str:
    """The whole address of a calendar, as a telephone is to be told."""
    site = caller.door.house.browser.public_origin or str(request.base_url)
    return site.rstrip("/") + agenda.path_of(secret)
