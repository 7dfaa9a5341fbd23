"""Two schedulers, one of them killed with -9 in the middle of a job. Nobody sleeps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from projections.postgres.upkeep import JOB_LOCKS, lock_key
from tests.ground import engine_on, lay, register, school_on

SLUG = "lesnaya"
NIGHT = datetime(2026, 11, 22, 23, 15, tzinfo=UTC)  # 02:15 of the 23rd in Moscow


class Process:
    """A scheduler that is told when to look."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        self._process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "tests.scheduler.a_scheduler", url],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        stack.callback(self.kill)
        assert self.heard() == "ready"

    def told(self, word: str, at: datetime) -> str:
        """What it answers."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word} {at.isoformat()}\n")
        self._process.stdin.flush()
        return self.heard()

    def heard(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def kill(self) -> None:
        """As the kernel does when memory is short."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def url(database: str) -> str:
    register(database, SLUG)
    with engine_on(database) as engine:
        lay(school_on(engine, SLUG))
    return database


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def until_free(url: str, *names: tuple[str, str]) -> None:
    """The server has noticed that a process is gone: its locks can be had."""
    with psycopg.connect(url, autocommit=True) as conn:
        for name in names:
            conn.execute("SELECT pg_advisory_lock(%s, %s)", (JOB_LOCKS, lock_key(*name)))
        conn.execute("SELECT pg_advisory_unlock_all()")  # a closed connection lingers


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as conn:
        conn.execute(f"SET search_path = school_{SLUG}".encode())
        return conn.execute(query.encode()).fetchall()


def test_a_scheduler_killed_in_the_middle_is_followed_by_the_other(
    url: str, stack: ExitStack
) -> None:
    first, second = Process(url, stack), Process(url, stack)
    day_before = NIGHT - timedelta(hours=12)
    assert first.told("tick", day_before) == "nothing"
    assert second.told("tick", NIGHT) == "nothing"  # the first leads

    assert first.told("hang", NIGHT) == "begun"
    assert second.told("tick", NIGHT) == "nothing"
    first.kill()
    until_free(url, ("leader", ""), ("night", SLUG))

    later = NIGHT + timedelta(minutes=1)
    assert second.told("tick", later) == "2026-11-23"
    assert second.told("tick", later) == "nothing"

    assert rows(url, "SELECT period, outcome FROM job_run ORDER BY scheduled_for, started") == [
        ("2026-11-22", "begun"),
        ("2026-11-23", "interrupted"),
        ("2026-11-23", "done"),
    ]
    asked = "SELECT count(*) FROM facts WHERE topic = 'audit.check-requested'"
    assert rows(url, asked) == [(1,)]  # what the dead one had written is not written again
