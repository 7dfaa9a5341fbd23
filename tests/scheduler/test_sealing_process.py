"""The process of `letopis seal`: it outlives the database's absence and ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from projections.postgres.settings import without_settings
from projections.seals.book import CHANNEL
from tests.conftest import admin
from tests.scheduler.sealing_room import SLUG, SealingRoom, fold, grow

AWAY = "База данных сейчас недоступна"


@pytest.fixture
def process(room: SealingRoom) -> Iterator[subprocess.Popen[str]]:
    """`python -m scheduler.sealing`, and what it says."""
    environ = without_settings(os.environ) | room.settings.environment()
    command = [sys.executable, "-m", "scheduler.sealing"]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as running:
        yield running
        running.kill()


def said(process: subprocess.Popen[str], words: str) -> None:
    """Read what the process says until it says this."""
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return
    raise AssertionError(f"it ended without saying «{words}»")


def wait_for_seals(room: SealingRoom, count: int) -> None:
    """Until there are so many; each look asks for one."""
    while len(room.sizes()) < count:
        with psycopg.connect(room.url, autocommit=True) as conn:
            conn.execute("SELECT pg_notify(%s, %s)", (CHANNEL, SLUG))


@pytest.mark.slow
def test_a_database_that_was_away_is_sealed_on(
    room: SealingRoom, server: str, process: subprocess.Popen[str]
) -> None:
    said(process, "введён ключ")
    fold(room.url)
    wait_for_seals(room, 1)
    name = room.url.split("/")[3].split("?")[0]

    admin(server, "ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
    said(process, AWAY)
    admin(server, "ALTER DATABASE {} ALLOW_CONNECTIONS true", name)
    size = grow(room.url)
    wait_for_seals(room, 2)

    assert room.sizes()[-1] == size
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert room.alarms() == {}
