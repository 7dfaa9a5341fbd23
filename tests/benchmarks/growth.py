"""`growth`: what a command, a diary, the grid and a look into the past cost as years and schools
are added. Beside each stands a fixed piece of work of the same moment, for the machine is noisy.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from time import process_time
from typing import Any
from uuid import uuid4

import psutil
import psycopg
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from domain.access import Actor
from domain.calendar import Bell, Calendar, Term, TimetableEntry
from domain.engine import Engine
from domain.journal.facts import TeacherAssigned
from domain.office.facts import ClassFormed, Subject, WorkType, YearOpened
from domain.people.facts import Name
from domain.regulation import Regulation
from domain.school import MarkInput, School
from projections.diary import weeks
from projections.folding import catch_up
from projections.postgres.database import APP, PROJECTOR, conninfo, schema_of
from projections.register import page
from tests.benchmarks.ground import ClassGround, database
from tests.benchmarks.table import Result
from tests.conftest import SECRET
from tests.ground import engine_on, ground_of, number, register, request, school_on

FIRST_YEAR = 2017
YEARS = (1, 3, 10)
SCHOOLS = (1, 20, 200)
CLASSES, PUPILS, A_WEEK = 8, 25, 5  # 16,000 marks a year
LOOKS, WARM = 400, 20  # of each kind, at each size; the first ones are not counted
FLAT = 1.15
#: a fixed piece of work: what reading and committing cost on this machine at this moment
READ = "SELECT i::text, md5(i::text), now() FROM generate_series(1, 400) AS i"


@dataclass(frozen=True)
class Size:
    """CPU in ms at a size, of this process and PostgreSQL: ours, and the fixed work beside it."""

    size: int
    facts: int
    ours: dict[str, float]
    beside: dict[str, float]

    def cost(self, what: str) -> float:
        """Ours in units of the fixed work."""
        return self.ours[what] / self.beside[what]


def growth(rounds: int) -> Iterator[Result]:
    """One school through ten years; then one of many schools. `rounds` is not used."""
    del rounds
    with database() as url:
        register(url, "one")
        sizes, facts = [], 0
        for n in range(max(YEARS)):
            lay_year(url, "one", FIRST_YEAR + n, CLASSES)
            facts += _fold(url, "one")
            if n + 1 in YEARS:
                sizes.append(_measured(url, "one", FIRST_YEAR + n, n + 1, facts))
    yield from _curves(sizes, "years", "лет")
    with database() as url:
        sizes, facts = [], 0
        for n in range(max(SCHOOLS)):
            register(url, f"school{n}")
            lay_year(url, f"school{n}", FIRST_YEAR, CLASSES if n == 0 else 1)
            facts += _fold(url, f"school{n}")
            if n + 1 in SCHOOLS:
                sizes.append(_measured(url, "school0", FIRST_YEAR, n + 1, facts))
    yield from _curves(sizes, "schools", "школ")


def _curves(sizes: list[Size], of: str, word: str) -> Iterator[Result]:
    first, last = sizes[0], sizes[-1]
    for what in first.ours:
        ratio = last.cost(what) / first.cost(what)
        notes = ", ".join(
            f"{one.size} {word} ({one.facts:,} facts): {one.ours[what]:.2f}"
            f" beside {one.beside[what]:.2f} ms of CPU"
            for one in sizes
        )
        yield Result(
            f"growth, {of}: {what}",
            last.cost(what),
            first.cost(what),
            ratio,
            f"≤ {FLAT}×",
            "× the fixed work",
            ratio <= FLAT,
            notes,
            tuple((one.size, one.cost(what)) for one in sizes),
        )


def _now(year: int) -> datetime:
    return datetime(year, 11, 23, 12, tzinfo=UTC)


def lay_year(url: str, slug: str, year: int, classes: int) -> None:
    """A year of the school: classes of 25 with a lesson a day and a mark for each pupil in each."""
    with engine_on(url, clock=lambda: _now(year), group=2_000) as engine:
        school = school_on(engine, slug)
        _open(school, year)
        for n in range(classes):
            _laid(school, year, n)
            one = _class(engine, slug, year, n)
            for answer in [
                school.give_marks(
                    one.class_id,
                    lesson,
                    [
                        MarkInput(str(uuid4()), pupil, "5432"[(k + m) % 4], one.work_type_id)
                        for m, pupil in enumerate(one.pupils)
                    ],
                    by=one.teacher,
                    request=request(),
                )
                for k, lesson in enumerate(one.lessons)
            ]:
                answer.result(60)


def _fold(url: str, slug: str) -> int:
    """Answers how many facts."""
    with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
        return catch_up(conn, schema_of(slug))


def _open(school: School, year: int) -> None:
    ids = ground_of(school.slug)
    terms = (
        Term(1, "1 четверть", date(year, 9, 1), date(year, 10, 25)),
        Term(2, "2 четверть", date(year, 11, 5), date(year, 12, 28)),
    )
    opened = YearOpened(
        school.school_id,
        "Europe/Moscow",
        Calendar(year, terms),
        tuple(Bell(n, f"{7 + n:02}:30", f"{8 + n:02}:15") for n in range(1, 8)),
        Regulation(),
        (Subject(ids.subject_id, "Алгебра"),),
        (WorkType(ids.work_type_id, "Ответ на уроке", "О", "1.00"),),
    )
    school.open_year(opened, by=ids.operator, request=request()).result(10)


def _laid(school: School, year: int, n: int) -> None:
    """A class with its people, its timetable and its lessons."""
    ids, one, since = ground_of(school.slug), ids_of(school.slug, year, n), date(year, 9, 1)
    by = ids.operator
    assigned = TeacherAssigned(
        number(f"{one.class_id}/assignment"), one.teacher.person_id, ids.subject_id, since
    )
    week = [
        TimetableEntry(1 + k, 1 + n % 7, ids.subject_id, one.teacher.person_id)
        for k in range(A_WEEK)
    ]
    formed = ClassFormed(one.class_id, 2 + n % 8, "а" if n < 8 else "б")
    answers = [
        school.register_person(
            year,
            one.teacher.person_id,
            "staff",
            Name("Учителева", "Анна"),
            by=by,
            request=request(),
        ),
        school.form_class(year, formed, by=by, request=request()),
        *(
            school.register_person(
                year, pupil, "pupil", Name(f"Учеников-{k:02}", "Иван"), by=by, request=request()
            )
            for k, pupil in enumerate(one.pupils)
        ),
        school.enrol_pupils(one.class_id, one.pupils, since, by=by, request=request()),
        school.assign_teacher(one.class_id, assigned, by=by, request=request()),
        school.adopt_timetable(year, one.class_id, since, week, by=by, request=request()),
        *(school.schedule_lessons(one.class_id, t, by=by, request=request()) for t in (1, 2)),
    ]
    for answer in answers:
        answer.result(30)


def ids_of(slug: str, year: int, n: int) -> ClassGround:
    """The class, without its lessons."""
    class_id = number(f"{slug}/{year}/class {n}")
    return ClassGround(
        class_id,
        Actor(number(f"{class_id}/teacher"), f"session-{n}"),
        tuple(number(f"{class_id}/pupil {k}") for k in range(PUPILS)),
        (),
        ground_of(slug).work_type_id,
    )


def _class(engine: Engine, slug: str, year: int, n: int) -> ClassGround:
    """The class with the lessons that have been held."""
    ids, today = ids_of(slug, year, n), _now(year).date()
    journal = engine.world(slug).journal(ids.class_id)
    lessons = sorted(journal.lessons.items(), key=lambda item: (item[1].date, item[1].number))
    return replace(ids, lessons=tuple(one for one, lesson in lessons if lesson.date <= today))


def _measured(url: str, slug: str, year: int, size: int, facts: int) -> Size:
    chance, ids = random.Random(1), ids_of(slug, year, 0)
    with (
        engine_on(url, clock=lambda: _now(year)) as engine,
        psycopg.connect(url, autocommit=True) as conn,
    ):
        postmaster = psutil.Process(conn.info.backend_pid).parent()
        assert postmaster is not None
        school, by = school_on(engine, slug), ground_of(slug).operator
        school.schedule_lessons(ids.class_id, 2, by=by, request=request()).result(10)
        one = _class(engine, slug, year, 0)
        conn.execute("CREATE TABLE IF NOT EXISTS public.fixed (id uuid, state bytea)")

        def command() -> None:
            pupil, value = chance.choice(one.pupils), chance.choice("5432")
            mark = MarkInput(str(uuid4()), pupil, value, one.work_type_id)
            lesson = chance.choice(one.lessons[-20:])
            by = one.teacher
            school.give_marks(one.class_id, lesson, [mark], by=by, request=request()).result(60)

        def insert() -> None:
            conn.execute("INSERT INTO public.fixed VALUES (%b, %b)", (uuid4(), bytes(420)))

        ours, beside = {"command": _cpu(postmaster, command)}, {"command": _cpu(postmaster, insert)}
    _fold(url, slug)
    with asyncio.Runner() as runner:
        conn_ = runner.run(AsyncConnection.connect(conninfo(url, APP, SECRET), autocommit=True))
        for what, look in runner.run(_looks(conn_, slug, one, _now(year).date())).items():
            ours[what] = _cpu(postmaster, partial(_run, runner, look))
        fixed = ours.pop("fixed")
        runner.run(conn_.close())
    return Size(size, facts, ours, {**dict.fromkeys(ours, fixed), **beside})


def _run(runner: asyncio.Runner, look: Callable[[], Coroutine[Any, Any, object]]) -> object:
    return runner.run(look())


def _cpu(postmaster: psutil.Process, work: Callable[[], object]) -> float:
    """CPU of this process and of PostgreSQL for one piece of work, in ms."""

    def spent() -> float:
        ended = sum(postmaster.cpu_times()[:4])
        alive = sum(sum(one.cpu_times()[:2]) for one in postmaster.children())
        return float(process_time() + ended + alive)

    for _ in range(WARM):
        work()
    before = spent()
    for _ in range(LOOKS):
        work()
    return 1e3 * (spent() - before) / LOOKS


async def _looks(
    conn: AsyncConnection[Any], slug: str, one: ClassGround, today: date
) -> dict[str, Callable[[], Coroutine[Any, Any, object]]]:
    """A diary week, the grid, the grid as of a moment of its term, and the fixed work."""
    schema, subject = schema_of(slug), ground_of(slug).subject_id
    chance, monday = random.Random(2), today - timedelta(days=today.weekday())
    cursor = await conn.execute(
        SQL(
            "SELECT min(m.valid_from), max(m.valid_from) FROM {s}.register_mark m"
            " JOIN {s}.register_lesson l USING (lesson_id) WHERE l.class_id = %s"
        ).format(s=Identifier(schema)),
        (one.class_id,),
    )
    [(first, last)] = await cursor.fetchall()
    grid = partial(page, conn, schema, one.class_id, subject, None, 1)
    return {
        "diary": lambda: weeks(conn, schema, [(chance.choice(one.pupils), monday)]),
        "grid": grid,
        "as of": lambda: grid(chance.randint(first, last)),
        "fixed": lambda: conn.execute(READ, prepare=True),
    }
