"""What a browser sends and keeps: the cookie, the origin, the headers of every answer.

Forged requests are refused by Fetch Metadata, then by Origin. A browser always sends at least one
of them with a write; a request with neither comes from a program, which no page can drive. Nor can
a page of another site send a token: no browser adds one by itself, and none may be added for us.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import attempts
from api.errors import NotJson, TooLarge, answer_to
from api.switch import Switch
from api.watching import watch
from domain.refusals import Busy, Forbidden, Invalid

SECURE_COOKIE = "__Host-letopis"
LOOPBACK_COOKIE = "letopis"  # plain http on this very machine; nowhere else
MOST_BYTES = 4 * 1024 * 1024  # of a body: 200 marks with the longest comments need half of it
_Raw = list[tuple[bytes, bytes]]
#: no part of any share: who waits for changes, and whoever watches the server
SHARELESS = frozenset({"/api/v1/changes", "/healthz", "/readyz", "/metrics"})
READS = frozenset({"GET", "HEAD", "OPTIONS"})

SECURITY_HEADERS = (
    (
        "Content-Security-Policy",
        (
            "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
            " form-action 'self'"
        ),
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
HSTS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


def _raw(headers: Iterable[tuple[str, str]]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower().encode(), value.encode()) for name, value in headers)


PLAIN_HEADERS = _raw((*SECURITY_HEADERS, ("Cache-Control", "no-store")))
SECURE_HEADERS = (*PLAIN_HEADERS, *_raw((HSTS,)))


class Browser:
    """How browsers reach us; `public_origin` is the address behind a reverse proxy, if any."""

    def __init__(self, public_origin: str | None) -> None:
        self.public_origin = public_origin
        self.public_https = (public_origin or "").startswith("https://")

    def origin(self, request: HTTPConnection) -> str:
        """The address of the site, `https://…`: as declared, else as the caller came."""
        return self.public_origin or f"{request.url.scheme}://{request.url.netloc}"

    def secure(self, request: HTTPConnection) -> bool:
        """The person's browser speaks https."""
        return self.public_https or request.scope["scheme"] == "https"

    def cookie_name(self, request: HTTPConnection) -> str:
        """The name of the session cookie for this request."""
        return LOOPBACK_COOKIE if self._plain_loopback(request) else SECURE_COOKIE

    def token(self, request: HTTPConnection) -> str | None:
        """The session token of the request."""
        return request.cookies.get(self.cookie_name(request))

    def bearer(self, request: HTTPConnection) -> str | None:
        """The personal token of the request. Raises Invalid when there is a cookie as well: whose
        request that would be, and under which rules, nobody could say.
        """
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        if self.token(request) is not None:
            raise Invalid(
                "request.two_identities", "Или сеанс в браузере, или ключ программы: не оба сразу."
            )
        return token.strip()

    def remember(self, request: HTTPConnection, response: Response, token: str) -> None:
        """Give the browser its session; it forgets it when it is closed."""
        response.set_cookie(
            self.cookie_name(request),
            token,
            path="/",
            secure=not self._plain_loopback(request),
            httponly=True,
            samesite="lax",
        )

    def forget(self, request: HTTPConnection, response: Response) -> None:
        """Take the session, and everything that was stored for it, from the browser."""
        response.delete_cookie(
            self.cookie_name(request),
            path="/",
            secure=not self._plain_loopback(request),
            httponly=True,
            samesite="lax",
        )
        response.headers["Clear-Site-Data"] = '"cache", "storage"'

    def refuse_forged(self, request: HTTPConnection) -> None:
        """A write must come from our own pages or from a program.

        Raises Forbidden; Invalid as `bearer`.
        """
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if site is not None:
            own = site == "same-origin"
        else:
            own = origin is None or origin in self._own(request)
        if not own and self.bearer(request) is None:
            raise Forbidden("request.cross_site", "Запрос пришёл с чужой страницы и отклонён.")

    def _own(self, request: HTTPConnection) -> tuple[str, ...]:
        host = request.headers.get("host", "")
        return (self.public_origin,) if self.public_origin else (f"{request.url.scheme}://{host}",)

    def _plain_loopback(self, request: HTTPConnection) -> bool:
        if self.secure(request):
            return False
        return _is_loopback(request.headers.get("host", ""))


@lru_cache(maxsize=1_000)
def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    return name in ("localhost", "127.0.0.1", "::1") or name.endswith(".localhost")


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
    """Outermost: refuses forged writes and bodies beyond `MOST_BYTES`, serves swift
    routes itself, puts security headers on every answer and counts answers by status. Where many
    schools are served it refuses what is beyond the share of one.
    """

    def __init__(
        self,
        app: ASGIApp,
        browser: Browser,
        switch: Switch,
        answers: Counter[int],
        page: Callable[[Busy], Response],
    ) -> None:
        self._page = page
        self._app = app
        self._house: Any = None  # of the application, once it runs
        self._switch = switch
        self._answers = answers
        self._browser = browser

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secure = scope["scheme"] == "https" or self._browser.public_https
        wanted = SECURE_HEADERS if secure else PLAIN_HEADERS

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                leave()
                told(message["status"])
                self._answers[message["status"]] += 1
                message["headers"] = _with(message["headers"], wanted)
                if message["status"] in attempts.NOTED and scope["method"] not in READS:
                    await attempts.note(scope, message["status"])
            await send(message)

        receive = _measured(receive)
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
        if response is None:
            try:
                await self._app(scope, receive, guarded)
            finally:
                leave()
        else:
            leave()
            told(response.status_code)
            self._answers[response.status_code] += 1
            if response.status_code in attempts.NOTED and scope["method"] not in READS:
                await attempts.note(scope, response.status_code)
            response.raw_headers = _with(response.raw_headers, wanted)
            await response(scope, receive, send)

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
        raise _too_large()


def _too_large() -> TooLarge:
    return TooLarge("request.too_large", "Запрос больше 4 МБ: разделите его на части.")


def _measured(receive: Receive) -> Receive:
    """`receive` that stops in the middle of a body whose length was not told beforehand."""
    left = MOST_BYTES

    async def measured() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise _too_large()
        return message

    return measured
