"""Signed notes and verifier keys as C2SP signed-note and tlog-cosignature define them; Ed25519.

A note is text that ends in a newline, an empty line, and a line for each signature. Signatures of
unknown keys are ignored, which is what makes rotation and witnesses free; a bad signature of a
known key spoils the whole note.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: signature types of C2SP: a log signs the text, a witness the text and a time
LOG, WITNESS = 0x01, 0x04

MOST_CHARACTERS = 100_000
MOST_SIGNATURES = 100
KEY_ID = 4  # bytes
PUBLIC_KEY = 32
SIGNATURE = 64
TIME = 8
LATEST = (1 << 63) - 1  # the greatest time of a cosignature

_DASH = "\u2014 "
_STRAY = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")  # no UTF-8 has a surrogate
_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")


class Malformed(ValueError):  # noqa: N818
    """The text is not written the one way in which it may be."""


class Unsigned(ValueError):  # noqa: N818
    """No known key has signed this, or one of them has not signed *this*."""


def to_base64(raw: bytes) -> str:
    """RFC 4648, section 4."""
    return b64encode(raw).decode()


def from_base64(text: str) -> bytes:
    """The one spelling only. Raises Malformed."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError:
        raise Malformed(f"not base64: {text[:60]!r}") from None
    if to_base64(raw) != text:
        raise Malformed(f"not the one spelling of base64: {text[:60]!r}")
    return raw


class VerifierKey(msgspec.Struct, frozen=True):
    """A public key with its name: `name+id+base64(type | key)`. `public` is 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[
            :KEY_ID
        ]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a verifier key. Raises Malformed."""
        name, _, rest = text.partition("+")
        number, _, encoded = rest.partition("+")
        raw = from_base64(encoded)
        if len(raw) != 1 + PUBLIC_KEY or raw[0] not in (LOG, WITNESS):
            raise Malformed("not an Ed25519 key of a log or of a witness")
        key = cls(_key_name(name), raw[0], raw[1:])
        if key.id.hex() != number:
            raise Malformed("the id of the key is not that of the key")
        return key

    def check(self, text: str, signature: bytes) -> int:
        """The time of a cosignature in seconds of POSIX; 0 for a log. Raises Unsigned."""
        time = 0
        message = text.encode()
        if self.kind == WITNESS:
            time, signature = int.from_bytes(signature[:TIME], "big"), signature[TIME:]
            message = _cosigned(text, time)
        if len(signature) != SIGNATURE or time > LATEST:
            raise Unsigned(f"the signature of {self.name} is not one")
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise Unsigned(f"the signature of {self.name} is of another text") from None
        return time


class SigningKey:
    """A private key with its name. `seed` is 32 bytes and stays with its owner."""

    def __init__(self, name: str, seed: bytes, kind: int = LOG) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._private.public_key().public_bytes_raw()
        self.verifier = VerifierKey(_key_name(name), kind, public)

    def sign(self, text: str, time: int = 0) -> str:
        """A signature line; `time` (seconds of POSIX) is a witness's."""
        if self.verifier.kind == WITNESS:
            stamp = time.to_bytes(TIME, "big")
            signature = stamp + self._private.sign(_cosigned(text, time))
        else:
            signature = self._private.sign(text.encode())
        return f"{_DASH}{self.verifier.name} {to_base64(self.verifier.id + signature)}\n"


class Note(msgspec.Struct, frozen=True):
    """A text (it ends in a newline) and its signature lines: (key name, key id and signature)."""

    text: str
    signatures: tuple[tuple[str, bytes], ...]

    def __str__(self) -> str:
        lines = (f"{_DASH}{name} {to_base64(raw)}\n" for name, raw in self.signatures)
        return f"{self.text}\n{''.join(lines)}"

    @classmethod
    def parse(cls, text: str) -> Note:
        """Read a note; a line that is there twice is refused, which C2SP would let pass. Raises
        Malformed.
        """
        if len(text) > MOST_CHARACTERS or _STRAY.search(text):
            raise Malformed("not a note: too long, or with control characters")
        body, gap, tail = text.rpartition("\n\n")
        if not gap or not tail.endswith("\n"):
            raise Malformed("not a note: no signatures after an empty line")
        lines = tail[:-1].split("\n")
        if len(lines) > MOST_SIGNATURES or len(set(lines)) < len(lines):
            raise Malformed("too many signatures, or one of them twice")
        return cls(body + "\n", tuple(_signature(line) for line in lines))

    def verify(self, known: Iterable[VerifierKey]) -> dict[VerifierKey, int]:
        """Known keys that have signed, each with the time of its cosignature (0 for a log).

        Raises Unsigned when there is none, or when one of them has signed something else.
        """
        keys = {(key.name, key.id): key for key in known}
        good: dict[VerifierKey, int] = {}
        for name, raw in self.signatures:
            key = keys.get((name, raw[:KEY_ID]))
            if key is not None:
                good[key] = key.check(self.text, raw[KEY_ID:])
        if not good:
            raise Unsigned("no signature of a known key")
        return good


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH):
        raise Malformed("a signature line does not begin with a dash")
    raw = from_base64(encoded)
    if len(raw) <= KEY_ID:
        raise Malformed("a signature line without a signature")
    return _key_name(name), raw


def _key_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Malformed(f"not the name of a key: {name[:60]!r}")
    return name


def _cosigned(text: str, time: int) -> bytes:
    """What a witness signs (cosignature/v1)."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()
