"""What requests and answers of the JSON door have in common."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Header
from fastapi import Request as HttpRequest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from api.answers import Written
from api.caller import Caller
from api.deps import SignedIn
from domain.refusals import Invalid
from domain.writing import Request

PREFIX = "/api/v1"

if TYPE_CHECKING:
    Id = str
else:
    #: a UUID on the wire, its one spelling (lower case, hyphens) inside
    Id = Annotated[
        UUID,
        AfterValidator(str),
        PlainSerializer(str, return_type=str),
        Field(examples=["7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10"]),
    ]


class Body(BaseModel):
    """A request body: what is not named is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


async def once(
    request: HttpRequest,
    caller: SignedIn,
    idempotency_key: Annotated[
        str | None, Header(description="UUID; повтор с тем же ключом отвечает то же самое")
    ] = None,
) -> Request:
    """The idempotency of a write: key of person and key, fingerprint of what is asked.

    Raises Invalid without a UUID.
    """
    return request_of_http(request, caller, idempotency_key, await request.body())


def request_of_http(
    request: HttpRequest, caller: Caller, idempotency_key: str | None, body: bytes
) -> Request:
    """The engine's request of a write. Raises Invalid without a UUID, or with what is not JSON."""
    try:
        key = str(UUID(idempotency_key or ""))
    except ValueError:
        raise Invalid(
            "request.key_required",
            "Каждая запись требует заголовка Idempotency-Key с UUID: повтор не удвоит её.",
        ) from None
    try:
        return request_of(caller.person_id, key, request.method, request.scope["path"], body)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # no JSON, or nested for ever
        raise Invalid("request.malformed", "Тело запроса — не JSON.") from None


def request_of(person_id: str, key: str, method: str, path: str, body: bytes) -> Request:
    """The engine's request: SHA-256 cut to 16 bytes, of person and key, and of what is asked."""
    canonical = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS) if body else b""
    return Request(
        sha256(f"{person_id}|{key}".encode()).digest()[:16],
        sha256(b"\n".join((method.encode(), path.encode(), canonical))).digest()[:16],
    )


Once = Annotated[Request, Depends(once)]


__all__ = ["Body", "Id", "Once", "Written", "example", "request_of"]


def example(content: Any) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a read: what a good answer looks like."""
    return {200: {"content": {"application/json": {"example": content}}}}
