"""The demonstration school, lived once for all the benchmarks of a run that read it."""

from __future__ import annotations

import atexit
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cache

import psycopg
from psycopg.sql import SQL

from api import demo
from projections.folding import catch_up
from projections.postgres.database import (
    PROJECTOR,
    READER,
    WRITER,
    conninfo,
    open_pool,
    schema_of,
)
from projections.postgres.log import SchoolLog
from projections.postgres.migrations import add_school
from tests.benchmarks.ground import database
from tests.conftest import SECRET

TODAY = date(2026, 11, 23)
SLUG = demo.SLUG
SCHEMA = schema_of(SLUG)


@dataclass(frozen=True)
class Lived:
    """Where it is, how many facts it has, and how long its life took, in seconds."""

    url: str
    facts: int
    wrote_s: float
    folded_s: float


@cache
def lived(size: demo.SizeName = "school") -> Lived:
    """Build it on a server of its own; stopped and removed when the program ends."""
    stack = ExitStack()
    atexit.register(stack.close)
    url = stack.enter_context(database())
    recipe = demo.Recipe(size, TODAY)
    add_school(url, SECRET, SLUG, demo.SCHOOL_NAME, demo.ZONE, recipe.school_id)
    reader = open_pool(conninfo(url, READER, SECRET), max_size=2)
    writer = open_pool(conninfo(url, WRITER, SECRET), max_size=1)
    started = time.perf_counter()
    facts = demo.build(recipe, lambda slug: SchoolLog(slug, reader=reader, writer=writer))
    wrote = time.perf_counter() - started
    reader.close()
    writer.close()
    started = time.perf_counter()
    with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
        catch_up(conn, SCHEMA)
    folded = time.perf_counter() - started
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(SQL("VACUUM ANALYZE"))
    return Lived(url, facts, wrote, folded)
