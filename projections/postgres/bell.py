"""The bell: tells projectors that a log has grown, outside of every writing transaction.

It rings on the leading edge (at once) and then at most every 50 ms. A lost ring costs a second:
the projector also looks by itself.
"""

from __future__ import annotations

import logging
import time
from threading import Condition, Thread

import psycopg

CHANNEL = "letopis"
INTERVAL_S = 0.05

logger = logging.getLogger(__name__)


class Bell:
    """Rings from a thread and a connection of its own; `ring` never waits for the database."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._conn: psycopg.Connection | None = None
        self._grown: set[str] = set()
        self._changed = Condition()
        self._closing = False
        self._thread = Thread(target=self._run, name="bell", daemon=True)
        self._thread.start()

    def ring(self, school: str, position: int) -> None:
        """The school's log has grown to `position`. From any thread."""
        del position  # the reader looks how far the log is: rings of a moment become one
        with self._changed:
            self._grown.add(school)
            self._changed.notify()

    def close(self) -> None:
        """Ring what is left and stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._grown and not self._closing:
                    self._changed.wait()
                if not self._grown:
                    break
                grown, self._grown = sorted(self._grown), set()
            self._notify(grown)
            time.sleep(0 if self._closing else INTERVAL_S)
        if self._conn is not None:
            self._conn.close()

    def _notify(self, schools: list[str]) -> None:
        try:
            if self._conn is None or self._conn.closed:
                self._conn = psycopg.connect(self._conninfo, autocommit=True)
            self._conn.execute(
                "SELECT pg_notify(%s, slug) FROM unnest(%s::text[]) AS grown (slug)",
                (CHANNEL, schools),
            )
        except psycopg.Error as fault:
            logger.warning("bell: %s", fault)
            if self._conn is not None:
                self._conn.close()
                self._conn = None
