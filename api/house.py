"""What one web process holds open: the pool, the engine, the bell, and a door for every school."""

from __future__ import annotations

import asyncio
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Self
from uuid import uuid4

from starlette.requests import HTTPConnection

from api.auth.browser import Browser
from api.auth.pace import Pace
from api.auth.passwords import Passwords
from api.auth.provider import Client, Provider
from api.auth.sessions import Sessions, system_clock
from api.auth.sign_in import SignIn
from api.auth.store import Look, Store
from api.auth.throttle import Throttle
from api.caller import Rights
from api.coalesce import Groups, Lookups
from api.places import Places
from api.progress import Progress
from domain.engine import Engine
from domain.refusals import NotFound
from domain.school import School
from projections import diary
from projections.postgres.bell import Bell
from projections.postgres.database import APP, READER, WRITER, conninfo, open_pool, schema_of
from projections.postgres.log import SchoolLog
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.pool import Connection, Database
from projections.postgres.settings import Settings

FAMILY_IDLE = timedelta(minutes=30)
ENGINE_CONNECTIONS = 2
REGISTRY_KEPT_S = 5.0
LANES = 3  # round trips of a kind under way at once


def fresh_salt() -> str:
    """128 bits, base64url without padding: 22 characters."""
    return urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()


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
        self.school = School(
            house.engine, school.slug, school.school_id, ids=fresh_id, salts=fresh_salt
        )
        self.store = Store(house.database, school.slug)
        self.sessions = Sessions(self.store, house.clock)
        self.throttle = Throttle(self.store, house.clock)
        self.pace = Pace(house.clock)
        self.sign_in = SignIn(
            self.store, self.sessions, house.passwords, self.throttle, house.clock
        )
        self.looks: Groups[Look] = Groups(self.store.record, at_most=500, lanes=LANES)
        self.progress = Progress(house.database, self.schema)
        self.places = Places(self)
        self.rights = Rights(self)
        self.documents: Lookups[tuple[str, date], diary.Document] = Lookups(
            self._documents, at_most=200, lanes=LANES
        )

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
        self.browser = Browser(settings.public_origin)
        self.passwords = Passwords()
        self.provider = _provider(settings, clock)
        self.database = Database(
            conninfo(admin, APP, settings.secret),
            min_size=settings.pool_min,
            max_size=settings.pool_max,
            timeout_s=settings.connect_timeout_s,
        )
        self._writer = open_pool(
            conninfo(admin, WRITER, settings.secret), max_size=ENGINE_CONNECTIONS
        )
        self._reader = open_pool(
            conninfo(admin, READER, settings.secret), max_size=ENGINE_CONNECTIONS
        )
        self.bell = Bell(conninfo(admin, APP, settings.secret))
        self.engine = Engine(
            lambda slug: SchoolLog(slug, reader=self._reader, writer=self._writer),
            clock=clock,
            salts=fresh_salt,
            on_commit=self.bell.ring,
        )
        self._doors: dict[str, Door] = {}
        self._looked_at = 0.0

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

    async def door(self, request: HTTPConnection) -> Door:
        """The school of the request: named by its host, or the only one. Raises NotFound."""
        host = request.headers.get("host", "").partition(":")[0].lower()
        slug = host.partition(".")[0]
        now = asyncio.get_running_loop().time()
        if slug not in self._doors and (
            len(self._doors) != 1 or now - self._looked_at > REGISTRY_KEPT_S
        ):
            await self._look()
        if slug in self._doors:
            return self._doors[slug]
        if len(self._doors) == 1:
            return next(iter(self._doors.values()))
        raise NotFound("school.unknown", "По этому адресу нет школы.")

    async def doors(self) -> list[Door]:
        """Every school of the database."""
        await self._look()
        return list(self._doors.values())

    async def _look(self) -> None:
        for school in await self.database.schools():
            if school.slug not in self._doors:
                self._doors[school.slug] = Door(school, self)
        self._looked_at = asyncio.get_running_loop().time()
