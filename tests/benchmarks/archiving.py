"""The archive of half a million facts, beside zip and sha256 of the same bytes."""

from __future__ import annotations

import hashlib
import random
import resource
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, NamedTuple
from unittest.mock import patch
from uuid import UUID

import psycopg

from api.documents.archive import summaries
from api.documents.typesetting import Typesetter
from domain.audit.facts import SealKeyIntroduced
from domain.calendar import Bell
from domain.codec import Envelope, encode
from domain.fact import Fact
from domain.journal import facts as j
from domain.office.archive_facts import YearArchived
from domain.office.facts import ClassFormed, Subject, WorkType, YearOpened
from domain.regulation import Regulation
from domain.values import AttendanceCode, LessonKind, Role
from domain.world import audit_id, office_id
from projections.archive import verify
from projections.archive.write import Whose, undrawn, write
from projections.audit.fold import Audit
from projections.folding import Folder
from projections.postgres.database import PROJECTOR, conninfo, schema_of
from projections.projection import Place
from projections.sql import bound
from projections.tree import Tree
from tests.benchmarks.ground import database
from tests.benchmarks.table import Result
from tests.conftest import SECRET
from tests.ground import CALENDAR, number, register
from tests.sealing import Sealer

SLUG = "year"
YEAR = CALENDAR.year
FACTS = 500_000
CLASSES, PUPILS, SUBJECTS, MARKS = 40, 25, 12, 9
SCHOOL = number(f"{SLUG}/school")
_ROW = (
    "COPY {s}.facts (originator_id, originator_version, notification_id, topic, state) FROM STDIN"
)


def archive(rounds: int = 5) -> list[Result]:
    """Both bags with their sheets, verified; then zip (deflate) and SHA-256 over the same files.

    CPU time: the two take turns on a machine that others use, too, and seconds of the clock once
    gave 3 where 20 was true. `write` reads, folds, hashes and draws; before its files get their
    names it checks the journal's as anybody would: that is the line `verify`, beside the same work
    on that file. Named pages are drawn, which no zip does: a line says what is left without them.
    """
    del rounds  # a minute each: once
    with database() as url:
        register(url, SLUG)
        total = _lay(url)
        folder = Path(tempfile.mkdtemp(prefix="letopis-archive-"))
        try:
            ours = _written(url, folder, pages=True)
            bags = sorted(folder.glob("letopis-*.zip"))
            limit, of_journal = _usual(bags), _usual([bags[0]])
            bare = _written(url, folder / "bare", pages=False)
            of_bare = _usual(sorted((folder / "bare").glob("letopis-*.zip")))
        finally:
            shutil.rmtree(folder)
    notes = f"{total:,} facts, {CLASSES} classes, {ours.wall:.0f} s of the clock; limit: zipfile"
    notes += " deflate + sha256 of the same bytes; CPU time of both"
    of_writing = bare.cpu - bare.checking
    memory = ours.megabytes
    return [
        _ratio("archive, write", ours.cpu - ours.checking, limit, notes),
        _ratio("archive, verify", ours.checking, of_journal, "limit: the journal's file alone"),
        _ratio("archive, write and verify", ours.cpu, limit, ""),
        _ratio("archive, write without named pages", of_writing, of_bare, ""),
        Result("archive, memory", memory, None, memory, "≤ 500 MB", "MB", memory <= 500),
    ]


def _ratio(name: str, ours: float, limit: float, notes: str) -> Result:
    return Result(name, ours, limit, ours / limit, "≤ 4×", "s", ours <= 4 * limit, notes)


def _cpu(work: Callable[[], Any]) -> float:
    """Seconds of CPU of one call, and of the processes that have ended in it."""
    start = _spent()
    work()
    return _spent() - start


def _spent() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


class Cost(NamedTuple):
    """Seconds of CPU, of it in `verify.check`, seconds of the clock; megabytes at most, those of
    the largest typesetter with them.
    """

    cpu: float
    checking: float
    wall: float
    megabytes: float


