"""Pages as a browser takes them: compressed, and what was compressed before not once more."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import NamedTuple

GZIP_LEVEL = 5  # two milliseconds for the largest register
WORTH_PACKING = 1_000  # bytes
#: RFC 1952: deflate, no name, no time, no system named
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


class Piece(NamedTuple):
    """A part of a page, and the same deflated so that it may stand anywhere in a stream: it looks
    back at nothing before it, is not the last, and ends at a whole byte.
    """

    plain: bytes
    deflated: bytes

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return len(self.plain) + len(self.deflated)


def piece(html: str) -> Piece:
    """A part that is going to be sent more than once."""
    plain = html.encode()
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Piece(plain, packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH))


def plain(pieces: Sequence[str | Piece]) -> bytes:
    """The pieces one after another."""
    return b"".join([one.encode() if isinstance(one, str) else one.plain for one in pieces])


def gzipped(pieces: Sequence[str | Piece]) -> bytes:
    """The pieces as one gzip stream."""
    out, total, check = [_HEAD], 0, 0
    for one in pieces:
        known = one if isinstance(one, Piece) else piece(one)
        out.append(known.deflated)
        total += len(known.plain)
        check = zlib.crc32(known.plain, check)
    last = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS).flush()
    ending = check.to_bytes(4, "little") + (total & 0xFFFF_FFFF).to_bytes(4, "little")
    return b"".join([*out, last, ending])
