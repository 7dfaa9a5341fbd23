"""Files in the vault are sealed: AES-256-GCM under a key that is derived from the one secret.

Whoever reads the table, or a stolen copy of it, sees noise. Erasing the row is what erases.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12  # bytes


class Spoilt(ValueError):  # noqa: N818
    """Sealed under another secret, about another person, or changed since."""


def seal(secret: str, subject: str, content: bytes, nonce: bytes | None = None) -> str:
    """The content as base64 of nonce and ciphertext, bound to the person whom it is about.

    nonce: only where the same thing is to be sealed again to the same bytes (the demonstration):
    never the same for another content.
    """
    nonce = nonce or token_bytes(NONCE)
    return b64encode(nonce + _key(secret).encrypt(nonce, content, subject.encode())).decode()


def unseal(secret: str, subject: str, sealed: str) -> bytes:
    """The content. Raises Spoilt."""
    try:
        raw = b64decode(sealed, validate=True)
        return _key(secret).decrypt(raw[:NONCE], raw[NONCE:], subject.encode())
    except (InvalidTag, ValueError) as fault:
        raise Spoilt(subject) from fault


def _key(secret: str) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"letopis strongbox")
    return AESGCM(derived.derive(secret.encode()))
