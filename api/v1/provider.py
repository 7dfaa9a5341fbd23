"""The caller's own identity at the provider: whether there is one, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.deps import Fresh, SignedIn
from api.provider import go, keep
from api.v1.wire import PREFIX

router = APIRouter(prefix=PREFIX, tags=["Вход"])


class ProviderOut(BaseModel):
    """A provider that one may sign in by; `linked_at` None: not linked with this account."""

    name: Annotated[str | None, Field(examples=["Единый вход"])]
    linked_at: datetime | None


class Away(BaseModel):
    """Where the browser is to go; it comes back by itself."""

    address: Annotated[str, Field(examples=["https://id.example/authorize?client_id=letopis"])]


@router.get("/session/provider")
async def provider(caller: SignedIn) -> ProviderOut:
    """Whether one may sign in by a provider, and since when one has linked it. `name` null: this
    school has none.
    """
    known = caller.door.house.provider
    linked = await caller.door.store.linked_at(caller.person_id)
    return ProviderOut(name=known.name if known else None, linked_at=linked)


@router.post("/session/provider")
async def link(request: Request, response: Response, caller: Fresh) -> Away:
    """Begin to link one's identity at the provider with one's account here."""
    address, browser = await go(request, caller.door, caller.person_id, "/account")
    keep(request, caller.door, response, browser)
    return Away(address=address)


@router.delete("/session/provider", status_code=204)
async def unlink(caller: Fresh) -> None:
    """Sign in by the password only from now on."""
    await caller.door.store.unlink(caller.person_id)
