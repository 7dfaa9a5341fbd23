"""A demonstration in memory, folded by the real projections on real PostgreSQL; its red flags."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from api.demo import SCHOOL_NAME, SLUG, ZONE
from domain.codec import decode
from projections import redflags
from projections.postgres.database import APP, PROJECTOR, conninfo, schema_of
from projections.postgres.migrations import add_school
from projections.projection import Place, Placed, Projection
from projections.redflags import Filters, Found, RedFlags
from tests.api.demo.conftest import Built
from tests.conftest import SECRET

BATCH = 15_000


def fold(
    url: str,
    built: Built,
    kinds: Sequence[Callable[[Place], Projection]] = (RedFlags,),
    skip: frozenset[str] = frozenset(),
) -> None:
    """Fold a demonstration, but for these streams, into a new school of this database."""
    add_school(url, SECRET, SLUG, SCHOOL_NAME, ZONE, built.recipe.school_id)
    schema = schema_of(SLUG)
    projections = [kind(Place(schema, schema)) for kind in kinds]
    topics = frozenset[str]().union(*(one.topics for one in projections))
    placed = [
        Placed(
            position,
            str(one.originator_id),
            one.originator_version,
            one.topic,
            one.state,
            decode(one.topic, one.state),
        )
        for position, one in enumerate(built.log.events, 1)
        if one.topic in topics and str(one.originator_id) not in skip
    ]
    with (
        psycopg.connect(conninfo(url, PROJECTOR, SECRET)) as conn,
        conn.cursor(row_factory=tuple_row, binary=True) as cursor,
    ):
        for start in range(0, len(placed), BATCH):
            batch = placed[start : start + BATCH]
            for projection in projections:
                projection.fold([one for one in batch if one.topic in projection.topics], cursor)


def raised(url: str, built: Built) -> Sequence[Found]:
    """Every flag of a demonstration, as of the morning of its «today»."""
    now = datetime.combine(built.recipe.today, time(6), UTC)

    async def ask() -> list[Found]:
        async with await AsyncConnection.connect(
            conninfo(url, APP, SECRET), autocommit=True
        ) as conn:
            found, _ = await redflags.red_flags(
                conn, schema_of(SLUG), Filters(), now, limit=100_000
            )
            return found

    return asyncio.run(ask())
