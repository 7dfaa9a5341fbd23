"""python -m tests.archive.every_byte ARCHIVE.zip: every byte of a bag flipped, none to be accepted.

A flip is looked for where it is: the reader of `verify.py` accepts a ZIP only when it accepts each
file of it and the table of contents is that of these files. Files before the spoilt one are as they
were, so a byte inside a file is tried on that file alone; a byte of a header or of the table of
contents on the whole archive. Each byte loses or gains another bit than the one before.
"""

from __future__ import annotations

import struct
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from projections.archive import verify

_EVERY_S = 5.0
_HEAD = struct.calcsize(verify.LOCAL)


class Member(NamedTuple):
    """A file of the archive: where its header, its bytes and the next thing begin."""

    name: str
    header: int
    starts: int
    ends: int


class Accepted(Exception):  # noqa: N818 - a verdict
    """A flipped byte went unseen."""


def members(path: Path) -> list[Member]:
    """Files in their order. Raises Wrong unless the archive is whole."""
    found, header = [], 0
    for name, (starts, size) in verify.Zip(str(path)).places.items():
        found.append(Member(name, header, starts, starts + size))
        header = starts + size
    return found


def flips(path: Path) -> Iterator[int]:
    """Flip every byte, in order; the number of the byte that was just refused. Raises Accepted."""
    whole, known = path.read_bytes(), members(path)
    for one in known:
        yield from _outside(path, whole, range(one.header, one.starts))
        yield from _inside(whole, one)
    yield from _outside(path, whole, range(known[-1].ends, len(whole)))


def _inside(whole: bytes, one: Member) -> Iterator[int]:
    """Bytes of a file, tried on the file alone."""
    spoilt = bytearray(whole[one.header : one.ends])
    reader = verify.Zip.__new__(verify.Zip)
    for at in range(one.starts, one.ends):
        bit = 1 << at % 8
        spoilt[at - one.header] ^= bit
        reader.places = {}
        try:
            reader._files(BytesIO(spoilt))
        except verify.Wrong:
            yield at
        else:
            raise Accepted(f"{one.name}: байт {at}")
        spoilt[at - one.header] ^= bit


def _outside(path: Path, whole: bytes, places: range) -> Iterator[int]:
    """Bytes of headers and of the table of contents, tried on the whole archive."""
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / path.name
        other.write_bytes(whole)
        with other.open("r+b") as file:
            for at in places:
                file.seek(at)
                file.write(bytes([whole[at] ^ 1 << at % 8]))
                file.flush()
                try:
                    verify.check_manifests(verify.Zip(str(other)))
                except verify.Wrong:
                    yield at
                else:
                    raise Accepted(f"заголовок или оглавление: байт {at}")
                file.seek(at)
                file.write(whole[at : at + 1])


def main(path: Path) -> None:
    """Show how far it is. Raises Accepted."""
    began = told = monotonic()
    size, tried = path.stat().st_size, 0
    for at in flips(path):
        assert at == tried, "a byte was left out"
        tried += 1
        if monotonic() - told > _EVERY_S:
            told = monotonic()
            print(f"{tried} из {size}", flush=True)  # noqa: T201
    assert tried == size, "the end was left out"
    files, took = len(members(path)), monotonic() - began
    print(f"{tried} байт, {files} файлов, {took:.0f} с: ни один не принят")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
