"""The projector process: every school of the database, one projector at a time.

It wakes by the bell (channel `letopis`, payload: the slug of a school) and looks by itself each
second. A fact of an unknown topic stops it loudly; after any other fault it starts from the rows.
"""

from __future__ import annotations

import logging
import signal
import time
from threading import Event
from typing import Any

import psycopg
from psycopg import Connection

from domain.codec import UnknownFact
from projections.folding import Folder, catch_up
from projections.postgres.bell import CHANNEL
from projections.postgres.database import PROJECTOR, conninfo, schema_of
from projections.projection import Place
from projections.waiting import lag, position_of, wait_for

__all__ = ["Projector", "catch_up", "lag", "main", "position_of", "wait_for"]

logger = logging.getLogger(__name__)

#: "project" in ASCII: one projector in a database.
LOCK = 0x70726F6A656374
LOOK_S = 1.0  # how often it looks without a bell
AWAY_S = (0.1, 0.5, 1.0, 2.0, 5.0)  # pauses while the database is away
#: Schools whose projections stay in memory.
HOT_SCHOOLS = 50


class Projector:
    """Folds until told to stop. conninfo: as letopis_projector."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._folders: dict[str, Folder] = {}
        self.stop = Event()

    def run(self) -> None:
        """Fold for ever; a database that goes away is waited for. Raises UnknownFact."""
        failures = 0
        while not self.stop.is_set():
            try:
                with (
                    psycopg.connect(self._conninfo, autocommit=True) as bell,
                    psycopg.connect(self._conninfo, autocommit=True) as conn,
                ):
                    if not self._alone(bell):
                        return
                    failures = 0
                    self._fold(bell, conn)
            except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
                logger.warning("projector: %s", fault)
                self._folders.clear()
                self.stop.wait(AWAY_S[min(failures, len(AWAY_S) - 1)])
                failures += 1

    def _alone(self, conn: Connection[Any]) -> bool:
        """Wait until no other projector works; False when told to stop meanwhile."""
        while not self.stop.is_set():
            found = conn.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
            if found and found[0]:
                return True
            self.stop.wait(LOOK_S)
        return False

    def _fold(self, bell: Connection[Any], conn: Connection[Any]) -> None:
        bell.execute(f"LISTEN {CHANNEL}")
        grown: set[str] = set()
        looked = 0.0
        while not self.stop.is_set():
            if time.monotonic() - looked >= LOOK_S:
                grown |= self._slugs(conn)
                looked = time.monotonic()
            for slug in sorted(grown):
                if self._step(conn, slug) == 0:
                    grown.discard(slug)
                if self.stop.is_set():
                    return
            pause = 0.0 if grown else max(0.0, LOOK_S - (time.monotonic() - looked))
            grown |= {note.payload for note in bell.notifies(timeout=pause, stop_after=1)}

    def _step(self, conn: Connection[Any], slug: str) -> int:
        folder = self._folders.pop(slug, None)
        if folder is None:
            schema = schema_of(slug)
            folder = Folder(Place(schema, schema))
        self._folders[slug] = folder  # the newest last
        while len(self._folders) > HOT_SCHOOLS:
            self._folders.pop(next(iter(self._folders)))
        try:
            return folder.step(conn)
        except psycopg.errors.UndefinedTable:
            return 0  # a bell for what is not a school (yet)
        except UnknownFact:
            logger.critical("projector: %s: the log is newer than this program", slug)
            raise

    def _slugs(self, conn: Connection[Any]) -> set[str]:
        return {slug for (slug,) in conn.execute("SELECT slug FROM public.school")}


def main(admin: str, secret: str) -> None:
    """The process of `letopis project`: folds until SIGTERM or SIGINT. Raises UnknownFact.

    admin: connection string of the installation's database; secret: the installation's.
    """
    projector = Projector(conninfo(admin, PROJECTOR, secret))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: projector.stop.set())
    projector.run()
