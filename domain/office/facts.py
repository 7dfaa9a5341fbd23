"""Facts of a school's office: one stream per school and year.

`YearOpened` carries the rules, the calendar and the staff, so that a year's bag replays alone.
"""

from __future__ import annotations

from datetime import date

import msgspec

from domain.calendar import Bell, Calendar, TimetableEntry
from domain.fact import Fact
from domain.office.archive_facts import ArchiveAnnotated, ArchiveWritten, YearArchived
from domain.office.bell_facts import BellsAdopted, DayBellsChanged, ShiftAssigned
from domain.office.check_facts import FillCheckClosed
from domain.office.grant_facts import JournalsClosed, JournalsOpened
from domain.office.ledger_facts import (
    ServiceDecided,
    ServiceRequested,
    StaffAway,
    StaffBack,
    TrainingHeld,
)
from domain.office.signal_facts import RedFlagReviewed
from domain.regulation import Regulation
from domain.values import Role


class Subject(msgspec.Struct, frozen=True):
    subject_id: str
    name: str


class WorkType(msgspec.Struct, frozen=True):
    work_type_id: str
    name: str
    abbr: str
    weight: str


class Appointment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person holds a role from a day on (`until` is the first day without it)."""

    person_id: str
    role: Role
    since: date
    until: date | None = None


class YearOpened(Fact, frozen=True, omit_defaults=True):
    TOPIC = "office.year-opened"
    school_id: str
    zone: str
    calendar: Calendar
    bells: tuple[Bell, ...]
    regulation: Regulation
    subjects: tuple[Subject, ...] = ()
    work_types: tuple[WorkType, ...] = ()
    staff: tuple[Appointment, ...] = ()


class RegulationAdopted(Fact, frozen=True, omit_defaults=True):
    TOPIC = "office.regulation-adopted"
    regulation: Regulation
    order_no: str


class CalendarChanged(Fact, frozen=True, omit_defaults=True):
    TOPIC = "office.calendar-changed"
    calendar: Calendar
    order_no: str


class SubjectIntroduced(Fact, frozen=True, omit_defaults=True):
    TOPIC = "office.subject-introduced"
    subject: Subject


class WorkTypeIntroduced(Fact, frozen=True, omit_defaults=True):
    TOPIC = "office.work-type-introduced"
    work_type: WorkType


class StaffAppointed(Fact, frozen=True, omit_defaults=True):
    TOPIC = "office.staff-appointed"
    appointment: Appointment


class StaffDismissed(Fact, frozen=True, omit_defaults=True):
    """`on` is the first day without the role."""

    TOPIC = "office.staff-dismissed"
    person_id: str
    role: Role
    on: date


class ClassFormed(Fact, frozen=True, omit_defaults=True):
    """`class_id` is the id of the class's journal stream of this year."""

    TOPIC = "office.class-formed"
    class_id: str
    grade_level: int
    letter: str


class ClassTeacherAppointed(Fact, frozen=True, omit_defaults=True):
    TOPIC = "office.class-teacher-appointed"
    class_id: str
    person_id: str
    since: date


class TimetableAdopted(Fact, frozen=True, omit_defaults=True):
    TOPIC = "office.timetable-adopted"
    class_id: str
    since: date
    entries: tuple[TimetableEntry, ...]


FACTS: tuple[type[Fact], ...] = (
    YearOpened,
    RegulationAdopted,
    CalendarChanged,
    SubjectIntroduced,
    WorkTypeIntroduced,
    StaffAppointed,
    StaffDismissed,
    ClassFormed,
    ClassTeacherAppointed,
    TimetableAdopted,
    BellsAdopted,
    ShiftAssigned,
    DayBellsChanged,
    JournalsOpened,
    JournalsClosed,
    FillCheckClosed,
    RedFlagReviewed,
    TrainingHeld,
    ServiceRequested,
    ServiceDecided,
    StaffAway,
    StaffBack,
    YearArchived,
    ArchiveAnnotated,
    ArchiveWritten,
)
