"""`letopis up` as a person starts it: everything comes up, survives kills, stops cleanly."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Thread
from uuid import uuid4

import httpx2
import psutil
import psycopg
import pytest

from api.commands.listening import listen
from projections.postgres.settings import without_settings
from tests.api.ground import PASSWORD, SLUG
from tests.cast import ANNA, CLASS_7A, PETYA
from tests.conftest import SECRET

ROOT = Path(__file__).parents[2]
FIVE = {"pupil_id": PETYA, "value": "5"}


class Up:
    """A running `letopis up`, its lines, its children."""

    def __init__(self, url: str, port: int, data: Path) -> None:
        environ = without_settings(os.environ) | {
            "DATABASE_URL": url,
            "LETOPIS_SECRET": SECRET,
            "LETOPIS_DATA_DIR": str(data),
            "PYTHONUNBUFFERED": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api", "up", "--port", str(port)],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._queue: Queue[str] = Queue()
        self.reader = Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._queue.put(line)

    def until(self, pattern: str, seconds: float = 60) -> re.Match[str]:
        """The first line from here on that matches."""
        deadline = time.monotonic() + seconds
        while True:
            line = self._queue.get(timeout=max(0.1, deadline - time.monotonic()))
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found

    def child(self, name: str) -> psutil.Process:
        """The child that runs `letopis <name>`."""
        for child in psutil.Process(self.process.pid).children():
            if name in child.cmdline():
                return child
        raise LookupError(name)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture
def up(kukarino: str, tmp_path: Path) -> Iterator[tuple[Up, str]]:
    """`letopis up` on a busy port, and the address where it came up."""
    busy = listen("127.0.0.1", 0)
    port = busy.getsockname()[1]
    running = Up(kukarino, port, tmp_path)
    try:
        running.until(f"Порт {port} занят")
        address = running.until(r"^READY (http://\S+)$")[1]
        yield running, address
    finally:
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait()
        running.reader.join()
        busy.close()


def marks(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute(
            f"SELECT count(*) FROM school_{SLUG}.facts WHERE topic = 'journal.mark-given'"
        ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.slow
def test_killed_processes_lose_nothing(up: tuple[Up, str], kukarino: str) -> None:
    running, address = up
    with psycopg.connect(kukarino) as conn:
        conn.execute(f"UPDATE school_{SLUG}.account SET must_change = false")
        [(lesson,)] = conn.execute(
            f"SELECT lesson_id::text FROM school_{SLUG}.register_lesson"
            " WHERE class_id = %s AND teacher_id = %s ORDER BY date, number LIMIT 1",
            (CLASS_7A, ANNA),
        ).fetchall()
        [(answer_type,)] = conn.execute(
            f"SELECT work_type_id::text FROM school_{SLUG}.directory_work_type"
            " ORDER BY name LIMIT 1"
        ).fetchall()
    anna = httpx2.Client(base_url=address, timeout=60)
    credentials = {"login": "anna", "password": PASSWORD}
    assert anna.post("/api/v1/session", json=credentials).status_code == 200
    bodies = [
        {"marks": [FIVE | {"mark_id": str(uuid4()), "work_type_id": answer_type}]}
        for _ in range(12)
    ]
    keys = [str(uuid4()) for _ in bodies]

    def give(n: int) -> int:
        answer = anna.post(
            f"/api/v1/lessons/{lesson}/marks",
            json=bodies[n],
            headers={"idempotency-key": keys[n]},
        )
        assert answer.status_code == 200, answer.text
        return int(answer.json()["position"])

    positions = [give(n) for n in range(4)]
    for name, part in (("serve", range(4, 8)), ("project", range(8, 12))):
        killed = running.child(name)
        killed.kill()
        positions += [give(n) if name == "project" else _patiently(give, n) for n in part]
        running.until(f"Процесс {name} закончился")

    assert [_patiently(give, n) for n in range(12)] == positions  # the same keys, the same answers
    assert marks(kukarino) == 12
    seen = anna.get("/api/v1/classes", params={"min_position": positions[-1]})
    assert seen.status_code in {200, 503}
    assert running.stop() == 0
    assert [line for line in running.lines if line.startswith("READY")] == [f"READY {address}\n"]
    with pytest.raises(httpx2.ConnectError):
        anna.get("/healthz")


def _patiently(give: object, n: int) -> int:
    """A client that repeats with the same key when the connection breaks."""
    assert callable(give)
    for _ in range(20):
        try:
            return int(give(n))
        except httpx2.TransportError:
            continue
    raise TimeoutError


@pytest.mark.slow
def test_children_do_not_outlive_their_parent(up: tuple[Up, str]) -> None:
    running, _ = up
    children = [running.child(name) for name in ("serve", "project", "schedule", "seal")]

    running.process.kill()

    gone, alive = psutil.wait_procs(children, timeout=30)
    assert (len(gone), alive) == (4, [])
