"""Handing a word over to a push service: encrypted for one device (RFC 8291), signed (RFC 8292).

Composed of the primitives of `cryptography`; docs/decisions/0024-web-push.md says why.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from projections.vapid import base64url, point, private_key
from scheduler.webhooks import Answer, hand_over

CURVE = ec.SECP256R1()
RECORD = 4096  # octets; the whole word is one record
LAST = b"\x02"  # the delimiter of the last record (RFC 8188, 2)
#: a device that was off for longer shows the inbox when it is opened
KEPT = timedelta(days=1)
SIGNED_FOR = timedelta(hours=12)
TOTAL_S = 10.0


@dataclass(frozen=True)
class Push:
    """Web Push is on. contact: whom a push service writes to (`mailto:…` or `https://…`); secret:
    the installation's; private: devices may be in one's own network (tests alone).
    """

    contact: str
    secret: str
    private: bool = False


class Device(NamedTuple):
    """Where one browser is told: the keys are those of its subscription."""

    device_id: str
    endpoint: str
    public_key: bytes
    auth: bytes


def send(push: Push, device: Device, word: str, now: datetime) -> Answer:
    """One attempt. Raises OSError when nobody answers in time, Inside when nobody may be asked,
    ValueError for a key that is no point of the curve.
    """
    body = encrypted(word.encode(), device.public_key, device.auth)
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "User-Agent": "Letopis",
        "TTL": str(int(KEPT.total_seconds())),
        "Topic": "letopis",  # a word that waits is replaced by the next (RFC 8030, 5.4)
        "Authorization": authorization(push, device.endpoint, now),
    }
    return hand_over(device.endpoint, body, headers, now, private=push.private, total_s=TOTAL_S)


def authorization(push: Push, endpoint: str, now: datetime) -> str:
    """`vapid t=…, k=…`: who sends, to this push service alone, for half a day."""
    key = private_key(push.secret)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    there = urlsplit(endpoint)
    claims = {
        "aud": f"{there.scheme}://{there.netloc}",
        "exp": int((now + SIGNED_FOR).timestamp()),
        "sub": push.contact,
    }
    token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, ECKey.import_key(pem))
    return f"vapid t={token}, k={base64url(point(key.public_key()))}"


def encrypted(
    word: bytes,
    public_key: bytes,
    auth: bytes,
    *,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The word for one device alone. own, salt: drawn anew for each word; given by the test of the
    RFC's own example.
    """
    own, salt = own or ec.generate_private_key(CURVE), salt or secrets.token_bytes(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public_key)
    mine = point(own.public_key())
    shared = own.exchange(ec.ECDH(), theirs)
    seed = _derived(shared, auth, b"WebPush: info\0" + public_key + mine, 32)
    key = _derived(seed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(seed, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4) + bytes([len(mine)]) + mine
    return head + AESGCM(key).encrypt(nonce, word + LAST, None)


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length=length, salt=salt, info=info).derive(material)
