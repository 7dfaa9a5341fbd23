"""`http-mark`, `http-diary`: our endpoints beside bare ones, on the same pool, in the same run."""

from __future__ import annotations

import json
import os
import random
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
from psycopg.sql import SQL, Identifier

from api.commands.listening import listen
from domain.engine import Engine
from domain.people.facts import Name
from domain.school import MarkInput, School
from projections.folding import catch_up
from projections.postgres.database import APP, PROJECTOR, conninfo, schema_of
from projections.postgres.settings import without_settings
from tests.benchmarks.bare import TABLE
from tests.benchmarks.ground import ClassGround, database, lay_classes
from tests.benchmarks.table import Result, interleaved, percentile
from tests.conftest import SECRET
from tests.ground import SINCE, YEAR, engine_on, ground_of, request

ROOT = Path(__file__).parents[2]
SLUG = "bench"
CLASSES = 16
READERS = 64  # guardians with a consent
CLIENTS = 32
CONNECTIONS = 8
A_ROUND = 2_400  # requests
HELD = 40  # lessons of each class that have marks


@dataclass(frozen=True)
class Served:
    """A server under load: where it listens, and the processes whose time is counted."""

    port: int
    process: psutil.Process


@dataclass(frozen=True)
class Bench:
    """A laid school behind two servers."""

    classes: list[ClassGround]
    wards: list[tuple[str, str]]  # token of a guardian, pupil
    tokens: list[str]  # of the teachers, by class
    mondays: list[date]
    tags: dict[tuple[str, date], str]
    ours: Served
    limit: Served


def http_diary(rounds: int) -> Iterator[Result]:
    """A diary week with session, consent and access row beside the same document by key."""
    with _bench() as bench:
        chance = random.Random(1)
        asked = [
            (token, pupil, chance.choice(bench.mondays))
            for token, pupil in (chance.choice(bench.wards) for _ in range(A_ROUND))
        ]
        ours = [_get(_week(pupil, monday), token) for token, pupil, monday in asked]
        known = [
            _get(_week(pupil, monday), token, bench.tags[pupil, monday])
            for token, pupil, monday in asked
        ]
        limit = [_get(f"/doc/{pupil}/{monday}") for _, pupil, monday in asked]
        for name, target, requests, status in (
            ("http-diary", 0.7, ours, "200"),
            ("http-diary-304", 1.5, known, "304"),
        ):
            yield _compare(
                name,
                target,
                rounds,
                partial(_load, bench.ours, requests, status),
                partial(_load, bench.limit, limit, "200"),
            )


def http_mark(rounds: int) -> Result:
    """A mark with everything on beside one INSERT and COMMIT."""
    with _bench() as bench:
        return _compare(
            "http-mark",
            1.0,
            rounds,
            lambda: _load(bench.ours, _marks(bench, ours=True), "200"),
            lambda: _load(bench.limit, _marks(bench, ours=False), "200"),
            p99=2.0,
        )


@dataclass(frozen=True)
class Figures:
    """One round: requests a second, p50 and p99 in ms, CPU ms a request of the server alone."""

    rate: float
    p50: float
    p99: float
    cpu: float


def _compare(
    name: str,
    target: float,
    rounds: int,
    ours: Callable[[], Figures],
    limit: Callable[[], Figures],
    p99: float | None = None,
) -> Result:
    seen: dict[str, list[Figures]] = {"ours": [], "limit": []}

    def once(which: str, work: Callable[[], Figures]) -> float:
        seen[which].append(work())
        return seen[which][-1].rate

    ours(), limit()  # connections, caches and prepared statements of both
    rate, bare = interleaved(rounds, lambda: once("ours", ours), lambda: once("limit", limit))
    notes = "; ".join(
        f"{which}: p50 {_median(figures, 'p50'):.1f}, p99 {_median(figures, 'p99'):.1f} ms,"
        f" web CPU {_median(figures, 'cpu'):.2f} ms"
        for which, figures in seen.items()
    )
    tail = _median(seen["ours"], "p99") / _median(seen["limit"], "p99")
    met = rate / bare >= target and (p99 is None or tail <= p99)
    wanted = f"≥ {target}×" + (f", p99 ≤ {p99}× (is {tail:.2f}×)" if p99 else "")
    return Result(name, rate, bare, rate / bare, wanted, "req/s", met, notes)


