"""Of several processes one acts: who holds an advisory lock, while its connection lives."""

from __future__ import annotations

import logging
from threading import Lock
from typing import Any

import psycopg

from projections.postgres.upkeep import JOB_LOCKS, lock_key

logger = logging.getLogger(__name__)

TIMEOUT_S = 10
LEADER = "leader"
#: a leader whose machine is cut off is given up after about half a minute
KEEPALIVE: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


class Leadership:
    """May be asked by any thread. The server frees the lock when the process dies."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._mutex = Lock()
        self._conn: psycopg.Connection[Any] | None = None
        self._term = 0
        self._leads = False

    def term(self) -> int | None:
        """The number of this process's term while it leads; None while another does, or while the
        database is away.
        """
        with self._mutex:
            try:
                return self._ask()
            except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
                logger.warning("the timetable is not kept: %s", type(fault).__name__)
                self._drop()
                return None

    def close(self) -> None:
        """Lead no more."""
        with self._mutex:
            self._drop()

    def _ask(self) -> int | None:
        if self._conn is None:
            self._conn = psycopg.connect(
                self._conninfo, autocommit=True, connect_timeout=TIMEOUT_S, **KEEPALIVE
            )
        if self._leads:
            self._conn.execute("SELECT 1")  # the connection lives, and the lock with it
            return self._term
        row = self._conn.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", (JOB_LOCKS, lock_key(LEADER, ""))
        ).fetchone()
        if not (row and row[0]):
            return None
        self._leads, self._term = True, self._term + 1
        return self._term

    def _drop(self) -> None:
        self._leads = False
        if self._conn is not None:
            self._conn.close()
            self._conn = None
