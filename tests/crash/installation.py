"""A whole installation as `letopis up` runs it, whose processes can be killed one by one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import psutil
import psycopg
from psycopg import sql

from projections.backups import home_of
from projections.postgres.database import schema_of
from projections.postgres.embedded import EmbeddedServer
from projections.postgres.migrations import migrate
from projections.postgres.settings import without_settings
from tests.conftest import SECRET
from tests.crash.ground import SLUG, Laid, lay, sign_in
from tests.ground import engine_on, number

ROOT = Path(__file__).parents[2]
#: what dies → the word by which its process is known
PROCESSES = {"web": "serve", "projector": "project", "scheduler": "schedule", "sealer": "seal"}
DATABASE, EVERYTHING = "database", "everything"
PATIENCE_S = 240.0  # for a process to come back: machines are shared
STEP_S = 0.02


class NeverCame(Exception):  # noqa: N818 - a finding
    """Something that was to come back by itself has not."""


class Installation:
    """A data directory with a laid school, and the processes of `letopis up` over it."""

    def __init__(self, home: Path, laid: Laid, tokens: dict[str, str], port: int) -> None:
        self.home, self.laid, self.tokens, self.port = home, laid, tokens, port
        self.schema = schema_of(SLUG)
        self.school_id = number(f"{SLUG}/school")
        self._server = EmbeddedServer(home, secret=SECRET)
        self._up: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The superuser's."""
        return self._server.url()

    @property
    def seals(self) -> Path:
        """The directory of the sealer."""
        return self.home / "seals" / self.school_id

    def start(self) -> None:
        """Start everything and wait until it is ready. Raises NeverCame."""
        environ = without_settings(os.environ) | {
            "LETOPIS_SECRET": SECRET,
            "LETOPIS_SEAL_EVERY_S": "1",
            "LETOPIS_LOG_LEVEL": "warning",
            "PYTHONUNBUFFERED": "1",
        }
        words = ["up", "--demo", "none", "--data", str(self.home), "--port", str(self.port)]
        with (self.home / "up.log").open("ab") as log:
            ready = log.tell()
            self._up = subprocess.Popen(
                [sys.executable, "-m", "api", *words],
                cwd=ROOT,
                env=environ,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.until("READY", lambda: b"\nREADY" in b"\n" + self.said()[ready:])
        self._server.start()  # attaches

    def stop(self) -> None:
        """End everything in order."""
        if self._up is not None:
            self._up.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._up.wait(60)
            self._up.kill()
            self._up.wait()

    def said(self) -> bytes:
        """What everything has written out."""
        return (self.home / "up.log").read_bytes()

    def process(self, victim: str) -> psutil.Process | None:
        """The process that is called so, if it lives now."""
        assert self._up is not None
        if victim == DATABASE:
            return self._postmaster()
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self._up.pid).children():
                with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                    if PROCESSES[victim] in child.cmdline():
                        return child
        return None

    def kill(self, victim: str) -> None:
        """kill -9; everything: the supervisor itself, whose children must not outlive it."""
        assert self._up is not None
        if victim == EVERYTHING:
            family = psutil.Process(self._up.pid).children(recursive=True)
            self._up.kill()
            self._up.wait()
            _, alive = psutil.wait_procs(family, timeout=PATIENCE_S)
            if alive:
                raise NeverCame(f"an end of {alive}")
            return
        process = self.process(victim)
        if process is not None:  # else it is dead already
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)

    def await_return(self, victim: str, killed: psutil.Process | None) -> None:
        """Until another process does the work of the killed one. Raises NeverCame."""

        def back() -> bool:
            now = self.process(victim)
            return now is not None and now != killed

        self.until(f"another {victim}", back)

    def until(self, what: str, here: Callable[[], bool]) -> None:
        """Wait until it is so. Raises NeverCame."""
        deadline = time.monotonic() + PATIENCE_S
        while not here():
            if time.monotonic() > deadline:
                tail = self.said()[-2_000:].decode(errors="replace")
                raise NeverCame(f"{what} did not come within {PATIENCE_S:.0f} s:\n{tail}")
            if self._up is not None and self._up.poll() not in (None, -signal.SIGKILL):
                raise NeverCame(f"letopis up ended: {self.said()[-2_000:].decode()}")
            time.sleep(STEP_S)

    def rows(self, query: LiteralString, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database of the school; one that is on its way back is waited for."""
        found: list[tuple[Any, ...]] = []

        def asked() -> bool:
            with suppress(psycopg.OperationalError), psycopg.connect(self.url) as conn:
                conn.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self.schema)))
                found[:] = conn.execute(query, values).fetchall()
                return True
            return False

        self.until("the database", asked)
        return found

    def _postmaster(self) -> psutil.Process | None:
        with suppress(OSError, ValueError, psutil.NoSuchProcess):
            noted = (home_of(self.home) / "postgres" / "postmaster.pid").read_text("utf-8")
            found = psutil.Process(int(noted.split("\n", 1)[0]))
            if found.status() != psutil.STATUS_ZOMBIE:
                return found
        return None


@contextmanager
def installed(
    where: str | None, port: int, *, classes: int = 2, pupils: int = 4, lessons_a_day: int = 2
) -> Iterator[Installation]:
    """An installation with a school, running; gone afterwards. where: a directory for its files."""
    home = Path(tempfile.mkdtemp(prefix="letopis-crash-", dir=where))
    home.chmod(0o711)
    try:
        with EmbeddedServer(home, secret=SECRET) as server:
            url = server.url()
            migrate(url, SECRET)
            with engine_on(url, clock=lambda: datetime.now(UTC)) as engine:
                today = datetime.now(UTC).date()
                laid = lay(
                    url,
                    engine,
                    today,
                    classes=classes,
                    pupils=pupils,
                    lessons_a_day=lessons_a_day,
                )
            tokens = sign_in(url, [laid.deputy, *laid.teachers])
        installation = Installation(home, laid, tokens, port)
        try:
            installation.start()
            yield installation
        finally:
            installation.stop()
    finally:
        for directory in {home_of(home), home}:
            shutil.rmtree(directory, ignore_errors=True)
