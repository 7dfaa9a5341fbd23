"""Credentials (clause 3.1.2) for many at once: the families of a class, the staff; on slips."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.answers import JSON, read, written
from api.auth.accounts import Issue, issue_accounts, revoke_account
from api.auth.handed_out import of_class, of_staff, printed
from api.caller import Caller
from api.deps import Administration, ClassKeeper, FreshAdministration, FreshClassKeeper
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain import writing
from domain.people.facts import RevocationReason
from domain.school import Handing

router = APIRouter(prefix=PREFIX, tags=["Доступ"])

PDF = "application/pdf"
PERSON = {
    "person_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
    "name": "Петров Пётр",
    "kind": "pupil",
    "pupil_id": None,
    "login": "petrov.p",
    "status": "signed",
    "issued_at": "2026-09-02T09:00:00+00:00",
    "issued_by": "Кириллова Кира Кирилловна",
    "good_until": "2026-09-05T09:00:00+00:00",
    "signed_at": "2026-09-02T10:00:00+00:00",
    "signed_by": "Кириллова Кира Кирилловна",
    "signed_to": "Петрова Ольга",
    "entered_at": None,
}


class People(Body):
    """Who gets new credentials: all of them or none."""

    person_ids: Annotated[list[Id], Field(min_length=1, max_length=200)]

    def handed(self) -> list[Handing]:
        """To each the own ones."""
        return [Handing(one, one) for one in self.person_ids]


class Signature(Body):
    """Whose slip was taken; `to` by whom, if not by the person: a guardian of a small pupil."""

    person_id: Id
    to: Id | None = None


class Signatures(Body):
    """Slips that were handed out against signature."""

    slips: Annotated[list[Signature], Field(min_length=1, max_length=200)]

    def handed(self) -> list[Handing]:
        """Whose, and to whom."""
        return [Handing(one.person_id, one.to or one.person_id) for one in self.slips]


class Revocation(Body):
    """Why sign-in is closed."""

    reason: RevocationReason


class OneTimeOut(BaseModel):
    """`password` is told once: a repeat of the request answers null."""

    person_id: Id
    name: str
    login: Annotated[str, Field(examples=["petrov.p"])]
    password: Annotated[str | None, Field(examples=["k7m2pq9rstuv"])]


class IssueOut(Written):
    """One-time passwords, good until then."""

    good_until: Annotated[str | None, Field(examples=["2026-09-05T09:00:00+00:00"])]
    people: list[OneTimeOut]


Format = Annotated[Literal["json", "pdf"] | None, Query(description="pdf — листки для раздачи")]
#: What an issue answers: JSON, or slips to print.
ISSUED: dict[int | str, dict[str, Any]] = {
    200: {"model": IssueOut, "content": {PDF: {"schema": {"type": "string"}}}}
}


@router.get(
    "/classes/{class_id}/credentials",
    responses=example(
        {"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а", "people": [PERSON]}
    ),
)
async def credentials_of_class(class_id: Id, request: Request, caller: ClassKeeper) -> Response:
    """Pupils of the class and their guardians: to whom, when and by whom, have they arrived."""
    as_of = await caller.door.progress.as_of()
    return read(request, await of_class(caller.door, class_id), as_of)


@router.post("/classes/{class_id}/credentials", responses=ISSUED, response_class=Response)
async def issue_to_class(
    class_id: Id,
    new: People,
    request: Request,
    caller: FreshClassKeeper,
    once: Once,
    format: Format = None,  # noqa: A002 - the contract's word
) -> Response:
    """Issue credentials, or new ones, to pupils of the class and their guardians. The passwords
    are told once, as JSON or (`format=pdf`, or `Accept: application/pdf`) on slips.
    """
    issue = await issue_accounts(
        caller.door, new.handed(), class_id=class_id, by=caller.actor, request=once
    )
    name = (await of_class(caller.door, class_id))["name"] if issue.good_until else ""
    return await _told(request, caller, issue, format, name)


@router.post("/classes/{class_id}/credentials/signatures")
async def signed_in_class(
    class_id: Id, new: Signatures, caller: ClassKeeper, once: Once
) -> Written:
    """Slips were handed out against signature."""
    return await signed(caller, new.handed(), class_id, once)


@router.post("/classes/{class_id}/credentials/{person_id}/revocation")
async def revoke_in_class(
    class_id: Id, person_id: Id, new: Revocation, caller: FreshClassKeeper, once: Once
) -> Written:
    """Close sign-in of a pupil of the class or a guardian; sessions of the person end at once."""
    position = await revoke_account(
        caller.door, person_id, new.reason, class_id, by=caller.actor, request=once
    )
    return Written(position=position)


@router.get("/staff/credentials", responses=example({"people": [PERSON]}))
async def credentials_of_staff(request: Request, caller: Administration) -> Response:
    """The same of the staff."""
    as_of = await caller.door.progress.as_of()
    return read(request, await of_staff(caller.door), as_of)


@router.post("/staff/credentials", responses=ISSUED, response_class=Response)
async def issue_to_staff(
    new: People,
    request: Request,
    caller: FreshAdministration,
    once: Once,
    format: Format = None,  # noqa: A002 - the contract's word
) -> Response:
    """Issue credentials, or new ones, to anybody, first of all the staff."""
    issue = await issue_accounts(caller.door, new.handed(), by=caller.actor, request=once)
    return await _told(request, caller, issue, format)


@router.post("/staff/credentials/signatures")
async def signed_by_staff(new: Signatures, caller: Administration, once: Once) -> Written:
    """Slips were handed out against signature."""
    return await signed(caller, new.handed(), None, once)


async def signed(
    caller: Caller, handed: list[Handing], class_id: str | None, once: writing.Request
) -> Written:
    """Record that slips were taken against signature."""
    door = caller.door
    year = await door.rights.year()
    return await written(
        door.school.receive_accounts(
            year, handed, "signature", class_id, by=caller.actor, request=once
        )
    )


async def _told(
    request: Request, caller: Caller, issue: Issue, wanted: str | None, class_name: str = ""
) -> Response:
    """The passwords: the only answer that has them, and nobody keeps it."""
    headers = {"Cache-Control": "no-store"}
    if wanted == "pdf" or (wanted is None and PDF in request.headers.get("accept", "")):
        slips = await printed(request, caller.door, issue, class_name)
        return Response(slips, headers=headers, media_type=PDF)
    answer = IssueOut(
        position=issue.position,
        good_until=None if issue.good_until is None else issue.good_until.isoformat(),
        people=[OneTimeOut(**one._asdict()) for one in issue.people],
    )
    return Response(answer.model_dump_json(), headers=headers, media_type=JSON)
