"""What a handler needs, as types: its signature tells who may call it.

    Anyone                    nobody need be signed in
    SignedIn                  anybody with a session and a password of one's own
    SignedInAtAll             the same, a one-time password will do: to look at or end the session
    Staff                     who works in the school
    Teacher                   who writes about lessons; whether about this one, the domain decides
    Administration            director, deputy, secretary, administrator
    ClassReader               the class of the path: its teachers, its class teacher, who reads all
    DiaryReader               the pupil of the path: the family with consent, the class teacher,
                              the administration
    MarkReader                the mark of the path: who reads its pupil's diary or its class
    TrailReader               who may look for changes: all of them, or those of one's own class

A stranger gets 404 before 403. Readings of diaries, registers and trails, refused ones too, leave
a line in the access log before they are answered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from api.auth.store import Account
from api.caller import STAFF, Caller
from api.errors import SignInRequired
from api.house import Door, House
from domain.permissions import ADMINISTRATION
from domain.refusals import Forbidden, Invalid, NotFound, Refusal
from domain.values import Role

OK, REFUSED = "ok", "refused"


def house_of(request: Request) -> House:
    """What the process holds open."""
    house: House = request.app.state.house
    return house


async def door_of(request: Request) -> Door:
    """The school of the request. Raises NotFound."""
    return await house_of(request).door(request)


DoorOf = Annotated[Door, Depends(door_of)]


async def anyone() -> None:
    """No sign-in is asked for."""


async def signed_in_at_all(request: Request, door: DoorOf) -> Caller:
    """A living session. Raises SignInRequired."""
    return await caller_of(request, door)


async def caller_of(request: Request, door: Door) -> Caller:
    """The caller of a request, as of the position that a read asks for.

    Raises SignInRequired; Invalid, Busy for that position.
    """
    token = door.house.browser.token(request)
    session = await door.sessions.find(token) if token else None
    if session is None:
        raise SignInRequired("session.required", "Войдите, чтобы продолжить.")
    if "min_position" in request.query_params:
        await caught_up(request, door)
    return Caller(door, session, await door.rights.roles(session.person_id))


async def signed_in(request: Request, door: DoorOf) -> Caller:
    """A living session with a password of one's own. Raises SignInRequired, Forbidden."""
    return with_own_password(await caller_of(request, door))


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


Anyone = Annotated[None, Depends(anyone)]
SignedInAtAll = Annotated[Caller, Depends(signed_in_at_all)]
SignedIn = Annotated[Caller, Depends(signed_in)]


async def staff(caller: SignedIn) -> Caller:
    """Raises NotFound to those who do not work in the school."""
    if caller.roles.isdisjoint(STAFF):
        raise NotFound("path.unknown", "Такого адреса нет.")
    return caller


async def teacher(caller: SignedIn) -> Caller:
    """Raises NotFound to those who write about no lesson: the domain asks about which."""
    writers = {Role.TEACHER, Role.CLASS_TEACHER, *ADMINISTRATION}
    if caller.roles.isdisjoint(writers):
        raise NotFound("path.unknown", "Такого адреса нет.")
    return caller


async def administration(caller: SignedIn) -> Caller:
    """Raises Forbidden to staff, NotFound to others."""
    if caller.administration:
        return caller
    if caller.staff:
        raise Forbidden("access.administration_only", "Это делает администрация школы.")
    raise NotFound("path.unknown", "Такого адреса нет.")


Staff = Annotated[Caller, Depends(staff)]
Teacher = Annotated[Caller, Depends(teacher)]
Administration = Annotated[Caller, Depends(administration)]


async def noted(
    caller: Caller, act: str, subject: str, decide: Callable[[], Awaitable[str]]
) -> Caller:
    """Decide and note; nothing is shown before the line is durable. Raises what `decide` raises."""
    try:
        basis = await decide()
    except Refusal as refusal:
        await caller.door.looks.add(caller.look(act, subject, REFUSED, refusal.code))
        raise
    await caller.door.looks.add(caller.look(act, subject, OK, basis))
    return caller


async def class_reader(class_id: UUID, caller: SignedIn) -> Caller:
    """Who reads the class of the path. Raises NotFound."""
    number = str(class_id)
    return await noted(
        caller, "class", number, lambda: caller.door.rights.class_basis(caller, number)
    )


async def diary_reader(pupil_id: UUID, caller: SignedIn) -> Caller:
    """Who reads the diary of the pupil of the path. Raises NotFound, Forbidden."""
    number = str(pupil_id)
    return await noted(
        caller, "diary", number, lambda: caller.door.rights.diary_basis(caller, number)
    )


async def mark_reader(mark_id: UUID, caller: SignedIn) -> Caller:
    """Who reads the history of the mark of the path. Raises NotFound, Forbidden."""
    number = str(mark_id)

    async def decide() -> str:
        place = await caller.door.places.mark(number)
        if caller.staff:
            return await caller.door.rights.class_basis(caller, place.class_id)
        return await caller.door.rights.diary_basis(caller, place.pupil_id)

    try:
        return await noted(caller, "mark", number, decide)
    except NotFound:
        raise NotFound("mark.unknown", "Такой отметки нет.") from None


async def trail_reader(
    caller: SignedIn, class_id: Annotated[UUID | None, Query()] = None
) -> Caller:
    """Who reads the trail: all of it, or that of a class one answers for. Raises NotFound."""

    async def decide() -> str:
        if caller.reads_all:
            return "reads_all"
        if class_id is not None and caller.staff:
            basis = await caller.door.rights.class_basis(caller, str(class_id))
            if basis == Role.CLASS_TEACHER:
                return basis
        raise NotFound("path.unknown", "Такого адреса нет.")

    return await noted(caller, "trail", str(class_id or ""), decide)


ClassReader = Annotated[Caller, Depends(class_reader)]
DiaryReader = Annotated[Caller, Depends(diary_reader)]
MarkReader = Annotated[Caller, Depends(mark_reader)]
TrailReader = Annotated[Caller, Depends(trail_reader)]

CALLERS: frozenset[Callable[..., Any]] = frozenset(
    {
        anyone,
        signed_in,
        signed_in_at_all,
        staff,
        teacher,
        administration,
        class_reader,
        diary_reader,
        mark_reader,
        trail_reader,
    }
)


def address_of(request: Request) -> str | None:
    """The address of the caller, as the socket (or a declared proxy) says."""
    return request.client.host if request.client else None


async def begin_session(
    door: Door, account: Account, request: Request, response: Response
) -> dict[str, Any]:
    """A session for an account that has shown its password; the cookie goes with the response."""
    roles = await door.rights.roles(account.person_id)
    house = door.house
    idle = house.family_idle if roles.isdisjoint(STAFF) else house.staff_idle
    token, session = await door.sessions.begin(
        account,
        idle=idle,
        ip=address_of(request),
        user_agent=request.headers.get("user-agent", ""),
        replaced=house.browser.token(request),
    )
    house.browser.remember(request, response, token)
    return describe(Caller(door, session, roles))


def describe(caller: Caller) -> dict[str, Any]:
    """The session as the contract shows it."""
    return {
        "person_id": caller.person_id,
        "roles": sorted(caller.roles),
        "must_change_password": caller.session.must_change,
        "idle_timeout_s": caller.session.idle_s,
    }
