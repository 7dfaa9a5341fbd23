"""Everything about one person (152-ФЗ, article 14): asked for, and taken when it is ready."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from api import copies
from api.deps import Fresh, SignedIn
from api.scans import ZIP, download
from api.v1.wire import PREFIX, Id, Once

router = APIRouter(prefix=PREFIX, tags=["Персональные данные"])


class CopyOut(BaseModel):
    """A copy that was asked for. `gone`: something was erased since; ask for another."""

    run_id: str
    asked_at: datetime
    state: Annotated[str, Field(examples=["ready"], description="asked, running, ready, failed")]
    size: int | None
    gone: bool


class Copies(BaseModel):
    """Copies about a person that the caller asked for, the newest first."""

    copies: list[CopyOut]


class Asked(BaseModel):
    """The number of the copy: it is ready when its `state` is."""

    run_id: str


@router.get("/people/{person_id}/copies")
async def person_copies(person_id: Id, caller: SignedIn) -> Copies:
    """What was asked for, and how far it is."""
    return Copies(
        copies=[
            CopyOut(
                run_id=one.run_id,
                asked_at=one.asked_at,
                state=one.state,
                size=one.size,
                gone=one.gone,
            )
            for one in await copies.listed(caller, person_id)
        ]
    )


@router.post("/people/{person_id}/copies", status_code=202)
async def ask_copy(person_id: Id, caller: SignedIn, _: Fresh, once: Once) -> Asked:
    """Everything about oneself, about one's child, or (the office) about anybody: a zip with a page
    and JSON, made in the background, kept for a week.
    """
    return Asked(run_id=await copies.ask(caller, person_id, once))


@router.get("/copies/{copy_id}/file", response_class=Response)
async def copy_file(copy_id: Id, caller: SignedIn, _: Fresh) -> Response:
    """The zip of a copy that the caller asked for."""
    return download(await copies.taken(caller, copy_id), copies.FILE, ZIP)
