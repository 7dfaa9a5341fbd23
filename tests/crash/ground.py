"""A school for harnesses that run by the real clock: its year is the one of the day it is laid."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from domain.calendar import Bell, Calendar, Term, TimetableEntry
from domain.engine import Engine
from domain.journal.facts import TeacherAssigned
from domain.office.facts import Appointment, ClassFormed, Subject, WorkType, YearOpened
from domain.people.facts import Name
from domain.regulation import Regulation
from domain.values import Role
from domain.writing import Answer
from projections.postgres.database import schema_of
from tests.ground import ground_of, number, register, request, school_on

SLUG = "crash"
ZONE = "Europe/Moscow"
#: Lessons of so many days are there to be marked on any day of any year.
ROOM = timedelta(days=14)
LETTERS = "абвгд"
A_DAY = timedelta(days=1)
AT_ONCE = 500  # commands on their way


@dataclass(frozen=True)
class Lesson:
    """A lesson that has been held, and who teaches it."""

    lesson_id: str
    class_id: str
    teacher: str
    on: date


@dataclass(frozen=True)
class Laid:
    """The ids of a school."""

    teachers: tuple[str, ...]
    classes: dict[str, tuple[str, ...]]  # class → pupils
    lessons: tuple[Lesson, ...]
    guardians: dict[str, str]  # pupil → a guardian with a consent
    deputy: str
    work_type: str


def calendar_of(today: date) -> Calendar:
    """Two terms without vacations, of the year in which the last two weeks were."""
    before = today - ROOM
    year = before.year if before.month >= 9 else before.year - 1  # September
    halves = (
        Term(1, "1 полугодие", date(year, 9, 1), date(year, 12, 31)),
        Term(2, "2 полугодие", date(year + 1, 1, 1), date(year + 1, 8, 31)),
    )
    return Calendar(year, halves, kind="half_year")


def lay(
    url: str, engine: Engine, today: date, *, classes: int, pupils: int, lessons_a_day: int
) -> Laid:
    """A school with as many teachers as classes; every pupil has a guardian with a consent."""
    register(url, SLUG)
    laying = _Laying(engine, today, classes, pupils, lessons_a_day)
    pending: deque[Answer] = deque()
    for answer in laying.commands():
        pending.append(answer)
        if len(pending) > AT_ONCE:
            pending.popleft().result(60)
    for answer in pending:
        answer.result(60)
    return laying.laid()


class _Laying:
    """The commands that lay a school, and what they have laid."""

    def __init__(
        self, engine: Engine, today: date, classes: int, pupils: int, lessons_a_day: int
    ) -> None:
        self._engine = engine
        self._school = school_on(engine, SLUG)
        self._calendar = calendar_of(today)
        self._today = today
        self._lessons_a_day = lessons_a_day
        self._subject, self._work_type = number("subject"), number("work type")
        self._deputy = number("deputy")
        self._teachers = tuple(number(f"teacher {n}") for n in range(classes))
        self._classes = {
            number(f"class {n}"): tuple(number(f"pupil {n}/{k}") for k in range(pupils))
            for n in range(classes)
        }

    def laid(self) -> Laid:
        """What there is once the commands are carried out."""
        world = self._engine.world(SLUG)
        taught = {
            lesson_id: (class_id, lesson.teacher_id, lesson.date)
            for class_id in self._classes
            for lesson_id, lesson in world.journal(class_id).lessons.items()
        }
        return Laid(
            self._teachers,
            self._classes,
            tuple(
                Lesson(lesson_id, class_id, teacher, on)
                for lesson_id, (class_id, teacher, on) in sorted(taught.items())
                if self._today - ROOM <= on <= self._today
            ),
            {pupil: _guardian(pupil) for pupils in self._classes.values() for pupil in pupils},
            self._deputy,
            self._work_type,
        )

    def commands(self) -> Iterator[Answer]:
        """All of them, in order."""
        school, year, since = self._school, self._calendar.year, self._calendar.starts
        by = ground_of(SLUG).operator
        yield school.open_year(
            YearOpened(
                school.school_id,
                ZONE,
                self._calendar,
                tuple(Bell(n, f"{7 + n:02}:30", f"{8 + n:02}:15") for n in range(1, 8)),
                Regulation(),
                (Subject(self._subject, "Алгебра"),),
                (WorkType(self._work_type, "Ответ на уроке", "О", "1.00"),),
            ),
            by=by,
            request=request(),
        )
        for person in (self._deputy, *self._teachers):
            name = Name("Учителева", "Анна")
            yield school.register_person(year, person, "staff", name, by=by, request=request())
        deputy = Appointment(self._deputy, Role.DEPUTY, since)
        yield school.appoint(year, deputy, by=by, request=request())
        for n in range(len(self._classes)):
            yield from self._class(n)

    def _class(self, n: int) -> Iterator[Answer]:
        school, year, since = self._school, self._calendar.year, self._calendar.starts
        by = ground_of(SLUG).operator
        class_id, pupils = list(self._classes.items())[n]
        formed = ClassFormed(class_id, 5 + n // len(LETTERS) % 6, LETTERS[n % len(LETTERS)])
        yield school.form_class(year, formed, by=by, request=request())
        for pupil in pupils:
            name = Name("Учеников", "Иван")
            yield school.register_person(year, pupil, "pupil", name, by=by, request=request())
        yield school.enrol_pupils(class_id, pupils, since, by=by, request=request())
        week = []
        for slot in range(1, self._lessons_a_day + 1):
            teacher = self._teachers[(n + slot) % len(self._teachers)]
            assigned = TeacherAssigned(
                number(f"assignment {n}/{slot}"), teacher, self._subject, since
            )
            yield school.assign_teacher(class_id, assigned, by=by, request=request())
            week += [TimetableEntry(day, slot, self._subject, teacher) for day in range(1, 6)]
        yield school.adopt_timetable(year, class_id, since, week, by=by, request=request())
        for term in self._calendar.terms:
            if term.starts <= self._today and self._today - ROOM <= term.ends:
                yield school.schedule_lessons(class_id, term.number, by=by, request=request())
        for pupil in pupils:
            guardian, name = _guardian(pupil), Name("Ольгина", "Ольга")
            yield school.register_person(year, guardian, "guardian", name, by=by, request=request())
            yield school.link_guardian(year, pupil, guardian, since, by=by, request=request())
            yield school.give_consent(
                class_id, pupil, guardian, "diary", since, by=by, request=request()
            )


def _guardian(pupil: str) -> str:
    return number(f"guardian of {pupil}")


def sign_in(url: str, people: list[str]) -> dict[str, str]:
    """Accounts and sessions that outlive any run; person → token."""
    tokens = {person: secrets.token_urlsafe(32) for person in people}
    now, schema = datetime.now(UTC), Identifier(schema_of(SLUG))
    with psycopg.connect(url) as conn, conn.cursor() as cursor:
        cursor.executemany(
            SQL(
                "INSERT INTO {}.account (person_id, login, must_change, issued_at)"
                " VALUES (%s, %s, false, %s)"
            ).format(schema),
            [(person, f"login-{n}", now) for n, person in enumerate(people)],
        )
        cursor.executemany(
            SQL(
                "INSERT INTO {}.session (token_hash, session_id, person_id, created, seen,"
                " auth_time, idle_s) VALUES (%s, %s, %s, %s, %s, %s, 36000)"
            ).format(schema),
            # The password was shown so late that it need not be shown again.
            [
                (sha256(token.encode()).digest(), uuid4(), person, now, now, now + A_DAY)
                for person, token in tokens.items()
            ],
        )
    return tokens
