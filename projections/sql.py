"""SQL of projections: one text for every school, bound to a schema once and prepared."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from functools import lru_cache
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

#: valid_to of a row that is still so.
STILL = 9_223_372_036_854_775_807

Row = tuple[Any, ...]


@lru_cache(maxsize=16_384)
def bound(text: LiteralString, schema: str, log: str = "") -> bytes:
    """The statement with {s} as the schema of the tables and {log} as that of the log."""
    composed = SQL(text).format(s=Identifier(schema), log=Identifier(log or schema))
    return composed.as_string(None).encode()


async def rows(
    conn: AsyncConnection[Any], schema: str, text: LiteralString, *arguments: Any, **names: Any
) -> list[Row]:
    """All rows of a statement, as tuples. Arguments by place (%s) or by name (%(day)s)."""
    async with conn.cursor(row_factory=tuple_row, binary=True) as cursor:
        await cursor.execute(bound(text, schema), names or arguments, prepare=True)
        return await cursor.fetchall()


async def several(
    conn: AsyncConnection[Any], schema: str, *texts: LiteralString, **names: Any
) -> list[list[Row]]:
    """All rows of several statements with the same named arguments, in one round trip."""
    cursors = [conn.cursor(row_factory=tuple_row, binary=True) for _ in texts]
    async with conn.pipeline():
        for cursor, text in zip(cursors, texts, strict=True):
            await cursor.execute(bound(text, schema), names, prepare=True)
    return [await cursor.fetchall() for cursor in cursors]


async def together(
    conn: AsyncConnection[Any], *readers: Coroutine[Any, Any, Any]
) -> tuple[Any, ...]:
    """What several readers of one connection answer; what each asks first goes out at once.

    Raises what the first of them raises; no other is left at work then.
    """
    try:
        async with conn.pipeline(), asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(one) for one in readers]
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
    return tuple(one.result() for one in asked)


async def row(
    conn: AsyncConnection[Any], schema: str, text: LiteralString, *arguments: Any, **names: Any
) -> Row | None:
    """The first row of a statement, or None."""
    found = await rows(conn, schema, text, *arguments, **names)
    return found[0] if found else None


def named(names: Sequence[str], found: Row) -> dict[str, Any]:
    """A row as a JSON object."""
    return dict(zip(names, found, strict=True))
