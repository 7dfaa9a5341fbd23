"""Servers under load: ours and a bare one on the same database, in the same run."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
from psycopg.sql import SQL, Identifier

from api.commands.listening import listen
from projections.postgres.database import APP, conninfo, schema_of
from projections.postgres.settings import without_settings
from tests.benchmarks.bare import TABLE
from tests.benchmarks.table import Result, interleaved, percentile
from tests.conftest import SECRET

ROOT = Path(__file__).parents[2]
SLUG = "bench"
CLIENTS = 32
CONNECTIONS = 8


@dataclass(frozen=True)
class Served:
    """A server under load: where it listens, and the processes whose time is counted."""

    port: int
    process: psutil.Process
    postmaster: psutil.Process  # of the cluster that both servers use

    def cpu_s(self) -> tuple[float, float]:
        """CPU time so far of the server, and of the whole of PostgreSQL, those that ended too."""
        reaped = sum(self.postmaster.cpu_times()[:4])
        alive = sum(sum(one.cpu_times()[:2]) for one in self.postmaster.children())
        return sum(self.process.cpu_times()[:2]), reaped + alive

    def threads_s(self) -> dict[str, float]:
        """CPU time so far of each thread of the server that lives (Linux)."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return {
            one.name: int((one / "schedstat").read_text().split()[0]) / 1e9
            for one in tasks.iterdir()
        }


@dataclass(frozen=True)
class Figures:
    """One round: requests a second, p50 and p99 in ms, CPU ms a request: server, database."""

    rate: float
    p50: float
    p99: float
    cpu: float
    database: float


def compare(
    name: str,
    target: float,
    rounds: int,
    ours: Callable[[], Figures],
    limit: Callable[[], Figures],
    p99: float | None = None,
    cpu_ms: float | None = None,
) -> Result:
    """Rounds of both, interleaved. `target`: of our rate to the bare one; `p99`: at most so many
    times the bare one's; `cpu_ms`: at most so much CPU a request, server and database together.
    """
    seen: dict[str, list[Figures]] = {"ours": [], "limit": []}

    def once(which: str, work: Callable[[], Figures]) -> float:
        seen[which].append(work())
        return seen[which][-1].rate

    ours(), limit()  # connections, caches and prepared statements of both
    rate, bare = interleaved(rounds, lambda: once("ours", ours), lambda: once("limit", limit))
    notes = "; ".join(
        f"{which}: p50 {_median(figures, 'p50'):.1f}, p99 {_median(figures, 'p99'):.1f} ms,"
        f" CPU {_median(figures, 'cpu'):.2f} + {_median(figures, 'database'):.2f} ms"
        for which, figures in seen.items()
    )
    tail = _median(seen["ours"], "p99") / _median(seen["limit"], "p99")
    spent = _median(seen["ours"], "cpu") + _median(seen["ours"], "database")
    met = (
        rate / bare >= target
        and (p99 is None or tail <= p99)
        and (cpu_ms is None or spent <= cpu_ms)
    )
    wanted = f"≥ {target}×" + (f", p99 ≤ {p99}× (is {tail:.2f}×)" if p99 else "")
    wanted += f", CPU ≤ {cpu_ms} ms (is {spent:.2f})" if cpu_ms else ""
    return Result(name, rate, bare, rate / bare, wanted, "req/s", met, notes)


def _median(figures: list[Figures], field: str) -> float:
    values = sorted(float(getattr(one, field)) for one in figures)
    return values[len(values) // 2]


def load(server: Served, requests: list[str], status: str, at_once: int = CLIENTS) -> Figures:
    """Send the requests by so many clients; every answer must be of the status."""
    plan = {
        "host": "127.0.0.1",
        "port": server.port,
        "clients": [requests[n::at_once] for n in range(at_once)],
    }
    before = server.cpu_s()
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    cpu, database = (now - then for now, then in zip(server.cpu_s(), before, strict=True))
    seen = json.loads(done.stdout)
    if seen["statuses"] != {status: len(requests)}:
        raise RuntimeError(f"wanted {status} only: {seen['statuses']}")
    latencies = [1_000 * one for one in seen["latencies"]]
    return Figures(
        len(requests) / seen["seconds"],
        percentile(latencies, 0.5),
        percentile(latencies, 0.99),
        1_000 * cpu / len(requests),
        1_000 * database / len(requests),
    )


def get(path: str, token: str = "", tag: str = "", *, packed: bool = False) -> str:
    """A request as it goes over the wire; `packed`: as a browser asks."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Cookie: letopis={token}"] if token else []
    lines += [f"If-None-Match: {tag}"] if tag else []
    lines += ["Accept-Encoding: gzip"] if packed else []
    return "\r\n".join([*lines, "", ""])


def post(path: str, body: str, token: str = "", key: str = "") -> str:
    """A request with a JSON body; with a token and a key: a command."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body.encode())}",
    ]
    lines += [f"Cookie: letopis={token}", f"Idempotency-Key: {key}"] if token else []
    return "\r\n".join([*lines, "", body])


def sign_in(url: str, people: list[str], slug: str = SLUG) -> list[str]:
    """Accounts and living sessions; the tokens."""
    tokens = [secrets.token_urlsafe(32) for _ in people]
    now, schema = datetime.now(UTC), Identifier(schema_of(slug))
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


@contextmanager
def server(url: str, *words: str, **settings: str) -> Iterator[Served]:
    """Ours, as `python -m WORDS… DESCRIPTOR`; settings by their names."""
    listening = listen("127.0.0.1", 0)
    environ = (
        without_settings(os.environ)
        | settings
        | {
            "DATABASE_URL": url,
            "LETOPIS_SECRET": SECRET,
            "LETOPIS_POOL_MAX": str(CONNECTIONS),
            "LETOPIS_LOG_LEVEL": "warning",
        }
    )
    command = [sys.executable, "-m", *words, str(listening.fileno())]
    with _running(url, command, environ, listening) as served:
        yield served


@contextmanager
def bare_server(url: str) -> Iterator[Served]:
    listening = listen("127.0.0.1", 0)
    command = [sys.executable, "-m", "tests.benchmarks.bare", str(listening.fileno())]
    command += [conninfo(url, APP, SECRET), schema_of(SLUG), str(CONNECTIONS)]
    with _running(url, command, dict(os.environ), listening) as served:
        yield served


@contextmanager
def _running(
    url: str, command: list[str], environ: dict[str, str], listening: socket.socket
) -> Iterator[Served]:
    with psycopg.connect(url) as conn:
        postmaster = psutil.Process(conn.info.backend_pid).parent()
    assert postmaster is not None
    process = subprocess.Popen(command, env=environ, cwd=ROOT, pass_fds=[listening.fileno()])
    try:
        port = listening.getsockname()[1]
        deadline = time.monotonic() + timedelta(seconds=60).total_seconds()
        with socket.create_connection(("127.0.0.1", port), timeout=60) as probe:
            probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            while not probe.recv(100) and time.monotonic() < deadline:
                pass
        yield Served(port, psutil.Process(process.pid), postmaster)
    finally:
        process.terminate()
        process.wait(30)
        listening.close()
