"""Commands about lessons: the record is the teacher's, the plan is the office's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from domain import access
from domain.access import Actor
from domain.calendar import expected_lessons, local_date
from domain.commands import Commands, on
from domain.journal import day_changes, records
from domain.journal import facts as f
from domain.journal import lessons as decide
from domain.journal.lesson_plans import adopt_plan
from domain.journal.movement import require_teacher
from domain.journal.plan_facts import PlannedLesson
from domain.journal.rescheduling import reschedule
from domain.journal.state import Lesson
from domain.permissions import Act
from domain.refusals import Forbidden, NotFound
from domain.values import AttendanceCode, LessonKind
from domain.world import World
from domain.writing import Answer, Decided, Payload, Request


class LessonCommands(Commands):
    """Scheduled, added, moved, cancelled; topic, attendance, homework."""

    def schedule_lessons(self, class_id: str, term: int, *, by: Actor, request: Request) -> Answer:
        """Lessons of a term: the timetable in force on each day x the calendar."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.administer(by, state, at, Act.SCHEDULE_LESSONS)
            calendar = state.calendar.of(journal.grade_level)
            period = calendar.term(term)
            if period is None:
                raise NotFound("term.unknown", "Такого учебного периода нет.")
            expected = expected_lessons(
                calendar, lambda day: state.timetable(class_id, day), period
            )
            facts = decide.schedule_lessons(journal, term, expected, self._ids)
            return Decided(right, on(class_id, facts))

        return self._submit(by, request, decided)

    def reschedule_lessons(
        self, class_id: str, since: date, *, by: Actor, request: Request
    ) -> Answer:
        """Plan what is still to come anew, after the calendar has changed: the terms that are
        scheduled, from tomorrow (or `since`) on.
        """

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.administer(by, state, at, Act.RESCHEDULE_LESSONS)
            facts = reschedule(
                journal,
                state.calendar.of(journal.grade_level),
                lambda day: state.timetable(class_id, day),
                since,
                local_date(at, journal.zone),
                self._ids,
            )
            return Decided(right, on(class_id, facts))

        return self._submit(by, request, decided)

    def adopt_lesson_plan(
        self,
        class_id: str,
        plan_id: str,
        subject_id: str,
        subgroup_id: str | None,
        lessons: Sequence[PlannedLesson],
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """КТП of a subject, or of a subgroup in it: the teacher's, or the administration's."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            place = (subject_id, subgroup_id)
            right = access.plan_lessons(by, journal, state, place, at, Act.ADOPT_LESSON_PLAN)
            facts = adopt_plan(journal, state, plan_id, subject_id, subgroup_id, lessons)
            return Decided(right, on(class_id, facts))

        return self._submit(by, request, decided)

    def change_day(
        self,
        class_id: str,
        day: date,
        changes: Sequence[day_changes.Change],
        reason: str,
        order_no: str = "",
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """What is otherwise on one day of a class: one order, one append."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            right = access.administer(by, state, at, Act.CHANGE_DAY)
            facts = day_changes.change_day(journal, state, day, changes, reason, order_no)
            for fact in facts:
                if isinstance(fact, f.SubstitutionAppointed):
                    require_teacher(world.person(fact.substitute_id), state, day)
                elif isinstance(fact, f.LessonAdded):
                    require_teacher(world.person(fact.teacher_id), state, day)
            return Decided(right, on(class_id, facts))

        return self._submit(by, request, decided)

    def add_lesson(
        self, class_id: str, new: f.LessonAdded, *, by: Actor, request: Request
    ) -> Answer:
        """A lesson outside the timetable: by a teacher of the subject or the administration."""

        def decided(world: World, at: datetime) -> Decided:
            journal = world.journal(class_id)
            state = world.office(self.school_id, journal.year)
            draft = Lesson(new.date, new.number, new.subject_id, new.teacher_id, new.subgroup_id)
            try:
                right = access.administer(by, state, at, Act.ADD_LESSON)
            except Forbidden:
                right = access.teach(by, journal, state, draft, at)
            return Decided(right, on(class_id, decide.add_lesson(journal, state, new)))

        return self._submit(by, request, decided)

    def move_lesson(
        self,
        class_id: str,
        lesson_id: str,
        day: date,
        number: int,
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Move a lesson on which nothing is recorded."""
        return self._in_class(
            class_id,
            Act.MOVE_LESSON,
            by,
            request,
            lambda j, o: decide.move_lesson(j, o, lesson_id, day, number),
        )

    def cancel_lesson(
        self, class_id: str, lesson_id: str, reason: str, *, by: Actor, request: Request
    ) -> Answer:
        """Cancel a lesson on which nothing is recorded."""
        return self._in_class(
            class_id,
            Act.CANCEL_LESSON,
            by,
            request,
            lambda j, _: decide.cancel_lesson(j, lesson_id, reason),
        )

    def record_topic(
        self,
        class_id: str,
        lesson_id: str,
        topic: str,
        kind: LessonKind = LessonKind.LESSON,
        title: str = "",
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """The topic of a lesson, in Russian (clause 3.1.3)."""
        return self._in_lesson(
            class_id,
            lesson_id,
            by,
            request,
            lambda j, _, at: records.record_topic(j, lesson_id, topic, kind, title, at),
        )

    def take_attendance(
        self,
        class_id: str,
        lesson_id: str,
        entries: Sequence[f.AttendanceEntry],
        *,
        others_stay: bool = False,
        saw: Mapping[str, AttendanceCode] = MappingProxyType({}),
        by: Actor,
        request: Request,
    ) -> Answer:
        """Attendance of a lesson; those not named were present, or with `others_stay` are as they
        were. saw: pupil → the code that must still stand there.
        """
        return self._in_lesson(
            class_id,
            lesson_id,
            by,
            request,
            lambda j, _, at: records.take_attendance(
                j, lesson_id, entries, at, others_stay=others_stay, saw=saw
            ),
        )

    def assign_homework(
        self,
        class_id: str,
        lesson_id: str,
        homework_id: str,
        text: str,
        due_date: date,
        individual_for: Sequence[str] = (),
        *,
        by: Actor,
        request: Request,
    ) -> Answer:
        """Homework of a lesson, for the class or for single pupils (then it goes to the vault)."""
        private = self._text("homework", text) if individual_for else None
        payloads: Sequence[Payload] = private.about(individual_for[0]) if private else ()
        return self._in_lesson(
            class_id,
            lesson_id,
            by,
            request,
            lambda j, _, at: records.assign_homework(
                j,
                lesson_id,
                homework_id,
                text,
                due_date,
                individual_for,
                private.ref if private else None,
                at,
            ),
            payloads,
        )

    def declare_no_homework(
        self, class_id: str, lesson_id: str, *, by: Actor, request: Request
    ) -> Answer:
        """«Не задано»."""
        return self._in_lesson(
            class_id,
            lesson_id,
            by,
            request,
            lambda j, _, at: records.declare_no_homework(j, lesson_id, at),
        )
