"""The weekly check of the demonstration: what a school's own job notes on Monday, five past
midnight. The figures are counted in memory from the facts so far, without a database.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from api.demo.course import ClassYear
from api.demo.steps import Step, on
from domain.bells import Bells
from domain.calendar import local_date, monday
from domain.codec import Recorded
from domain.duties import Duty, Lesson, Record
from domain.journal import facts as j
from domain.office import facts as o
from domain.office.check_facts import FillCheckClosed
from domain.values import LessonKind
from domain.weeks import days_of, week_of
from domain.writing import Log
from projections.compliance import Book, Line, found_in
from projections.compliance.rules import InForce, Year
from projections.compliance.staffing import Assigned, Staffing, Stands

COMMAND = "close_fill_check"
_MINUTE, _WEEK = 5, timedelta(days=7)
_RECORDS: dict[type, Duty] = {
    j.TopicRecorded: Duty.TOPIC,
    j.AttendanceTaken: Duty.ATTENDANCE,
    j.HomeworkAssigned: Duty.HOMEWORK,
    j.HomeworkNotAssigned: Duty.HOMEWORK,
    j.MarkGiven: Duty.MARKS,
}


def weekly(courses: dict[int, list[ClassYear]]) -> Iterator[Step]:
    """A check after every week with lessons; what it finds, the driver counts when it is time."""
    for year, own in courses.items():
        weeks = {monday(one.day) for course in own for one in course.lessons}
        for day in sorted(weeks):
            yield Step(on(day + _WEEK, _MINUTE), "", COMMAND, (year, week_of(day)))


class _Planned(msgspec.Struct):
    """A lesson and what has been recorded about it."""

    class_id: str
    subject_id: str
    subgroup_id: str | None
    teacher_id: str
    day: date
    number: int
    planned_on: date
    cancelled_at: datetime | None = None
    control: bool = False
    records: dict[Duty, Record] = {}


class FillChecks:
    """The facts of a log as far as they matter to a check."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._position = 0
        self._years: dict[str, Year] = {}
        self._classes: dict[str, tuple[int, int]] = {}  # class → year, grade level
        self._lessons: dict[str, _Planned] = {}
        self._assigned: dict[str, Assigned] = {}
        self._stands: list[Stands] = []

    def found(self, year: int, week: str) -> FillCheckClosed:
        """What the check of a week that is over finds, up to the end of the log."""
        for one in self._log.since(self._position):
            self._position += 1
            self._fold(one)
        of_year = next(one for one in self._years.values() if one.year == year)
        lines = list(self._lines(of_year, *days_of(week)))
        staffing = Staffing(
            sorted(self._assigned.values(), key=lambda one: one.since), self._stands
        )
        named = [self._answered(one, staffing) for one in lines]
        return found_in(week, Book(named, staffing, year), of_year.zone, self._position)

    @staticmethod
    def _answered(line: Line, staffing: Staffing) -> Line:
        who = staffing.responsible(
            line.class_id, line.subject_id, line.subgroup_id, line.planned_id, line.date
        )
        lesson = msgspec.structs.replace(
            line.lesson,
            unassigned=staffing.unassigned(
                line.class_id, line.subject_id, line.subgroup_id, line.planned_id, line.date
            ),
        )
        return msgspec.structs.replace(line, teacher_id=who, lesson=lesson)

    def _lines(self, year: Year, since: date, until: date) -> Iterator[Line]:
        here = {
            number: one
            for number, one in self._lessons.items()
            if since <= one.day <= until and self._classes[one.class_id][0] == year.year
        }
        for number, one in here.items():
            rule, level = year.regulation(one.day), self._classes[one.class_id][1]
            same_day = [
                other.number
                for other in here.values()
                if (other.class_id, other.day) == (one.class_id, one.day)
                and other.cancelled_at is None
            ]
            known = one.planned_on if one.planned_on > one.day else None
            lesson = Lesson(
                year.due(
                    one.class_id, one.day, one.number, max(same_day, default=one.number), known
                ),
                one.records,
                one.cancelled_at,
                year.off(one.day, level),
                homework=level not in rule.no_homework_levels,
                graded=level not in rule.ungraded_levels,
                control=one.control,
            )
            place = (one.class_id, "", level, one.subject_id, "", one.subgroup_id)
            yield Line(number, *place, one.teacher_id, one.teacher_id, one.day, one.number, lesson)

    def _fold(self, recorded: Recorded) -> None:
        fact, stream = recorded.fact, str(recorded.originator_id)
        at = recorded.envelope.at
        duty = _RECORDS.get(type(fact))
        if duty is not None:
            lesson = self._lessons[fact.lesson_id]  # type: ignore[attr-defined]
            lesson.records.setdefault(duty, Record(at, self._position))
        match fact:
            case j.TopicRecorded(lesson_id=number, kind=kind):
                self._lessons[number].control = kind is LessonKind.CONTROL
            case j.TopicCorrected(lesson_id=number, kind=kind):
                self._lessons[number].control = kind is LessonKind.CONTROL
            case j.LessonsScheduled():
                self._schedule(stream, fact, at)
            case j.LessonAdded():
                self._add(stream, fact, at)
            case j.LessonMoved(lesson_id=number):
                self._lessons[number].day = fact.date
                self._lessons[number].number = fact.number
            case j.LessonCancelled(lesson_id=number):
                self._lessons[number].cancelled_at = at
            case _:
                self._fold_office(stream, fact, at)

    def _fold_office(self, stream: str, fact: object, at: datetime) -> None:
        match fact:
            case o.YearOpened():
                rules = [InForce(fact.calendar.terms[0].starts, fact.regulation)]
                year = fact.calendar.year
                self._years[stream] = Year(
                    year, stream, fact.zone, fact.calendar, Bells(fact.bells), rules
                )
            case o.RegulationAdopted():
                of = self._years[stream]
                of.adopt(fact.regulation, local_date(at, of.zone))
            case o.CalendarChanged():
                self._years[stream].calendar = fact.calendar
            case j.JournalOpened():
                self._classes[stream] = (fact.year, fact.grade_level)
            case j.TeacherAssigned():
                self._assigned[fact.assignment_id] = Assigned(
                    stream,
                    fact.subject_id,
                    fact.subgroup_id,
                    fact.teacher_id,
                    fact.since,
                    fact.until,
                )
            case j.TeacherReleased():
                one = self._assigned[fact.assignment_id]
                self._assigned[fact.assignment_id] = one._replace(until=fact.on)
            case j.SubstitutionAppointed():
                stands = (fact.teacher_id, fact.substitute_id, fact.since, fact.until)
                self._stands.append(Stands(stream, *stands))

    def _schedule(self, stream: str, fact: j.LessonsScheduled, at: datetime) -> None:
        today = self._today(stream, at)
        for series in fact.series:
            for one in series.lessons:
                place = (stream, series.subject_id, series.subgroup_id, series.teacher_id)
                self._lessons[one.lesson_id] = _Planned(*place, one.date, one.number, today)

    def _add(self, stream: str, fact: j.LessonAdded, at: datetime) -> None:
        place = (stream, fact.subject_id, fact.subgroup_id, fact.teacher_id)
        today = self._today(stream, at)
        self._lessons[fact.lesson_id] = _Planned(*place, fact.date, fact.number, today)

    def _today(self, class_id: str, at: datetime) -> date:
        year = self._classes[class_id][0]
        zone = next(one.zone for one in self._years.values() if one.year == year)
        return local_date(at, zone)
