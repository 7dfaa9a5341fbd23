"""What jobs work with: the schools of the database, their logs, and who may touch what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from projections.postgres import migrations
from projections.postgres.database import APP, READER, WRITER, conninfo, open_pool
from projections.postgres.log import SchoolLog
from projections.postgres.upkeep import Pool, alone

POOL = 2  # connections


@dataclass(frozen=True)
class Work:
    """One job in one school at one moment (UTC). A job is idempotent: twice is once."""

    slug: str
    now: datetime
    log: SchoolLog
    app: Pool
    reader: Pool


Job = Callable[[Work], int]


class Workshop:
    """Pools of a scheduler process, each in its own role."""

    def __init__(self, admin: str, secret: str) -> None:
        self._admin = admin
        self._app_conninfo = conninfo(admin, APP, secret)
        self._app = open_pool(self._app_conninfo, min_size=0, max_size=POOL)
        self._reader = open_pool(conninfo(admin, READER, secret), min_size=0, max_size=POOL)
        self._writer = open_pool(conninfo(admin, WRITER, secret), min_size=0, max_size=POOL)

    def close(self) -> None:
        """Close every pool."""
        for pool in (self._app, self._reader, self._writer):
            pool.close()

    def run(self, name: str, job: Job, now: datetime) -> dict[str, int]:
        """Run a job in every school where nobody else is at it; slug → what it answered."""
        done = {}
        for slug in self._slugs():
            with alone(self._app_conninfo, name, slug) as mine:
                if mine:
                    log = SchoolLog(slug, reader=self._reader, writer=self._writer)
                    done[slug] = job(Work(slug, now, log, self._app, self._reader))
        return done

    def _slugs(self) -> list[str]:
        return [school.slug for school in migrations.schools(self._app_conninfo)]


@contextmanager
def workshop(admin: str, secret: str) -> Iterator[Workshop]:
    """A workshop for a while."""
    opened = Workshop(admin, secret)
    try:
        yield opened
    finally:
        opened.close()
