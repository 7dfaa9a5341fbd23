"""A second factor of one's own: codes of an authenticator, and codes on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from api.admission import address_of
from api.auth import factors
from api.deps import Fresh, SignedInAtAll
from api.v1.wire import PREFIX, Body

router = APIRouter(prefix=f"{PREFIX}/session/second-factor", tags=["Вход"])


class State(Body):
    """Whether there is a second factor, and whether there has to be one."""

    enrolled: bool
    since: datetime | None
    recovery_codes_left: Annotated[int, Field(examples=[8])]
    required: bool


class Shown(Body):
    """What an authenticator is to learn."""

    secret: Annotated[str, Field(examples=["GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"])]
    uri: Annotated[str, Field(examples=["otpauth://totp/…"])]


class Confirmation(Body):
    """The first code."""

    code: Annotated[str, Field(max_length=20, examples=["287082"])]


class Codes(Body):
    """Codes on paper, each good once; told once."""

    recovery_codes: Annotated[list[str], Field(examples=[["abcdef-ghjkmn-pqrstu-vwxyz2"]])]


@router.get("")
async def state(caller: SignedInAtAll) -> State:
    """Whether there is one."""
    return State(**await factors.state(caller))


@router.post("", status_code=201)
async def show(caller: Fresh) -> Shown:
    """Begin: a secret for the authenticator. The former one stays in force until a code comes."""
    return Shown(**await factors.show(caller))


@router.post("/confirmation")
async def confirm(first: Confirmation, request: Request, caller: Fresh) -> Codes:
    """Bring it into force by its first code; other sessions end."""
    return Codes(recovery_codes=await factors.confirm(caller, first.code, address_of(request)))


@router.post("/recovery-codes")
async def renew_codes(caller: Fresh) -> Codes:
    """Other codes on paper; the former ones are good no more."""
    return Codes(recovery_codes=await factors.renew_codes(caller))


@router.delete("", status_code=204)
async def remove(caller: Fresh) -> None:
    """Switch it off; other sessions end."""
    await factors.remove(caller)
