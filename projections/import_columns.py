"""Columns of foreign tables as a school has assigned them: title (folded) → key of our column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection

from projections.sql import bound, row, rows

_KNOWN: LiteralString = "SELECT title, key FROM {s}.import_column WHERE kind = %s"


async def assigned(conn: AsyncConnection[Any], schema: str, kind: str) -> dict[str, str]:
    """What is known of tables of a kind."""
    return dict(await rows(conn, schema, _KNOWN, kind))


def assigned_now(conn: psycopg.Connection[Any], schema: str, kind: str) -> dict[str, str]:
    """As `assigned`, for the command line."""
    return dict(conn.execute(bound(_KNOWN, schema), (kind,)).fetchall())


async def assign(
    conn: AsyncConnection[Any],
    schema: str,
    kind: str,
    columns: Mapping[str, str],
    by: str,
    now: datetime,
) -> None:
    """The next file is read so; titles that are not named stay as they were."""
    for title, key in columns.items():
        await row(
            conn,
            schema,
            "INSERT INTO {s}.import_column VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (kind, title) DO UPDATE SET key = excluded.key, by = excluded.by,"
            " at = excluded.at RETURNING 1",
            kind,
            title,
            key,
            by,
            now,
        )
