"""A ZIP file that has one way to be written: the same files give the same bytes everywhere.

Stored, not deflated: what deflate makes depends on the library and its version, and a reader in
twenty-five years needs no library at all. `verify.py` reads it byte by byte.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from domain.refusals import Invalid

_LOCAL, _CENTRAL, _END = "<4s5H3I2H", "<4s6H3I5H2I", "<4s4H2IH"
#: version 2.0, names in UTF-8, stored, midnight of 1 January 1980
_KIND = (20, 0x800, 0, 0, 0x21)
_MOST = (1 << 32) - 2  # bytes, without ZIP64
_MOST_FILES = (1 << 16) - 2


class Zip:
    """Writes files one after another; `finish` ends it. The target can be sought in."""

    def __init__(self, target: BinaryIO, root: str) -> None:
        self._target = target
        self._root = root
        self._central = bytearray()
        self._count = 0

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """A file. Raises Invalid beyond what a ZIP file can hold."""
        raw = f"{self._root}/{name}".encode()
        offset, crc, size = self._target.tell(), 0, 0
        self._target.write(self._local(len(raw), 0, 0) + raw)
        for piece in pieces:
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            self._target.write(piece)
        end = self._target.tell()
        self._count += 1
        if end + len(self._central) > _MOST or self._count > _MOST_FILES:
            raise Invalid("archive.too_large", "Архив больше 4 ГБ: в один файл ZIP он не войдёт.")
        self._target.seek(offset)
        self._target.write(self._local(len(raw), crc, size))
        self._target.seek(end)
        where = (crc, size, size, len(raw), 0, 0, 0, 0, 0, offset)
        self._central += struct.pack(_CENTRAL, b"PK\1\2", 20, *_KIND, *where) + raw

    def finish(self) -> None:
        """The table of contents."""
        at, count, size = self._target.tell(), self._count, len(self._central)
        self._target.write(self._central)
        self._target.write(struct.pack(_END, b"PK\5\6", 0, 0, count, count, size, at, 0))

    @staticmethod
    def _local(length: int, crc: int, size: int) -> bytes:
        return struct.pack(_LOCAL, b"PK\3\4", *_KIND, crc, size, size, length, 0)
