"""The outermost gate: what every request passes before any route sees it, and every answer after.

One object a request (`Waiting`) and one look at the path: this stands before each of them.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import attempts
from api.auth.browser import PLAIN_HEADERS, READS, SECURE_HEADERS, Browser
from api.auth.crowd import CROWDED, MOST_BYTES, STOPPING, Crowd, Waiting, busy, too_large
from api.errors import NotJson, answer_to
from api.switch import Switch
from api.watching import watch
from domain.refusals import Busy

_Raw = list[tuple[bytes, bytes]]
#: no part of any share: who waits for changes, and whoever watches the server
SHARELESS = frozenset({"/api/v1/changes", "/healthz", "/readyz", "/metrics"})


class _Headers(Headers):
    """Starlette's headers, found by name at once: a request is asked for a dozen of them."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        self._first = dict(reversed(self._list))

    def __getitem__(self, key: str) -> str:
        return self._first[key.lower().encode("latin-1")].decode("latin-1")

    def __contains__(self, key: Any) -> bool:
        return key.lower().encode("latin-1") in self._first

    def get(self, key: str, default: Any = None) -> Any:
        """The first value of the name."""
        found = self._first.get(key.lower().encode("latin-1"))
        return default if found is None else found.decode("latin-1")


class Asked(Request):
    """A request on its way to a swift route."""

    @cached_property
    def headers(self) -> Headers:
        """Names in any case."""
        return _Headers(self.scope)


def _is_json(content_type: str | None) -> bool:
    return (content_type or "").partition(";")[0].strip().lower() == "application/json"


class Guard:
    """Keeps a crowd out, refuses forged writes and bodies beyond `MOST_BYTES`, serves swift routes
    itself, puts security headers on every answer and counts answers by status. Where many schools
    are served it refuses what is beyond the share of one. Who still waits when the process stops
    waiting is told so.
    """

    def __init__(
        self,
        app: ASGIApp,
        browser: Browser,
        switch: Switch,
        answers: Counter[int],
        page: Callable[[Busy], Response],
        crowd: Crowd,
    ) -> None:
        self._page = page
        self._app = app
        self._house: Any = None  # of the application, once it runs
        self._switch = switch
        self._answers = answers
        self._browser = browser
        self._crowd = crowd

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = self._crowd.enter(scope["path"], receive)
        if visit is None:
            await self._turned_away(scope, CROWDED)(scope, receive, send)
            return
        try:
            await self._serve(scope, visit, send)
        except CancelledError:
            if visit.begun:
                raise  # half an answer cannot be made another
            await self._turned_away(scope, STOPPING)(scope, receive, send)
        finally:
            visit.leave()

    async def _serve(self, scope: Scope, visit: Waiting, send: Send) -> None:
        receive = visit.receive
        request, leave = Asked(scope, receive), _nothing
        told = watch(request)
        try:
            house = self._house or self._running(request)
            if house is not None and house.many:
                leave = await _share(house, request)
            refuse_large(request)
            if scope["method"] not in READS:
                self._browser.refuse_forged(request)
                refuse_not_json(request)
            handler = self._switch.swift(scope)
            response = None if handler is None else await handler(request)
        except Exception as fault:  # noqa: BLE001 - told apart there; what is unknown is logged
            response = self._answer(request, fault)

        async def answered(status: int, headers: _Raw) -> _Raw:
            """The answer begins; its headers, and those that every answer has."""
            leave()
            told(status)
            self._answers[status] += 1
            if status in attempts.NOTED and scope["method"] not in READS:
                await attempts.note(scope, status)
            visit.begin()  # not before: who is stopped while it is noted can still be told so
            return _with(headers, self._wanted(scope))

        if response is not None:
            response.raw_headers = await answered(response.status_code, response.raw_headers)
            await response(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = await answered(message["status"], message["headers"])
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        finally:
            leave()

    def _wanted(self, scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
        secure = scope["scheme"] == "https" or self._browser.public_https
        return SECURE_HEADERS if secure else PLAIN_HEADERS

    def _turned_away(self, scope: Scope, why: tuple[str, str]) -> Response:
        answer = busy(scope, *why)
        self._answers[answer.status_code] += 1
        answer.raw_headers = _with(answer.raw_headers, self._wanted(scope))
        return answer

    def _running(self, request: Asked) -> Any:
        """The house of the application; None before it runs."""
        self._house = getattr(request.app.state, "house", None)
        return self._house

    def _answer(self, request: Asked, fault: Exception) -> Response:
        """As problem+json; to who opens a page, a page says to come back."""
        if isinstance(fault, Busy) and not request.scope["path"].startswith("/api/"):
            return self._page(fault)
        return answer_to(request, fault)


def _nothing() -> None:
    """Nothing was taken."""


async def _share(house: Any, request: Asked) -> Callable[[], None]:
    """Take a place in the share of the request's school; answers how to leave it. Who waits for
    changes takes none: nothing is done meanwhile. Raises Busy.
    """
    school = house.share_of(request.headers.get("host", ""))
    if school is None or request.scope["path"] in SHARELESS:
        return _nothing
    leave: Callable[[], None] = await house.shares.enter(school)
    return leave


def _with(headers: _Raw, wanted: tuple[tuple[bytes, bytes], ...]) -> _Raw:
    """The headers of an answer, and those of every answer that it does not have."""
    present = {name for name, _ in headers}
    return [*headers, *(one for one in wanted if one[0] not in present)]


def refuse_not_json(request: HTTPConnection) -> None:
    """What is brought to /api; pages take forms. Raises NotJson."""
    kind = request.headers.get("content-type")
    has_body = request.headers.get("content-length", "0") != "0"
    api = request.scope["path"].startswith("/api/")
    if api and (has_body or kind is not None) and not _is_json(kind):
        raise NotJson("request.not_json", "Данные принимаются как application/json.")


def refuse_large(request: HTTPConnection) -> None:
    """A body that says itself that it is too long. A form's is counted when it is read, so that
    its page can tell. Raises TooLarge.
    """
    if not request.scope["path"].startswith("/api/"):
        return
    if int(request.headers.get("content-length", "0")) > MOST_BYTES:
        raise too_large()
