"""What a browser sends and keeps: the cookie, the origin, the headers of every answer.

Forged requests are refused by Fetch Metadata, then by Origin. A browser always sends at least one
of them with a write; a request with neither comes from a program, which no page can drive. Nor can
a page of another site send a token: no browser adds one by itself, and none may be added for us.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import NotJson, TooLarge, answer_to
from api.switch import Switch
from domain.refusals import Forbidden, Invalid

SECURE_COOKIE = "__Host-letopis"
LOOPBACK_COOKIE = "letopis"  # plain http on this very machine; nowhere else
MOST_BYTES = 4 * 1024 * 1024  # of a body: 200 marks with the longest comments need half of it
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
        own = site == "same-origin" if site is not None else origin in (None, *self._own(request))
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


def _is_json(content_type: str | None) -> bool:
    return (content_type or "").partition(";")[0].strip().lower() == "application/json"


class Guard:
    """Outermost: refuses forged writes and bodies beyond `MOST_BYTES`, serves swift
    routes itself, puts security headers on every answer and counts answers by status.
    """

    def __init__(
        self, app: ASGIApp, browser: Browser, switch: Switch, answers: Counter[int]
    ) -> None:
        self._app = app
        self._switch = switch
        self._answers = answers
        self._browser = browser

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        secure = scope["scheme"] == "https" or self._browser.public_https

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._answers[message["status"]] += 1
                headers = message["headers"]
                present = {name for name, _ in headers}
                wanted = SECURE_HEADERS if secure else PLAIN_HEADERS
                message["headers"] = [*headers, *(one for one in wanted if one[0] not in present)]
            await send(message)

        receive = _measured(receive)
        request = Request(scope, receive)
        try:
            refuse_large(request)
            if scope["method"] not in READS:
                self._browser.refuse_forged(request)
                refuse_not_json(request)
            handler = self._switch.swift(scope)
            response = None if handler is None else await handler(request)
        except Exception as fault:  # noqa: BLE001 - told apart there; what is unknown is logged
            response = answer_to(request, fault)
        if response is None:
            await self._app(scope, receive, guarded)
        else:
            await response(scope, receive, guarded)


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
