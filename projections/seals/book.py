"""Checkpoints and cosignatures as they are kept in a school's tables; for the sealer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal, LiteralString, NamedTuple

import psycopg
from psycopg import AsyncConnection

from domain.codec import decode
from domain.refusals import Busy
from projections.audit import Key
from projections.postgres.pool import Connection
from projections.postgres.upkeep import JOB_LOCKS, lock_key
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note
from projections.sql import bound, row, rows

#: Somebody wants the log sealed at once; the payload is the slug of the school.
CHANNEL = "letopis_seal"
_JOB = "seal"

Why = Literal["grown", "day-close", "statement", "asked"]


class Sealed(NamedTuple):
    """A row of `checkpoint`; `note` has the log's own signatures only."""

    size: int
    root: bytes
    note: str
    why: str
    at: datetime


class Sight(NamedTuple):
    """Facts in the log, facts that can be sealed, and the newest checkpoint."""

    head: int
    size: int
    sealed: Sealed | None


_SEALED: LiteralString = "SELECT size, root, note, why, at FROM {s}.checkpoint"


async def sight(conn: Connection, schema: str) -> Sight:
    """Where the log, the tree and the seals are.

    The tree may be sealed as far as the keys of the seals are known too.
    """
    found = await row(
        conn,
        schema,
        "SELECT h.last, coalesce(b.position, 0), c.size, c.root, c.note, c.why, c.at"
        " FROM {s}.head h CROSS JOIN (SELECT min(position) AS position FROM {s}.bookmark"
        " WHERE name IN ('tree_v1', 'audit_v1')) b"
        " LEFT JOIN LATERAL (SELECT * FROM {s}.checkpoint ORDER BY size DESC LIMIT 1) c ON true",
    )
    if found is None:
        return Sight(0, 0, None)
    head, size, *sealed = found
    return Sight(head, size, Sealed(*sealed) if sealed[0] is not None else None)


async def newest(conn: Connection, schema: str) -> Sealed | None:
    """The newest checkpoint."""
    found = await row(conn, schema, _SEALED + " ORDER BY size DESC LIMIT 1")
    return Sealed(*found) if found else None


async def of_size(conn: Connection, schema: str, size: int) -> Sealed | None:
    """The checkpoint of a size."""
    found = await row(conn, schema, _SEALED + " WHERE size = %s", size)
    return Sealed(*found) if found else None


async def onwards(conn: Connection, schema: str, size: int, limit: int) -> list[Sealed]:
    """Checkpoints from a size on, in order, at most `limit`."""
    found = await rows(
        conn, schema, _SEALED + " WHERE size >= %s ORDER BY size LIMIT %s", size, limit
    )
    return [Sealed(*one) for one in found]


async def put(conn: Connection, schema: str, note: Note, why: Why, at: datetime) -> None:
    """Store a checkpoint. Raises psycopg.errors.UniqueViolation when its size is taken."""
    head = Checkpoint.of(note)
    await conn.execute(
        bound(
            "INSERT INTO {s}.checkpoint (size, root, note, why, at) VALUES (%s, %s, %s, %s, %s)",
            schema,
        ),
        (head.size, head.root, str(note), why, at),
    )


async def cosignatures(conn: Connection, schema: str, sizes: Sequence[int]) -> dict[int, list[str]]:
    """Signature lines of witnesses by size; each ends in a newline, as in a note."""
    found = await rows(
        conn,
        schema,
        "SELECT size, line FROM {s}.cosignature WHERE size = ANY(%s::bigint[])"
        " ORDER BY at, witness",
        list(sizes),
    )
    lines: dict[int, list[str]] = {size: [] for size in sizes}
    for size, line in found:
        lines[size].append(line)
    return lines


async def cosigned_by(conn: Connection, schema: str, witness: str) -> int:
    """The newest size that a witness (verifier key) has cosigned; 0 before the first."""
    found = await row(
        conn,
        schema,
        "SELECT coalesce(max(size), 0) FROM {s}.cosignature WHERE witness = %s",
        witness,
    )
    return int(found[0]) if found else 0


async def put_cosignature(
    conn: Connection, schema: str, size: int, witness: str, line: str, at: datetime
) -> None:
    """Store a witness's signature line (with its newline), once."""
    await conn.execute(
        bound(
            "INSERT INTO {s}.cosignature (size, witness, line, at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            schema,
        ),
        (size, witness, line, at),
    )


async def unsealed_since(conn: Connection, schema: str, size: int) -> datetime | None:
    """The moment of the first fact after so many; None when there is none. As letopis_app."""
    found = await row(
        conn, schema, "SELECT topic, state FROM {s}.facts WHERE notification_id = %s", size + 1
    )
    return decode(found[0], found[1]).at if found else None


def in_use(keys: Sequence[Key], size: int) -> set[str]:
    """The keys that sign a checkpoint of a size: announced in it, and not retired in it."""
    return {
        key.verifier_key
        for key in keys
        if key.introduced_position <= size
        and (key.retired_position is None or key.retired_position > size)
    }


@asynccontextmanager
async def alone(conn: Connection, slug: str) -> AsyncIterator[bool]:
    """A transaction in which nobody else seals the school; False when somebody is at it."""
    async with conn.transaction():
        cursor = await conn.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)", (JOB_LOCKS, lock_key(_JOB, slug))
        )
        found = await cursor.fetchone()
        yield bool(found and found[0])


async def ask(conn: Connection, slug: str) -> None:
    """Have a school's log sealed at once: before a statement is printed."""
    await conn.execute("SELECT pg_notify(%s, %s)", (CHANNEL, slug))


class Asked:
    """Listens for those who ask. conninfo: any role's."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._conn: AsyncConnection[Any] | None = None

    async def wait(self, seconds: float) -> set[str]:
        """Slugs that were asked for, after so many seconds at most. Raises Busy."""
        try:
            if self._conn is None:
                self._conn = await AsyncConnection.connect(self._conninfo, autocommit=True)
                await self._conn.execute(f"LISTEN {CHANNEL}")
            return {one.payload async for one in self._conn.notifies(timeout=seconds, stop_after=1)}
        except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
            await self.close()
            raise Busy("database.unavailable", "База данных сейчас недоступна.") from fault

    async def close(self) -> None:
        """Stop listening."""
        if self._conn is not None:
            await self._conn.close()
            self._conn = None
