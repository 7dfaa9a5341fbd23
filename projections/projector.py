"""The projector process: every school of the database, one projector at a time.

It wakes by the bell (channel `letopis`, payload: the slug of a school) and looks by itself each
second. A school with a fact that cannot be folded is set aside, loudly: everything before that fact
is folded, nothing is passed over, the other schools go on. After any other fault it starts from the
rows.
"""

from __future__ import annotations

import logging
import signal
import time
from datetime import UTC, datetime
from threading import Event
from typing import Any, LiteralString

import psycopg
from psycopg import Connection
from psycopg.rows import tuple_row

from projections import trouble
from projections.folding import PAGE, Folder, catch_up
from projections.postgres.bell import CHANNEL
from projections.postgres.database import PROJECTOR, conninfo, schema_of
from projections.projection import Place
from projections.sql import bound
from projections.trouble import Trouble
from projections.waiting import lag, position_of, wait_for

__all__ = ["Projector", "catch_up", "lag", "main", "position_of", "wait_for"]

logger = logging.getLogger(__name__)

#: "project" in ASCII: one projector in a database.
LOCK = 0x70726F6A656374
LOOK_S = 1.0  # how often it looks without a bell
AWAY_S = (0.1, 0.5, 1.0, 2.0, 5.0)  # pauses while the database is away
#: Schools whose projections stay in memory.
HOT_SCHOOLS = 50
#: How often a school that was set aside is tried again; another program begins with trying.
AGAIN_S = 60.0
_NARROWER = 8
_FIRST_UNFOLDED: LiteralString = """
    SELECT notification_id, topic FROM {s}.facts WHERE notification_id =
        (SELECT min(position) FROM {s}.bookmark) + 1
"""


class Projector:
    """Folds until told to stop. conninfo: as letopis_projector."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._folders: dict[str, Folder] = {}
        self._aside: dict[str, float] = {}  # slug → not to be tried before (monotonic)
        self._well: set[str] = set()  # whose trouble, if there was any, is known to be over
        self._failures = 0
        self.stop = Event()

    def run(self) -> None:
        """Fold until told to stop; a database that goes away is waited for."""
        while not self.stop.is_set():
            try:
                with (
                    psycopg.connect(self._conninfo, autocommit=True) as bell,
                    psycopg.connect(self._conninfo, autocommit=True) as conn,
                ):
                    if not self._alone(bell):
                        return
                    self._fold(bell, conn)
            except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
                logger.warning("projector: %s", fault)
                self._folders.clear()
                self._well.clear()
                self.stop.wait(AWAY_S[min(self._failures, len(AWAY_S) - 1)])
                self._failures += 1

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
            self._failures = 0
            pause = 0.0 if grown else max(0.0, LOOK_S - (time.monotonic() - looked))
            grown |= {note.payload for note in bell.notifies(timeout=pause, stop_after=1)}

    def _step(self, conn: Connection[Any], slug: str) -> int:
        if time.monotonic() < self._aside.get(slug, 0.0):
            return 0
        folder = self._folders.pop(slug, None)
        if folder is None:
            schema = schema_of(slug)
            folder = Folder(Place(schema, schema))
        self._folders[slug] = folder  # the newest last
        while len(self._folders) > HOT_SCHOOLS:
            self._folders.pop(next(iter(self._folders)))
        try:
            folded = folder.step(conn)
        except psycopg.errors.UndefinedTable:
            return 0  # a bell for what is not a school (yet)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, the other schools go on
            if self._narrowed(conn, slug, folder, fault):
                return 0
            folded = 0
        if slug not in self._well:
            trouble.over(conn, folder.place.log, "fold")
            self._well.add(slug)
        return folded

    def _narrowed(self, conn: Connection[Any], slug: str, folder: Folder, fault: Exception) -> bool:
        """Fold up to the very fact that cannot be folded, and set the school aside; False when
        there is none any more.
        """
        limit = PAGE
        while True:
            try:
                if folder.step(conn, limit=limit) == 0:
                    return False
            except (psycopg.OperationalError, psycopg.InterfaceError):
                raise
            except Exception as again:  # noqa: BLE001 - as above
                fault = again
                if limit == 1:
                    break
                limit = max(1, limit // _NARROWER)
        self._set_aside(conn, slug, folder.place.log, fault)
        return True

    def _set_aside(self, conn: Connection[Any], slug: str, schema: str, fault: Exception) -> None:
        with conn.cursor(row_factory=tuple_row) as cursor:
            found = cursor.execute(bound(_FIRST_UNFOLDED, schema)).fetchone()
        position, topic = found or (None, "?")
        words = f"Запись {position} ({topic}) не складывается: {type(fault).__name__}."
        logger.critical(
            "projector: %s STANDS STILL before position %s (%s); the other schools go on",
            *(slug, position, topic),
            exc_info=fault,
        )
        now = datetime.now(UTC)
        trouble.tell(conn, schema, Trouble("fold", "unfoldable", position, words, now))
        self._well.discard(slug)
        self._aside[slug] = time.monotonic() + AGAIN_S

    def _slugs(self, conn: Connection[Any]) -> set[str]:
        return {slug for (slug,) in conn.execute("SELECT slug FROM public.school")}


def main(admin: str, secret: str) -> None:
    """The process of `letopis project`: folds until SIGTERM or SIGINT.

    admin: connection string of the installation's database; secret: the installation's.
    """
    projector = Projector(conninfo(admin, PROJECTOR, secret))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: projector.stop.set())
    projector.run()
