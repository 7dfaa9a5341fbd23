"""The shelf: marks and records of a closed term, packed small until somebody must look again.

A closed term is settled; a state that kept it open would grow with the year. Packed it is a tenth
of that, and a correction by an act or a reopened term finds everything as it was.
"""

from __future__ import annotations

import zlib
from datetime import datetime

import msgspec

from domain.journal.facts import HomeworkAssigned, TopicRecorded
from domain.journal.file_facts import LessonFileAttached
from domain.values import AttendanceCode

_LEVEL = 1  # the ids are what is long, and they do not shrink any further


class Mark(msgspec.Struct, array_like=True):
    """The last version of a mark; `value` None once annulled."""

    lesson_id: str
    pupil_id: str
    value: str | None
    work_type_id: str
    weight: str
    by: str
    at: datetime
    annulled: bool = False


class Records(msgspec.Struct, array_like=True):
    """What was recorded of a lesson."""

    topic: TopicRecorded | None = None
    attendance: dict[str, AttendanceCode] | None = None
    late: dict[str, int] = {}
    homework: dict[str, HomeworkAssigned] = {}
    explained: set[str] = set()
    files: dict[str, LessonFileAttached | None] = {}


class Shelf(msgspec.Struct, array_like=True):
    """lesson → records, mark → its last version."""

    lessons: dict[str, Records] = {}
    marks: dict[str, Mark] = {}


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Shelf).decode


def pack(shelf: Shelf) -> bytes:
    """The shelf in few bytes."""
    return zlib.compress(_encode(shelf), _LEVEL)


def unpack(packed: bytes) -> Shelf:
    """What was packed; an empty shelf of no bytes."""
    return _decode(zlib.decompress(packed)) if packed else Shelf()
