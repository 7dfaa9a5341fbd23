"""The shape of answers: reads carry `as_of` and an ETag, writes carry `position`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from domain.commands import Answer
from projections.postgres.bookmarks import AsOf

JSON: Final = "application/json"
PRIVATE: Final = "private, no-cache"


def as_of_json(as_of: AsOf, zone: str) -> dict[str, Any]:
    """A place in the log for a reader: position and local moment with its offset."""
    return {
        "position": as_of.position,
        "at": as_of.at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"),
    }


def etag_of(body: bytes) -> str:
    """A strong entity tag."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def unchanged(request: HttpRequest, etag: str) -> bool:
    """The caller has this very content already."""
    wanted = request.headers.get("if-none-match", "")
    return bool(wanted) and (
        wanted == "*" or etag in [one.strip().removeprefix("W/") for one in wanted.split(",")]
    )


def read(request: HttpRequest, content: Mapping[str, Any], as_of: AsOf, zone: str) -> Response:
    """A read: the content with its `as_of`. The tag covers the content alone, so that a fact
    elsewhere in the school does not change it.
    """
    body = orjson.dumps(dict(content))
    etag = etag_of(body)
    headers = {"ETag": etag, "Cache-Control": PRIVATE}
    if unchanged(request, etag):
        return Response(status_code=304, headers=headers)
    whole = {"as_of": as_of_json(as_of, zone), **content}
    return Response(orjson.dumps(whole), headers=headers, media_type=JSON)


async def written(answer: Answer, **more: Any) -> dict[str, Any]:
    """A write: where its facts are. The command goes on if the caller goes away meanwhile."""
    receipt = await asyncio.shield(asyncio.wrap_future(answer))
    return {"position": receipt.position, **more}
