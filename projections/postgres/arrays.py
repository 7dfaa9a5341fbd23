"""Arrays for the busiest statements, packed in one go: the driver takes each element by itself.

The layout is PostgreSQL's binary array of one dimension: dimensions, whether there are nulls, the
type of the elements, their number, the lower bound; then each element behind its length.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from struct import Struct, pack

import psycopg
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format

_EMPTY = Struct("!iiI").pack
_HEAD = Struct("!iiIii").pack
_LENGTH = Struct("!i").pack
_OF_16 = _LENGTH(16)
_NULL = _LENGTH(-1)
_SINCE = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL counts from here
_MICROSECOND = timedelta(microseconds=1)
_OIDS = {kind: types[kind].oid for kind in ("uuid", "int8", "int4", "timestamptz", "text", "bytea")}


class Packed(bytes):
    """An array as it travels."""


class Uuids(Packed):
    """uuid[]"""


class Bigints(Packed):
    """bigint[]"""


class Ints(Packed):
    """int[]"""


class Moments(Packed):
    """timestamptz[]"""


class Texts(Packed):
    """text[]"""


class Blobs(Packed):
    """bytea[]"""


def uuids(numbers: Collection[bytes | None]) -> Uuids:
    """Numbers of 16 bytes each, or nulls. Raises ValueError for others."""
    if any(number is not None and len(number) != 16 for number in numbers):  # noqa: PLR2004
        raise ValueError("a number of 16 bytes is wanted")
    body = b"".join(_NULL if number is None else _OF_16 + number for number in numbers)
    return Uuids(_packed("uuid", len(numbers), body, nulls=None in numbers))


def bigints(numbers: Collection[int]) -> Bigints:
    """Numbers below 2**63."""
    return Bigints(_packed("int8", len(numbers), b"".join(pack("!iq", 8, n) for n in numbers)))


def ints(numbers: Collection[int]) -> Ints:
    """Numbers below 2**31."""
    return Ints(_packed("int4", len(numbers), b"".join(pack("!ii", 4, n) for n in numbers)))


def moments(times: Collection[datetime]) -> Moments:
    """Aware moments."""
    body = b"".join(pack("!iq", 8, (at - _SINCE) // _MICROSECOND) for at in times)
    return Moments(_packed("timestamptz", len(times), body))


def texts(lines: Iterable[str]) -> Texts:
    """Texts; one with half of a surrogate pair raises UnicodeEncodeError."""
    return Texts(_of("text", [line.encode() for line in lines]))


def blobs(pieces: Collection[bytes]) -> Blobs:
    """Bytes of any length."""
    return Blobs(_of("bytea", pieces))


def hexed(number: str) -> bytes:
    """The 16 bytes of a UUID in its one spelling. Raises ValueError."""
    return bytes.fromhex(number.replace("-", ""))


def _of(kind: str, pieces: Collection[bytes]) -> bytes:
    return _packed(kind, len(pieces), b"".join(_LENGTH(len(one)) + one for one in pieces))


def _packed(kind: str, count: int, body: bytes, *, nulls: bool = False) -> bytes:
    oid = _OIDS[kind]
    return _HEAD(1, nulls, oid, count, 1) + body if count else _EMPTY(0, 0, oid)


class _Dumper(Dumper):
    """What is packed travels as it is."""

    format = Format.BINARY

    def dump(self, obj: Packed) -> bytes:
        return obj


def _register(array: type[Packed], kind: str) -> None:
    dumper = type(f"{array.__name__}Dumper", (_Dumper,), {"oid": types[kind].array_oid})
    psycopg.adapters.register_dumper(array, dumper)


for _array, _kind in (
    (Uuids, "uuid"),
    (Bigints, "int8"),
    (Ints, "int4"),
    (Moments, "timestamptz"),
    (Texts, "text"),
    (Blobs, "bytea"),
):
    _register(_array, _kind)
