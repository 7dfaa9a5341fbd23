"""People of the school: names, guardians, accounts. The administration's business."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.auth.accounts import issue_account, revoke_account
from api.auth.factors import take_away
from api.auth.store import Suspicion
from api.auth.sure import may_revoke
from api.deps import Administration, Fresh, FreshAdministration
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.people.facts import (
    LONGEST_ADDRESS,
    LONGEST_PART,
    Name,
    PersonKind,
    RevocationReason,
)
from projections import directory, erasure

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Люди"])

Part = Annotated[str, Field(max_length=LONGEST_PART)]
Basis = Annotated[str, Field(min_length=1, max_length=300, examples=["акт № 3"])]

PERSON = {
    "person_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
    "kind": "pupil",
    "name": "Петров Пётр",
    "short_name": "Петров П.",
    "account": False,
    "erased": False,
}


class NameIn(Body):
    """A name as the documents have it."""

    family: Annotated[Part, Field(examples=["Петров"])]
    given: Annotated[Part, Field(examples=["Пётр"])]
    patronymic: Part = ""
    born: Annotated[
        date | None,
        Field(description="день рождения, только ученика; без поля остаётся прежний"),
    ] = None
    address: Annotated[
        str | None,
        Field(
            max_length=LONGEST_ADDRESS,
            description="адрес, только ученика; без поля остаётся прежний",
        ),
    ] = None

    def name(self, known: Name | None = None) -> Name:
        """The name as the domain knows it; what is not said of a pupil stays as it is known."""
        before = known or Name("", "")
        told = self.model_fields_set
        return Name(
            self.family.strip(),
            self.given.strip(),
            self.patronymic.strip(),
            self.born if "born" in told else before.born,
            (self.address or "").strip() if "address" in told else before.address,
        )


class PersonIn(NameIn):
    """A person; `person_id` is made by the caller, never from the name."""

    person_id: Id
    kind: PersonKind


class TextsErasure(Body):
    """Which texts about the person leave the vault, and by what act."""

    basis: Basis
    payload_ids: Annotated[list[Id], Field(min_length=1, max_length=1_000)]


class GuardianIn(Body):
    """A guardian from a day on."""

    guardian_id: Id
    since: date


class Ending(Body):
    """`on` is the first day without."""

    on: date


class AccountIn(Body):
    """Under which login; `handed_to` who takes the password (a guardian for a small pupil)."""

    login: Annotated[
        str,
        Field(min_length=2, max_length=100, pattern=r"^[^\s\x00-\x1f]+$", examples=["petrov.p"]),
    ]
    handed_to: Id | None = None


class Revocation(Body):
    """Why sign-in is closed."""

    reason: RevocationReason


class Doubt(Body):
    """Why it seems that somebody else knows the password."""

    reason: Annotated[
        str, Field(min_length=1, max_length=500, examples=["ученик видел, как я вводил пароль"])
    ]


class FactorRemoved(Body):
    """False: there was no second factor."""

    person_id: Id
    removed: bool


class Issued(Written):
    """The one-time password is told once: a repeat of the request answers without it."""

    login: str
    password: str | None
    good_until: str | None


@router.get("/people", responses=example({"people": [PERSON]}))
async def people(
    request: Request,
    caller: Administration,
    kind: Annotated[Literal["staff", "pupil", "guardian"] | None, Query()] = None,
) -> Response:
    """People of the school by name."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await directory.people(conn, schema, None, kind)
    return read(request, {"people": found}, as_of)


@router.post("/people", status_code=201)
async def register(new: PersonIn, caller: Administration, once: Once) -> Written:
    """Register a person."""
    door = caller.door
    year = await door.rights.year()
    answer = door.school.register_person(
        year, new.person_id, new.kind, new.name(), by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/people/{person_id}/names")
async def rename(person_id: Id, new: NameIn, caller: Administration, once: Once) -> Written:
    """Give a person another name, a pupil another day of birth or address; the old ones leave the
    vault.
    """
    door = caller.door
    year = await door.rights.year()
    async with caller.reading() as (conn, schema):
        known = await erasure.name_of(conn, schema, person_id)
    name = new.name(known)
    answer = door.school.rename_person(year, person_id, name, by=caller.actor, request=once)
    return await written(answer)


@router.post("/people/{person_id}/texts/erasure")
async def erase_texts(
    person_id: Id, new: TextsErasure, caller: Administration, once: Once
) -> Written:
    """Erase texts about a person: comments, reasons."""
    door = caller.door
    year = await door.rights.year()
    answer = door.school.erase_payloads(
        year, person_id, new.payload_ids, new.basis, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/pupils/{pupil_id}/guardians")
async def link_guardian(
    pupil_id: Id, new: GuardianIn, caller: Administration, once: Once
) -> Written:
    """Link a guardian to a pupil."""
    door = caller.door
    year = await door.rights.year()
    answer = door.school.link_guardian(
        year, pupil_id, new.guardian_id, new.since, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/pupils/{pupil_id}/guardians/{guardian_id}/ending")
async def unlink_guardian(
    pupil_id: Id, guardian_id: Id, new: Ending, caller: Administration, once: Once
) -> Written:
    """End the link of a guardian."""
    door = caller.door
    year = await door.rights.year()
    answer = door.school.unlink_guardian(
        year, pupil_id, guardian_id, new.on, by=caller.actor, request=once
    )
    return await written(answer)


@router.post("/people/{person_id}/account")
async def open_account(
    person_id: Id, new: AccountIn, caller: FreshAdministration, once: Once
) -> Issued:
    """Issue credentials, or new ones: a one-time password, told once, good for three days."""
    return Issued(
        **await issue_account(
            caller.door, person_id, new.login, new.handed_to, by=caller.actor, request=once
        )
    )


@router.post("/people/{person_id}/account/revocation")
async def close_account(
    person_id: Id, new: Revocation, caller: FreshAdministration, once: Once
) -> Written:
    """Close sign-in; sessions of the person end at once."""
    position = await revoke_account(
        caller.door, person_id, new.reason, by=caller.actor, request=once
    )
    return Written(position=position)


@router.post("/people/{person_id}/suspicion")
async def suspect(person_id: Id, new: Doubt, caller: Fresh, once: Once) -> Written:
    """Somebody else may know the password (clause 3.3.6): sign-in closes, sessions and tokens end.

    Said by the person, or by the director, a deputy, the administrator.
    """
    if person_id != caller.person_id:
        may_revoke(caller)
    position = await revoke_account(
        caller.door,
        person_id,
        "suspicion",
        by=caller.actor,
        request=once,
        why=Suspicion(caller.person_id, new.reason),
    )
    return Written(position=position)


@router.post("/people/{person_id}/second-factor/removal")
async def remove_factor(person_id: Id, caller: FreshAdministration, once: Once) -> FactorRemoved:
    """Telephone and recovery codes are lost: remove the factor of who has come in person."""
    del once  # removing twice is removing once
    may_revoke(caller)
    return FactorRemoved(person_id=person_id, removed=await take_away(caller, person_id))