def _median(figures: list[Figures], field: str) -> float:
    values = sorted(float(getattr(one, field)) for one in figures)
    return values[len(values) // 2]


def _load(server: Served, requests: list[str], status: str) -> Figures:
    """Send the requests by `CLIENTS` clients; every answer must be of the status."""
    plan = {
        "host": "127.0.0.1",
        "port": server.port,
        "clients": [requests[n::CLIENTS] for n in range(CLIENTS)],
    }
    before = sum(server.process.cpu_times()[:2])
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    cpu = sum(server.process.cpu_times()[:2]) - before
    seen = json.loads(done.stdout)
    if seen["statuses"] != {status: len(requests)}:
        raise RuntimeError(f"wanted {status} only: {seen['statuses']}")
    latencies = [1_000 * one for one in seen["latencies"]]
    return Figures(
        len(requests) / seen["seconds"],
        percentile(latencies, 0.5),
        percentile(latencies, 0.99),
        1_000 * cpu / len(requests),
    )


def _week(pupil: str, monday: date) -> str:
    return f"/api/v1/pupils/{pupil}/diary/weeks/{monday}"


def _get(path: str, token: str = "", tag: str = "") -> str:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Cookie: letopis={token}"] if token else []
    lines += [f"If-None-Match: {tag}"] if tag else []
    return "\r\n".join([*lines, "", ""])


def _marks(bench: Bench, *, ours: bool) -> list[str]:
    """One mark a request; `CLIENTS` teachers at once."""
    chance = random.Random()
    requests = []
    for n in range(A_ROUND):
        which = n % len(bench.classes)
        group = bench.classes[which]
        lesson = chance.choice(group.lessons[-HELD:])
        mark = {
            "mark_id": str(uuid4()),
            "pupil_id": chance.choice(group.pupils),
            "value": chance.choice("5432"),
            "work_type_id": group.work_type_id,
        }
        body = json.dumps({"marks": [mark]})
        path = f"/api/v1/lessons/{lesson}/marks" if ours else f"/mark/{lesson}"
        lines = [
            f"POST {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        if ours:
            lines += [f"Cookie: letopis={bench.tokens[which]}", f"Idempotency-Key: {uuid4()}"]
        requests.append("\r\n".join([*lines, "", body]))
    return requests


@contextmanager
def _bench() -> Iterator[Bench]:
    with database() as url:
        with engine_on(url, group=2_000) as engine:
            school, classes = lay_classes(url, engine, SLUG, CLASSES)
            _fill(school, classes)
            wards = _consents(school, engine, classes)
        with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
            catch_up(conn, schema_of(SLUG))
        people = [guardian for guardian, _ in wards] + [one.teacher.person_id for one in classes]
        tokens = _sign_in(url, people)
        with _server(url, "api", "serve", "--socket") as ours, _bare_server(url) as limit:
            mondays, tags = _documents(url, [pupil for _, pupil in wards])
            yield Bench(
                classes,
                [(token, pupil) for token, (_, pupil) in zip(tokens, wards, strict=False)],
                tokens[len(wards) :],
                mondays,
                tags,
                ours,
                limit,
            )


def _fill(school: School, classes: list[ClassGround]) -> None:
    """A mark for every third pupil in each of the last lessons."""
    answers = [
        school.give_marks(
            group.class_id,
            lesson,
            [
                MarkInput(str(uuid4()), pupil, "5432"[(n + k) % 4], group.work_type_id)
                for k, pupil in enumerate(group.pupils[n % 3 :: 3])
            ],
            by=group.teacher,
            request=request(),
        )
        for group in classes
        for n, lesson in enumerate(group.lessons[-HELD:])
    ]
    for answer in answers:
        answer.result(60)


def _consents(school: School, engine: Engine, classes: list[ClassGround]) -> list[tuple[str, str]]:
    """(guardian, pupil): families who have consented."""
    del engine  # it is the school's
    by = ground_of(SLUG).operator
    pupils = [(group.class_id, pupil) for group in classes for pupil in group.pupils][:READERS]
    wards = []
    for class_id, pupil in pupils:
        guardian = str(uuid4())
        for answer in (
            school.register_person(
                YEAR, guardian, "guardian", Name("Ольгина", "Ольга"), by=by, request=request()
            ),
            school.link_guardian(YEAR, pupil, guardian, SINCE, by=by, request=request()),
            school.give_consent(
                class_id, pupil, guardian, "diary", SINCE, by=by, request=request()
            ),
        ):
            answer.result(60)
        wards.append((guardian, pupil))
    return wards


def _sign_in(url: str, people: list[str]) -> list[str]:
    """Accounts and living sessions; the tokens."""
    tokens = [secrets.token_urlsafe(32) for _ in people]
    now, schema = datetime.now(UTC), Identifier(schema_of(SLUG))
    with psycopg.connect(url) as conn, conn.cursor() as cursor:
        cursor.execute(TABLE)
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
            [
                (sha256(token.encode()).digest(), uuid4(), person, now, now, now)
                for token, person in zip(tokens, people, strict=True)
            ],
        )
    return tokens


def _documents(url: str, pupils: list[str]) -> tuple[list[date], dict[tuple[str, date], str]]:
    """Mondays that every pupil has a document for, and the tags of the documents."""
    with psycopg.connect(url) as conn:
        found = conn.execute(
            SQL(
                "SELECT pupil_id::text, monday, etag FROM {}.diary_v1"
                " WHERE pupil_id = ANY (%s::uuid[])"
            ).format(Identifier(schema_of(SLUG))),
            (pupils,),
        ).fetchall()
    tags = {(pupil, monday): f'"{etag}"' for pupil, monday, etag in found}
    mondays = {monday for _, monday in tags}
    return sorted(m for m in mondays if all((p, m) in tags for p in pupils)), tags


@contextmanager
def _server(url: str, *words: str) -> Iterator[Served]:
    listening = listen("127.0.0.1", 0)
    environ = without_settings(os.environ) | {
        "DATABASE_URL": url,
        "LETOPIS_SECRET": SECRET,
        "LETOPIS_POOL_MAX": str(CONNECTIONS),
        "LETOPIS_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", *words, str(listening.fileno())]
    with _running(command, environ, listening) as served:
        yield served


@contextmanager
def _bare_server(url: str) -> Iterator[Served]:
    listening = listen("127.0.0.1", 0)
    command = [sys.executable, "-m", "tests.benchmarks.bare", str(listening.fileno())]
    command += [conninfo(url, APP, SECRET), schema_of(SLUG), str(CONNECTIONS)]
    with _running(command, dict(os.environ), listening) as served:
        yield served


@contextmanager
def _running(
    command: list[str], environ: dict[str, str], listening: socket.socket
) -> Iterator[Served]:
    process = subprocess.Popen(command, env=environ, cwd=ROOT, pass_fds=[listening.fileno()])
    try:
        port = listening.getsockname()[1]
        deadline = time.monotonic() + timedelta(seconds=60).total_seconds()
        with socket.create_connection(("127.0.0.1", port), timeout=60) as probe:
            probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            while not probe.recv(100) and time.monotonic() < deadline:
                pass
        yield Served(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(30)
        listening.close()
