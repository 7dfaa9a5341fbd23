"""What requests and answers of the JSON door have in common."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Header
from fastapi import Request as HttpRequest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.answers import Written
from api.caller import Caller
from api.deps import SignedIn
from domain.refusals import Invalid
from domain.writing import Request

PREFIX = "/api/v1"

_is_canonical = re.compile("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}").fullmatch


def canonical(number: str) -> str:
    """The one spelling of a UUID: lower case, hyphens. Raises ValueError.

    Nearly all come spelled so, and a column of marks has a hundred of them: they are not parsed.
    """
    if _is_canonical(number):
        return number
    try:
        return str(UUID(number))
    except ValueError:
        raise PydanticCustomError("uuid_parsing", "not a UUID") from None


if TYPE_CHECKING:
    Id = str
else:
    #: a UUID on the wire, its one spelling (lower case, hyphens) inside
    Id = Annotated[
        str,
        AfterValidator(canonical),
        WithJsonSchema({"type": "string", "format": "uuid"}),
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
        key = canonical(idempotency_key or "")
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


def part_of(request: Request, number: int) -> Request:
    """The request of one command of several: a repeat of the whole is a repeat of each."""
    key = sha256(request.key + number.to_bytes(4, "big")).digest()[:16]
    return Request(key, request.fingerprint)


Once = Annotated[Request, Depends(once)]


__all__ = ["Body", "Id", "Once", "Written", "example", "part_of", "request_of"]


def example(content: Any) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a read: what a good answer looks like."""
    return {200: {"content": {"application/json": {"example": content}}}}
