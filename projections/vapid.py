"""The key by which push services know this installation (RFC 8292): derived from its one secret."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

#: the order of P-256 (SEC 2, 2.4.2)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
#: 64 bits more than a key has: the remainder leans to no side (FIPS 186-5, A.2.1)
BYTES = 40


def private_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """The key that signs; another secret is another key, and browsers subscribe anew."""
    derived = HKDF(SHA256(), length=BYTES, salt=None, info=b"letopis web push").derive(
        secret.encode()
    )
    return ec.derive_private_key(int.from_bytes(derived) % (ORDER - 1) + 1, ec.SECP256R1())


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as Web Push writes it: 65 bytes, uncompressed."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def public_key(secret: str) -> str:
    """`applicationServerKey` of a subscription: base64url without padding."""
    return base64url(point(private_key(secret).public_key()))


def base64url(raw: bytes) -> str:
    """Without padding, as everything of Web Push."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
