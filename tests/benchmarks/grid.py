"""`http-grid`: a page of the journal, 30 pupils × 60 lessons, as JSON and as HTML.

Twice: drawn anew for each request by a process that keeps nothing, and as a process answers that
has drawn it before and nothing of the class has moved since.
"""

from __future__ import annotations

import http.client
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode
from uuid import uuid4

import psycopg

from domain.journal.facts import AttendanceEntry
from domain.school import MarkInput, School
from domain.values import AttendanceCode
from projections.folding import catch_up
from projections.postgres.database import PROJECTOR, conninfo, schema_of
from tests.benchmarks.ground import ClassGround, database, lay_classes
from tests.benchmarks.served import SLUG, Served, bare_server, compare, get, load, server, sign_in
from tests.benchmarks.table import Result
from tests.conftest import SECRET
from tests.ground import CALENDAR, engine_on, ground_of, request

CLASSES = 8
PUPILS, A_WEEK = 30, 8  # sixty lessons in the first term
A_ROUND = 240  # requests
AT_ONCE = 8  # as the peers were measured
[TERM, *_] = CALENDAR.terms


def http_grid(rounds: int) -> Iterator[Result]:
    """The page of a teacher beside a bare endpoint that reads the same rows."""
    subject = ground_of(SLUG).subject_id
    with filled(CLASSES) as (url, classes):
        tokens = sign_in(url, [one.teacher.person_id for one in classes])
        chance = random.Random(1)
        asked = [chance.randrange(CLASSES) for _ in range(A_ROUND)]
        with (
            server(url, "tests.benchmarks.forgetful", "serve", "--socket") as anew,
            server(url, "api", "serve", "--socket") as kept,
            bare_server(url) as limit,
        ):
            bare = [
                get(f"/grid/{classes[n].class_id}/{subject}/{TERM.starts}/{TERM.ends}")
                for n in asked
            ]
            for name, start, target, cpu_ms in (
                ("http-grid, JSON", "/api/v1", 1.0, 2.0),
                ("http-grid, HTML", "", 0.5, 6.0),
            ):
                paths = [start + page_of(one) for one in classes]
                packed = _packed(kept, paths[0], tokens[0])
                requests = [get(paths[n], tokens[n], packed=True) for n in asked]
                for how, served in (("drawn anew", anew), ("kept", kept)):
                    result = compare(
                        f"{name}, {how}",
                        target,
                        rounds,
                        partial(load, served, requests, "200", AT_ONCE),
                        partial(load, limit, bare, "200", AT_ONCE),
                        cpu_ms=cpu_ms,
                    )
                    yield replace(result, notes=f"{packed / 1_000:.1f} kB packed; {result.notes}")


@contextmanager
def filled(count: int) -> Iterator[tuple[str, list[ClassGround]]]:
    """So many classes of 30 pupils with sixty lessons each: the database and the classes."""
    with database() as url:
        with engine_on(url, group=2_000) as engine:
            school, classes = lay_classes(url, engine, SLUG, count, pupils=PUPILS, a_week=A_WEEK)
            for group in classes:
                _fill(school, group)
        with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
            catch_up(conn, schema_of(SLUG))
        yield url, classes


def page_of(group: ClassGround) -> str:
    """The address of the page of a class."""
    subject = ground_of(SLUG).subject_id
    place = urlencode({"subject_id": subject, "term": TERM.number})
    return f"/classes/{group.class_id}/register?{place}"


def _fill(school: School, group: ClassGround) -> None:
    """In each lesson of the term a mark for every third pupil, and somebody who is away."""
    answers = []
    for n, lesson in enumerate(group.lessons):
        column = [
            MarkInput(str(uuid4()), pupil, "5432"[(n + k) % 4], group.work_type_id)
            for k, pupil in enumerate(group.pupils[n % 3 :: 3])
        ]
        away = [AttendanceEntry(group.pupils[(n + 1) % PUPILS], AttendanceCode.ILL)]
        by = group.teacher
        answers += [
            school.take_attendance(group.class_id, lesson, away, by=by, request=request()),
            school.give_marks(group.class_id, lesson, column, by=by, request=request()),
        ]
    for answer in answers:
        answer.result(60)


def _packed(served: Served, path: str, token: str) -> int:
    """Bytes of the page as a browser takes it."""
    asked = http.client.HTTPConnection("127.0.0.1", served.port)
    asked.request("GET", path, headers={"Cookie": f"letopis={token}", "Accept-Encoding": "gzip"})
    answer = asked.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return len(answer.read())
