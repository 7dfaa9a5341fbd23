"""Who speaks for a pupil: guardians whom a document keeps away, and pupils of age."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.answers import written
from api.consents import kept_by
from api.deps import Administration, SignedIn, Staff
from api.v1.wire import PREFIX, Body, Id, Once, Written
from domain.people.facts import ConsentPurpose
from domain.refusals import NotFound
from domain.values import Role

router = APIRouter(prefix=PREFIX, tags=["Люди"])

Document = Annotated[
    str, Field(min_length=1, max_length=1_000, examples=["решение суда от 01.10.2026, дело 2-17"])
]


class LimitIn(Body):
    """By which document, on days [since, until)."""

    since: date
    until: date | None = None
    order: Document


class Lifting(Body):
    """By which document; `on` is the first day without the limit."""

    on: date
    order: Document


class OwnSay(Body):
    """Who may read the pupil's diary (or get letters about it): a guardian, or oneself."""

    reader_id: Id
    purpose: ConsentPurpose = "diary"
    opened: bool


@router.post("/pupils/{pupil_id}/guardians/{guardian_id}/limit")
async def limit(
    pupil_id: Id, guardian_id: Id, new: LimitIn, caller: Administration, once: Once
) -> Written:
    """By a document a linked guardian sees nothing of the child; others go on as before."""
    door = caller.door
    year = await door.rights.year()
    answer = door.school.limit_guardian(
        year,
        pupil_id,
        guardian_id,
        new.since,
        new.until,
        new.order,
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.post("/pupils/{pupil_id}/guardians/{guardian_id}/limit/lifting")
async def lift(
    pupil_id: Id, guardian_id: Id, new: Lifting, caller: Administration, once: Once
) -> Written:
    """End the limit of a guardian."""
    door = caller.door
    year = await door.rights.year()
    answer = door.school.lift_guardian_limit(
        year, pupil_id, guardian_id, new.on, new.order, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/pupils/{pupil_id}/majority")
async def majority(pupil_id: Id, caller: Staff, once: Once) -> Written:
    """The pupil is eighteen, as the class teacher or the secretary has seen in the documents: from
    now on the pupil decides who reads the diary. Until then everything stays as it was.
    """
    class_id = await kept_by(caller, pupil_id)
    answer = caller.door.school.record_majority(class_id, pupil_id, by=caller.actor, request=once)
    return await written(answer)


@router.post("/pupils/{pupil_id}/own-say")
async def own_say(pupil_id: Id, new: OwnSay, caller: SignedIn, once: Once) -> Written:
    """A pupil of age opens or closes the diary: for oneself or for a guardian."""
    if caller.person_id != pupil_id or Role.PUPIL not in caller.roles:
        raise NotFound("pupil.unknown", "Такого ученика нет.")
    door = caller.door
    answer = door.school.decide_own_diary(
        await door.rights.year(),
        new.reader_id,
        new.purpose,
        opened=new.opened,
        by=caller.actor,
        request=once,
    )
    return await written(answer)
