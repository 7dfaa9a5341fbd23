"""Class 7а with a quarter behind it, once for the session; reports of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from psycopg import AsyncConnection

from projections.postgres.database import APP, conninfo, schema_of
from projections.reports import FORMS, Asked, Report, build
from tests.api.ground import SLUG, YEAR
from tests.api.reports.story import AFTER, lived
from tests.conftest import SECRET, admin, clone, url_of
from tests.domain.seventh_a import MOSCOW, noon

Fill = Callable[..., Report]


@pytest.fixture(scope="session")
def quarter(server: str, school_template: str) -> Iterator[str]:
    """URL of a database with the quarter of 7а in it; nothing is written there."""
    name = f"quarter_{uuid4().hex}"
    clone(server, name, school_template)
    url = url_of(server, name)
    lived(url)
    yield url
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def fill(quarter: str) -> Fill:
    """`fill("letter", term=1, class_id=…)`: the form as of the end, or of a position."""

    def filled(name: str, position: int | None = None, day: date = AFTER, **asked: Any) -> Report:
        return asyncio.run(_fill(quarter, name, position, day, Asked(YEAR, **asked)))

    return filled


async def _fill(url: str, name: str, position: int | None, day: date, asked: Asked) -> Report:
    schema = schema_of(SLUG)
    conn = await AsyncConnection.connect(conninfo(url, APP, SECRET), autocommit=True)
    async with conn:
        if position is None:
            cursor = await conn.execute(f"SELECT min(position) FROM {schema}.bookmark".encode())
            [position] = await cursor.fetchone() or [0]
        return await build(
            FORMS[name],
            conn,
            schema,
            asked,
            position=position,
            moment=noon(day),
            zone=MOSCOW,
            school="Кукаринская школа",
        )
