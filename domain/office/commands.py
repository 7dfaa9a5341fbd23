"""Commands of the school's office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from domain import access
from domain.access import Actor
from domain.calendar import Calendar, TimetableEntry, local_date
from domain.commands import Commands, on
from domain.journal import roster
from domain.journal.facts import JournalOpened
from domain.journal.movement import require_teacher
from domain.journal.rescheduling import reschedule
from domain.journal.state import Journal
from domain.office import decisions as decide
from domain.office import facts as f
from domain.office.clashes import clashes, require_none
from domain.office.state import Adopted, Office
from domain.permissions import Act
from domain.regulation import Regulation
from domain.rules import Amendment
from domain.values import Role
from domain.world import World, office_id
from domain.writing import Answer, Decided, Request


class OfficeCommands(Commands):
    """The year, its vocabulary, staff, classes and timetables: the administration's."""

    def open_year(self, new: f.YearOpened, *, by: Actor, request: Request) -> Answer:
        """Open a school year: calendar, bells, regulation, subjects, work types, staff."""
        stream = office_id(self.school_id, new.calendar.year)

        def decided(world: World, at: datetime) -> Decided:
            state = world.state(stream, Office)
            # The first year is opened from the command line; the next by those of the last.
            known = state if state.version else self._office_of(world, new.calendar.year - 1)
            right = access.administer(by, known, at, Act.OPEN_YEAR)
            return Decided(right, on(stream, decide.open_year(state, new)))

        return self._submit(by, request, decided)

    def adopt_regulation(
        self,
        year: int,
        change: Regulation | Amendment,
        order_no: str,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Another version of the rules from now on: all of it, or what is to be different."""
        return self._in_office(
            year,
            Act.ADOPT_REGULATION,
            by,
            request,
            lambda o: decide.adopt_regulation(o, change, order_no),
        )

    def change_calendar(
        self, calendar: Calendar, order_no: str, *, by: Actor, request: Request
    ) -> Answer:
        """Move terms or holidays by an order."""
        return self._in_office(
            calendar.year,
            Act.CHANGE_CALENDAR,
            by,
            request,
            lambda o: decide.change_calendar(o, calendar, order_no),
        )

    def introduce_subject(
        self, year: int, subject: f.Subject, *, by: Actor, request: Request
    ) -> Answer:
        """A subject of the school."""
        return self._in_office(
            year, Act.INTRODUCE_SUBJECT, by, request, lambda o: decide.introduce_subject(o, subject)
        )

    def introduce_work_type(
        self, year: int, kind: f.WorkType, *, by: Actor, request: Request
    ) -> Answer:
        """A kind of work and its weight."""
        return self._in_office(
            year,
            Act.INTRODUCE_WORK_TYPE,
            by,
            request,
            lambda o: decide.introduce_work_type(o, kind),
        )

    def appoint(
        self, year: int, appointment: f.Appointment, *, by: Actor, request: Request
    ) -> Answer:
        """Give a person a role from a day on."""
        return self._in_office(
            year, Act.APPOINT, by, request, lambda o: decide.appoint(o, appointment)
        )

    def dismiss(
        self, year: int, person_id: str, role: Role, on_day: date, *, by: Actor, request: Request
    ) -> Answer:
        """End a role; `on_day` is the first day without it."""
        return self._in_office(
            year, Act.DISMISS, by, request, lambda o: decide.dismiss(o, person_id, role, on_day)
        )

    def appoint_class_teacher(
        self, year: int, new: f.ClassTeacherAppointed, *, by: Actor, request: Request
    ) -> Answer:
        """One class teacher at a time, of those who teach."""

        def decided(world: World, at: datetime) -> Decided:
            state = world.office(self.school_id, year)
            right = access.administer(by, state, at, Act.APPOINT_CLASS_TEACHER)
            facts = decide.appoint_class_teacher(state, new)
            if facts:
                require_teacher(world.person(new.person_id), state, new.since)
            return Decided(right, on(state.office_id, facts))

        return self._submit(by, request, decided)

    def adopt_timetable(
        self,
        year: int,
        class_id: str,
        since: date,
        entries: Sequence[TimetableEntry],
        *,
        allow_clashes: bool = False,
        by: Actor,
        request: Request,
    ) -> Answer:
        """The week of a class from a day on: two streams, one append. Terms that are scheduled
        already are planned anew from tomorrow (or `since`) on; the others by `schedule_lessons`.

        allow_clashes: a teacher or a room may be needed in two classes at once (classes that are
        taught together). Else refused with the list.
        """

        def decided(world: World, at: datetime) -> Decided:
            state = world.office(self.school_id, year)
            right = access.administer(by, state, at, Act.ADOPT_TIMETABLE)
            facts = on(state.office_id, decide.adopt_timetable(state, class_id, since, entries))
            if facts:
                for teacher in dict.fromkeys(one.teacher_id for one in entries):
                    require_teacher(world.person(teacher), state, since)
                if not allow_clashes:
                    require_none(state, clashes(state, class_id, since, entries))
                journal = world.journal(class_id)
                anew = reschedule(
                    journal,
                    state.calendar.of(journal.grade_level),
                    lambda day: state.timetable(class_id, day, Adopted(since, tuple(entries))),
                    since,
                    local_date(at, state.zone),
                    self._ids,
                )
                facts += on(class_id, anew)
            return Decided(right, facts)

        return self._submit(by, request, decided)

    def form_class(self, year: int, new: f.ClassFormed, *, by: Actor, request: Request) -> Answer:
        """A class of the year and its journal: two streams, one append."""

        def decided(world: World, at: datetime) -> Decided:
            state = world.office(self.school_id, year)
            right = access.administer(by, state, at, Act.FORM_CLASS)
            journal = world.state(new.class_id, Journal)
            opened = JournalOpened(self.school_id, year, new.grade_level, new.letter, state.zone)
            facts = on(state.office_id, decide.form_class(state, new))
            return Decided(right, facts + on(new.class_id, roster.open_journal(journal, opened)))

        return self._submit(by, request, decided)
