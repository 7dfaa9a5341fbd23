"""Personal tokens: what one's programs show instead of a cookie."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from api.auth.scopes import Scope
from api.auth.store import Token
from api.auth.tokens import issue_token, revoke_token
from api.deps import Fresh, SignedIn
from api.v1.wire import PREFIX, Body, Id, Once

router = APIRouter(prefix=PREFIX, tags=["Вход"])

Scopes = Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]


class NewToken(Body):
    """What the token is for, what it is good for, and how long."""

    name: Annotated[
        str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$", examples=["отчёты"])
    ]
    scopes: Scopes
    until: Annotated[AwareDatetime, Field(examples=["2027-05-31T00:00:00+03:00"])]


class TokenOut(BaseModel):
    """A token as its owner sees it, without the token."""

    token_id: str
    name: str
    scopes: list[str]
    created: datetime
    until: datetime
    last_used: datetime | None


class IssuedToken(TokenOut):
    """`token` is told once: a repeat of the request answers without it."""

    token: Annotated[str | None, Field(examples=["lt_…"])]


class RevokedToken(BaseModel):
    """A token that is good no more, and since when."""

    token_id: str
    revoked: datetime


class TokensOut(BaseModel):
    """One's own tokens, the newest first."""

    tokens: list[TokenOut]


def token_out(token: Token) -> TokenOut:
    """A token as its owner sees it."""
    return TokenOut.model_validate(token, from_attributes=True)


@router.get("/tokens")
async def tokens(caller: SignedIn) -> TokensOut:
    """One's own tokens that were not revoked."""
    caller.within()
    found = await caller.door.store.tokens_of(caller.person_id)
    return TokensOut(tokens=[token_out(one) for one in found])


@router.post("/tokens", status_code=201)
async def issue(new: NewToken, caller: Fresh, once: Once) -> IssuedToken:
    """Issue a token; it is shown once."""
    token, text = await issue_token(caller, new.name, new.scopes, new.until, once)
    return IssuedToken(**token_out(token).model_dump(), token=text)


@router.post("/tokens/{token_id}/revocation")
async def revoke(token_id: Id, caller: Fresh, _: Once) -> RevokedToken:
    """Revoke a token: it is refused at its next request."""
    return RevokedToken(token_id=token_id, revoked=await revoke_token(caller, token_id))
