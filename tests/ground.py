"""A small real school for tests: one class, its teacher, pupils, timetable and scheduled lessons.

Ids are the same in every run: `number("anna")` is Anna wherever she appears.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID, uuid4

from domain.access import Actor
from domain.calendar import Bell, Calendar, Term, TimetableEntry
from domain.engine import Engine
from domain.journal.facts import TeacherAssigned
from domain.office.facts import ClassFormed, Subject, WorkType, YearOpened
from domain.people.facts import Name
from domain.regulation import Regulation
from domain.school import School
from domain.writing import Request
from projections.postgres.database import READER, WRITER, conninfo, open_pool
from projections.postgres.log import SchoolLog
from projections.postgres.migrations import add_school
from tests.conftest import SECRET

YEAR = 2026
TODAY = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
SINCE = date(2026, 9, 1)
CALENDAR = Calendar(
    YEAR,
    (
        Term(1, "1 четверть", date(2026, 9, 1), date(2026, 10, 25)),
        Term(2, "2 четверть", date(2026, 11, 5), date(2026, 12, 30)),
    ),
)


def number(name: str) -> str:
    """A UUIDv4-shaped id that belongs to a name."""
    return str(UUID(bytes=sha256(name.encode()).digest()[:16], version=4))


def request(key: str | None = None) -> Request:
    """A request: the same key is the same request; without a key, a new one."""
    raw = secrets.token_bytes(16) if key is None else sha256(key.encode()).digest()[:16]
    return Request(raw, raw)


@dataclass(frozen=True)
class Ground:
    """The ids of the small school."""

    school_id: str
    class_id: str
    subject_id: str
    work_type_id: str
    teacher: Actor
    operator: Actor
    pupils: tuple[str, ...]


@contextmanager
def engine_on(
    url: str, clock: Callable[[], datetime] = lambda: TODAY, group: int = 256
) -> Iterator[Engine]:
    """An engine over the schools of a migrated database."""
    writer = open_pool(conninfo(url, WRITER, SECRET), max_size=1)
    reader = open_pool(conninfo(url, READER, SECRET), max_size=2)
    engine = Engine(
        lambda slug: SchoolLog(slug, reader=reader, writer=writer),
        clock=clock,
        salts=lambda: secrets.token_urlsafe(16),
        group=group,
    )
    try:
        yield engine
    finally:
        engine.close()
        writer.close()
        reader.close()


def school_on(engine: Engine, slug: str) -> School:
    """The commands of a school."""
    return School(
        engine,
        slug,
        number(f"{slug}/school"),
        ids=lambda: str(uuid4()),
        salts=lambda: secrets.token_urlsafe(16),
    )


def register(url: str, slug: str) -> None:
    """Lay the school's schema."""
    add_school(url, SECRET, slug, f"Школа {slug}", "Europe/Moscow", number(f"{slug}/school"))


def ground_of(slug: str, pupils: int = 5) -> Ground:
    """The ids of the small school of a slug."""
    return Ground(
        number(f"{slug}/school"),
        number(f"{slug}/7а"),
        number(f"{slug}/algebra"),
        number(f"{slug}/answer"),
        Actor(number(f"{slug}/anna"), "session-anna"),
        Actor(number(f"{slug}/school"), "cli", operator=True),
        tuple(number(f"{slug}/pupil {n}") for n in range(pupils)),
    )


def open_year(school: School, pupils: int = 5) -> Ground:
    """Only the year: a school whose journal begins here. A repeat does nothing."""
    ground = ground_of(school.slug, pupils)
    school.open_year(
        YearOpened(
            school.school_id,
            "Europe/Moscow",
            CALENDAR,
            tuple(Bell(n, f"{7 + n:02}:30", f"{8 + n:02}:15") for n in range(1, 8)),
            Regulation(),
            (Subject(ground.subject_id, "Алгебра"),),
            (WorkType(ground.work_type_id, "Ответ на уроке", "О", "1.00"),),
        ),
        by=ground.operator,
        request=request(),
    ).result(10)
    return ground


def lay(school: School, pupils: int = 5) -> Ground:
    """Open the year, form 7а with Anna's algebra three days a week, schedule both terms."""
    ground = open_year(school, pupils)
    by, class_id = ground.operator, ground.class_id
    anna = ground.teacher.person_id
    school.register_person(
        YEAR, anna, "staff", Name("Иванова", "Анна", "Петровна"), by=by, request=request()
    ).result(10)
    school.form_class(YEAR, ClassFormed(class_id, 7, "а"), by=by, request=request()).result(10)
    for n, pupil in enumerate(ground.pupils):
        name = Name(f"Петров-{n:02}", "Пётр")
        school.register_person(YEAR, pupil, "pupil", name, by=by, request=request()).result(10)
    school.enrol_pupils(class_id, ground.pupils, SINCE, by=by, request=request()).result(10)
    assigned = TeacherAssigned(number(f"{school.slug}/assignment"), anna, ground.subject_id, SINCE)
    school.assign_teacher(class_id, assigned, by=by, request=request()).result(10)
    week = [TimetableEntry(day, 1, ground.subject_id, anna, room="12") for day in (1, 3, 5)]
    school.adopt_timetable(YEAR, class_id, SINCE, week, by=by, request=request()).result(10)
    for term in (1, 2):
        school.schedule_lessons(class_id, term, by=by, request=request()).result(10)
    return ground
