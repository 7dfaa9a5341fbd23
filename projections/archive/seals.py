"""What proves an archive: checkpoints within it, the one over it, keys, later annotations."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString

import msgspec

from domain.codec import decode
from domain.refusals import Busy
from projections import audit, tree
from projections.archive.facts import Span
from projections.postgres.pool import Connection
from projections.seals.book import onwards
from projections.seals.checkpoint import Receipt
from projections.seals.note import Note, to_base64
from projections.seals.reading import leaf_at
from projections.sql import rows

# The last checkpoint of every day, and the one that covered the archive before: what whoever keeps
# an old note of a day close, or last year's act, wants to compare.
_WITHIN: LiteralString = """
    SELECT c.size, c.note, ARRAY(SELECT k.line FROM {s}.cosignature k
        WHERE k.size = c.size AND k.at <= %(at)s ORDER BY k.witness)
    FROM {s}.checkpoint c JOIN (
        SELECT max(size) AS size FROM {s}.checkpoint WHERE size BETWEEN %(first)s AND %(last)s
            GROUP BY (at AT TIME ZONE %(zone)s)::date
        UNION SELECT min(size) FROM {s}.checkpoint WHERE %(before)s > 0 AND size >= %(before)s
    ) d USING (size)
    WHERE c.size <= %(last)s ORDER BY c.size
"""


class Proof(msgspec.Struct, frozen=True):
    """`notes`: name → text. `cover` names the note over the whole of it, `cover_proof` leads there.
    `annotations`: name → receipt. `keys`: keys.txt. `at`: when the year was archived.
    """

    at: datetime
    frontier: list[str]
    notes: dict[str, str]
    cover: str
    cover_proof: list[str]
    annotations: dict[str, str]
    keys: str


async def proof_of(conn: Connection, schema: str, span: Span, zone: str) -> Proof:
    """Raises Busy until the last fact is under a seal."""
    [(topic, state)] = await rows(
        conn,
        schema,
        "SELECT topic, state FROM {s}.facts WHERE notification_id = %s",
        span.last,
    )
    at = decode(topic, state).at
    size, cover = await _covering(conn, schema, span.last)
    found = await rows(
        conn,
        schema,
        _WITHIN,
        at=at,
        before=span.before,
        first=span.start + 1,
        last=span.last,
        zone=zone,
    )
    notes = {_name(of): note + "".join(lines) for of, note, lines in found}
    notes.setdefault(_name(size), cover)
    annotations = {}
    sizes = [size]
    for position in span.annotations:
        of, note = await _covering(conn, schema, position)
        leaf = await leaf_at(conn, schema, position)
        path = await tree.inclusion_proof(conn, schema, position - 1, of)
        receipt = Receipt(leaf or b"", position - 1, tuple(path), Note.parse(note))
        annotations[f"data/annotations/{position:012d}.tlog-proof"] = str(receipt)
        sizes.append(of)
    path = await tree.consistency_proof(conn, schema, span.last, size)
    frontier = await tree.frontier(conn, schema, span.start)
    return Proof(
        at,
        [to_base64(one) for one in frontier],
        notes,
        _name(size),
        [to_base64(one) for one in path],
        annotations,
        await _keys(conn, schema, max(sizes)),
    )


async def _covering(conn: Connection, schema: str, position: int) -> tuple[int, str]:
    """The first checkpoint over a position: size and note. Raises Busy."""
    found = await onwards(conn, schema, position, 1)
    if not found:
        raise Busy(
            "archive.unsealed",
            "Последние записи ещё не под печатью. Она ставится раз в минуту: повторите.",
            retry_after=60,
        )
    return found[0].size, found[0].note


async def _keys(conn: Connection, schema: str, size: int) -> str:
    """A line for each key that has signed by then: the key, from which fact, until which."""
    lines = []
    for one in await audit.keys(conn, schema):
        if one.introduced_position <= size:
            gone = one.retired_position
            until = str(gone) if gone is not None and gone <= size else "-"
            lines.append(f"{one.verifier_key}\t{one.introduced_position}\t{until}\n")
    return "".join(lines)


def _name(size: int) -> str:
    return f"data/checkpoints/{size:012d}.note"
