"""Written consents (clause 1.11): by purpose, with the paper's points and its scan, and how each
ended. The class teacher's business, and the administration's; a family sees its own.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode
from datetime import date
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.consents import Brought, checklist, family_json, given_json, kept, kept_by, record, seen_by
from api.deps import SignedIn, Staff
from api.scans import DOWNLOAD_HEADERS, EXTENSIONS
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.people.consent import MOST_CHARACTERS, ConsentPaper
from domain.people.facts import ConsentPurpose
from domain.refusals import Conflict, Invalid, NotFound
from projections import strongbox

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Согласия"])

GIVEN: dict[str, Any] = {
    "position": 4127,
    "guardian_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "guardian": "Петрова Ольга Олеговна",
    "purpose": "diary",
    "since": "2026-09-01",
    "until": None,
    "given_at": "2026-09-01T09:00:00+03:00",
    "given_by": "Кириллова Кира Кирилловна",
    "paper": True,
    "scan": True,
    "media": "application/pdf",
    "withdrawn_at": None,
    "state": "given",
}
FAMILY: dict[str, Any] = {
    "pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
    "pupil": "Петров Пётр",
    "guardian_id": GIVEN["guardian_id"],
    "guardian": GIVEN["guardian"],
    "state": "given",
    "consent": GIVEN,
}

PAPER: dict[str, Any] = {
    "child": {"name": "Петров Пётр", "address": "Кукарино, Лесная, 4", "document": "II-АБ № 123"},
    "signer": {"name": "Петрова Ольга", "address": "Кукарино, Лесная, 4", "document": "46 12 654"},
    "ground": "мать",
    "operator": "Кукаринская школа",
    "aim": "электронный дневник",
    "data": "имя, класс, отметки",
    "actions": "запись, хранение, показ в дневнике",
    "term": "до окончания школы",
    "signed_on": "2026-09-01",
}
BYTES = {"schema": {"type": "string", "format": "binary"}}

Line = Annotated[str, Field(max_length=MOST_CHARACTERS)]
Purpose = Annotated[ConsentPurpose, Query()]


class PartyIn(Body):
    """Whom a paper names: full name, address, identity document."""

    name: Line
    address: Line
    document: Line


class PaperIn(Body):
    """The points of a written consent (152-ФЗ, article 9, part 4)."""

    child: PartyIn
    signer: PartyIn
    ground: Line
    operator: Line
    aim: Line
    data: Line
    actions: Line
    term: Line
    signed_on: date
    processor: Line = ""

    def paper(self) -> ConsentPaper:
        """The paper as the domain knows it."""
        return msgspec.convert(self.model_dump(), ConsentPaper)


class ConsentIn(Body):
    """Written consent of a guardian (clause 1.11); `scan` is base64 of a JPEG, a PNG or a PDF."""

    guardian_id: Id
    purpose: ConsentPurpose
    since: date
    until: date | None = None
    paper: PaperIn | None = None
    scan: Annotated[str | None, Field(min_length=1)] = None


class Withdrawal(Body):
    """The guardian takes the consent back."""

    guardian_id: Id
    purpose: ConsentPurpose


@router.post("/pupils/{pupil_id}/consents")
async def give_consent(pupil_id: Id, new: ConsentIn, caller: Staff, once: Once) -> Written:
    """Record a written consent, or the paper of one that was recorded without."""
    try:
        scan = b64decode(new.scan, validate=True) if new.scan else None
    except ValueError:
        raise Invalid("scan.not_base64", "scan — файл в base64.") from None
    paper = new.paper.paper() if new.paper else None
    brought = Brought(new.guardian_id, new.purpose, new.since, new.until, paper, scan)
    return await record(caller, pupil_id, brought, once)


@router.post("/pupils/{pupil_id}/consents/withdrawal")
async def withdraw_consent(pupil_id: Id, new: Withdrawal, caller: Staff, once: Once) -> Written:
    """Record that a consent was taken back: the diary closes at once."""
    class_id = await kept_by(caller, pupil_id)
    answer = caller.door.school.withdraw_consent(
        class_id, pupil_id, new.guardian_id, new.purpose, by=caller.actor, request=once
    )
    return await written(answer)


@router.get("/pupils/{pupil_id}/consents", responses=example({"consents": [GIVEN]}))
async def pupil_consents(pupil_id: Id, request: Request, caller: SignedIn) -> Response:
    """Every consent for a pupil, the newest first; a guardian sees one's own."""
    as_of = await caller.door.progress.as_of()
    found = await seen_by(caller, "consents", pupil_id)
    today = caller.door.rights.today()
    return read(request, {"consents": [given_json(one, today) for one in found]}, as_of)


@router.get(
    "/classes/{class_id}/consents",
    responses=example({"purpose": "diary", "families": [FAMILY]}),
)
async def class_consents(
    class_id: Id, request: Request, caller: Staff, purpose: Purpose = "diary"
) -> Response:
    """Who of a class has given the consent, family by family."""
    as_of = await caller.door.progress.as_of()
    found = await checklist(caller, class_id, purpose)
    today = caller.door.rights.today()
    families = [family_json(one, today) for one in found]
    return read(request, {"purpose": purpose, "families": families}, as_of)


@router.get("/pupils/{pupil_id}/consents/{position}/paper", responses=example({"paper": PAPER}))
async def consent_paper(
    pupil_id: Id, position: int, request: Request, caller: SignedIn
) -> Response:
    """What the paper says, point by point."""
    as_of = await caller.door.progress.as_of()
    said = (await kept(caller, pupil_id, position)).paper
    if said is None:
        raise NotFound("consent.no_paper", "Бумаги этого согласия нет.")
    return read(request, {"paper": msgspec.to_builtins(said)}, as_of)


@router.get(
    "/pupils/{pupil_id}/consents/{position}/scan",
    response_class=Response,
    responses={200: {"content": dict.fromkeys(EXTENSIONS, BYTES)}},
)
async def consent_scan(pupil_id: Id, position: int, caller: SignedIn) -> Response:
    """The scan of the paper, to be saved."""
    _, sealed, media = await kept(caller, pupil_id, position)
    if sealed is None or media is None:
        raise NotFound("consent.no_scan", "Скана этого согласия нет.")
    secret = caller.door.secret
    try:
        content = await asyncio.to_thread(strongbox.unseal, secret, pupil_id, sealed)
    except strongbox.Spoilt:
        raise Conflict(
            "scan.sealed_otherwise", "Скан запечатан другим секретом установки и не открывается."
        ) from None
    name = f"soglasie-{position}.{EXTENSIONS[media]}"
    headers = DOWNLOAD_HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type=media)
