"""Outgrown one machine: the same program on Citus, a school's schema on one of its nodes.

Runs when CITUS_URL names the coordinator of a cluster that may be filled and emptied (a superuser's
URL; see docs/many-schools.md): `CITUS_URL=postgresql://… pytest tests/projections/test_citus.py`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from domain.people.facts import Name
from projections import backups
from projections.folding import catch_up
from projections.moving import closing
from projections.postgres import migrations
from projections.postgres.database import PROJECTOR, READER, WRITER, conninfo, schema_of
from projections.replay import replay
from tests.conftest import SECRET
from tests.ground import YEAR, engine_on, ground_of, lay, register, request, school_on

CITUS_URL = os.environ.get("CITUS_URL", "")
WRITERS, EACH = 12, 20
#: What an operator sets once for the database (docs/many-schools.md).
SETTINGS: tuple[LiteralString, ...] = (
    "citus.enable_schema_based_sharding",
    "citus.enable_unsafe_triggers",
)

pytestmark = pytest.mark.skipif(
    not CITUS_URL, reason="CITUS_URL is not set: sharding by schema is not tried here"
)


@pytest.fixture
def cluster() -> Iterator[tuple[str, tuple[str, str]]]:
    """URL of the coordinator with the settings on, and two schools laid by the program; gone
    afterwards.
    """
    slugs = tuple(f"citus_{uuid4().hex[:12]}" for _ in range(2))
    url = CITUS_URL
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("CREATE EXTENSION IF NOT EXISTS citus")
        name = Identifier(conn.info.dbname)
        for setting in SETTINGS:
            conn.execute(SQL("ALTER DATABASE {} SET {} = on").format(name, SQL(setting)))
    try:
        for slug in slugs:
            register(url, slug)
        yield url, (slugs[0], slugs[1])
    finally:
        with psycopg.connect(url, autocommit=True) as conn:
            for slug in slugs:
                schema = Identifier(schema_of(slug))
                conn.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
                conn.execute("DELETE FROM public.school WHERE slug = %s", (slug,))


def test_the_program_runs_on_schemas_that_lie_on_nodes(
    cluster: tuple[str, tuple[str, str]],
) -> None:
    url, slugs = cluster
    with psycopg.connect(url) as conn:
        sharded = {row[0] for row in conn.execute("SELECT schema_name::text FROM citus_schemas")}
    assert {schema_of(slug) for slug in slugs} <= sharded

    positions: dict[str, list[int]] = {}
    with engine_on(url) as engine:
        for slug in slugs:
            school = school_on(engine, slug)
            lay(school)

            def somebody(n: int, slug: str = slug) -> int:
                answer = school_on(engine, slug).register_person(
                    *(YEAR, str(uuid4()), "staff", Name("Новый", f"№ {n}")),
                    by=ground_of(slug).operator,
                    request=request(),
                )
                return answer.result(30).position

            with ThreadPoolExecutor(WRITERS) as writers:
                positions[slug] = sorted(writers.map(somebody, range(WRITERS * EACH)))

    for slug in slugs:  # without a gap, each school for itself
        first = positions[slug][0]
        assert positions[slug] == list(range(first, first + WRITERS * EACH))
        with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
            catch_up(conn, schema_of(slug))
            assert replay(conn, schema_of(slug)).differing == 0
    for registered in migrations.schools(url):
        if registered.slug in slugs:
            assert backups.derived(url, SECRET, registered).agrees


def test_nobody_rewrites_there_either_and_a_school_can_be_closed(
    cluster: tuple[str, tuple[str, str]],
) -> None:
    url, (slug, _) = cluster
    facts = Identifier(schema_of(slug), "facts")
    with engine_on(url) as engine:
        lay(school_on(engine, slug))
    with psycopg.connect(url, autocommit=True) as conn, pytest.raises(psycopg.Error):
        conn.execute(SQL("UPDATE {} SET state = state").format(facts))
    with (
        psycopg.connect(conninfo(url, WRITER, SECRET), autocommit=True) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute(SQL("SELECT count(*) FROM {}").format(facts))
    with psycopg.connect(conninfo(url, READER, SECRET), autocommit=True) as conn:
        assert conn.execute(SQL("SELECT count(*) FROM {}").format(facts)).fetchone()

    closing.closed(url, slug, str(uuid4()))

    account = Identifier(schema_of(slug), "account")
    with psycopg.connect(url, autocommit=True) as conn, pytest.raises(psycopg.Error):
        conn.execute(SQL("UPDATE {} SET login = login").format(account))
