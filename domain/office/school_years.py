"""A school year as the rollover knows it: what was in it, and what is in the next one already.

Plain values, read from the projections by the door.
"""

from __future__ import annotations

from datetime import date

import msgspec

from domain.bells import Bells
from domain.calendar import Calendar
from domain.office.facts import Appointment, Subject, WorkType
from domain.values import CouncilDecision


class Listed(msgspec.Struct, frozen=True):
    """A pupil of a class list. `until`: the first day without; `decision`: of the council."""

    pupil_id: str
    until: date | None = None
    decision: CouncilDecision | None = None


class Taught(msgspec.Struct, frozen=True):
    """Who teaches what to whom. `until`: the first day without."""

    assignment_id: str
    teacher_id: str
    subject_id: str
    subgroup_id: str | None = None
    until: date | None = None


class Group(msgspec.Struct, frozen=True):
    """A subgroup."""

    subgroup_id: str
    name: str
    pupils: tuple[str, ...]


class Division(msgspec.Struct, frozen=True):
    """The last order by which a subject is divided."""

    subject_id: str
    groups: tuple[Group, ...]


class Planned(msgspec.Struct, frozen=True):
    """КТП of a subject, or of a subgroup in it, in force."""

    plan_id: str
    subject_id: str
    subgroup_id: str | None = None


class KnownClass(msgspec.Struct, frozen=True):
    """A class of the year. `teachers`: its class teachers in turn."""

    class_id: str
    grade_level: int
    letter: str
    pupils: tuple[Listed, ...] = ()
    teachers: tuple[str, ...] = ()
    taught: tuple[Taught, ...] = ()
    divisions: tuple[Division, ...] = ()
    plans: tuple[Planned, ...] = ()

    @property
    def name(self) -> str:
        """«7а»."""
        return f"{self.grade_level}{self.letter}"

    @property
    def key(self) -> tuple[int, str]:
        """What makes the name the same: «7А» and «7а» are one class."""
        return self.grade_level, self.letter.strip().lower()


class SchoolYear(msgspec.Struct, frozen=True):
    """A school year."""

    zone: str
    calendar: Calendar
    bells: Bells
    subjects: tuple[Subject, ...] = ()
    work_types: tuple[WorkType, ...] = ()
    staff: tuple[Appointment, ...] = ()
    classes: tuple[KnownClass, ...] = ()
