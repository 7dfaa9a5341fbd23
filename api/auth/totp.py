"""Codes of an authenticator: RFC 6238 over RFC 4226 (SHA-1, 6 digits, 30 seconds)."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from collections.abc import Iterable
from urllib.parse import quote, urlencode

SECRET_BYTES = 20  # RFC 4226, R6
PERIOD_S = 30
DIGITS = 6
#: A code of the step before is taken too: it was typed while the next one began (RFC 6238, 5.2).
BACK = 1


def new_secret() -> bytes:
    """160 random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, counter: int, digits: int = DIGITS) -> str:
    """The code of a counter (RFC 4226, 5.3)."""
    mac = hmac.digest(secret, counter.to_bytes(8, "big"), "sha1")
    place = mac[-1] & 0x0F
    number = int.from_bytes(mac[place : place + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: bytes, code: str, moment: float) -> int | None:
    """The step (30 seconds since 1970) whose code this is, now or just before; None: no such.

    moment: Unix time, seconds. Every candidate is compared, each in constant time.
    """
    now = int(moment) // PERIOD_S
    typed = code.encode()
    found: Iterable[int] = [
        step
        for step in range(now - BACK, now + 1)
        if hmac.compare_digest(code_at(secret, step).encode(), typed)
    ]
    return max(found, default=None)


def in_text(secret: bytes) -> str:
    """The secret as people type it: base32 in fours (RFC 4648)."""
    text = b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def uri(secret: bytes, issuer: str, login: str) -> str:
    """What an authenticator reads from a QR code."""
    query = {"secret": b32encode(secret).decode(), "issuer": issuer}
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{urlencode(query, quote_via=quote)}"
