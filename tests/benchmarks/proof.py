"""Proofs of a million leaves, and the whole log derived again."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import AsyncConnection

from projections import tree
from projections.folding import Folder
from projections.postgres.database import APP, READER, conninfo, schema_of
from projections.projection import Place
from projections.seals.book import put
from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note, SigningKey
from projections.seals.reading import receipt
from projections.sql import bound
from projections.tree import Tree
from projections.verification import verify as verified
from projections.verification.rows import ROWS
from tests.benchmarks.ground import database
from tests.benchmarks.lived import SCHEMA, lived
from tests.benchmarks.read_side import read_and_parse
from tests.benchmarks.table import Result, interleaved, percentile, timed
from tests.conftest import SECRET
from tests.ground import number, register
from tests.projections.life import life
from tests.projections.seals.forger import Forger, school_day
from tests.projections.seals.test_flips import accepted

LEAVES = 1_000_000
QUESTIONS = 500
CHECKPOINTS = 200
SLUG = "million"
KEY = SigningKey(number("bench"), b"of the benchmarks".ljust(32))

#: A million facts as long as real ones; only the tree and the receipts look at them.
_FACTS = """
    INSERT INTO {s}.facts (originator_id, originator_version, notification_id, topic, state)
    SELECT ('00000000-0000-4000-8000-' || lpad((n %% 500)::text, 12, '0'))::uuid, 1 + n / 500,
        n + 1, 'person.account-issued', convert_to(format(
            '{{"at":"2026-11-23T12:00:00Z","by":"%%s","role":"operator","session":"%%s",'
            '"salt":"%%s","fact":{{"to":"%%s"}}}}',
            gen_random_uuid(), gen_random_uuid(), repeat('s', 120), gen_random_uuid()), 'UTF8')
    FROM generate_series(0, %s - 1) AS n
"""


def proof(rounds: int = 5) -> list[Result]:
    """Inclusion, consistency and a parent's receipt, each p50 at a million leaves."""
    schema = schema_of(SLUG)
    with database() as url:
        register(url, SLUG)
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(bound(_FACTS, schema), (LEAVES,))
            conn.execute(bound("UPDATE {s}.head SET last = %s", schema), (LEAVES,))
            _cover(conn, schema)
            conn.execute("VACUUM ANALYZE")
        _seal(url, schema, LEAVES, 1)
        dice = random.Random(9162)

        async def inclusion(conn: AsyncConnection[Any]) -> None:
            size = dice.randrange(1, LEAVES)
            await tree.inclusion_proof(conn, schema, dice.randrange(size), size)

        async def consistency(conn: AsyncConnection[Any]) -> None:
            second = dice.randrange(2, LEAVES)
            await tree.consistency_proof(conn, schema, dice.randrange(1, second), second)

        async def of_a_mark(conn: AsyncConnection[Any]) -> None:
            assert await receipt(conn, schema, dice.randrange(LEAVES) + 1) is not None

        asked = {"inclusion": inclusion, "consistency": consistency, "receipt": of_a_mark}
        return [_asked(url, name, work, rounds) for name, work in asked.items()]


def verify(rounds: int = 5) -> list[Result]:
    """The log of the demonstration school derived again, checkpoints too; and the leaf hashes that
    PostgreSQL computes meanwhile, alone.
    """
    school = lived()
    _seal(school.url, SCHEMA, school.facts, CHECKPOINTS)

    def whole() -> float:
        with psycopg.connect(conninfo(school.url, READER, SECRET), autocommit=True) as conn:
            return school.facts / timed(lambda: _agree(conn))

    def by_database() -> float:
        with psycopg.connect(conninfo(school.url, READER, SECRET), autocommit=True) as conn:
            statement = (
                b"SELECT count(*) FROM (" + bound(ROWS, SCHEMA) + b") r WHERE sha256 IS NULL"
            )
            return school.facts / timed(lambda: conn.execute(statement).fetchone())

    ours, second, limit = interleaved(
        rounds,
        whole,
        by_database,
        lambda: school.facts / timed(lambda: read_and_parse(school.url)),
    )
    notes = (
        f"{school.facts:,} facts, {CHECKPOINTS} checkpoints; limit: keyset SELECT + orjson.loads"
    )
    return [
        Result("verify", ours, limit, ours / limit, "≥ 0.5×", "facts/s",
               ours / limit >= 0.5, notes),
        Result("verify, leaves by PostgreSQL", second, limit, second / limit, "–", "facts/s", True,
               "the second implementation alone; it is a part of the line above"),
    ]  # fmt: skip


def flips(rounds: int = 5) -> Result:
    """Every byte of rows, checkpoints and cosignatures changed in turn (with fewer rounds every
    second, third …); how many changes the verification accepts.
    """
    with database() as url, life(url) as at, psycopg.connect(url, autocommit=True) as conn:
        forger = Forger(at, conn)
        school_day(at, forger)
        changed, missed = accepted(at, forger, max(1, 6 - rounds))
    notes = f"{changed:,} bytes" + "".join(f"; {what}" for what in missed[:5])
    wrong = len(missed)
    return Result("flips", wrong, 0, wrong, "0 accepted", "bytes", wrong == 0, notes)


def _asked(
    url: str, name: str, work: Callable[[AsyncConnection[Any]], Awaitable[None]], rounds: int
) -> Result:
    async def ask() -> list[float]:
        conn = await AsyncConnection.connect(conninfo(url, APP, SECRET), autocommit=True)
        took = []
        async with conn:
            for n in range(QUESTIONS * rounds // 5 + 50):
                started = time.perf_counter()
                await work(conn)
                if n >= 50:  # statements are prepared, pages are warm
                    took.append(1000 * (time.perf_counter() - started))
        return took

    took = asyncio.run(ask())
    p50 = percentile(took, 0.5)
    notes = f"p99 {percentile(took, 0.99):.2f} ms, {LEAVES:,} leaves"
    return Result(f"proof, {name}", p50, None, p50, "≤ 1 ms", "ms", p50 <= 1, notes)


def _cover(conn: psycopg.Connection[Any], schema: str) -> None:
    """The tree over facts that are no facts: only their bytes count here."""
    folder = Folder(Place(schema, schema), {Tree.name: Tree})
    while folder.step(conn, limit=15_000):
        pass


def _seal(url: str, schema: str, facts: int, checkpoints: int) -> None:
    """Checkpoints of many sizes, under a key that we hold."""

    async def seal() -> None:
        conn = await AsyncConnection.connect(url, autocommit=True)
        async with conn:
            for n in range(checkpoints):
                size = facts * (n + 1) // checkpoints
                root = await tree.root(conn, schema, size)
                head = Checkpoint(KEY.verifier.name, size, root)
                note = Note.parse(f"{head}\n{KEY.sign(str(head))}")
                await put(conn, schema, note, "asked", datetime.now(UTC))

    asyncio.run(seal())


def _agree(conn: psycopg.Connection[Any]) -> None:
    """Verify and insist that nothing is found."""
    report = verified(conn, SCHEMA, KEY.verifier.name, datetime.now(UTC), keys=[KEY.verifier])
    assert report.agrees, report.findings
