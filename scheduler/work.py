"""What jobs work with: the schools of the database, their logs, and who may touch what."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from domain.access import Actor
from domain.calendar import local_date
from domain.engine import Engine
from domain.school import School
from domain.values import Origin
from projections import reminders
from projections.asking import Question, answer
from projections.jobs import Book
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
from projections.postgres.leadership import Leadership
from projections.postgres.log import SchoolLog
from projections.postgres.upkeep import Pool, alone
from projections.reminders import Reminder
from scheduler.periods import Every, Period, When

T = TypeVar("T")

POOL = 4  # connections
WRITE_S = 30.0
SESSION = "scheduler"  # what facts keep as the session of a job


@dataclass(frozen=True)
class Work:
    """One job in one school at one moment (UTC), about one period. Twice is once.

    `zone`: the school's, IANA. `seals`: where the sealer keeps its notes, if this process may look.
    """

    school: School
    zone: str
    now: datetime
    period: Period
    log: SchoolLog
    app: Pool
    reader: Pool
    projector: Pool
    conninfo: str  # as letopis_app
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

    @property
    def book(self) -> Book:
        """The diary of the school's jobs."""
        return Book(self.app, self.schema)

    @property
    def today(self) -> date:
        """The school's day."""
        return local_date(self.now, self.zone)

    def ask(self, question: Question[T]) -> T:
        """What the readers of the doors answer: `work.ask(lambda conn, schema: …)`."""
        return answer(self.conninfo, self.schema, question)

    def remind(self, *them: Reminder) -> int:
        """Remind people of the staff; answers how many reminders are new. See `reminders`."""
        with self.app.connection() as conn:
            return reminders.remind(conn, self.schema, them, self.now)

    def keep_only(self, kind: str, them: Sequence[Reminder]) -> int:
        """What other reminders of this kind were about is done: they go."""
        with self.app.connection() as conn:
            return reminders.keep_only(conn, self.schema, kind, them)


class Workshop:
    """Pools of a scheduler process, each in its own role."""

    def __init__(
        self,
        admin: str,
        secret: str,
        seals: Path | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._seals = seals
        self.clock = clock or system_clock
        self._app_conninfo = conninfo(admin, APP, secret)
        self._app = open_pool(self._app_conninfo, min_size=0, max_size=POOL)
        self._reader = open_pool(conninfo(admin, READER, secret), min_size=0, max_size=POOL)
        self._writer = open_pool(conninfo(admin, WRITER, secret), min_size=0, max_size=POOL)
        self._projector = open_pool(conninfo(admin, PROJECTOR, secret), min_size=0, max_size=POOL)
        self._bell = Bell(self._app_conninfo)
        self._engine = Engine(self._log, clock=self.clock, salts=_salt, on_commit=self._bell.ring)
        self.leadership = Leadership(self._app_conninfo)

    def close(self) -> None:
        """Close every pool."""
        self.leadership.close()
        self._engine.close()
        self._bell.close()
        for pool in (self._app, self._reader, self._writer, self._projector):
            pool.close()

    def schools(self) -> list[migrations.RegisteredSchool]:
        """Every school of the database."""
        with self._app.connection() as conn:
            return migrations.registered(conn)

    def alone(self, name: str, slug: str) -> AbstractContextManager[bool]:
        """Hold the lock of a job in a school; False when another process is at it."""
        return alone(self._app_conninfo, name, slug)

    def book(self, school: migrations.RegisteredSchool) -> Book:
        """The diary of a school's jobs."""
        return Book(self._app, school.schema)

    def run(
        self,
        name: str,
        job: Callable[[Work], int | Mapping[str, int]],
        now: datetime,
        when: When = Every(1),  # noqa: B008 - a value
    ) -> dict[str, int]:
        """Run a job in every school where nobody else is at it, about its last period, and write
        nothing down about that; slug → how much it did.
        """
        done = {}
        for school in self.schools():
            with self.alone(name, school.slug) as mine:
                if mine:
                    work = self.work(school, now, when.last(now, school.zone))
                    done[school.slug] = total(job(work))
        return done

    def work(self, school: migrations.RegisteredSchool, now: datetime, period: Period) -> Work:
        """What a job works with."""
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
            period,
            self._log(school.slug),
            self._app,
            self._reader,
            self._projector,
            self._app_conninfo,
            self._seals,
        )

    def _log(self, slug: str) -> SchoolLog:
        return SchoolLog(slug, reader=self._reader, writer=self._writer)


def system_clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


def total(done: int | Mapping[str, int]) -> int:
    """How much a job did, in one number."""
    return done if isinstance(done, int) else sum(done.values())


def _salt() -> str:
    """128 bits, base64url without padding."""
    return secrets.token_urlsafe(16)


@contextmanager
def workshop(
    admin: str,
    secret: str,
    seals: Path | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Iterator[Workshop]:
    """A workshop for a while; a test brings its own clock."""
    opened = Workshop(admin, secret, seals, clock)
    try:
        yield opened
    finally:
        opened.close()
