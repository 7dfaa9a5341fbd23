"""Signing in by the word of a provider: OpenID Connect, the code flow with PKCE, state and nonce.

What the provider says is believed when the signature is by one of its published keys with an
algorithm of `ALGORITHMS`, and issuer, audience, nonce and time are right (OpenID Connect Core
§3.1.3.7). Who the person is here, a link made by that person says; an e-mail says nothing.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from domain.refusals import Busy, Forbidden

#: public keys only: with a shared secret the client could sign for the provider
ALGORITHMS = ["RS256", "PS256", "ES256"]
TIMEOUT_S = 5.0
LEEWAY_S = 60
RETRY_AFTER_S = 10
#: what the provider may say (RFC 8176) when more than a password was asked for
FACTORS = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face"})


class Client(NamedTuple):
    """What the provider knows us by. `issuer` is its address, `name` what people call it."""

    issuer: str
    client_id: str
    client_secret: str
    name: str


class Word(NamedTuple):
    """What the provider said: about whom, and whether a second factor was asked for there."""

    subject: str
    factor: bool


class Provider:
    """The provider of one installation; its addresses and keys are asked for when needed."""

    def __init__(
        self,
        client: Client,
        clock: Callable[[], datetime],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.client = client
        self._clock = clock
        self._transport = transport
        self._known: dict[str, Any] | None = None
        self._keys: KeySet | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.client.name

    @property
    def issuer(self) -> str:
        """Whose word it is."""
        return self.client.issuer

    async def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes; `back` is where it returns to. Raises Busy."""
        known = await self._discovered()
        digest = sha256(verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": back,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{known['authorization_endpoint']}?{urlencode(query)}"

    async def word(self, code: str, back: str, nonce: str, verifier: str) -> Word:
        """What the provider says about who came back with the code. Raises Busy, Forbidden."""
        known = await self._discovered()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        answer = await self._ask("POST", known["token_endpoint"], form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _unbelievable()
        claims = await self._checked(token, nonce)
        said = claims.get("amr")
        factors = FACTORS.intersection(said) if isinstance(said, list) else ()
        return Word(claims["sub"], bool(factors))

    async def _checked(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token. Raises Busy, Forbidden."""
        try:
            decoded = jwt.decode(token, await self._published(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            try:  # the provider may have changed its keys
                decoded = jwt.decode(token, await self._published(anew=True), algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                raise _unbelievable() from None
        claims = decoded.claims
        now = self._clock().timestamp()
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        right = (
            claims.get("iss") == self.client.issuer
            and self.client.client_id in audiences
            and (len(audiences) == 1 or claims.get("azp") == self.client.client_id)
            and isinstance(claims.get("exp"), int | float)
            and claims["exp"] > now - LEEWAY_S
            and isinstance(claims.get("iat"), int | float)
            and claims["iat"] < now + LEEWAY_S
            and secrets.compare_digest(str(claims.get("nonce", "")), nonce)
            and isinstance(claims.get("sub"), str)
            and claims["sub"]
        )
        if not right:
            raise _unbelievable()
        return claims

    async def _discovered(self) -> dict[str, Any]:
        if self._known is None:
            address = f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration"
            known = await self._ask("GET", address)
            places = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if known.get("issuer") != self.client.issuer or not all(
                isinstance(known.get(place), str) for place in places
            ):
                raise _unbelievable()
            self._known = known
        return self._known

    async def _published(self, *, anew: bool = False) -> KeySet:
        if self._keys is None or anew:
            found = await self._ask("GET", (await self._discovered())["jwks_uri"])
            self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
        return self._keys

    async def _ask(
        self, method: str, address: str, form: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """What the provider answers, as JSON. Raises Busy when it is away, Forbidden when it
        refuses.
        """
        auth = (self.client.client_id, self.client.client_secret) if form else None
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT_S, transport=self._transport) as http:
                answer = await http.request(method, address, data=form, auth=auth)
                answer.raise_for_status()
                found = answer.json()
        except httpx2.HTTPStatusError as fault:
            if form and fault.response.status_code < 500:  # noqa: PLR2004 - a refusal, not a fault
                raise _unbelievable() from None
            raise self._away() from None
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
            raise self._away() from None
        if not isinstance(found, dict):
            raise _unbelievable()
        return found

    def _away(self) -> Busy:
        return Busy(
            "provider.unavailable",
            f"«{self.name}» сейчас не отвечает. Войдите с логином и паролем журнала.",
            retry_after=RETRY_AFTER_S,
        )


def _unbelievable() -> Forbidden:
    return Forbidden(
        "provider.refused", "Вход не подтверждён. Начните вход сначала или войдите с паролем."
    )
