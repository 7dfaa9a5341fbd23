"""A small school whose log is sealed: it grows, it is folded, the sealer and the courier look."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime
from functools import partial
from uuid import uuid4

import psycopg

from domain.people.facts import Name
from projections.folding import catch_up
from projections.postgres.database import PROJECTOR, SEALER, conninfo, schema_of
from projections.postgres.pool import Database
from projections.postgres.settings import Settings
from projections.seals.alarms import Alarms
from projections.seals.book import Sealed
from projections.seals.note import Note, VerifierKey
from projections.seals.signer import Signer
from scheduler.sealing.announcing import announce
from scheduler.sealing.courier import Courier
from scheduler.sealing.sealer import Sealer
from tests.conftest import SECRET
from tests.ground import TODAY, YEAR, engine_on, ground_of, request, school_on

SLUG = "lesnaya"
SCHEMA = schema_of(SLUG)


def grow(url: str, facts: int = 1) -> int:
    """So many persons are registered, and everything is folded; the size of the log."""
    operator = ground_of(SLUG).operator
    with engine_on(url) as engine:
        school = school_on(engine, SLUG)
        for _ in range(facts):
            school.register_person(
                YEAR, str(uuid4()), "staff", Name("Новый", "Н"), by=operator, request=request()
            ).result(10)
    return fold(url)


def fold(url: str, slug: str = SLUG) -> int:
    """Everything is folded; the size of the log."""
    with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
        catch_up(conn, schema_of(slug))
    with psycopg.connect(url) as conn:
        row = conn.execute(f"SELECT last FROM {schema_of(slug)}.head").fetchone()
    assert row is not None
    return int(row[0])


class SealingRoom:
    """The sealer and the courier of an installation."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = str(settings.database_url)
        self.signer = Signer(settings.seals, ground_of(SLUG).school_id)
        self.start()

    def start(self) -> None:
        """A new process: nothing is remembered."""
        nothing = Database("")
        self.sealer = Sealer(nothing, self.settings, partial(announce, self.url, SECRET))
        self.courier = Courier(nothing, self.settings)

    def look(self, now: datetime = TODAY, asked: Collection[str] = ()) -> list[str]:
        """The slugs that were sealed."""

        async def inside() -> list[str]:
            self.sealer.database = database = Database(conninfo(self.url, SEALER, SECRET))
            await database.open()
            try:
                return await self.sealer.look(now, asked)
            finally:
                await database.close()

        return asyncio.run(inside())

    def send(self, now: datetime = TODAY) -> None:
        """One round of the courier."""

        async def inside() -> None:
            self.courier.database = database = Database(conninfo(self.url, SEALER, SECRET))
            await database.open()
            try:
                await self.courier.look(now)
            finally:
                await database.close()

        asyncio.run(inside())

    def begin(self, now: datetime = TODAY) -> int:
        """The key is announced and the log sealed; the size."""
        assert self.look(now) == []  # the key is announced first
        size = fold(self.url)
        assert self.look(now) == [SLUG]
        return size

    def sealed(self) -> list[Sealed]:
        """Every checkpoint of the table, in order."""
        with psycopg.connect(self.url) as conn:
            rows = conn.execute(
                f"SELECT size, root, note, why, at FROM {SCHEMA}.checkpoint ORDER BY size"
            ).fetchall()
        return [Sealed(*row) for row in rows]

    def sizes(self) -> list[int]:
        """Sizes of the checkpoints."""
        return [one.size for one in self.sealed()]

    def verifiers(self) -> list[VerifierKey]:
        """Keys that are here."""
        found = self.signer.own_keys()
        return [key.verifier for key in found]

    def signers(self, of: int = -1) -> set[VerifierKey]:
        """Who of the keys here has signed a checkpoint: the newest, or the `of`-th."""
        return set(Note.parse(self.sealed()[of].note).verify(self.verifiers()))

    def on_disk(self) -> str:
        """The last note."""
        return str(self.signer.last() or "")

    def alarms(self) -> dict[str, str]:
        """Alarms by what they are about."""
        return {one.about: one.sentence for one in Alarms(self.signer.room).read()}
