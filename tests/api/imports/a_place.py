"""A real school on PostgreSQL to import into: engine, desk, log."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeVar
from uuid import uuid4

from api.imports.desk import Desk, FileKind, Imported, Prepared, commit, prepare
from domain.access import Actor
from domain.engine import Engine
from domain.fact import Fact
from domain.people.facts import Name
from domain.school import School
from domain.values import Origin
from projections.postgres.database import PROJECTOR, READER, conninfo, open_pool, schema_of
from projections.postgres.log import SchoolLog
from projections.vault_names import vault_names
from tests.api.imports.a_school import YEAR, texts
from tests.conftest import SECRET
from tests.ground import TODAY, engine_on, number, register, school_on

F = TypeVar("F", bound=Fact)
SLUG = "first"
OPERATOR = Actor(number("operator"), "cli", Origin.IMPORT, operator=True)


class Place(NamedTuple):
    """A school with an open year, an engine on it and a desk."""

    engine: Engine
    school: School
    desk: Desk
    log: SchoolLog

    def prepare(self, kind: FileKind, data: bytes, *, create_lessons: bool = False) -> Prepared:
        return prepare(self.desk, kind, data, by=OPERATOR, year=YEAR, create_lessons=create_lessons)

    def bring(self, kind: FileKind, data: bytes, *, create_lessons: bool = False) -> Imported:
        """Prepare and commit."""
        prepared = self.prepare(kind, data, create_lessons=create_lessons)
        assert prepared.plan.errors == 0, texts(prepared.plan)
        return commit(prepared, self.engine, by=OPERATOR)

    def facts(self, kind: type[F]) -> list[F]:
        """Every fact of a kind, in order."""
        return [one.fact for one in self.log.since(0) if isinstance(one.fact, kind)]


@contextmanager
def a_place(database: str) -> Iterator[Place]:
    """A school with nothing but its schema and doors."""
    register(database, SLUG)
    vault = open_pool(conninfo(database, PROJECTOR, SECRET), max_size=1)
    reader = open_pool(conninfo(database, READER, SECRET), max_size=2)
    log = SchoolLog(SLUG, reader=reader, writer=reader)

    def names(people: Collection[str]) -> dict[str, Name]:
        with vault.connection() as conn:
            return vault_names(conn, schema_of(SLUG), people)

    with engine_on(database) as engine:
        school = school_on(engine, SLUG)
        desk = Desk(
            SLUG,
            school.school_id,
            log,
            names,
            clock=lambda: TODAY,
            ids=lambda: str(uuid4()),
            salts=lambda: secrets.token_urlsafe(16),
        )
        yield Place(engine, school, desk, log)
    reader.close()
    vault.close()
