"""Diary documents as they lie: bytes and ETag by pupil and Monday."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from projections.diary.packing import unpack
from projections.sql import rows

Conn = AsyncConnection[Any]


@dataclass(frozen=True)
class Document:
    """A diary week. `position`: the last fact that touched it; `packed`: gzip of the JSON of
    contract.md, fit for `Content-Encoding: gzip` as it is.
    """

    etag: str
    position: int
    packed: bytes

    @property
    def body(self) -> bytes:
        """The JSON itself, UTF-8."""
        return unpack(self.packed)


async def week(conn: Conn, schema: str, pupil_id: str, monday: date) -> Document | None:
    """The document of a week, or None when the pupil has no lessons in it."""
    found = await rows(
        conn,
        schema,
        "SELECT etag, position, document FROM {s}.diary_v1 WHERE pupil_id = %s AND monday = %s",
        pupil_id,
        monday,
    )
    return Document(*found[0]) if found else None


async def weeks(
    conn: Conn, schema: str, keys: Sequence[tuple[str, date]]
) -> dict[tuple[str, date], Document]:
    """Many documents in one round trip: (pupil_id, monday) → document, where there is one."""
    found = await rows(
        conn,
        schema,
        "SELECT d.pupil_id::text, d.monday, d.etag, d.position, d.document"
        " FROM unnest(%s::uuid[], %s::date[]) AS k (pupil_id, monday)"
        " JOIN {s}.diary_v1 d USING (pupil_id, monday)",
        [UUID(pupil) for pupil, _ in keys],
        [monday for _, monday in keys],
    )
    return {(pupil, monday): Document(*rest) for pupil, monday, *rest in found}


async def weeks_of(conn: Conn, schema: str, pupil_id: str) -> list[date]:
    """Mondays of every week that the pupil has a diary for, in order."""
    found = await rows(
        conn,
        schema,
        "SELECT monday FROM {s}.diary_v1 WHERE pupil_id = %s ORDER BY monday",
        pupil_id,
    )
    return [monday for (monday,) in found]


async def changes(
    conn: Conn, schema: str, pupil_ids: Sequence[str], since: int, limit: int = 100
) -> list[dict[str, Any]]:
    """`[{position, pupil_id, monday}]`: weeks of these pupils touched after a position, in order
    of the last touch; the position of the last one is the next cursor. Weeks touched by one fact
    stay together, so there may be more than `limit`.
    """
    found = await rows(
        conn,
        schema,
        """
        WITH changed AS (SELECT position, pupil_id, monday FROM {s}.diary_v1
            WHERE pupil_id = ANY (%(pupils)s::uuid[]) AND position > %(since)s)
        SELECT position, pupil_id::text, monday FROM changed
        WHERE position <= (SELECT max(position) FROM
            (SELECT position FROM changed ORDER BY position LIMIT %(limit)s) first)
        ORDER BY position, pupil_id, monday
        """,
        pupils=list(pupil_ids),
        since=since,
        limit=limit,
    )
    return [
        {"position": position, "pupil_id": pupil, "monday": monday.isoformat()}
        for position, pupil, monday in found
    ]
