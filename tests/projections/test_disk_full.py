"""The disk is full: writes are refused, nothing is acknowledged that is not written, and once there
is room again everything goes on by itself.
"""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from domain.refusals import Busy
from projections.postgres.database import PROJECTOR, conninfo, schema_of
from projections.postgres.embedded import EmbeddedServer
from projections.postgres.migrations import migrate
from projections.replay import replay
from tests.conftest import SECRET
from tests.ground import number, request
from tests.projections.life import Life, life
from tests.projections.test_projector import reached, running

SLUG = "one"
SIZE = 112  # MB; a new cluster with a small school takes sixty
MANY = 400  # comments: far more than the free pages of any table take
LONG = "Ы" * 900


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own that is nearly full already."""
    place = Path(tempfile.mkdtemp(prefix="letopis-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m,mode=0711", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        place.rmdir()
        pytest.skip("needs the right to mount a small file system")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)
    place.rmdir()


def fill(disk: Path) -> Path:
    """Not a page is left; the file that takes it all."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:  # PostgreSQL writes meanwhile: no size is asked
        for piece in (1 << 20, 4_096):
            try:
                while True:
                    file.write(bytes(piece))
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise
    return ballast


def comment(at: Life, n: int) -> int:
    """A long text to a mark. Raises Busy."""
    answer = at.school.comment_mark(
        at.class_id, number("mark"), f"{n} {LONG}", by=at.anna, request=request(f"comment {n}")
    )
    return answer.result(60).position


def until_refused(at: Life) -> tuple[list[int], Busy]:
    """Positions of the comments that were written, and why the next one was not."""
    written: list[int] = []
    while len(written) < MANY:
        try:
            written.append(comment(at, len(written)))
        except Busy as refusal:
            return written, refusal
    raise AssertionError("the disk is not full")


def test_a_full_disk_refuses_writes_and_loses_none(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.engine.AWAY_ATTEMPTS", 2)
    tuning = {"fsync": "off", "shared_buffers": "16MB", "max_wal_size": "32MB"}
    with EmbeddedServer(small_disk / "data", secret=SECRET, tuning=tuning) as server:
        url = server.url()
        migrate(url, SECRET)
        with life(url, SLUG) as at, running(url):
            before = at.must(at.mark(at.lessons[0], at.pupils[0], "5", "mark")).position
            assert reached(at, before, 30)

            ballast = fill(small_disk)
            written, refusal = until_refused(at)
            assert refusal.code == "log.unavailable"
            [(head, facts, texts)] = _counts(url)
            assert head == facts == before + len(written)
            assert texts == len(written)  # what was refused has left no half

            ballast.unlink()
            positions = [comment(at, n) for n in range(len(written) + 1)]
            assert positions == [*written, before + len(written) + 1]  # the same keys, once each
            assert reached(at, positions[-1], 60)  # the projector has come by the full disk as well
            assert server.pid is not None
        with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
            assert replay(conn, schema_of(SLUG)).agrees


def _counts(url: str) -> list[tuple[int, int, int]]:
    with psycopg.connect(url) as conn:
        conn.execute(f"SET search_path = {schema_of(SLUG)}")
        return conn.execute(
            "SELECT (SELECT last FROM head), (SELECT count(*) FROM facts),"
            " (SELECT count(*) FROM payload WHERE body LIKE %s)",
            (f"%{LONG}",),
        ).fetchall()
