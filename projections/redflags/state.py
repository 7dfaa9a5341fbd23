"""What the fold of red flags has to remember of classes, lessons, marks and hands."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from domain.calendar import Calendar
from domain.regulation import Regulation


class Year(msgspec.Struct):
    """Calendar and rules of a school year; the office stream that they come from."""

    office_id: str
    calendar: Calendar
    regulation: Regulation


class Lesson(msgspec.Struct):
    """A lesson: whether anything says that it was held. `attended`: the last fact about it."""

    subject_id: str
    date: date
    cancelled: bool = False
    topic: bool = False
    attended: int = 0
    absent: set[str] = msgspec.field(default_factory=set)


class Mark(msgspec.Struct):
    """A mark as it stands. excused: a debt was paid with it."""

    mark_id: str
    lesson_id: str
    pupil_id: str
    by: str
    at: datetime
    position: int
    basis: str
    value: str
    alive: bool = True
    excused: bool = False


class ClassState(msgspec.Struct):
    """One class journal. own_rights: assignments and substitutions people gave themselves."""

    year: int
    grade_level: int
    zone: ZoneInfo
    lessons: dict[str, Lesson]
    term_marks: dict[tuple[str, str, int], int]  # pupil, subject, term → the fact
    own_rights: set[str]


class Change(msgspec.Struct):
    """A correction or an annulment. upward: a higher mark stands there now."""

    position: int
    at: datetime
    by: str
    session: str
    class_id: str
    upward: bool


class Hand(msgspec.Struct, array_like=True):
    """The sign-in a person has written under last, and the one before: when, and which fact."""

    session: str
    at: datetime
    position: int
    before: str = ""
    before_at: datetime | None = None
    before_position: int = 0


class Flag(msgspec.Struct, kw_only=True):
    """A row of `red_flag`."""

    code: str
    position: int
    last: int
    at: datetime
    by: str
    due: datetime | None = None
    key: str | None = None
    class_id: str | None = None
    subject_id: str | None = None
    lesson_id: str | None = None
    lesson_date: date | None = None
    pupil_id: str | None = None
    mark_id: str | None = None
    term: int | None = None
    session: str | None = None
    other: str | None = None
    count: int = 1
    detail: dict[str, str | int] = {}


class About(msgspec.Struct, kw_only=True):
    """What a fact is about, for the flags that it raises."""

    class_id: str | None
    subject_id: str | None = None
    lesson_id: str | None = None
    lesson_date: date | None = None
    pupil_id: str | None = None
    mark_id: str | None = None
    term: int | None = None
