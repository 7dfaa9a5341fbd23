"""What the administration does: the year, people, classes, orders, consents, terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from api.demo.brought import WRITTEN
from api.demo.chance import Chance
from api.demo.consent_papers import Signed, paper
from api.demo.course import ClassYear
from api.demo.curriculum import SUBJECTS, WORKS
from api.demo.flaws import Flaws
from api.demo.population import Child, Population
from api.demo.recipe import SCHOOL_NAME, ZONE, Recipe, Stage
from api.demo.regulation import amended
from api.demo.staffing import Human, Staff
from api.demo.steps import Lesson, Step, on
from api.demo.year import bells, closing_day, school_calendar
from domain.calendar import monday
from domain.journal.facts import SubstitutionAppointed, TeacherAssigned
from domain.office.facts import (
    Appointment,
    ClassFormed,
    ClassTeacherAppointed,
    Subject,
    WorkType,
    YearOpened,
)
from domain.office.grant_facts import JournalsOpened
from domain.office.ledger_facts import AwayKind, StaffAway
from domain.people.facts import ConsentPurpose
from domain.regulation import Regulation
from domain.values import Role

__all__ = ["SCHOOL_NAME", "Office"]

_AUGUST = 8
_MORNING = 9 * 60
_HOUR = 3_600  # seconds
#: So many classes, the oldest ones, have scans of the papers of consents.
_SCANNED = 2


class Office:
    """Steps of the administration in the years of a demonstration."""

    def __init__(
        self,
        recipe: Recipe,
        staff: Staff,
        population: Population,
        subject_ids: Mapping[str, str],
        work_ids: Mapping[str, str],
    ) -> None:
        self._recipe = recipe
        self._staff = staff
        self._population = population
        self._subject_ids = subject_ids
        self._work_ids = work_ids
        self._known: set[str] = set()
        self._chance = recipe.chance("office")
        self._secretary = staff.office[Role.SECRETARY].person_id
        self._deputy = staff.office[Role.DEPUTY].person_id

    def year(self, stage: Stage, courses: list[ClassYear], flaws: Flaws) -> Iterator[Step]:
        """A school year from August on, without its lessons."""
        yield from self._open(stage)
        yield from self._people(stage, courses)
        for number, course in enumerate(courses):
            yield from self._form(stage, course, _MORNING + 10 * number)
        yield from self._movements(stage)
        for course in courses:
            yield from self._terms(course, flaws)

    def _open(self, stage: Stage) -> Iterator[Step]:
        day = date(stage.year, _AUGUST, 25)
        since = date(stage.year, _AUGUST, 1)
        director = self._staff.office[Role.DIRECTOR]
        if director.person_id not in self._known:
            # The very first fact: by it, and by its session, a demonstration is recognised.
            yield self._register(stage, director, "staff", on(day, _MORNING), by="")
        staff = [Appointment(h.person_id, role, since) for role, h in self._staff.office.items()]
        staff += [Appointment(t.id, Role.TEACHER, since) for t in self._staff.teachers]
        opened = YearOpened(
            self._recipe.school_id,
            ZONE,
            school_calendar(stage.year),
            bells(),
            Regulation(),
            tuple(Subject(self._subject_ids[s.key], s.name) for s in SUBJECTS),
            tuple(WorkType(self._work_ids[w.key], w.name, w.abbr, w.weight) for w in WORKS),
            tuple(staff),
        )
        yield Step(on(day, _MORNING + 10), "", "open_year", (opened,))
        auditor = self._staff.office[Role.AUDITOR].person_id
        journals = JournalsOpened(
            self._recipe.chance(f"inspection of {stage.year}").id(),
            auditor,
            since,
            date(stage.year + 1, _AUGUST, 31),
            "61-У",
        )
        by = director.person_id
        yield Step(on(day, _MORNING + 20), by, "open_journals", (stage.year, journals))
        yield from amended(self._recipe, stage.year, by)

    def _register(self, stage: Stage, human: Human, kind: str, at: int, by: str) -> Step:
        self._known.add(human.person_id)
        what = (stage.year, human.person_id, kind, human.name)
        return Step(at, by, "register_person", what)

    def _people(self, stage: Stage, courses: list[ClassYear]) -> Iterator[Step]:
        """Whoever is new: staff, children, guardians and who is whose."""
        at = on(date(stage.year, _AUGUST, 26), _MORNING)
        humans = [*self._staff.office.values(), *(t.human for t in self._staff.teachers)]
        for human in humans:
            if human.person_id not in self._known:
                yield self._register(stage, human, "staff", at, self._secretary)
        for number, course in enumerate(courses):
            at = on(date(stage.year, _AUGUST, 27), _MORNING + 20 * number)
            for member in course.members:
                yield from self._child(stage, course, member.child, at)

    def _child(self, stage: Stage, course: ClassYear, child: Child, at: int) -> Iterator[Step]:
        if child.id in self._known:
            return
        yield self._register(stage, child.human, "pupil", at, self._secretary)
        since = course.calendar.terms[0].starts
        for guardian in child.guardians:
            if guardian not in self._known:
                human = self._population.guardians[guardian]
                yield self._register(stage, human, "guardian", at, self._secretary)
            what = (stage.year, child.id, guardian, since)
            yield Step(at, self._secretary, "link_guardian", what)

    def _form(self, stage: Stage, course: ClassYear, minute: int) -> Iterator[Step]:
        """A class, its pupils, teachers, subgroups, week and consents."""
        one, first = course.school_class, course.calendar.terms[0].starts
        number = f"{40 + one.grade_level}-У"
        formed = ClassFormed(one.class_id, one.grade_level, one.letter)
        homeroom = course.load.homeroom.id
        at = on(date(stage.year, _AUGUST, 28), minute)
        yield Step(at, self._deputy, "form_class", (stage.year, formed))
        since = date(stage.year, _AUGUST, 28)
        head = ClassTeacherAppointed(one.class_id, homeroom, since)
        yield Step(at, self._deputy, "appoint_class_teacher", (stage.year, head))
        known = [m for m in course.members if m.since == first]
        what = (one.class_id, tuple(m.child.id for m in known), first, number)
        yield Step(at, self._secretary, "enrol_pupils", what)
        for row in course.load.given:
            new = TeacherAssigned(
                row.assignment_id,
                row.teacher.id,
                self._subject_ids[row.subject.key],
                first,
                course.subgroup(row.subject.key, row.group),
            )
            yield Step(at, self._deputy, "assign_teacher", (one.class_id, new))
        what_week = (stage.year, one.class_id, first, course.entries)
        shared = {"allow_clashes": True}  # two classes share the gym
        yield Step(at, self._deputy, "adopt_timetable", what_week, shared)
        meeting = on(date(stage.year, _AUGUST, 31), 18 * 60 + minute % 60)
        for member in known:
            yield from self._consents(course, member.child, meeting, first)

    def _consents(self, course: ClassYear, child: Child, at: int, since: date) -> Iterator[Step]:
        """Written consents (clause 1.11), taken by the class teacher at the first meeting."""
        key = f"consents of {child.id}"
        if not child.diary or key in self._known:
            return
        self._known.add(key)
        given: list[tuple[ConsentPurpose, str]] = [("diary", one) for one in child.guardians]
        if child.email:
            given.append(("email", child.guardians[0]))
        for purpose, guardian in given:
            what = (course.class_id, child.id, guardian, purpose, since)
            brought = self._brought(course, child, guardian, purpose) if child.paper else {}
            yield Step(at, course.load.homeroom.id, "give_consent", what, brought)

    def _brought(
        self, course: ClassYear, child: Child, guardian: str, purpose: ConsentPurpose
    ) -> dict[str, Any]:
        """The paper of a consent, signed at the meeting; of the two oldest classes a scan, too, of
        one sheet for each child: to print and seal those of everybody takes five seconds.
        """
        day, signer = date(course.calendar.year, _AUGUST, 31), self._population.guardians[guardian]
        chance = self._recipe.chance("papers of a family", child.guardians[0])
        found: dict[str, Any] = {
            "paper": paper(chance, purpose, child.human.name, signer.name, day)
        }
        first = purpose == "diary" and guardian == child.guardians[0]
        if first and course.school_class.line in self._recipe.plan.classes[-_SCANNED:]:
            names = (child.human.name.full, course.school_class.name, signer.name.full)
            found["scan"] = Signed(purpose, *names)
        return found

    def _movements(self, stage: Stage) -> Iterator[Step]:
        """Those who come, go and change classes in the course of the year."""
        moved = {(t.child.id, t.new) for t in self._population.transfers}
        moved |= {(t.child.id, t.old) for t in self._population.transfers}
        for one in self._population.classes[stage.year]:
            first = school_calendar(stage.year).terms[0].starts
            for member in self._population.members[one.class_id]:
                child = member.child
                if (child.id, one.class_id) in moved:
                    continue
                if member.since != first:
                    at = on(member.since - timedelta(days=2), _MORNING)
                    what = (one.class_id, (child.id,), member.since, "18-У")
                    yield Step(at, self._secretary, "enrol_pupils", what)
                if member.until is not None:
                    at = on(member.until - timedelta(days=1), _MORNING)
                    gone = (one.class_id, child.id, member.until, "31-У")
                    yield Step(at, self._secretary, "depart_pupil", gone)
        for transfer in self._population.transfers:
            if any(c.class_id == transfer.old for c in self._population.classes[stage.year]):
                at = on(transfer.day - timedelta(days=1), WRITTEN)
                what_moved = (transfer.old, transfer.new, transfer.child.id, transfer.day, "24-У")
                yield Step(at, self._secretary, "transfer_pupil", what_moved)

    def _terms(self, course: ClassYear, flaws: Flaws) -> Iterator[Step]:
        """Subgroups by order, lessons of each term, its closing; one is opened again for a time."""
        for day, order in course.splits(self._subject_ids):
            formed = date(course.calendar.year, _AUGUST, 29)
            at = on(max(day - timedelta(days=1), formed), _MORNING + 30)
            yield Step(at, self._deputy, "split_class", (course.class_id, order))
        for term in course.calendar.terms:
            if term.number not in course.terms:
                continue
            at = on(term.starts - timedelta(days=1), _MORNING + 60)
            what = (course.class_id, term.number)
            ids = ("lessons", course.class_id, term.number)
            yield Step(at, self._deputy, "schedule_lessons", what, ids=ids)
            at = on(closing_day(term), 12 * 60)
            yield Step(at, self._deputy, "close_term", what)
            opened_again = flaws.reopened.get(what)
            if opened_again is not None:
                yield Step(at + 2 * _HOUR, self._deputy, "reopen_term", (*what, opened_again))
                yield Step(at + 4 * _HOUR, self._deputy, "close_term", what)

    def graduation(self, course: ClassYear) -> Iterator[Step]:
        """The oldest leave the school in June."""
        day = date(course.calendar.year + 1, 7, 1)
        for member in course.members:
            if member.until is None:
                what = (course.class_id, member.child.id, day, "77-У")
                at = on(day - timedelta(days=3), _MORNING)
                yield Step(at, self._secretary, "depart_pupil", what)

    def archive(self, stage: Stage) -> Iterator[Step]:
        """Last year goes into the archive before this one is opened (clause 5.3): there were no
        year marks and no council, which the director knows.
        """
        director = self._staff.office[Role.DIRECTOR].person_id
        at = on(date(stage.year + 1, _AUGUST, 20), _MORNING)
        yield Step(at, director, "archive_year", (stage.year, "80-У"), {"accept_gaps": True})

    def irregular(self, courses: list[ClassYear], flaws: Flaws) -> Iterator[Step]:
        """Lessons that are not held, and substitutes."""
        for course in courses:
            for lesson in course.lessons:
                if lesson.lesson_id in flaws.cancelled:
                    why = flaws.cancelled[lesson.lesson_id]
                    yield self._cancel(lesson, why)
        for one in flaws.substitutions:
            new = SubstitutionAppointed(
                one.substitution_id,
                one.substitute_id,
                one.teacher_id,
                one.since,
                one.until,
                "15-К",
            )
            at = on(one.since, 7 * 60 + 40)
            yield Step(at, self._deputy, "appoint_substitute", (one.class_id, new))
        here = {course.class_id for course in courses}
        for teacher, since, until, year in sorted(
            {
                (one.teacher_id, one.since, one.until, courses[0].calendar.year)
                for one in flaws.substitutions
                if one.substitute_id != self._deputy and one.class_id in here
            }
        ):
            new_away = StaffAway(self._chance.id(), teacher, since, until, AwayKind.ILL)
            at = on(since, 7 * 60 + 30)
            yield Step(at, self._secretary, "record_staff_away", (year, new_away))

        for helper in flaws.helpers:
            own = self._subject_ids[helper.subject]
            assigned = TeacherAssigned(helper.assignment_id, helper.teacher_id, own, helper.since)
            at = on(helper.since, 7 * 60 + 40)
            yield Step(at, self._deputy, "assign_teacher", (helper.class_id, assigned))
            released = (helper.class_id, helper.assignment_id, helper.on)
            at = on(helper.on + timedelta(days=9), 12 * 60)
            yield Step(at, self._deputy, "release_teacher", released)

    def _cancel(self, lesson: Lesson, why: str) -> Step:
        what = (lesson.class_id, lesson.lesson_id, why)
        return Step(on(lesson.day, 7 * 60 + 40), self._deputy, "cancel_lesson", what)


def first_grade_rest(course: ClassYear) -> Iterator[Lesson]:
    """The additional week of vacation of first-graders in February: lessons not to be held."""
    start = monday(date(course.calendar.year + 1, 2, 17))
    for lesson in course.lessons:
        if start <= lesson.day < start + timedelta(days=7):
            yield lesson


def fresh_ids(chance: Chance, keys: Iterator[str]) -> dict[str, str]:
    """key → a fresh id."""
    return {key: chance.id() for key in keys}
