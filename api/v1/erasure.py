"""Erasing a person (152-ФЗ): what is kept, what goes, and the act. The director's and the
administrator's business.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read
from api.deps import Administration, FreshAdministration
from api.documents.erasure import erasure_pdf
from api.documents.printing import printed
from api.erasure import act_about, as_csv, erase, kept_about
from api.scans import DOWNLOAD_HEADERS
from api.v1.swift import SwiftRoute
from api.v1.wire import PREFIX, Body, Id, Once, Written, example

router = APIRouter(prefix=PREFIX, route_class=SwiftRoute, tags=["Люди"])

Basis = Annotated[str, Field(min_length=1, max_length=300, examples=["акт № 3 от 12.11.2026"])]
BYTES = {"schema": {"type": "string", "format": "binary"}}
KEPT = {
    "person": {"person_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60", "name": "Петров Пётр"},
    "login": "petrov.p",
    "texts": [
        {
            "payload_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10",
            "kind": "comment",
            "what": "комментарий к отметке",
            "about": {"person_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60", "name": "Петров Пётр"},
            "own": True,
            "text": "помог соседу",
        }
    ],
    "stays": [{"what": "отметки и их исправления", "count": 211}],
}


class Erasure(Body):
    """By what act, and which of the texts that `GET` has shown go with the name."""

    basis: Basis
    payload_ids: list[Id] = Field(default_factory=list, max_length=5_000)


class Erased(Written):
    """`act` is the address of the act."""

    act: str


@router.get("/people/{person_id}/erasure", responses=example(KEPT))
async def kept(person_id: Id, request: Request, caller: Administration) -> Response:
    """What is kept about a person; texts about others that may name the person are candidates."""
    as_of = await caller.door.progress.as_of()
    return read(request, await kept_about(caller, person_id), as_of)


@router.post("/people/{person_id}/erasure")
async def erase_person(
    person_id: Id, new: Erasure, caller: FreshAdministration, once: Once
) -> Erased:
    """Erase the name, the chosen texts and the account; marks and attendance stay under a number.

    All of it or nothing. The log keeps the fact that and by what act.
    """
    done = await erase(caller, person_id, new.basis, new.payload_ids, once)
    return Erased(position=done.position, act=f"{PREFIX}/people/{person_id}/erasure/act")


@router.get(
    "/people/{person_id}/erasure/act",
    response_class=Response,
    responses={200: {"content": {"application/pdf": BYTES, "text/csv": BYTES}}},
)
async def act(
    person_id: Id,
    request: Request,
    caller: Administration,
    wanted: Annotated[Literal["pdf", "json", "csv"], Query(alias="format")] = "pdf",
) -> Response:
    """«Акт об уничтожении персональных данных» with the extract of the log; the same each time."""
    as_of = await caller.door.progress.as_of()
    found = await act_about(caller, person_id)
    if wanted == "json":
        return read(request, found, as_of)
    if wanted == "csv":
        content, media = as_csv(found), "text/csv; charset=utf-8"
    else:
        content = await printed(erasure_pdf, found, caller.door.zone)
        media = "application/pdf"
    name = f"akt-{found['entries'][-1]['position']}.{wanted}"
    headers = DOWNLOAD_HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type=media)
