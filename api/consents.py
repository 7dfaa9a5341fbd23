"""Consents for whoever keeps them: who may see which, what is recorded, how one stands today."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

import msgspec

from api.answers import Written, written
from api.caller import Caller
from api.deps import noted
from api.scans import checked
from domain.people.consent import ConsentPaper, Scan
from domain.people.facts import ConsentPurpose
from domain.permissions import ADMINISTRATION
from domain.refusals import Forbidden, NotFound
from domain.values import Role
from domain.writing import Request
from projections import consents, strongbox
from projections.consents.reading import Family, Given

State = Literal["given", "ends_soon", "expired", "withdrawn", "none"]
ENDS_SOON = timedelta(days=30)
NOT_YOURS = Forbidden(
    "consent.not_yours", "Согласия ведут классный руководитель этого класса и администрация."
)


class Brought(NamedTuple):
    """A consent as a guardian has brought it: what the paper says, and the bytes of its scan."""

    guardian_id: str
    purpose: ConsentPurpose
    since: date
    until: date | None
    paper: ConsentPaper | None
    scan: bytes | None


class Kept(NamedTuple):
    """What the paper says, its sealed scan, the media of the scan; None for what there is not."""

    paper: ConsentPaper | None
    scan: str | None
    media: Any


async def record(caller: Caller, pupil_id: str, new: Brought, once: Request) -> Written:
    """Check, seal and record. Raises NotFound, Forbidden, Invalid."""
    class_id = await kept_by(caller, pupil_id)
    answer = caller.door.school.give_consent(
        class_id,
        pupil_id,
        new.guardian_id,
        new.purpose,
        new.since,
        new.until,
        new.paper,
        await asyncio.to_thread(_sealed, caller.door.secret, pupil_id, new.scan),
        by=caller.actor,
        request=once,
    )
    return await written(answer)


def _sealed(secret: str, pupil_id: str, scan: bytes | None) -> Scan | None:
    if scan is None:
        return None
    media, content = checked(scan)
    return Scan(strongbox.seal(secret, pupil_id, content), media)


async def kept_by(caller: Caller, pupil_id: str) -> str:
    """The pupil's class, whose consents the caller keeps. Raises NotFound, Forbidden."""
    class_id = await caller.door.rights.class_of(pupil_id)
    try:
        await keeper_basis(caller, class_id)
    except NotFound:
        raise NotFound("pupil.unknown", "Такого ученика нет.") from None
    return class_id


async def keeper_basis(caller: Caller, class_id: str) -> str:
    """Who keeps the consents of a class: its class teacher, the administration; no program.

    Raises NotFound; Forbidden to a colleague and to the auditor.
    """
    caller.within()
    basis = await caller.door.rights.class_basis(caller, class_id)
    if caller.administration:
        return min(caller.roles & set(ADMINISTRATION))
    if basis == Role.CLASS_TEACHER:
        return basis
    raise NOT_YOURS


async def checklist(caller: Caller, class_id: str, purpose: str) -> list[Family]:
    """The families of a class, once the look has been noted. Raises NotFound, Forbidden."""
    await noted(caller, "consents", class_id, lambda: keeper_basis(caller, class_id))
    async with caller.reading() as (conn, schema):
        return await consents.checklist(conn, schema, class_id, purpose, caller.door.rights.today())


async def seen_by(caller: Caller, act: str, pupil_id: str) -> list[Given]:
    """The consents for a pupil that the caller may see, once the look has been noted.

    Raises NotFound; Forbidden to a colleague of the class teacher.
    """
    bases = []

    async def decide() -> str:
        bases.append(await _basis(caller, pupil_id))
        return bases[0]

    await noted(caller, act, pupil_id, decide)
    async with caller.reading() as (conn, schema):
        found = await consents.history(conn, schema, pupil_id)
    if bases == ["guardian"]:
        return [one for one in found if one.guardian_id == caller.person_id]
    return found


async def _basis(caller: Caller, pupil_id: str) -> str:
    try:
        return await keeper_basis(caller, await caller.door.rights.class_of(pupil_id))
    except (NotFound, Forbidden):
        pass  # a teacher may be a parent as well
    try:
        return await caller.door.rights.diary_basis(caller, pupil_id)
    except Forbidden as refusal:
        if refusal.code != "consent.required":
            raise NOT_YOURS from None
        return "self" if caller.person_id == pupil_id else "guardian"


async def kept(caller: Caller, pupil_id: str, position: int) -> Kept:
    """The paper of a consent. No child opens its parents'. Raises NotFound, Forbidden."""
    found = await seen_by(caller, "consent", pupil_id)
    if caller.person_id == pupil_id or position not in [one.position for one in found]:
        raise NotFound("consent.unknown", "Такого согласия нет.")
    async with caller.reading() as (conn, schema):
        paper = await consents.paper(conn, schema, position)
    return Kept(*paper[1:]) if paper else Kept(None, None, None)


def state_of(one: Given | None, today: date) -> State:
    """What to tell of a consent today."""
    if one is None:
        return "none"
    if one.withdrawn_at is not None:
        return "withdrawn"
    if one.until is None or today + ENDS_SOON < one.until:
        return "given"
    return "ends_soon" if today < one.until else "expired"


def given_json(one: Given, today: date) -> dict[str, Any]:
    """A consent for a reader, with how it stands today."""
    return {**msgspec.to_builtins(one), "state": state_of(one, today)}


def family_json(one: Family, today: date) -> dict[str, Any]:
    """A line of the checklist, with how the consent stands today."""
    shown = given_json(one.consent, today) if one.consent else None
    state = state_of(one.consent, today)
    return {**msgspec.to_builtins(one), "state": state, "consent": shown}
