"""Signing in and out, showing again who one is, and the list of one's sessions."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.admission import DoorOf, address_of
from api.auth.accounts import arrived
from api.auth.devices import device
from api.caller import STAFF, Caller
from api.deps import Anyone, SignedInAtAll
from api.errors import SignInRequired
from api.v1.wire import PREFIX, Id
from domain.refusals import NotFound

router = APIRouter(prefix=PREFIX, tags=["Вход"])

Password = Annotated[str, Field(max_length=1000, examples=["соловей поёт в мае"])]
Code = Annotated[
    str | None,
    Field(max_length=40, examples=["287082"], description="код из приложения или запасной код"),
]


class Credentials(BaseModel, extra="forbid"):
    """What a person types to sign in; `code` when there is a second factor."""

    login: Annotated[
        str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$", examples=["anna"])
    ]
    password: Password
    code: Code = None


class Again(BaseModel, extra="forbid"):
    """What a person types to show again who it is."""

    password: Password
    code: Code = None


class NewPassword(BaseModel, extra="forbid"):
    """A password of one's own."""

    current: Annotated[str, Field(max_length=1000, examples=["k7m2pq9rstuv"])]
    new: Password


class SessionOut(BaseModel):
    """Who is signed in."""

    person_id: Annotated[str, Field(examples=["6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11"])]
    roles: Annotated[list[str], Field(examples=[["teacher", "class_teacher"]])]
    must_change_password: bool
    idle_timeout_s: Annotated[int, Field(examples=[600])]


class Living(BaseModel):
    """A session that has not ended."""

    session_id: str
    since: datetime
    seen: datetime
    address: Annotated[str | None, Field(examples=["10.0.7.21"])]
    device: Annotated[str, Field(examples=["Firefox, Windows"])]
    current: bool


class SessionsOut(BaseModel):
    """One's own sessions, the newest first."""

    sessions: list[Living]


def describe(caller: Caller) -> SessionOut:
    """The session as the contract shows it."""
    return SessionOut(
        person_id=caller.person_id,
        roles=sorted(caller.roles),
        must_change_password=caller.session.must_change,
        idle_timeout_s=caller.session.idle_s,
    )


async def living(caller: Caller) -> list[dict[str, Any]]:
    """The caller's sessions, as the API and the page show them."""
    return [
        {
            "session_id": one.session_id,
            "since": one.created,
            "seen": one.seen,
            "address": one.ip,
            "device": device(one.user_agent),
            "current": one.session_id == caller.session.session_id,
        }
        for one in await caller.door.sessions.living(caller.person_id)
    ]


@router.post("/session")
async def sign_in(
    credentials: Credentials, request: Request, response: Response, door: DoorOf, _: Anyone
) -> SessionOut:
    """Sign in; the session that this browser had before ends, whoever's it was."""
    account, how = await door.sign_in.account(
        credentials.login, credentials.password, credentials.code, address_of(request)
    )
    roles, house = await door.rights.roles(account.person_id), door.house
    token, session = await door.sessions.begin(
        account,
        idle=house.family_idle if roles.isdisjoint(STAFF) else house.staff_idle,
        ip=address_of(request),
        user_agent=request.headers.get("user-agent", ""),
        replaced=house.browser.token(request),
        at_most=house.sessions_max,
        factor=how != "password",
        how=how,
        tried=True,
    )
    house.browser.remember(request, response, token)
    return describe(Caller(door, session, roles))


@router.get("/session")
async def who(caller: SignedInAtAll) -> SessionOut:
    """Who is signed in."""
    return describe(caller)


@router.delete("/session", status_code=204)
async def sign_out(request: Request, response: Response, caller: SignedInAtAll) -> None:
    """Sign out; the browser is told to forget what it has stored."""
    await caller.door.sessions.end(caller.session, "signed out")
    caller.door.house.browser.forget(request, response)


@router.post("/session/step-up")
async def step_up(
    again: Again, request: Request, response: Response, caller: SignedInAtAll
) -> SessionOut:
    """Show again who one is: corrections of past lessons and access of others ask for it."""
    door = caller.door
    await door.sign_in.account(
        caller.session.login,
        again.password,
        again.code,
        address_of(request),
        within=caller.session,
    )
    token = await door.sessions.renew(caller.session)
    if token is None:
        raise SignInRequired("session.required", "Войдите, чтобы продолжить.")
    door.house.browser.remember(request, response, token)
    return describe(caller)


@router.put("/session/password", status_code=204)
async def change_password(new: NewPassword, request: Request, caller: SignedInAtAll) -> None:
    """A password of one's own; the person's other sessions and tokens end."""
    await caller.door.sign_in.change_password(
        caller.session, new.current, new.new, address_of(request), before=partial(arrived, caller)
    )


@router.get("/sessions")
async def sessions(caller: SignedInAtAll) -> SessionsOut:
    """One's own sessions that have not ended: since when, from where."""
    return SessionsOut(sessions=[Living(**one) for one in await living(caller)])


@router.delete("/sessions", status_code=204)
async def end_others(
    request: Request,
    response: Response,
    caller: SignedInAtAll,
    here: Annotated[bool, Query(description="закончить и этот сеанс")] = False,  # noqa: FBT002
) -> None:
    """End all other sessions; with `here` this one, too."""
    keep = None if here else caller.session
    await caller.door.sessions.end_of(caller.person_id, "ended elsewhere", keep=keep)
    if here:
        caller.door.house.browser.forget(request, response)


@router.delete("/sessions/{session_id}", status_code=204)
async def end_one(session_id: Id, caller: SignedInAtAll) -> None:
    """End one of one's own sessions."""
    sessions = caller.door.sessions
    if not await sessions.end_of(caller.person_id, "ended elsewhere", only=session_id):
        raise NotFound("session.unknown", "Такого сеанса нет.")
