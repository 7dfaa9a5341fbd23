"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.deps import Anyone, DoorOf, SignedInAtAll, address_of, begin_session, describe
from api.v1.wire import PREFIX

router = APIRouter(prefix=PREFIX, tags=["Вход"])


class Credentials(BaseModel, extra="forbid"):
    """What a person types to sign in."""

    login: Annotated[
        str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$", examples=["anna"])
    ]
    password: Annotated[str, Field(max_length=1000, examples=["соловей поёт в мае"])]
    code: Annotated[str | None, Field(max_length=20)] = None


class NewPassword(BaseModel, extra="forbid"):
    """A password of one's own."""

    current: Annotated[str, Field(max_length=1000, examples=["k7m2pq9rstuv"])]
    new: Annotated[str, Field(max_length=1000, examples=["соловей поёт в мае"])]


class SessionOut(BaseModel):
    """Who is signed in."""

    person_id: Annotated[str, Field(examples=["6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11"])]
    roles: Annotated[list[str], Field(examples=[["teacher", "class_teacher"]])]
    must_change_password: bool
    idle_timeout_s: Annotated[int, Field(examples=[600])]


@router.post("/session")
async def sign_in(
    credentials: Credentials, request: Request, response: Response, door: DoorOf, _: Anyone
) -> SessionOut:
    """Sign in; the session that this browser had before ends."""
    account = await door.sign_in.account(
        credentials.login, credentials.password, address_of(request)
    )
    return SessionOut(**await begin_session(door, account, request, response))


@router.get("/session")
async def who(caller: SignedInAtAll) -> SessionOut:
    """Who is signed in."""
    return SessionOut(**describe(caller))


@router.delete("/session", status_code=204)
async def sign_out(request: Request, response: Response, caller: SignedInAtAll) -> None:
    """Sign out; the browser is told to forget what it has stored."""
    await caller.door.sessions.end(caller.session, "signed out")
    caller.door.house.browser.forget(request, response)


@router.put("/session/password", status_code=204)
async def change_password(new: NewPassword, request: Request, caller: SignedInAtAll) -> None:
    """A password of one's own; the person's other sessions end."""
    await caller.door.sign_in.change_password(
        caller.session, new.current, new.new, address_of(request)
    )
