"""Forms of pages that write: the request of one, and the way back to the page."""

from __future__ import annotations

from hashlib import sha256

from fastapi import Request as HttpRequest
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.answers import Written
from api.caller import Caller
from api.pages.routing import SEE_OTHER
from api.v1.wire import request_of
from domain.writing import Request

MOST_FIELDS = 600


def once(request: HttpRequest, caller: Caller, sent: FormData, more: bytes = b"") -> Request:
    """The idempotency of a form: its `key` and everything it says."""
    said = sorted(f"{name}={value}" for name, value in sent.multi_items() if isinstance(value, str))
    digest = sha256("\n".join(said).encode() + more).hexdigest()
    path = f"{request.url.path}/{digest}"
    return request_of(caller.person_id, str(sent.get("key")), "POST", path, b"")


def words(sent: FormData, name: str) -> str:
    """A field of text; "" when there is none."""
    value = sent.get(name)
    return value.strip() if isinstance(value, str) else ""


def back(done: Written, there: str) -> Response:
    """To a page, which waits for what was just written."""
    answer = RedirectResponse(there, SEE_OTHER)
    answer.set_cookie("letopis_position", str(done.position), max_age=60, samesite="lax")
    return answer
