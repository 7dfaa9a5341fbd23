"""The shape of answers: reads carry `as_of` and an ETag, writes carry `position`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from hashlib import sha256
from typing import Annotated, Any, Final, NamedTuple

import orjson
from pydantic import BaseModel, Field
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.landing import landed
from domain.refusals import NotFound
from domain.writing import Answer
from projections.postgres.bookmarks import AsOf

JSON: Final = "application/json"
PRIVATE: Final = "private, no-cache"


class Written(BaseModel):
    """Where the facts of a write are in the school's log."""

    position: Annotated[int, Field(examples=[4127])]


def as_of_json(as_of: AsOf) -> dict[str, Any]:
    """A place in the log for a reader: position, and the moment of that fact."""
    return {"position": as_of.position, "moment": as_of.at.astimezone(UTC).isoformat()}


def etag_of(body: bytes) -> str:
    """A strong entity tag."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def unchanged(request: HttpRequest, etag: str) -> bool:
    """The caller has this very content already."""
    wanted = request.headers.get("if-none-match", "")
    return bool(wanted) and (
        wanted == "*" or etag in [one.strip().removeprefix("W/") for one in wanted.split(",")]
    )


class Told(NamedTuple):
    """The content of a read as JSON, and its tag, which covers the content alone, so that a fact
    elsewhere in the school does not change it.
    """

    body: bytes
    etag: str


def told(content: Mapping[str, Any] | list[Any]) -> Told:
    """What a read is going to say."""
    body = orjson.dumps(content)
    return Told(body, etag_of(body))


def read(request: HttpRequest, content: Mapping[str, Any] | list[Any], as_of: AsOf) -> Response:
    """A read: the content with its `as_of`, which is in a header as well (and only there when the
    content is a list).
    """
    return tell(request, told(content), as_of)


def tell(request: HttpRequest, content: Told, as_of: AsOf) -> Response:
    """As `read`, of what was made ready before."""
    (body, etag), place = content, as_of_json(as_of)
    headers = {
        "ETag": etag,
        "Cache-Control": PRIVATE,
        "Letopis-As-Of": f"{place['position']}; {place['moment']}",
    }
    if unchanged(request, etag):
        return Response(status_code=304, headers=headers)
    if body.startswith(b"{"):  # an object: `as_of` is its first field
        rest = body[1:] if body == b"{}" else b"," + body[1:]
        body = b'{"as_of":' + orjson.dumps(place) + rest
    return Response(body, headers=headers, media_type=JSON)


async def written(answer: Answer, *, stranger: NotFound | None = None) -> Written:
    """A write: where its facts are. The command goes on if the caller goes away meanwhile.

    stranger: what is said in place of «no such lesson» when the request named no lesson, so that
    whose lesson it is sounds like none at all.
    """
    try:
        receipt = await landed(answer)
    except NotFound as refusal:
        raise (stranger if stranger and refusal.code == "lesson.unknown" else refusal) from None
    return Written(position=receipt.position)
