"""The class teacher of a class: explains absences and signs each week (clause 4.2.г)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from api.demo.course import ClassYear
from api.demo.flaws import Flaws
from api.demo.recipe import Recipe
from api.demo.steps import Step, on
from api.demo.year import closing_day
from domain.calendar import monday
from domain.journal.outcome_facts import Level
from domain.journal.outcomes import NewResult
from domain.school import ReasonInput
from domain.values import ABSENCES, AttendanceCode

#: On the last day of lessons of a week, when everybody has written.
_EVENING = 21 * 60 + 30
_REASONS = (AttendanceCode.ILL, AttendanceCode.EXCUSED, AttendanceCode.UNEXCUSED)
_SHARES = (65, 25, 10)
_UNSPECIFIED = AttendanceCode.ABSENT_UNSPECIFIED
_A_WEEK = timedelta(days=7)
_LEVELS, _OF_LEVELS, _MOST_POINTS = tuple(Level), (5, 45, 35, 15), 20
#: level → points of a comprehensive work, the least and the most
_POINTS = {
    Level.BELOW_BASIC: (3, 8),
    Level.BASIC: (9, 13),
    Level.RAISED: (14, 17),
    Level.HIGH: (18, 20),
}
#: So many weeks ago somebody forgot something.
_AGO = 3


class ClassTeacher:
    """Lives through the weeks of a class, once its teachers have written.

    gap: `unsigned_week`: one week stays without a signature; `unexplained_absences`: one pupil's
    absences of a week stay without a reason, and so the week without a signature; or "".
    """

    def __init__(self, recipe: Recipe, course: ClassYear, flaws: Flaws, gap: str = "") -> None:
        self._recipe = recipe
        self._course = course
        self._flaws = flaws
        self._gap = gap
        self._chance = recipe.chance("class teacher", course.class_id)
        self._days = {
            one.lesson_id: one.day for one in course.lessons if one.lesson_id not in flaws.cancelled
        }
        self._codes: dict[str, dict[str, AttendanceCode]] = {}
        self._explained: set[tuple[str, str]] = set()  # lesson, pupil
        self._left: set[tuple[str, str]] = set()  # for ever without a reason
        self._signed: dict[date, tuple[int, int]] = {}

    def live(self, written: list[Step]) -> Iterator[Step]:
        """What teachers have written, without what the class teacher has settled meanwhile; and
        what the class teacher writes.
        """
        taking = sorted((s for s in written if s.do == "take_attendance"), key=lambda s: s.at)
        yield from (step for step in written if step.do != "take_attendance")
        waiting = iter(taking)
        step = next(waiting, None)
        forgotten = self._forgotten()
        for first, at in self._weeks():
            while step is not None and step.at < at:
                if self._takes(step):
                    yield step
                step = next(waiting, None)
            yield from self._settle(first, at, forget=first == forgotten)
        while step is not None:
            if self._takes(step):
                yield step
            step = next(waiting, None)

    def results(self) -> Iterator[Step]:
        """A week before the end of a whole year: a comprehensive work, and metasubject levels."""
        term = self._course.calendar.terms[-1]
        day = next(
            one
            for one in sorted(self._course.calendar.school_days(term), reverse=True)
            if one <= term.ends - _A_WEEK
        )
        if term.number not in self._course.terms or day >= self._recipe.today:
            return
        head, class_id = self._course.load.homeroom.id, self._course.class_id
        pupils = [member.child.id for member in self._course.on(day)]
        work = [
            NewResult(pupil, level, self._chance.between(*_POINTS[level]))
            for pupil in pupils
            if (level := self._chance.weighted(_LEVELS, _OF_LEVELS))
        ]
        title = "Итоговая комплексная работа за год"
        what = (class_id, self._chance.id(), title, day, _MOST_POINTS, work)
        yield Step(on(day, _EVENING - 60), head, "record_comprehensive_work", what)
        levels = [NewResult(one.pupil_id, one.level) for one in work]
        yield Step(on(day, _EVENING - 30), head, "record_metasubject_levels", (class_id, levels))

    def _weeks(self) -> list[tuple[date, int]]:
        """Monday of each week with lessons, and the moment of its signature; lived ones only."""
        last: dict[date, date] = {}
        for day in self._days.values():
            last[monday(day)] = max(day, last.get(monday(day), day))
        end = on(self._recipe.today, -1)
        weeks = [(first, on(day, _EVENING)) for first, day in sorted(last.items())]
        return [(first, at) for first, at in weeks if at <= end]

    def _forgotten(self) -> date | None:
        """The week with the gap."""
        weeks = self._weeks()
        return weeks[-_AGO][0] if self._gap and len(weeks) >= _AGO else None

    def _takes(self, step: Step) -> bool:
        """A teacher takes attendance; False: the class teacher has settled it already."""
        _, lesson_id, entries = step.args
        known = self._codes.get(lesson_id)
        if known is not None and any(
            (lesson_id, pupil) in self._explained | self._left for pupil in known
        ):
            return False
        self._codes[lesson_id] = {entry.pupil_id: entry.code for entry in entries}
        return True

    def _settle(self, first: date, at: int, *, forget: bool) -> Iterator[Step]:
        """Everything that has no reason yet gets one; weeks that are in order are signed."""
        head, class_id = self._course.load.homeroom.id, self._course.class_id
        missed = self._missed(at)
        if forget and self._gap == "unexplained_absences":
            self._forget(first, missed)
        reasons = [
            self._reason(pupil_id, lessons) for (pupil_id, _), lessons in sorted(missed.items())
        ]
        if reasons:
            yield Step(at, head, "set_absence_reasons", (class_id, tuple(reasons)))
        for week in [*self._signed, first]:
            if forget and week == first:
                if self._gap == "unsigned_week":
                    self._note(first)
                continue
            counted = self._counted(week)
            if self._signed.get(week) != counted and at < self._closing(week):
                self._signed[week] = counted
                yield Step(at, head, "confirm_attendance_week", (class_id, week))

    def _missed(self, at: int) -> dict[tuple[str, date], list[str]]:
        """(pupil, Monday) → lessons without a reason, of terms that are open."""
        missed: dict[tuple[str, date], list[str]] = defaultdict(list)
        for lesson_id in sorted(self._codes, key=lambda one: (self._days[one], one)):
            if at >= self._closing(self._days[lesson_id]):
                continue
            for pupil_id, code in sorted(self._codes[lesson_id].items()):
                if code is _UNSPECIFIED and (lesson_id, pupil_id) not in self._left:
                    missed[pupil_id, monday(self._days[lesson_id])].append(lesson_id)
        return missed

    def _forget(self, first: date, missed: dict[tuple[str, date], list[str]]) -> None:
        """One pupil of the week is left out."""
        pupils = sorted(pupil for pupil, week in missed if week == first)
        if not pupils:
            self._gap = "unsigned_week"
            return
        pupil_id = self._chance.pick(pupils)
        lessons = missed.pop((pupil_id, first))
        self._left |= {(lesson_id, pupil_id) for lesson_id in lessons}
        self._note(first, pupil_id=pupil_id, lesson_ids=lessons)

    def _note(self, first: date, **details: object) -> None:
        self._flaws.note(
            self._gap,
            class_id=self._course.class_id,
            teacher_id=self._course.load.homeroom.id,
            monday=first.isoformat(),
            **details,
        )

    def _reason(self, pupil_id: str, lessons: list[str]) -> ReasonInput:
        code = self._chance.weighted(_REASONS, _SHARES)
        for lesson_id in lessons:
            self._codes[lesson_id][pupil_id] = code
            self._explained.add((lesson_id, pupil_id))
        paper = code is AttendanceCode.ILL and self._chance.happens(0.3)
        words = f"справка № {self._chance.between(100, 999)}" if paper else ""
        return ReasonInput(pupil_id, code, tuple(lessons), document=words)

    def _counted(self, week: date) -> tuple[int, int]:
        """Absences of a week, and lessons without attendance: what a signature is for."""
        lessons = [one for one, day in self._days.items() if monday(day) == week]
        codes = [code for one in lessons for code in self._codes.get(one, {}).values()]
        absences = sum(code in ABSENCES for code in codes)
        return absences, sum(one not in self._codes for one in lessons)

    def _closing(self, day: date) -> int:
        """The moment from which nothing of a day's term is written."""
        calendar = self._course.calendar
        days = (day + timedelta(days=n) for n in range(7))
        term = next(found for one in days if (found := calendar.term_of(one)))
        return on(closing_day(term), 0)
