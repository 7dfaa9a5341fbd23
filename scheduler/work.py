"""What jobs work with: the schools of the database, their logs, and who may touch what."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from domain.access import Actor
from domain.engine import Engine
from domain.school import School
from domain.values import Origin
from projections.postgres import migrations
from projections.postgres.bell import Bell
from projections.postgres.database import (
    APP,
    PROJECTOR,
    READER,
    WRITER,
    conninfo,
    open_pool,
    schema_of,
)
from projections.postgres.log import SchoolLog
from projections.postgres.upkeep import Pool, alone

POOL = 2  # connections
SESSION = "scheduler"  # what facts keep as the session of a job


@dataclass(frozen=True)
class Work:
    """One job in one school at one moment (UTC). A job is idempotent: twice is once.

    `zone`: the school's, IANA. `seals`: where the sealer keeps its notes, if this process may look.
    """

    school: School
    zone: str
    now: datetime
    log: SchoolLog
    app: Pool
    reader: Pool
    projector: Pool
    seals: Path | None = None

    @property
    def slug(self) -> str:
        """The school's slug."""
        return self.school.slug

    @property
    def schema(self) -> str:
        """The school's schema."""
        return schema_of(self.slug)

    @property
    def actor(self) -> Actor:
        """Nobody pressed a button: the school itself stands for the job."""
        return Actor(self.school.school_id, SESSION, Origin.JOB, operator=True)


Job = Callable[[Work], int]


class Workshop:
    """Pools of a scheduler process, each in its own role."""

    def __init__(self, admin: str, secret: str, seals: Path | None = None) -> None:
        self._seals = seals
        self._app_conninfo = conninfo(admin, APP, secret)
        self._app = open_pool(self._app_conninfo, min_size=0, max_size=POOL)
        self._reader = open_pool(conninfo(admin, READER, secret), min_size=0, max_size=POOL)
        self._writer = open_pool(conninfo(admin, WRITER, secret), min_size=0, max_size=POOL)
        self._projector = open_pool(conninfo(admin, PROJECTOR, secret), min_size=0, max_size=POOL)
        self._bell = Bell(self._app_conninfo)
        self._engine = Engine(
            self._log, clock=lambda: datetime.now(UTC), salts=_salt, on_commit=self._bell.ring
        )

    def close(self) -> None:
        """Close every pool."""
        self._engine.close()
        self._bell.close()
        for pool in (self._app, self._reader, self._writer, self._projector):
            pool.close()

    def run(self, name: str, job: Job, now: datetime) -> dict[str, int]:
        """Run a job in every school where nobody else is at it; slug → what it answered."""
        done = {}
        for school in migrations.schools(self._app_conninfo):
            with alone(self._app_conninfo, name, school.slug) as mine:
                if mine:
                    done[school.slug] = job(self._work(school, now))
        return done

    def _work(self, school: migrations.RegisteredSchool, now: datetime) -> Work:
        return Work(
            School(
                self._engine,
                school.slug,
                school.school_id,
                ids=lambda: str(uuid4()),
                salts=_salt,
            ),
            school.zone,
            now,
            self._log(school.slug),
            self._app,
            self._reader,
            self._projector,
            self._seals,
        )

    def _log(self, slug: str) -> SchoolLog:
        return SchoolLog(slug, reader=self._reader, writer=self._writer)


def _salt() -> str:
    """128 bits, base64url without padding."""
    return secrets.token_urlsafe(16)


@contextmanager
def workshop(admin: str, secret: str, seals: Path | None = None) -> Iterator[Workshop]:
    """A workshop for a while."""
    opened = Workshop(admin, secret, seals)
    try:
        yield opened
    finally:
        opened.close()
