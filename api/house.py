"""What one web process holds open: the pool, the engine, the bell, and a door for every school."""

from __future__ import annotations

import asyncio
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Self
from uuid import uuid4

from starlette.requests import HTTPConnection

from api.archivist import Archivist
from api.auth.browser import Browser
from api.auth.link_pace import LinkPace
from api.auth.pace import Pace
from api.auth.passwords import Passwords
from api.auth.provider import Client, Provider
from api.auth.sessions import Sessions, system_clock
from api.auth.sign_in import SignIn
from api.auth.store import Look, Store
from api.auth.throttle import Throttle
from api.caller import Rights
from api.coalesce import Groups, Lookups
from api.errors import Elsewhere
from api.places import Places
from api.presence import Presence
from api.progress import Progress
from api.pulse import Pulse
from api.shares import Shares
from api.shelf import Kept, Shelf
from api.streaming import Streams
from api.tags import Tags
from domain.engine import Engine
from domain.refusals import Busy, NotFound
from domain.school import School
from projections import diary
from projections.postgres.bell import Bell
from projections.postgres.closed import moving
from projections.postgres.database import APP, READER, WRITER, conninfo, open_pool, schema_of
from projections.postgres.log import SchoolLog
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.pool import Connection, Database
from projections.postgres.settings import Settings
from projections.vapid import public_key

FAMILY_IDLE = timedelta(minutes=30)
ENGINE_CONNECTIONS = 2
#: For a connection, each time it tries: while it waits, the commands of every school wait.
ENGINE_WAITS_S = 1.0
SALTS_DRAWN = 256
REGISTRY_KEPT_S = 5.0
MANY = 2  # schools
LANES = 3  # round trips of a kind under way at once


_SALTS: list[str] = []  # drawn, and nobody's yet
os.register_at_fork(after_in_child=_SALTS.clear)


def fresh_salt() -> str:
    """128 bits, base64url without padding: 22 characters.

    Many are drawn at once: the system call lets go of the interpreter, and the engine would have
    to wait for it again at every fact.
    """
    while True:
        try:
            return _SALTS.pop()
        except IndexError:
            drawn = secrets.token_bytes(16 * SALTS_DRAWN)
            _SALTS.extend(
                urlsafe_b64encode(drawn[at : at + 16]).rstrip(b"=").decode()
                for at in range(0, len(drawn), 16)
            )


@lru_cache(maxsize=1_000)
def _slug_in(host: str) -> str:
    """The school that a host's name names, if it names one."""
    return host.partition(":")[0].lower().partition(".")[0]


def fresh_id() -> str:
    """A UUIDv4."""
    return str(uuid4())


def _provider(settings: Settings, clock: Callable[[], datetime]) -> Provider | None:
    """Who else may say who somebody is, if anybody."""
    if settings.oidc_issuer is None:
        return None
    client = Client(
        settings.oidc_issuer,
        settings.oidc_client_id or "",
        settings.oidc_client_secret or "",
        settings.oidc_name,
    )
    return Provider(client, clock)


class Door:
    """One school as this process serves it."""

    def __init__(self, school: RegisteredSchool, house: House) -> None:
        self.slug = school.slug
        self.school_id = school.school_id
        self.name = school.name
        self.zone = school.zone
        self.schema = schema_of(school.slug)
        self.house = house
        self.standing = school
        self.school = School(
            house.engine, school.slug, school.school_id, ids=fresh_id, salts=fresh_salt
        )
        self.store = Store(house.database, school.slug)
        self.sessions = Sessions(self.store, house.clock)
        self.throttle = Throttle(self.store, house.clock)
        self.pace = Pace(house.clock)
        self.link_pace = LinkPace()
        self.presence = Presence(house.clock)
        self.sign_in = SignIn(
            self.store, self.sessions, house.passwords, self.throttle, house.clock
        )
        self.looks: Groups[Look] = Groups(self.store.record, at_most=500, lanes=LANES)
        self.progress = Progress(house.database, self.schema)
        self.pulse = Pulse(self)
        self.streams = Streams()
        self.places = Places(self)
        self.rights = Rights(self)
        self.tags = Tags(self.progress)
        self.kept = Kept(self, house.shelf)
        self.documents: Lookups[tuple[str, date], diary.Document] = Lookups(
            self._documents, at_most=200, lanes=LANES
        )

    @cached_property
    def secret(self) -> str:
        """What opens the school's sealed files."""
        return self.standing.opener(self.house.secret)

    def require_here(self) -> None:
        """The school is open here. Raises Busy while it moves, Elsewhere when it has."""
        if self.standing.moved_to is not None:
            raise Elsewhere(
                "school.moved",
                f"Журнал школы теперь по адресу {self.standing.moved_to}.",
                moved_to=self.standing.moved_to,
            )
        if self.standing.move is not None:
            raise moving()

    async def _documents(
        self, keys: list[tuple[str, date]]
    ) -> dict[tuple[str, date], diary.Document]:
        async with self.reading() as (conn, schema):
            return await diary.weeks(conn, schema, keys)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[tuple[Connection, str]]:
        """What a reader of projections asks for: a connection and the schema of the school."""
        async with self.house.database.connection() as conn:
            yield conn, self.schema


