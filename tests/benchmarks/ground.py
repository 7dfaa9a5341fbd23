"""A real database for benchmarks: embedded PostgreSQL with fsync on, schools laid by commands."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.access import Actor
from domain.calendar import TimetableEntry
from domain.engine import Engine
from domain.journal.facts import TeacherAssigned
from domain.office.facts import ClassFormed
from domain.people.facts import Name
from domain.school import School
from projections.postgres.embedded import EmbeddedServer
from projections.postgres.migrations import migrate
from tests.conftest import SECRET
from tests.ground import (
    SINCE,
    TODAY,
    YEAR,
    Ground,
    lay,
    number,
    register,
    request,
    school_on,
)

PUPILS = 25


@contextmanager
def database() -> Iterator[str]:
    """Superuser URL of a migrated database on a server of its own; gone afterwards."""
    data_dir = Path(tempfile.mkdtemp(prefix="letopis-bench-"))
    data_dir.chmod(0o711)
    try:
        with EmbeddedServer(data_dir, secret=SECRET) as server:
            url = server.url("letopis")
            migrate(url, SECRET)
            yield url
    finally:
        shutil.rmtree(data_dir)


@dataclass(frozen=True)
class ClassGround:
    """A class with pupils, one teacher and the lessons that were held by `TODAY`."""

    class_id: str
    teacher: Actor
    pupils: tuple[str, ...]
    lessons: tuple[str, ...]
    work_type_id: str


def lay_classes(
    url: str, engine: Engine, slug: str, classes: int, *, pupils: int = PUPILS, a_week: int = 5
) -> tuple[School, list[ClassGround]]:
    """A school with `classes` classes, each with so many lessons a week since September."""
    register(url, slug)
    school = school_on(engine, slug)
    office = lay(school)
    return school, [_class(school, engine, office, n, pupils, a_week) for n in range(classes)]


def _class(
    school: School, engine: Engine, office: Ground, n: int, size: int, a_week: int
) -> ClassGround:
    subject, by = office.subject_id, office.operator
    class_id = number(f"{school.slug}/class {n}")
    teacher = number(f"{school.slug}/teacher {n}")
    pupils = tuple(number(f"{school.slug}/{n}/pupil {k}") for k in range(size))
    grade_level, letter = 2 + n % 8, chr(ord("в") + n // 8)
    answers = [
        school.register_person(
            YEAR, teacher, "staff", Name("Учителева", "Анна"), by=by, request=request()
        ),
        school.form_class(
            YEAR, ClassFormed(class_id, grade_level, letter), by=by, request=request()
        ),
        *(
            school.register_person(
                YEAR, pupil, "pupil", Name(f"Учеников-{k:02}", "Иван"), by=by, request=request()
            )
            for k, pupil in enumerate(pupils)
        ),
        school.enrol_pupils(class_id, pupils, SINCE, by=by, request=request()),
        school.assign_teacher(
            class_id,
            TeacherAssigned(number(f"{school.slug}/{n}/assignment"), teacher, subject, SINCE),
            by=by,
            request=request(),
        ),
        school.adopt_timetable(
            YEAR,
            class_id,
            SINCE,
            [
                TimetableEntry(1 + k % 5, 1 + (n + k // 5) % 7, subject, teacher)
                for k in range(a_week)
            ],
            by=by,
            request=request(),
        ),
        *(school.schedule_lessons(class_id, term, by=by, request=request()) for term in (1, 2)),
    ]
    for answer in answers:
        answer.result(30)
    today: date = TODAY.date()
    journal = engine.world(school.slug).journal(class_id)
    held = tuple(
        lesson_id
        for lesson_id, lesson in sorted(journal.lessons.items(), key=lambda item: item[1].date)
        if lesson.date <= today
    )
    return ClassGround(class_id, Actor(teacher, f"session-{n}"), pupils, held, office.work_type_id)
