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
from projections.postgres.settings import Settings
from projections.postgres.upkeep import Pool, locked
from projections.reminders import Reminder
from scheduler.periods import Every, Period, When
from scheduler.push import Push

T = TypeVar("T")

POOL = 4  # connections
LOCKS = 16  # jobs at once, in any school
WRITE_S = 30.0
SESSION = "scheduler"  # what facts keep as the session of a job


@dataclass(frozen=True)
class Mail:
    """How letters leave the school. url: `smtp://…`; origin: the address of the pages, for links,
    "" when nobody has said it.
    """

    url: str
    origin: str = ""


@dataclass(frozen=True)
class Copies:
    """Where copies of the whole database go, and how many are kept. admin: who may take them;
    secret: the installation's, which opens them.
    """

    admin: str
    secret: str
    directory: Path
    keep: int


@dataclass(frozen=True)
class Work:
    """One job in one school at one moment (UTC), about one period. Twice is once.

    `zone`: the school's, IANA. `seals`: where the sealer keeps its notes, if this process may look.
    `mail`: None when no mail server is set. `secret`: opens what the school has
    sealed. `private_webhooks`: events may go to one's own network. `copies`: None when no
    directory for copies is set; `push`: None while that is off.
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
    mail: Mail | None = None
    school_name: str = ""
    secret: str = ""
    private_webhooks: bool = False
    copies: Copies | None = None
    push: Push | None = None

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
        mail: Mail | None = None,
        *,
        private_webhooks: bool = False,
        copies: Copies | None = None,
        push: Push | None = None,
    ) -> None:
        self._seals, self._mail, self._copies, self._push = seals, mail, copies, push
        self._secret, self._private_webhooks = secret, private_webhooks
        self.clock = clock or system_clock
        self._app_conninfo = conninfo(admin, APP, secret)
        self._app = open_pool(self._app_conninfo, min_size=0, max_size=POOL)
        # of their own: who waits for a connection with a lock in hand would wait for ever
        self._locks = open_pool(self._app_conninfo, min_size=0, max_size=LOCKS)
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
        for pool in (self._locks, self._app, self._reader, self._writer, self._projector):
            pool.close()

    def schools(self) -> list[migrations.RegisteredSchool]:
        """Every school of the database that is open here."""
        with self._app.connection() as conn:
            return [one for one in migrations.registered(conn) if one.move is None]

    @contextmanager
    def alone(self, name: str, slug: str) -> Iterator[bool]:
        """Hold the lock of a job in a school; False when another process is at it."""
        with self._locks.connection() as conn, locked(conn, name, slug) as mine:
            yield mine

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
            self._mail,
            school.name,
            school.opener(self._secret),
            self._private_webhooks,
            self._copies,
            self._push,
        )

    def _log(self, slug: str) -> SchoolLog:
        return SchoolLog(slug, reader=self._reader, writer=self._writer)


def mail_of(settings: Settings) -> Mail | None:
    """The mail server of the settings, or None."""
    if settings.smtp_url is None:
        return None
    return Mail(settings.smtp_url, settings.public_origin or "")


def copies_of(settings: Settings, admin: str) -> Copies | None:
    """Where the settings want copies of the database at `admin`, or None."""
    if settings.backup_dir is None:
        return None
    return Copies(admin, settings.secret, settings.backup_dir, settings.backup_keep)


def workshop_of(settings: Settings, admin: str) -> AbstractContextManager[Workshop]:
    """The workshop of an installation."""
    return workshop(
        admin,
        settings.secret,
        settings.seals,
        mail=mail_of(settings),
        private_webhooks=settings.webhook_private,
        copies=copies_of(settings, admin),
        push=push_of(settings),
    )


def push_of(settings: Settings) -> Push | None:
    """Web Push as the settings have it, or None."""
    if settings.push_contact is None:
        return None
    return Push(settings.push_contact, settings.secret)


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
    mail: Mail | None = None,
    *,
    private_webhooks: bool = False,
    copies: Copies | None = None,
    push: Push | None = None,
) -> Iterator[Workshop]:
    """A workshop for a while; a test brings its own clock."""
    opened = Workshop(
        *(admin, secret, seals, clock, mail),
        private_webhooks=private_webhooks,
        copies=copies,
        push=push,
    )
    try:
        yield opened
    finally:
        opened.close()