class House:
    """Everything a web process shares between its requests. One event loop."""

    def __init__(
        self,
        settings: Settings,
        admin: str,
        *,
        clock: Callable[[], datetime] = system_clock,
    ) -> None:
        self.clock = clock
        self.staff_idle = timedelta(minutes=settings.staff_idle_min)
        self.family_idle = FAMILY_IDLE
        self.sessions_max = settings.sessions_max
        self.step_up = timedelta(minutes=settings.step_up_min)
        self.second_factor = settings.second_factor
        self.secret = settings.secret  # seals what the vault keeps of files
        #: by it browsers subscribe to push; None while that is off
        self.push_key = public_key(settings.secret) if settings.push_contact else None
        self.browser = Browser(settings.public_origin)
        self.passwords = Passwords()
        self.provider = _provider(settings, clock)
        self.database = Database(
            conninfo(admin, APP, settings.secret),
            min_size=settings.pool_min,
            max_size=settings.pool_max,
            timeout_s=settings.connect_timeout_s,
        )
        self._writer, self._reader = (
            open_pool(
                conninfo(admin, role, settings.secret),
                max_size=ENGINE_CONNECTIONS,
                timeout_s=ENGINE_WAITS_S,
            )
            for role in (WRITER, READER)
        )
        self.bell = Bell(conninfo(admin, APP, settings.secret))
        self.engine = Engine(
            self.log,
            clock=clock,
            salts=fresh_salt,
            on_commit=self.bell.ring,
        )
        self.archivist = Archivist(settings, admin)
        self.shares = Shares(settings.school_at_once)
        self.shelf = Shelf()
        self._doors: dict[str, Door] = {}
        self._looked_at = 0.0

    def log(self, slug: str) -> SchoolLog:
        """The log of a school, as the engine and a rehearsal read it; it blocks."""
        return SchoolLog(slug, reader=self._reader, writer=self._writer)

    async def __aenter__(self) -> Self:
        await self.database.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Answer or refuse every pending command, then close what is open."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.database.close)
            for close in (
                self.passwords.close,
                self._reader.close,
                self._writer.close,
                self.bell.close,
                self.engine.close,
            ):
                stack.push_async_callback(asyncio.to_thread, close)
            stack.push_async_callback(self.archivist.close)  # first: it writes through the engine

    async def door(self, request: HTTPConnection) -> Door:
        """The school of the request: named by its host, or the only one.

        Raises NotFound; Busy, Elsewhere as `Door.require_here`.
        """
        slug = _slug_in(request.headers.get("host", ""))
        now = asyncio.get_running_loop().time()
        stale = now - self._looked_at > REGISTRY_KEPT_S
        if stale or (slug not in self._doors and len(self._doors) != 1):
            try:
                await self._look()
            except Busy:
                if not self._doors:
                    raise
        door = self._doors.get(slug)
        if door is None and len(self._doors) == 1:
            door = next(iter(self._doors.values()))
        if door is None:
            raise NotFound("school.unknown", "По этому адресу нет школы.")
        door.require_here()
        return door

    @property
    def many(self) -> bool:
        """More schools than one share this process."""
        return len(self._doors) >= MANY

    def share_of(self, host: str) -> str | None:
        """Whose share a request takes; None while there is but one school, which may have it all.
        What names no school has a share of its own.
        """
        if not self.many:
            return None
        slug = _slug_in(host)
        return slug if slug in self._doors else ""

    async def doors(self) -> list[Door]:
        """Every school of the database that is open here."""
        await self._look()
        return [door for door in self._doors.values() if door.standing.move is None]

    def leave(self) -> None:
        """The process is about to stop: nobody is to wait for what is written next."""
        for door in self._doors.values():
            door.pulse.end()

    async def _look(self) -> None:
        self._looked_at = asyncio.get_running_loop().time()  # others need not look as well
        schools = await self.database.schools()
        for gone in self._doors.keys() - {school.slug for school in schools}:
            del self._doors[gone]
        for school in schools:
            known = self._doors.get(school.slug)
            if known is None or known.school_id != school.school_id:
                self._doors[school.slug] = Door(school, self)
            else:
                known.standing = school
