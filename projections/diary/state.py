"""The small states that diary documents are made of. Stored as JSON, kept in memory while hot."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from domain.bells import Bells
from domain.calendar import Calendar

SCHEDULED, MOVED, CANCELLED, HELD = "SCHEDULED", "MOVED", "CANCELLED", "HELD"


class Touch(msgspec.Struct, frozen=True, array_like=True, order=True):
    """The fact that touched a document last."""

    position: int
    at: datetime


class Year(msgspec.Struct):
    """Calendar and words of a school year."""

    office_id: str
    calendar: Calendar
    bells: Bells = msgspec.field(default_factory=Bells)
    subjects: dict[str, str] = {}
    work_types: dict[str, tuple[str, str]] = {}  # name, abbr
    classes: list[str] = []


class Person(msgspec.Struct):
    """A pupil or a teacher; `name` is empty once erased, None before it is registered."""

    kind: str = ""
    name: str | None = None
    classes: list[str] = []


class Split(msgspec.Struct, array_like=True):
    """A division of a subject: subgroup → pupils."""

    subject_id: str
    since: date
    members: dict[str, list[str]]


class Substitution(msgspec.Struct, array_like=True):
    """Both days included."""

    substitute_id: str
    teacher_id: str
    since: date
    until: date


class Klass(msgspec.Struct):
    """A class journal: roster as spans of days [since, until)."""

    name: str
    year: int
    grade_level: int
    roster: dict[str, list[tuple[date, date | None]]] = {}
    splits: list[Split] = []
    substitutions: list[Substitution] = []

    def enrolled(self, pupil_id: str, day: date) -> bool:
        """The pupil is on the list that day."""
        return any(
            since <= day and (until is None or day < until)
            for since, until in self.roster.get(pupil_id, ())
        )

    def here(self, pupil_id: str, first: date, last: date) -> bool:
        """The pupil is on the list on some day of [first, last]."""
        return any(
            since <= last and (until is None or first < until)
            for since, until in self.roster.get(pupil_id, ())
        )

    def members(self, subject_id: str, subgroup_id: str, day: date) -> frozenset[str]:
        """Pupils of a subgroup that day."""
        found: list[str] = []
        for split in self.splits:
            if split.subject_id == subject_id and split.since <= day:
                found = split.members.get(subgroup_id, [])
        return frozenset(found)

    def substitute(self, teacher_id: str, day: date) -> str | None:
        """Who stands for the teacher that day."""
        found = None
        for one in self.substitutions:
            if one.teacher_id == teacher_id and one.since <= day <= one.until:
                found = one.substitute_id
        return found


class Homework(msgspec.Struct):
    """`individual_for` is empty for the whole class."""

    homework_id: str
    due_date: date
    text: str
    individual_for: tuple[str, ...] = ()
    payload_id: str | None = None


class File(msgspec.Struct, array_like=True):
    """A file of a lesson; `name` is empty once erased, `body_id` too."""

    file_id: str
    kind: str
    media: str
    size: int
    name: str
    name_id: str
    body_id: str


class Lesson(msgspec.Struct):
    """A lesson of a week. `codes` holds the exceptions: pupil → code and minutes late."""

    date: date
    number: int
    subject_id: str
    teacher_id: str
    subgroup_id: str | None = None
    room: str = ""
    status: str = SCHEDULED
    topic: str | None = None
    title: str = ""
    taken: bool = False
    codes: dict[str, tuple[str, int]] = {}
    homework: list[Homework] = []
    no_homework: bool = False
    files: list[File] = []


class Week(msgspec.Struct):
    """The lessons of a class in one week."""

    lessons: dict[str, Lesson] = {}


class Mark(msgspec.Struct):
    """A mark; `value` is empty once annulled, `was` the value before the last correction."""

    mark_id: str
    pupil_id: str
    lesson_id: str
    value: str
    was: str | None
    weight: str
    work_type_id: str
    comment_id: str | None
    comment: str | None
    given_at: datetime
    position: int
    said: tuple[str | None, bytes] | None = None  # the title it was rendered under, and the JSON
