"""What decisions need to know of the school's office in one year."""

from __future__ import annotations

from datetime import date, timedelta
from functools import singledispatch

import msgspec

from domain.bells import Bells
from domain.calendar import Bell, Calendar, Term, TimetableEntry
from domain.codec import Envelope
from domain.fact import Fact
from domain.office import archives, ledgers
from domain.office import bell_facts as b
from domain.office import check_facts as c
from domain.office import facts as f
from domain.office import grant_facts as g
from domain.office.archive_facts import FACTS as ARCHIVE_FACTS
from domain.office.archive_facts import ArchiveFact
from domain.office.ledger_facts import FACTS as LEDGER_FACTS
from domain.office.ledger_facts import LedgerFact
from domain.office.signal_facts import RedFlagReviewed
from domain.regulation import Regulation
from domain.values import Role


class Adopted(msgspec.Struct, array_like=True):
    """A timetable in force from a day on."""

    since: date
    entries: tuple[TimetableEntry, ...]


class Office(msgspec.Struct):
    """The state of the school's office. `version` is that of the last fact folded in."""

    office_id: str
    version: int = 0
    school_id: str = ""
    zone: str = "UTC"
    calendar: Calendar = Calendar(year=0, terms=())
    bells: tuple[Bell, ...] = ()
    regulation: Regulation = Regulation()
    regulations: dict[str, Regulation] = {}  # version → what was adopted under its name
    subjects: dict[str, f.Subject] = {}
    work_types: dict[str, f.WorkType] = {}
    staff: list[f.Appointment] = []
    classes: dict[str, f.ClassFormed] = {}
    class_teaching: dict[str, list[f.ClassTeacherAppointed]] = {}
    timetables: dict[str, list[Adopted]] = {}
    grants: dict[str, g.JournalsOpened] = {}
    grants_closed: dict[str, date] = {}  # grant → the first day without it
    fill_checks: set[str] = set()  # weeks whose check is closed
    ringing: Bells = msgspec.field(default_factory=Bells)
    ledgers: ledgers.Ledgers = msgspec.field(default_factory=ledgers.Ledgers)
    archive: archives.Archive = msgspec.field(default_factory=archives.Archive)

    @property
    def class_teachers(self) -> dict[str, f.ClassTeacherAppointed]:
        """The last appointed class teacher of each class."""
        return {class_id: appointed[-1] for class_id, appointed in self.class_teaching.items()}

    def class_teacher(self, class_id: str, day: date) -> str | None:
        """Who is the class teacher that day."""
        best: str | None = None
        for appointed in self.class_teaching.get(class_id, ()):
            if appointed.since <= day:
                best = appointed.person_id
        return best

    def calendar_of(self, class_id: str) -> Calendar:
        """The calendar of a class: terms, weekdays and vacations of its grade level."""
        formed = self.classes.get(class_id)
        return self.calendar if formed is None else self.calendar.of(formed.grade_level)

    def term_of(self, class_id: str, number: int) -> Term | None:
        """The term of a class with this number."""
        return self.calendar_of(class_id).term(number)

    def numbers_of(self, class_id: str, since: date) -> set[int]:
        """Numbers of the lessons that have a bell for the class, on some weekday from a day on."""
        week = (since + timedelta(days=n) for n in range(7))
        return {bell.number for day in week for bell in self.ringing.on(class_id, day)}

    def holds(self, person_id: str, role: Role, day: date) -> bool:
        """The person holds the role that day."""
        return any(
            a.person_id == person_id
            and a.role is role
            and a.since <= day
            and (a.until is None or day < a.until)
            for a in self.staff
        )

    def timetable(
        self, class_id: str, day: date, new: Adopted | None = None
    ) -> tuple[TimetableEntry, ...]:
        """The timetable of a class in force that day; `new` is about to be adopted."""
        best: tuple[TimetableEntry, ...] = ()
        known = self.timetables.get(class_id, [])
        for adopted in sorted([*known, new], key=lambda one: one.since) if new else known:
            if adopted.since <= day:
                best = adopted.entries
        return best


