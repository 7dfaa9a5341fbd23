"""How long the log of each school is, and the root of its tree: what a copy must bring back."""

from __future__ import annotations

import asyncio

import msgspec
import psycopg

from projections import tree
from projections.postgres import migrations
from projections.postgres.database import schema_of


class Head(msgspec.Struct, frozen=True):
    """A school's log: its last position, and the root over its first `size` facts in hex."""

    school: str
    position: int
    size: int
    root: str


def heads(admin: str, sizes: dict[str, int] | None = None) -> list[Head]:
    """The heads of every school of the database at `admin`.

    sizes: school → size to take the root at; without it, as far as the tree has got. Raises
    KeyError of the school whose tree is shorter.
    """
    return asyncio.run(_heads(admin, [one.slug for one in migrations.schools(admin)], sizes or {}))


async def _heads(admin: str, schools: list[str], sizes: dict[str, int]) -> list[Head]:
    found = []
    async with await psycopg.AsyncConnection.connect(admin) as conn:
        for slug in schools:
            schema = schema_of(slug)
            statement = psycopg.sql.SQL("SELECT last FROM {}.head").format(
                psycopg.sql.Identifier(schema)
            )
            row = await (await conn.execute(statement)).fetchone()
            size = sizes[slug] if slug in sizes else await tree.size(conn, schema)
            try:
                root = await tree.root(conn, schema, size)
            except KeyError:
                raise KeyError(slug) from None
            found.append(Head(slug, int(row[0]) if row else 0, size, root.hex()))
    return found
