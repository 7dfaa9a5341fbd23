"""Reading what was sealed: checkpoints as they are shown, receipts, proofs of growth."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg import AsyncConnection

from domain.refusals import Busy, Conflict
from projections import tree
from projections.merkle import leaf_bytes
from projections.seals import book
from projections.seals.book import Sealed
from projections.seals.checkpoint import Receipt
from projections.seals.note import Note, to_base64
from projections.sql import row, rows

Conn = AsyncConnection[Any]


class Listed(NamedTuple):
    """A line of the list of checkpoints; `witnesses` have cosigned it."""

    size: int
    root: bytes
    why: str
    at: datetime
    witnesses: int


async def newest(conn: Conn, schema: str) -> Sealed | None:
    """The checkpoint over the most facts, as it is shown; None before the first."""
    return await _shown(conn, schema, await book.newest(conn, schema))


async def checkpoint(conn: Conn, schema: str, size: int) -> Sealed | None:
    """The checkpoint over so many facts, as it is shown; None when there is none."""
    return await _shown(conn, schema, await book.of_size(conn, schema, size))


async def _shown(conn: Conn, schema: str, sealed: Sealed | None) -> Sealed | None:
    """With the lines of the witnesses that have cosigned since."""
    if sealed is None:
        return None
    lines = await book.cosignatures(conn, schema, [sealed.size])
    return sealed._replace(note=sealed.note + "".join(lines[sealed.size]))


async def checkpoints(
    conn: Conn, schema: str, below: int | None = None, limit: int = 50
) -> list[Listed]:
    """Checkpoints over fewer than `below` facts (all of them without it), the newest first."""
    found = await rows(
        conn,
        schema,
        "SELECT c.size, c.root, c.why, c.at,"
        " (SELECT count(*) FROM {s}.cosignature w WHERE w.size = c.size) FROM {s}.checkpoint c"
        " WHERE %(below)s::bigint IS NULL OR c.size < %(below)s"
        " ORDER BY c.size DESC LIMIT %(limit)s",
        below=below,
        limit=limit,
    )
    return [Listed(*one) for one in found]


async def leaf_at(conn: Conn, schema: str, position: int) -> bytes | None:
    """The leaf of the fact that is at a position now; None when there is none."""
    found = await row(
        conn,
        schema,
        "SELECT originator_id, originator_version, topic, state FROM {s}.facts"
        " WHERE notification_id = %s",
        position,
    )
    if found is None:
        return None
    stream, version, topic, stored = found
    return leaf_bytes(stream.bytes, version, position, topic, stored)


async def receipt(conn: Conn, schema: str, position: int) -> Receipt | None:
    """That the fact at a position is in the log, by the newest checkpoint; None until it is sealed.

    Raises Conflict when the fact is not what was sealed: a receipt that does not hold is never
    handed out. Raises Busy while the tree is being rebuilt.
    """
    sealed = await newest(conn, schema)
    if sealed is None or sealed.size < position:
        return None
    leaf = await leaf_at(conn, schema, position)
    try:
        path = await tree.inclusion_proof(conn, schema, position - 1, sealed.size)
    except KeyError:
        raise behind() from None
    if leaf is not None:
        found = Receipt(leaf, position - 1, tuple(path), Note.parse(sealed.note))
        if found.holds:
            return found
    raise Conflict(
        "log.altered",
        f"Запись № {position} — не та, что стоит под печатью. Сообщите об этом аудитору.",
        position=position,
    )


async def consistency(conn: Conn, schema: str, first: int, second: int) -> str | None:
    """That the log of `second` facts continues that of `first`: the proof, a hash of base64 a
    line from the leaf up, an empty line, the note over `second`. None unless both are sealed.

    Raises ValueError when `first` is the greater, Busy while the tree is being rebuilt.
    """
    earlier = await checkpoint(conn, schema, first)
    later = await checkpoint(conn, schema, second)
    if earlier is None or later is None:
        return None
    try:
        proof = await tree.consistency_proof(conn, schema, first, second)
    except KeyError:
        raise behind() from None
    return "".join(f"{to_base64(step)}\n" for step in proof) + f"\n{later.note}"


def behind() -> Busy:
    """The tree has not reached what was sealed: it is being built anew."""
    return Busy(
        "projection.behind",
        "Дерево журнала сейчас строится заново. Повторите через минуту.",
        retry_after=60,
    )
