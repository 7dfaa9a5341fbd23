"""What a provider says is believed only as OpenID Connect Core §3.1.3.7 says (ASVS V6.8.2)."""

from __future__ import annotations

import asyncio
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from api.auth.provider import Client, Provider, Word
from domain.refusals import Busy, Forbidden

ISSUER = "https://id.example"
NOW = datetime(2026, 9, 2, 9, tzinfo=UTC)
T = int(NOW.timestamp())
KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
CLIENT = Client(ISSUER, "letopis", "secret", "Единый вход")
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": "letopis",
    "sub": "s-1",
    "nonce": "n-1",
    "exp": T + 300,
    "iat": T,
}


def signed(claims: dict[str, Any], key: RSAKey = KEY) -> str:
    return jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)


def provider(token: Any, *, keys: list[RSAKey] | None = None, issuer: str = ISSUER) -> Provider:
    """A provider that answers with this token; its published keys one after another."""
    published = iter(keys or [])

    def answer(request: httpx2.Request) -> httpx2.Response:
        place = request.url.path
        if place.endswith("openid-configuration"):
            ends = {"authorization_endpoint": "a", "token_endpoint": "t", "jwks_uri": "k"}
            known = {name: f"{ISSUER}/{end}" for name, end in ends.items()}
            return httpx2.Response(200, json={"issuer": issuer, **known})
        if place == "/t":
            assert b"code_verifier=v-1" in request.content
            assert request.headers["authorization"].startswith("Basic ")
            return httpx2.Response(200, json={"id_token": token})
        key = next(published, KEY)
        return httpx2.Response(200, json={"keys": [key.as_dict(private=False)]})

    return Provider(CLIENT, lambda: NOW, httpx2.MockTransport(answer))


def word(of: Provider) -> Word:
    return asyncio.run(of.word("code", f"{ISSUER}/back", "n-1", "v-1"))


def without_signature(claims: dict[str, Any]) -> str:
    head, body, _ = signed(claims).split(".")
    del head
    return f"eyJhbGciOiJub25lIn0.{body}."


def by_shared_secret(claims: dict[str, Any]) -> str:
    """HS256 with the public key for a secret: what a careless client would take for a signature."""
    _, body, _ = signed(claims).split(".")
    head = urlsafe_b64encode(b'{"alg":"HS256","kid":"1"}').rstrip(b"=").decode()
    mac = hmac.digest(KEY.as_pem(private=False), f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def test_a_right_word_names_the_subject() -> None:
    assert word(provider(signed(CLAIMS))) == Word("s-1", factor=False)


def test_a_second_factor_there_is_told() -> None:
    assert word(provider(signed({**CLAIMS, "amr": ["pwd", "otp"]}))) == Word("s-1", factor=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://another.example"},
        {"aud": "another"},
        {"aud": ["letopis", "another"]},
        {"aud": ["letopis", "another"], "azp": "another"},
        {"aud": []},
        {"nonce": "n-2"},
        {"nonce": ""},
        {"exp": T - 61},
        {"exp": str(T + 300)},
        {"iat": T + 61},
        {"sub": ""},
        {"sub": 7},
    ],
    ids=str,
)
def test_a_word_with_one_wrong_claim_is_not_believed(changed: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        word(provider(signed({**CLAIMS, **changed})))


@pytest.mark.parametrize("lacking", sorted(CLAIMS))
def test_a_word_that_lacks_a_claim_is_not_believed(lacking: str) -> None:
    with pytest.raises(Forbidden):
        word(provider(signed({k: v for k, v in CLAIMS.items() if k != lacking})))


@pytest.mark.parametrize("forge", [without_signature, by_shared_secret])
def test_v6_8_2_no_other_kind_of_signature_will_do(
    forge: Callable[[dict[str, Any]], str],
) -> None:
    with pytest.raises(Forbidden):
        word(provider(forge(CLAIMS)))


def test_another_key_signs_nothing() -> None:
    with pytest.raises(Forbidden):
        word(provider(signed(CLAIMS, OTHER), keys=[KEY, KEY]))


def test_a_changed_key_is_asked_for() -> None:
    assert word(provider(signed(CLAIMS), keys=[OTHER, KEY])).subject == "s-1"


@pytest.mark.parametrize("token", [None, 7, "", "a.b.c", "..", "ё"])
def test_what_is_no_token_is_not_believed(token: Any) -> None:
    with pytest.raises(Forbidden):
        word(provider(token))


def test_a_provider_that_calls_itself_otherwise_is_not_ours() -> None:
    with pytest.raises(Forbidden):
        word(provider(signed(CLAIMS), issuer="https://another.example"))


@pytest.mark.parametrize("status", [500, 302])
def test_a_provider_at_fault_is_waited_for(status: int) -> None:
    broken = Provider(
        CLIENT, lambda: NOW, httpx2.MockTransport(lambda _: httpx2.Response(status, text="{}"))
    )
    with pytest.raises(Busy):
        word(broken)
