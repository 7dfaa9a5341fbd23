"""Planted flaws: what is wrong with this school, so that somebody can find it.

Everything else is in order: a lesson that is not listed has its topic and homework (or «не
задано») on its day, attendance and marks within a week, no marks of those who were absent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from api.demo.chance import Chance
from api.demo.steps import Lesson
from domain.calendar import Term, monday

Planted = dict[str, Any]

_LATE_DAYS = (9, 10, 11)
_BACKDATED_DAYS = (16, 17, 18)
_WEEK = timedelta(days=7)


class Substitution(msgspec.Struct, frozen=True):
    """In one class, for a week of a teacher."""

    substitution_id: str
    class_id: str
    teacher_id: str
    substitute_id: str
    since: date
    until: date


class Burst(msgspec.Struct, frozen=True):
    """A night on which somebody sat at a teacher's account."""

    class_id: str
    teacher_id: str
    night: date
    session: str
    limit: int


class Helper(msgspec.Struct, frozen=True):
    """A colleague with an assignment of a few days, taken back later by an order of an earlier day
    than the lesson that the colleague has written.
    """

    assignment_id: str
    class_id: str
    subject: str
    teacher_id: str
    since: date
    on: date


class Flaws(msgspec.Struct):
    """By lesson: what is done wrong there; and the deeds that are not of one lesson."""

    planted: list[Planted] = []
    late: dict[str, int] = {}
    late_homework: set[str] = set()
    no_homework: set[str] = set()
    no_attendance: set[str] = set()
    unfilled: set[str] = set()
    absent_mark: set[str] = set()
    cancelled: dict[str, str] = {}
    attempted: set[str] = set()
    substitute: dict[str, str] = {}
    substitutions: list[Substitution] = []
    helpers: list[Helper] = []
    bursts: list[Burst] = []
    doubles: list[Burst] = []
    bare: set[str] = set()
    no_topic: set[str] = set()
    certain: set[str] = set()  # somebody has a mark there, whoever else is asked
    overlooked: set[tuple[str, str, int]] = set()  # class, subject, term: a pupil is asked seldom
    silent: dict[tuple[int, int], int] = {}  # year, term → term marks without a reason
    after_term: dict[tuple[str, int], int] = {}
    long_ill: dict[tuple[str, int], str] = {}  # class, term → the pupil who is away all of it
    asked: dict[tuple[str, int], tuple[str, ...]] = {}  # class, term → what becomes of requests
    reopened: dict[tuple[str, int], str] = {}  # class, term → the order
    deputy: str = ""  # who answers requests

    def note(self, kind: str, **details: Any) -> None:
        """List one."""
        self.planted.append({"kind": kind, **details})


