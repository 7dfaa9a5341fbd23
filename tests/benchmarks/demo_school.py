"""The demonstration school under load: everything runs, and who may ask it for what is known."""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import psycopg
from psycopg.sql import SQL, Identifier

from api.auth.passwords import hash_now
from projections.backups import home_of
from projections.postgres.database import schema_of
from projections.postgres.embedded import EmbeddedServer
from projections.postgres.settings import without_settings
from projections.sql import STILL
from tests.conftest import SECRET
from tests.crash.__main__ import a_port

ROOT = Path(__file__).parents[2]
PASSWORD = "синица в небе над рекой"
A_DAY = timedelta(days=1)

Step = list[str]  # act, request
Visit = tuple[float, list[Step]]  # due in seconds, steps


@dataclass(frozen=True)
class Lesson:
    """A lesson of the last school day, and who is marked there."""

    lesson_id: str
    class_id: str
    subject_id: str
    teacher: str
    number: int
    pupils: tuple[str, ...]
    away: str  # the one who is absent


@dataclass(frozen=True)
class DemoSchool:
    """A running demonstration."""

    url: str
    home: Path
    slug: str
    port: int
    up: psutil.Process
    day: date
    lessons: list[Lesson]
    families: list[tuple[str, str, str]]  # guardian, pupil, login
    work_type: str
    tokens: dict[str, str]

    @property
    def schema(self) -> str:
        """Of its tables."""
        return schema_of(self.slug)

    def rows(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        """As the superuser."""
        return _rows(self.url, self.schema, text, *values)

    def meet(self, visits: list[Visit]) -> dict[str, Any]:
        """Let people come; what they have seen (`tests.benchmarks.visits`)."""
        plan = {"host": "127.0.0.1", "port": self.port, "visits": sorted(visits, key=_due)}
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.visits"],
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def get(self, path: str, person: str, *, page: bool = False) -> str:
        """A reading, as a browser asks for it."""
        accept = "text/html" if page else "application/json"
        return (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: letopis={self.tokens[person]}\r\n"
            f"Accept: {accept}\r\nAccept-Encoding: gzip\r\n\r\n"
        )

    def post(self, path: str, person: str | None, body: Any, key: str = "") -> str:
        """A write. The body is ASCII JSON."""
        raw = json.dumps(body)
        lines = [
            f"POST /api/v1{path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(raw)}",
        ]
        if person is not None:
            key = key or str(uuid4())
            lines += [f"Cookie: letopis={self.tokens[person]}", f"Idempotency-Key: {key}"]
        return "\r\n".join([*lines, "", raw])

    def mark(self, lesson: Lesson, chance: random.Random) -> Step:
        """A mark of a pupil."""
        mark = {
            "mark_id": str(uuid4()),
            "pupil_id": chance.choice(lesson.pupils),
            "value": chance.choice("5432"),
            "work_type_id": self.work_type,
        }
        path = f"/lessons/{lesson.lesson_id}/marks"
        return ["отметка", self.post(path, lesson.teacher, {"marks": [mark]})]

    def week(self, family: tuple[str, str, str]) -> Step:
        """A diary week for a program."""
        guardian, pupil, _ = family
        monday = self.day - timedelta(days=self.day.weekday())
        path = f"/api/v1/pupils/{pupil}/diary/weeks/{monday}"
        return ["дневник недели", self.get(path, guardian)]

    def page(self, family: tuple[str, str, str]) -> Step:
        """The same for a person."""
        guardian, pupil, _ = family
        monday = self.day - timedelta(days=self.day.weekday())
        path = f"/pupils/{pupil}/diary/{monday}"
        return ["страница дневника", self.get(path, guardian, page=True)]

    def grid(self, lesson: Lesson) -> Step:
        """The class grid, the page."""
        path = f"/classes/{lesson.class_id}/register?subject_id={lesson.subject_id}"
        return ["журнал класса", self.get(path, lesson.teacher, page=True)]


def _due(visit: Visit) -> float:
    return visit[0]


#: Data directories with a demonstration that was planted before (with the secret of the tests).
DATA: list[Path] = []


@contextmanager
def demo_school() -> Iterator[DemoSchool]:
    """The demonstration on a disk of this machine, planted, folded, with everything running."""
    home = DATA[0] if DATA else Path(tempfile.mkdtemp(prefix="letopis-morning-"))
    home.chmod(0o711)
    port = a_port()
    environ = without_settings(os.environ) | {"LETOPIS_SECRET": SECRET, "PYTHONUNBUFFERED": "1"}
    words = ["up", "--demo", "school", "--data", str(home), "--port", str(port)]
    try:
        with (home / "up.log").open("wb") as log:
            up = subprocess.Popen(
                [sys.executable, "-m", "api", *words],
                cwd=ROOT,
                env=environ,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            assert up.stdout is not None
            while not up.stdout.readline().startswith("READY"):
                assert up.poll() is None, (home / "up.log").read_text("utf-8")
            server = EmbeddedServer(home, secret=SECRET)
            server.start()  # attaches
            yield _known(server.url(), home, port, psutil.Process(up.pid))
        finally:
            up.terminate()
            up.wait(60)
            if up.stdout is not None:
                up.stdout.close()
    finally:
        for directory in () if DATA else {home_of(home), home}:
            shutil.rmtree(directory, ignore_errors=True)


def _known(url: str, home: Path, port: int, up: psutil.Process) -> DemoSchool:
    with psycopg.connect(url) as conn:
        [(slug,)] = conn.execute("SELECT slug FROM public.school").fetchall()
    schema = schema_of(slug)
    today = datetime.now(UTC).date()
    [(day,)] = _rows(
        url,
        schema,
        "SELECT max(date) FROM {s}.register_lesson WHERE valid_to = %s AND date <= %s",
        STILL,
        today,
    )
    roster: dict[str, list[str]] = defaultdict(list)
    for class_id, pupil in _rows(
        url,
        schema,
        "SELECT class_id::text, pupil_id::text FROM {s}.directory_enrolment WHERE since <= %s"
        " AND (until IS NULL OR until > %s) ORDER BY 1, 2",
        day,
        day,
    ):
        roster[class_id].append(pupil)
    away: dict[str, set[str]] = defaultdict(set)
    for lesson, pupil in _rows(
        url,
        schema,
        "SELECT lesson_id::text, pupil_id::text FROM {s}.register_attendance WHERE valid_to = %s",
        STILL,
    ):
        away[lesson].add(pupil)
    lessons = [
        Lesson(
            lesson, class_id, subject, teacher, number, *_present(roster[class_id], away[lesson])
        )
        for lesson, class_id, subject, teacher, number in _rows(
            url,
            schema,
            "SELECT l.lesson_id::text, l.class_id::text, l.subject_id::text, l.teacher_id::text,"
            " l.number FROM {s}.register_lesson l WHERE l.valid_to = %s AND l.date = %s"
            " AND l.subgroup_id IS NULL AND l.status = 'SCHEDULED' AND EXISTS (SELECT FROM"
            " {s}.directory_class c WHERE c.class_id = l.class_id AND c.grade_level > 1)"
            " AND NOT EXISTS (SELECT FROM"
            " {s}.directory_substitution u WHERE u.teacher_id = l.teacher_id AND u.since <= l.date"
            " AND l.date <= u.until) ORDER BY 5, 2",
            STILL,
            day,
        )
    ]
    families = _rows(
        url,
        schema,
        "SELECT DISTINCT ON (a.person_id) a.person_id::text, c.pupil_id::text, a.login"
        " FROM {s}.account a JOIN {s}.directory_guardian g ON g.guardian_id = a.person_id"
        " AND g.until IS NULL JOIN {s}.directory_consent c ON (c.pupil_id, c.guardian_id) ="
        " (g.pupil_id, g.guardian_id) AND c.purpose = 'diary' AND NOT c.withdrawn"
        " AND c.since <= %s AND (c.until IS NULL OR c.until > %s) ORDER BY a.person_id",
        day,
        day,
    )
    [(work_type,), *_] = _rows(
        url,
        schema,
        "SELECT work_type_id::text FROM {s}.directory_work_type WHERE abbr = 'О'"
        " ORDER BY year DESC",
    )
    people = {one.teacher for one in lessons} | {guardian for guardian, _, _ in families}
    tokens = _sessions(url, schema, sorted(people))
    return DemoSchool(
        url,
        home,
        slug,
        port,
        up,
        day,
        lessons,
        families,
        work_type,
        tokens,
    )


def _present(roster: list[str], away: set[str]) -> tuple[tuple[str, ...], str]:
    """Who can be marked, and one more who is not there."""
    *present, absent = [one for one in roster if one not in away]
    return tuple(present), absent


def _sessions(url: str, schema: str, people: list[str]) -> dict[str, str]:
    """Everybody is signed in, and may sign in again by one password."""
    tokens = {person: secrets.token_urlsafe(32) for person in people}
    now, name = datetime.now(UTC), Identifier(schema)
    with psycopg.connect(url) as conn, conn.cursor() as cursor:
        cursor.execute(
            SQL(
                "UPDATE {}.account SET must_change = false, hash = %s"
                " WHERE person_id = ANY (%s::uuid[])"
            ).format(name),
            (hash_now(PASSWORD), people),
        )
        cursor.executemany(
            SQL(
                "INSERT INTO {}.session (token_hash, session_id, person_id, created, seen,"
                " auth_time, idle_s) SELECT %s, %s, person_id, %s, %s, %s, 36000"
                " FROM {}.account WHERE person_id = %s"
            ).format(name, name),
            [
                (sha256(token.encode()).digest(), uuid4(), now, now, now + A_DAY, person)
                for person, token in tokens.items()
            ],
        )
    return tokens


def _rows(url: str, schema: str, text: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as conn:
        return conn.execute(text.replace("{s}", schema).encode(), values).fetchall()
