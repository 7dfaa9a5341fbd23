"""The walk over the whole log, in one snapshot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import msgspec
import psycopg
from psycopg.rows import tuple_row

from domain.codec import UnknownFact, decode
from projections.seals.note import VerifierKey
from projections.sql import bound
from projections.tree import WIDTH, Tree
from projections.verification.findings import Findings, Report
from projections.verification.looks import Looks
from projections.verification.notes import Seals
from projections.verification.rows import Rows, check_head, check_registered, pages
from projections.verification.tiles import Cover, Frontier

#: The projector folds within a second; a fact that is not covered for so long was left out.
COVERED_WITHIN = timedelta(minutes=1)


def _quiet(_done: int) -> None:
    """Nobody looks on."""


def verify(
    conn: psycopg.Connection[Any],
    schema: str,
    origin: str,
    now: datetime,
    *,
    keys: Sequence[VerifierKey] = (),
    outside: Sequence[str] = (),
    sealer_note: str | None = None,
    progress: Callable[[int], None] = _quiet,
) -> Report:
    """Derive everything again: positions, streams, facts, leaves, tiles, roots, signatures,
    and the days of the access log.

    conn: autocommit, as letopis_reader; nothing is written, and a page of rows is all that is held.
    origin: the school's id, by which checkpoints name the log. keys: see `Seals`. outside: signed
    notes that were kept elsewhere; they alone catch a log that was cut or rewritten whole by
    whoever holds its key. sealer_note: the last note that the sealer keeps on its own disk.
    progress is told how many more facts are done.
    """
    findings = Findings()
    seals = Seals(origin, keys, findings)
    rows = Rows(origin, findings)
    looks = Looks(findings)
    frontier = Frontier()
    with ThreadPoolExecutor(1) as ahead, conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        size = _covered(conn, schema)
        cover = Cover(conn, schema, size, findings)
        seals.start(conn, schema, outside, sealer_note)
        for page in pages(conn, schema, progress, ahead):
            for row, leaf in zip(page, rows.leaves(page), strict=True):
                position = row[0]
                if position > seals.due:
                    seals.settle(position - 1, frontier.root)
                frontier.append(leaf)
                whole = not position % WIDTH and frontier.size == position
                cover.add(row, leaf, frontier.tile if whole else None)
                if position in rows.audit:
                    seals.fact(row, rows.audit[position])
                    looks.fact(row, rows.audit[position])
            rows.look_up(conn, schema, ahead)
        rows.look_up(conn, schema, ahead)
        seals.settle(rows.last, frontier.root)
        seals.finish(conn, schema, rows.last)
        cover.finish()
        if size > rows.last:
            findings.add("gap", rows.last + 1, f"{rows.last + 1}-{size}")
        if size < rows.last and _left_out(conn, schema, size + 1, now):
            findings.add("tree_behind", size + 1, f"{size} < {rows.last}")
        check_head(conn, schema, rows, findings)
        check_registered(conn, schema, rows, findings, ahead)
        looks.finish(conn, schema, origin)
    return Report(
        rows.last,
        rows.count,
        cover.tiles,
        seals.checkpoints,
        frontier.root().hex(),
        findings.count,
        findings.first(),
    )


def _covered(conn: psycopg.Connection[Any], schema: str) -> int:
    """How many leaves the stored tree says that it has."""
    with conn.cursor(binary=True, row_factory=tuple_row) as cursor:
        cursor.execute(
            bound("SELECT position FROM {s}.bookmark WHERE name = %b", schema), (Tree.name,)
        )
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def _left_out(conn: psycopg.Connection[Any], schema: str, position: int, now: datetime) -> bool:
    """The first fact that the tree does not cover has waited for too long."""
    with conn.cursor(binary=True, row_factory=tuple_row) as cursor:
        found = cursor.execute(
            bound("SELECT topic, state FROM {s}.facts WHERE notification_id = %b", schema),
            (position,),
        ).fetchone()
    try:
        return found is not None and now - decode(*found).at > COVERED_WITHIN
    except (UnknownFact, msgspec.DecodeError, UnicodeDecodeError, TypeError):
        return False  # has been found already
