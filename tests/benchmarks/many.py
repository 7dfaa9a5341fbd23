"""Many schools: how fast one is laid, what an idle one costs, what a noisy neighbour does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from tempfile import TemporaryFile
from typing import Any
from uuid import uuid4

import psutil
import psycopg

from projections.postgres.migrations import add_school
from projections.postgres.settings import without_settings
from tests.benchmarks.ground import database
from tests.benchmarks.served import ROOT, SLUG, Served, get, server, sign_in
from tests.benchmarks.table import Result, percentile, timed
from tests.conftest import SECRET
from tests.ground import engine_on, ground_of, lay, school_on

SCHOOLS = int(os.environ.get("BENCH_SCHOOLS", "50"))  # of `idle`
WATCHED_S = 30.0
NOISE = 128  # clients of the noisy school
QUIET = 4  # of its neighbour
ASKED = 600  # requests of the neighbour
SHARE = os.environ.get("BENCH_SHARE", "16")
UNLIMITED = "10000"


def school_add(rounds: int) -> Result:
    """A schema with all its tables, roles' rights and triggers, fsync on."""
    with database() as url:
        took = [
            timed(lambda n=n: add(url, f"school{n}"))  # type: ignore[misc]
            for n in range(max(rounds, 5))
        ]
    worst = max(took)
    notes = f"median of {len(took)}; slowest {worst:.2f} s"
    return Result("school-add", median(took), None, median(took), "≤ 1 s", "s", worst <= 1, notes)


def add(url: str, slug: str) -> None:
    """One more."""
    add_school(url, SECRET, slug, slug, "Europe/Moscow", str(uuid4()))


def idle(_rounds: int) -> Iterator[Result]:
    """What each process takes for a school where nothing happens: beside one school alone."""
    with database() as url:
        add(url, "school0")
        alone = _idle(url, 1)
        for n in range(1, SCHOOLS):
            add(url, f"school{n}")
        many = _idle(url, SCHOOLS)
        with psycopg.connect(url) as conn:
            found = conn.execute(
                "SELECT (SELECT count(*) FROM pg_class), pg_database_size(current_database())"
            ).fetchone()
    assert found is not None
    for name, one in many.items():
        more, spent = one.rss - alone[name].rss, one.cpu - alone[name].cpu
        yield Result(
            f"idle, {name}",
            more / (SCHOOLS - 1) / 1024,
            None,
            more / (SCHOOLS - 1) / 1024,
            "–",
            "KB a school",
            met=True,
            notes=f"{SCHOOLS} schools: {one.rss >> 20} MB (one: {alone[name].rss >> 20}), CPU"
            f" {100 * one.cpu:.1f} % of a core (one: {100 * alone[name].cpu:.1f}):"
            f" {1e3 * spent / (SCHOOLS - 1):.2f} ms/s a school",
        )
    yield Result(
        "idle, disk",
        found[1] / SCHOOLS / 1e6,
        None,
        found[1] / SCHOOLS / 1e6,
        "–",
        "MB a school",
        met=True,
        notes=f"{found[0]} relations",
    )


def neighbour(rounds: int) -> Iterator[Result]:
    """The p99 of a school while another one asks by 256 clients at once, beside a quiet hour."""
    slugs = (SLUG, "noisy")
    with database() as url:
        tokens = {}
        for slug in slugs:
            add(url, slug)
            with engine_on(url) as engine:
                lay(school_on(engine, slug))
            [tokens[slug]] = sign_in(url, [ground_of(slug).teacher.person_id], slug)
        for name, at_once in (("with shares", SHARE), ("without", UNLIMITED)):
            with server(url, "api", "serve", "--socket", LETOPIS_SCHOOL_AT_ONCE=at_once) as served:
                for slug in slugs:
                    _ask(served, slug, tokens[slug], 1, 20)
                quiet = [_p99(served, tokens[SLUG]) for _ in range(rounds)]
                noisy = []
                for _ in range(rounds):
                    noise = _start(served, "noisy", tokens["noisy"], NOISE, 60 * NOISE)
                    noisy.append(_p99(served, tokens[SLUG]))
                    statuses = noise()["statuses"]
            yield Result(
                f"neighbour, {name}",
                median(noisy),
                median(quiet),
                median(noisy) / median(quiet),
                "–",
                "ms p99",
                met=True,
                notes=f"{NOISE} clients of the other school, answered {statuses}",
            )


@dataclass(frozen=True)
class _Cost:
    rss: int  # bytes
    cpu: float  # cores


def _idle(url: str, schools: int) -> dict[str, _Cost]:
    environ = without_settings(os.environ) | {
        "DATABASE_URL": url,
        "LETOPIS_SECRET": SECRET,
        "LETOPIS_SEAL_DIR": f"/tmp/letopis-bench-seals-{os.getpid()}",  # noqa: S108 - empty keys
        "LETOPIS_LOG_LEVEL": "warning",
    }
    with ExitStack() as stack:
        served = stack.enter_context(server(url, "api", "serve", "--socket"))
        running = {"web": served.process, "database": served.postmaster}
        for name in ("project", "schedule", "seal"):
            process = subprocess.Popen(
                [sys.executable, "-m", "api", name],
                env=environ,
                cwd=ROOT,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
            running[name] = psutil.Process(process.pid)
        for n in range(schools):
            _ask(served, f"school{n}", "", 1, 2, "/sign-in")
        time.sleep(WATCHED_S)  # what comes first is over
        before = {name: _cpu(one) for name, one in running.items()}
        time.sleep(WATCHED_S)
        return {
            name: _Cost(_rss(one), (_cpu(one) - before[name]) / WATCHED_S)
            for name, one in running.items()
        }


def _cpu(process: psutil.Process) -> float:
    alive = sum(sum(one.cpu_times()[:2]) for one in process.children())
    return float(sum(process.cpu_times()[:4])) + alive


def _rss(process: psutil.Process) -> int:
    """Of PostgreSQL what is its backends' own: shared buffers are not counted again and again."""
    children = process.children()
    if not children:
        return int(process.memory_info().rss)
    return sum(int(one.memory_full_info().uss) for one in children)


def _p99(served: Served, token: str) -> float:
    seen = _start(served, SLUG, token, QUIET, ASKED)()
    if seen["statuses"] != {"200": ASKED}:
        raise RuntimeError(f"the neighbour was refused: {seen['statuses']}")
    return 1_000 * percentile(seen["latencies"], 0.99)


def _ask(
    served: Served, slug: str, token: str, clients: int, times: int, path: str = "/api/v1/session"
) -> None:
    _start(served, slug, token, clients, times, path)()


def _start(
    served: Served, slug: str, token: str, clients: int, times: int, path: str = "/api/v1/session"
) -> Callable[[], dict[str, Any]]:
    """The load begins; the answer waits for its end."""
    asked = get(path, token).replace("Host: 127.0.0.1", f"Host: {slug}.localhost")
    plan = {
        "host": "127.0.0.1",
        "port": served.port,
        "clients": [[asked] * (times // clients) for _ in range(clients)],
    }
    answered = TemporaryFile("w+")  # noqa: SIM115 - read when the process has ended
    with TemporaryFile("w+") as told:
        json.dump(plan, told)
        told.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.load"], stdin=told, stdout=answered, cwd=ROOT
        )

    def seen() -> dict[str, Any]:
        process.wait()
        with answered:
            answered.seek(0)
            found: dict[str, Any] = json.load(answered)
        return found

    return seen
