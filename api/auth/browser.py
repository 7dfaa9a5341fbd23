"""What a browser sends and keeps: the cookie, the origin, the headers of every answer.

Forged requests are refused by Fetch Metadata, then by Origin. A browser always sends at least one
of them with a write; a request with neither comes from a program, which no page can drive. Nor can
a page of another site send a token: no browser adds one by itself, and none may be added for us.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from domain.refusals import Forbidden, Invalid

SECURE_COOKIE = "__Host-letopis"
LOOPBACK_COOKIE = "letopis"  # plain http on this very machine; nowhere else
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