def _written(url: str, folder: Path, *, pages: bool) -> Cost:
    """What it costs a process that does nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        return alone.submit(_write, url, folder, pages=pages).result()


def _write(url: str, folder: Path, *, pages: bool) -> Cost:
    whose = Whose(SLUG, SCHOOL, "Школа на сорок классов", "Europe/Moscow")
    known = conninfo(url, PROJECTOR, SECRET)
    draw = summaries(whose.name) if pages else undrawn
    checking, check = 0.0, verify.check
    typesetters, end = 0.0, Typesetter.__exit__

    def timed(*arguments: Any, **named: Any) -> verify.Report:
        nonlocal checking
        begun = time.process_time()
        found = check(*arguments, **named)
        checking += time.process_time() - begun
        return found

    def weighed(self: Typesetter, *reason: object) -> None:
        nonlocal typesetters
        typesetters = max(typesetters, _most_resident(self._process.pid))
        end(self, *reason)

    start = time.perf_counter()
    with (
        patch.object(verify, "check", timed),
        patch.object(Typesetter, "__exit__", weighed),
    ):
        cpu = _cpu(lambda: write(known, whose, YEAR, folder, draw=draw))
    wall = time.perf_counter() - start
    return Cost(cpu, checking, wall, _most_resident() + typesetters)


def _most_resident(process: int | Literal["self"] = "self") -> float:
    """Megabytes of a process at most; on Linux of what it is since it was started: `getrusage`
    there counts what it was a copy of before.
    """
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    [line] = [line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def _usual(bags: Sequence[Path]) -> float:
    """Seconds of CPU for what anybody would do with the files in the bags."""

    def work() -> None:
        for bag in bags:
            with (
                zipfile.ZipFile(bag) as files,
                zipfile.ZipFile(bag.with_name("usual.zip"), "w", zipfile.ZIP_DEFLATED) as usual,
            ):
                for name in files.namelist():
                    content = files.read(name)
                    hashlib.sha256(content).hexdigest()
                    usual.writestr(name, content)

    return _cpu(work)


def _lay(url: str) -> int:
    """The facts of a year as they are stored, past the write door; the tree over them, a seal."""
    schema, sealer = schema_of(SLUG), Sealer(url, SLUG, SCHOOL)
    last = 0
    with psycopg.connect(url, autocommit=True) as conn:
        with conn.cursor() as cursor, cursor.copy(bound(_ROW, schema)) as copy:
            versions: dict[str, int] = {}
            for last, (stream, at, fact) in enumerate(_facts(str(sealer.key.verifier)), 1):
                version = versions[stream] = versions.get(stream, 0) + 1
                envelope = Envelope(
                    at=at, by=SCHOOL, role=Role.OPERATOR, session="s", salt="s" * 22
                )
                copy.write_row((UUID(stream), version, last, fact.TOPIC, encode(envelope, fact)))
        conn.execute(bound("UPDATE {s}.head SET last = %s, at = now()", schema), (last,))
        conn.execute("VACUUM ANALYZE")
    with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
        folder = Folder(Place(schema, schema), {"tree_v1": Tree, "audit_v1": Audit})
        while folder.step(conn, limit=15_000):
            pass
    sealer.seal(datetime.now(UTC))
    return last


def _facts(key: str) -> Iterator[tuple[str, datetime, Fact]]:
    """(stream, moment, fact) until there are half a million."""
    dice, ids = random.Random(5_3), count()
    office = office_id(SCHOOL, YEAR)
    at = datetime(YEAR, 9, 1, 5, tzinfo=UTC)
    subjects = tuple(Subject(number(f"s{n}"), f"Предмет {n:02}") for n in range(SUBJECTS))
    kind = WorkType(number("w"), "Ответ на уроке", "О", "1.00")
    yield audit_id(SCHOOL), at, SealKeyIntroduced(key, "first")
    yield (
        office,
        at,
        YearOpened(
            SCHOOL,
            "Europe/Moscow",
            CALENDAR,
            (Bell(1, "08:30", "09:15"),),
            Regulation(),
            subjects,
            (kind,),
        ),
    )
    made = 2
    rooms = []
    for n in range(CLASSES):
        class_id, teacher = number(f"c{n}"), number(f"t{n}")
        pupils = [number(f"c{n}p{k}") for k in range(PUPILS)]
        level, letter = 1 + n % 11, "абвг"[n // 11]
        yield office, at, ClassFormed(class_id, level, letter)
        yield class_id, at, j.JournalOpened(SCHOOL, YEAR, level, letter, "Europe/Moscow")
        for pupil in pupils:
            yield class_id, at, j.PupilEnrolled(pupil, date(YEAR, 9, 1))
        made += 2 + PUPILS
        rooms.append((class_id, teacher, pupils))
    day = date(YEAR, 9, 1)
    while made < FACTS - 1:
        for class_id, teacher, pupils in rooms:
            for hour in range(1, 7):
                lesson, subject = number(f"l{next(ids)}"), dice.choice(subjects)
                placed = (lesson, day, hour, subject.subject_id, teacher)
                yield class_id, at, j.LessonAdded(*placed)
                away = j.AttendanceEntry(dice.choice(pupils), AttendanceCode.ILL)
                yield class_id, at, j.AttendanceTaken(lesson, (away,))
                topic = f"Решение задач на движение, часть {hour}"
                yield class_id, at, j.TopicRecorded(lesson, topic, LessonKind.LESSON)
                due, task = day + timedelta(days=2), f"§ {hour}, № {dice.randrange(900)}"
                yield class_id, at, j.HomeworkAssigned(number(f"h{next(ids)}"), lesson, due, task)
                for pupil in dice.sample(pupils, MARKS):
                    value = dice.choice("2345")
                    given = (number(f"m{next(ids)}"), lesson, pupil, value, kind.work_type_id)
                    yield class_id, at, j.MarkGiven(*given, "1.00")
                made += 4 + MARKS
        day += timedelta(days=1)
        at += timedelta(days=1)
    yield office, at, YearArchived("1")