def evolve(state: Office, fact: Fact, envelope: Envelope) -> None:
    """Fold one fact. Raises TypeError for a fact of another stream."""
    del envelope  # the office decides nothing by who wrote
    _apply(fact, state)


@singledispatch
def _apply(fact: Fact, _state: Office) -> None:
    raise TypeError(f"{type(fact).__name__} is not a fact of a school's office")


@_apply.register
def _opened(fact: f.YearOpened, s: Office) -> None:
    s.school_id, s.zone, s.calendar = fact.school_id, fact.zone, fact.calendar
    s.bells, s.regulation = fact.bells, fact.regulation
    s.ringing.usual = fact.bells
    s.regulations = {fact.regulation.version: fact.regulation}
    s.subjects = {subject.subject_id: subject for subject in fact.subjects}
    s.work_types = {kind.work_type_id: kind for kind in fact.work_types}
    s.staff = list(fact.staff)


@_apply.register
def _regulation(fact: f.RegulationAdopted, s: Office) -> None:
    s.regulation = fact.regulation
    s.regulations[fact.regulation.version] = fact.regulation


@_apply.register
def _calendar(fact: f.CalendarChanged, s: Office) -> None:
    s.calendar = fact.calendar


@_apply.register
def _subject(fact: f.SubjectIntroduced, s: Office) -> None:
    s.subjects[fact.subject.subject_id] = fact.subject


@_apply.register
def _work_type(fact: f.WorkTypeIntroduced, s: Office) -> None:
    s.work_types[fact.work_type.work_type_id] = fact.work_type


@_apply.register
def _appointed(fact: f.StaffAppointed, s: Office) -> None:
    s.staff.append(fact.appointment)


@_apply.register
def _dismissed(fact: f.StaffDismissed, s: Office) -> None:
    s.staff = [
        msgspec.structs.replace(a, until=fact.on)
        if a.person_id == fact.person_id
        and a.role is fact.role
        and a.since <= fact.on
        and (a.until is None or fact.on < a.until)
        else a
        for a in s.staff
    ]


@_apply.register
def _class(fact: f.ClassFormed, s: Office) -> None:
    s.classes[fact.class_id] = fact


@_apply.register
def _class_teacher(fact: f.ClassTeacherAppointed, s: Office) -> None:
    s.class_teaching.setdefault(fact.class_id, []).append(fact)
    s.class_teaching[fact.class_id].sort(key=lambda appointed: appointed.since)


@_apply.register
def _timetable(fact: f.TimetableAdopted, s: Office) -> None:
    s.timetables.setdefault(fact.class_id, []).append(Adopted(fact.since, fact.entries))
    s.timetables[fact.class_id].sort(key=lambda adopted: adopted.since)


@_apply.register
def _bells(fact: b.BellsAdopted, s: Office) -> None:
    s.ringing.adopt(fact.since, fact.schedules)


@_apply.register
def _shift(fact: b.ShiftAssigned, s: Office) -> None:
    s.ringing.assign(fact.class_id, fact.shift, fact.since)


@_apply.register
def _day_bells(fact: b.DayBellsChanged, s: Office) -> None:
    s.ringing.change_day(fact.day, fact.shift, fact.bells)


@_apply.register
def _opened_journals(fact: g.JournalsOpened, s: Office) -> None:
    s.grants[fact.grant_id] = fact


@_apply.register
def _flag_reviewed(fact: RedFlagReviewed, s: Office) -> None:
    """A word on a red flag changes no decision."""


@_apply.register
def _closed_journals(fact: g.JournalsClosed, s: Office) -> None:
    s.grants_closed[fact.grant_id] = fact.on


@_apply.register
def _fill_check(fact: c.FillCheckClosed, s: Office) -> None:
    s.fill_checks.add(fact.week)


def _ledger(fact: LedgerFact, s: Office) -> None:
    ledgers.evolve(s.ledgers, fact)


for _kind in LEDGER_FACTS:
    _apply.register(_kind, _ledger)


def _archive(fact: ArchiveFact, s: Office) -> None:
    archives.evolve(s.archive, fact)


for _kind in ARCHIVE_FACTS:
    _apply.register(_kind, _archive)