class Planter:
    """Chooses lessons of one closed term for flaws; a lesson has at most one."""

    def __init__(
        self,
        chance: Chance,
        flaws: Flaws,
        term: Term,
        lessons: Iterable[Lesson],
        deputy: str,
        *,
        small: bool,
    ) -> None:
        self._chance = chance
        self._deputy = deputy
        self._flaws = flaws
        self._term = term
        self._lessons = [one for one in lessons if one.term == term.number]
        self._used: set[str] = set()
        self._small = small

    def plant(self, graded: Sequence[str], divided: Sequence[str]) -> None:
        """`graded`: classes that have marks; `divided`: those of grade level 5 and above."""
        self._substitute_week(divided)
        self._late_fill(divided)
        self._unfilled(divided)
        self._bursts(divided[-1])
        several = 1 if self._small else 3
        for class_id in self._chance.some(divided, several):
            self._flaws.after_term[class_id, self._term.number] = several
            self._flaws.overlooked.add((class_id, "hist", self._term.number))
        pool = [
            one
            for one in self._lessons
            if one.class_id in graded and one.lesson_id not in self._used and one.left > 1
        ]
        self._chance.shuffle(pool)
        chosen = iter(pool)
        self._simple(chosen, "missing_homework", self._flaws.no_homework, 3 * several)
        self._simple(chosen, "missing_attendance", self._flaws.no_attendance, 2 * several)
        self._simple(chosen, "late_homework", self._flaws.late_homework, 3 * several)
        self._flaws.absent_mark |= {next(chosen).lesson_id for _ in range(several)}
        for one in (next(chosen) for _ in range(several)):
            self._flaws.cancelled[one.lesson_id] = "Болезнь учителя, замены нет"
            self._flaws.attempted.add(one.lesson_id)
            self._used.add(one.lesson_id)
        self._simple(chosen, "marks_without_lesson", self._flaws.bare, several)
        self._simple(chosen, "marks_without_topic", self._flaws.no_topic, several)
        self._flaws.certain |= self._flaws.bare | self._flaws.no_topic
        self._backdated(divided[0])
        self._deputy_by_own_order(divided[0])
        self._helper(divided[-1])
        self._double(divided[0])

    def _simple(self, chosen: Iterable[Lesson], kind: str, lessons: set[str], number: int) -> None:
        for one, _ in zip(chosen, range(number), strict=False):
            lessons.add(one.lesson_id)
            self._note(kind, one)

    def _note(self, kind: str, one: Lesson, **details: Any) -> None:
        self._used.add(one.lesson_id)
        self._flaws.note(
            kind,
            class_id=one.class_id,
            lesson_id=one.lesson_id,
            teacher_id=one.teacher_id,
            date=one.day.isoformat(),
            **details,
        )

    def _week(self, number: int) -> list[Lesson]:
        start = monday(self._term.starts) + number * _WEEK
        return [one for one in self._lessons if start <= one.day < start + _WEEK]

    def _late_fill(self, divided: Sequence[str]) -> None:
        """All lessons of a subject in a week are filled nine to eleven days later."""
        for class_id in self._chance.some(divided, 1 if self._small else 3):
            week = [
                one
                for one in self._week(3)
                if one.class_id == class_id
                and one.subject in ("geo", "hist", "bio")
                and one.lesson_id not in self._used
            ]
            for one in week:
                self._flaws.late[one.lesson_id] = self._chance.pick(_LATE_DAYS)
                days = self._flaws.late[one.lesson_id]
                self._note("late_fill", one, days=days)

    def _unfilled(self, divided: Sequence[str]) -> None:
        """One teacher's lessons in a class for the last weeks of the term stay empty."""
        class_id = self._chance.pick(divided)
        own = [
            one
            for one in self._lessons
            if one.class_id == class_id
            and one.subject == "mus"
            and one.day > self._term.ends - 5 * _WEEK
        ] or [
            one
            for one in self._lessons
            if one.class_id == class_id
            and one.subject == "safe"
            and one.day > self._term.ends - 5 * _WEEK
        ]
        self._flaws.unfilled |= {one.lesson_id for one in own}
        self._used |= self._flaws.unfilled
        self._flaws.note(
            "unfilled_journal",
            class_id=class_id,
            teacher_id=own[0].teacher_id,
            lesson_ids=[one.lesson_id for one in own],
            since=own[0].day.isoformat(),
            until=own[-1].day.isoformat(),
        )

    def _substitute_week(self, divided: Sequence[str]) -> None:
        """A geography teacher is away for a week; in each class a free colleague stands in."""
        week = self._week(2)
        busy: dict[tuple[date, int], set[str]] = defaultdict(set)
        for one in week:
            busy[one.day, one.number].add(one.teacher_id)
        teachers = sorted({one.teacher_id for one in week if one.class_id in divided})
        away = next(one.teacher_id for one in week if one.subject == "geo")
        since = monday(week[0].day)
        until = since + timedelta(days=5)
        for class_id in sorted({one.class_id for one in week if one.teacher_id == away}):
            own = [one for one in week if (one.class_id, one.teacher_id) == (class_id, away)]
            free = [
                teacher
                for teacher in teachers
                if not any(teacher in busy[one.day, one.number] for one in own)
            ]
            substitute = self._chance.pick(free)
            number = self._chance.id()
            self._flaws.substitutions.append(
                Substitution(number, class_id, away, substitute, since, until)
            )
            for one in own:
                busy[one.day, one.number].add(substitute)
                self._flaws.substitute[one.lesson_id] = substitute
                self._used.add(one.lesson_id)
            self._flaws.note(
                "substitute_week",
                class_id=class_id,
                teacher_id=away,
                substitute_id=substitute,
                substitution_id=number,
                since=since.isoformat(),
                until=until.isoformat(),
                lesson_ids=[one.lesson_id for one in own],
            )

    def _whole(self, class_id: str, week: int) -> list[Lesson]:
        """Lessons of the whole class in a week that nothing is wrong with yet."""
        return [
            one
            for one in self._week(week)
            if one.class_id == class_id
            and one.group is None
            and one.left > 1
            and one.lesson_id not in self._used | self._flaws.absent_mark
        ]

    def _backdated(self, class_id: str) -> None:
        """A lesson is filled when its window is long over."""
        one = self._chance.pick(self._whole(class_id, 1))
        days = self._flaws.late[one.lesson_id] = self._chance.pick(_BACKDATED_DAYS)
        self._note("backdated_fill", one, days=days)

    def _deputy_by_own_order(self, class_id: str) -> None:
        """The deputy director appoints herself a substitute for a lesson, and gives a mark."""
        one = self._chance.pick(self._whole(class_id, 4))
        number = self._chance.id()
        self._flaws.substitutions.append(
            Substitution(number, class_id, one.teacher_id, self._deputy, one.day, one.day)
        )
        self._flaws.substitute[one.lesson_id] = self._deputy
        self._flaws.certain.add(one.lesson_id)
        self._note("deputy_by_own_order", one, by=self._deputy, substitution_id=number)

    def _helper(self, class_id: str) -> None:
        """A colleague gives the marks of a lesson; a later order ends the assignment before it."""
        one = self._chance.pick(self._whole(class_id, 4))
        busy = {x.teacher_id for x in self._week(4) if (x.day, x.number) == (one.day, one.number)}
        teachers = {x.teacher_id for x in self._week(4)} - busy
        own = {x.teacher_id for x in self._lessons if x.class_id == class_id}
        helper = self._chance.pick(sorted(teachers - own) or sorted(teachers))
        number, since = self._chance.id(), monday(one.day)
        self._flaws.helpers.append(Helper(number, class_id, one.subject, helper, since, one.day))
        self._flaws.substitute[one.lesson_id] = helper
        self._flaws.certain.add(one.lesson_id)
        self._note("released_before_lesson", one, by=helper, assignment_id=number)

    def _double(self, class_id: str) -> None:
        """Between two corrections of a teacher somebody else corrects under the same name."""
        own = [x for x in self._lessons if x.class_id == class_id and x.subject == "rus"]
        day = monday(self._term.starts) + timedelta(weeks=5, days=3)
        self._flaws.doubles.append(Burst(class_id, own[0].teacher_id, day, self._chance.token(), 3))

    def _bursts(self, class_id: str) -> None:
        """At night somebody corrects many marks of one teacher."""
        own = [
            one
            for one in self._lessons
            if one.class_id == class_id and one.subject in ("math", "alg")
        ]
        night = monday(self._term.starts) + timedelta(weeks=5, days=2)
        self._flaws.bursts.append(
            Burst(
                class_id, own[0].teacher_id, night, self._chance.token(), 9 if self._small else 24
            )
        )
