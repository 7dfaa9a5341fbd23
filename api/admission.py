"""Who is at the door: the school of a request, its caller, and what admits somebody at all. Which
callers a route is for, `api.deps` says.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api import attempts
from api.auth.browser import READS
from api.auth.scopes import reach
from api.auth.tokens import session_of_token
from api.caller import Caller
from api.errors import SignInRequired
from api.house import Door, House
from domain.refusals import Forbidden, Invalid


def house_of(request: Request) -> House:
    """What the process holds open."""
    house: House = request.app.state.house
    return house


async def door_of(request: Request) -> Door:
    """The school of the request. Raises NotFound."""
    return await house_of(request).door(request)


DoorOf = Annotated[Door, Depends(door_of)]


async def caller_of(request: Request, door: Door) -> Caller:
    """The caller of a request, as of the position that a read asks for.

    Raises SignInRequired, TooMany; Invalid, Busy for that position. What a program may do here its
    caller type has still to ask (`Caller.within`).
    """
    browser = door.house.browser
    bearer = browser.bearer(request) if request.scope["path"].startswith("/api/") else None
    if bearer is not None:
        session, scopes = await session_of_token(door, bearer, address_of(request))
        usable = reach(scopes, reading=request.method in READS)
    else:
        token, usable = browser.token(request), None
        found = await door.sessions.find(token) if token else None
        if found is None:
            raise SignInRequired("session.required", "Войдите, чтобы продолжить.")
        session = found
    if request.scope["query_string"] and "min_position" in request.query_params:
        await caught_up(request, door)
    caller = Caller(door, session, await door.rights.roles(session.person_id), usable)
    request.scope[attempts.CALLER] = caller
    return caller


async def known(request: Request, door: DoorOf) -> Caller:
    """Somebody whose password is one's own, with the second factor that the role asks for.

    Raises SignInRequired, TooMany, Forbidden.
    """
    return admitted(await caller_of(request, door))


Known = Annotated[Caller, Depends(known)]


async def caught_up(request: Request, door: Door) -> None:
    """`?min_position=N` of a read: wait until the projections have it. Raises Invalid, Busy."""
    wanted = request.query_params.get("min_position")
    if wanted is None or request.method != "GET":
        return
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):  # noqa: PLR2004 - bigint
        raise Invalid("request.min_position", "min_position — целое число, позиция в журнале.")
    await door.progress.reach(int(wanted))


def with_own_password(caller: Caller) -> Caller:
    """Raises Forbidden while the password is the one that was handed out."""
    if caller.session.must_change:
        raise Forbidden("session.password_must_change", "Сначала смените выданный пароль на свой.")
    return caller


def admitted(caller: Caller) -> Caller:
    """Raises Forbidden without a password of one's own, or without the factor of one's role."""
    with_own_password(caller)
    if caller.lacks_factor:
        raise Forbidden(
            "session.second_factor_required", "Вашей роли нужен второй фактор: включите его."
        )
    return caller


def address_of(request: Request) -> str | None:
    """The address of the caller, as the socket (or a declared proxy) says."""
    return request.client.host if request.client else None
