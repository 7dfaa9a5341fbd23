"""Documents as they lie: gzip, quick rather than small, and the same bytes for the same text."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from zlib import DEFLATED, compressobj, decompress, error

GZIP = 31  # window bits of zlib for a gzip frame; it writes no time and no name into it
LEVEL = 1


def pack(body: bytes) -> bytes:
    """gzip of a document."""
    squeeze = compressobj(LEVEL, DEFLATED, GZIP)
    return squeeze.compress(body) + squeeze.flush()


def etag_of(body: bytes) -> str:
    """A strong validator: 22 characters, without quotes."""
    return urlsafe_b64encode(sha256(body).digest()[:16]).rstrip(b"=").decode()


def unpack(packed: bytes) -> bytes:
    """The document. Raises zlib.error for what is not gzip."""
    return decompress(packed, GZIP)


def etag_of_packed(packed: bytes) -> str | None:
    """The validator of a packed document, or None when it cannot be unpacked."""
    try:
        return etag_of(unpack(packed))
    except error:
        return None
