"""The rows of the log, one by one: each readable, in its place, and what its leaf hashes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from datetime import datetime
from functools import cache
from sys import intern
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import tuple_row

from domain.codec import Body, UnknownFact, decode
from domain.minting import minted
from domain.world import EPOCH, audit_id
from projections.merkle import leaf_bytes, leaf_hash
from projections.sql import bound
from projections.verification.findings import Findings

PAGE = 2_048

# The last column is the leaf hash once more, by PostgreSQL: it shares no line with ours.
ROWS = """
    SELECT notification_id, uuid_send(originator_id), originator_version, topic, state,
        sha256('\\x0001'::bytea || uuid_send(originator_id) || int8send(originator_version)
            || int8send(notification_id) || substring(int4send(octet_length(topic)) FROM 3)
            || convert_to(topic, 'UTF8') || state)
    FROM {s}.facts ORDER BY notification_id
"""
_REGISTERED = "SELECT count(*) FROM {s}.minted WHERE id = ANY (%b::uuid[])"
_UNREGISTERED = """
    SELECT i.id FROM unnest(%b::text[]) AS i (id)
    LEFT JOIN {s}.minted m ON m.id = i.id::uuid WHERE m.id IS NULL
"""

AUDIT = intern("audit")
LENGTH_OF_ID = 36


#: Position, stream (16 bytes), version, topic, stored bytes, leaf hash by PostgreSQL.
Row = tuple[int, bytes, int, str, bytes, bytes]


def place_of(row: Row) -> str:
    """How findings name a row."""
    position, stream, version, topic, _, _ = row
    return f"{position} {UUID(bytes=stream)}/{version} {topic}"


def pages(
    conn: psycopg.Connection[Any],
    schema: str,
    progress: Callable[[int], None],
    ahead: Executor,
) -> Iterator[list[Row]]:
    """All rows in order, through a cursor of the server: a page is held, and the next one, which
    PostgreSQL makes ready meanwhile in the thread of `ahead`.
    """
    with conn.cursor("rows", binary=True, row_factory=tuple_row) as cursor:
        cursor.execute(bound(ROWS, schema))
        coming = ahead.submit(cursor.fetchmany, PAGE)
        while page := coming.result():
            coming = ahead.submit(cursor.fetchmany, PAGE)
            yield page
            progress(len(page))


class Rows:
    """What a row must be, seen from the rows before it."""

    def __init__(self, school_id: str, findings: Findings) -> None:
        self._findings = findings
        self.count = 0
        self.last = 0
        self.at: datetime = EPOCH
        self.brought = 0  # ids that facts have brought into the world
        self.audit: dict[int, Body[Any]] = {}  # facts of the log about itself, of the last page
        self._audit = UUID(audit_id(school_id)).bytes
        self._versions: dict[bytes, int] = {}
        self._kinds: dict[bytes, str] = {}
        self._ids: dict[str, int] = {}  # brought by facts of the last page, and where
        self._looked_up: tuple[dict[str, int], Future[int]] | None = None  # of the page before

    def leaves(self, page: Sequence[Row]) -> list[bytes]:
        """Note what is wrong with the rows of a page; answers their leaf hashes."""
        add, versions, kinds = self._findings.add, self._versions, self._kinds
        self.audit.clear()
        leaves = []
        for row in page:
            position, stream, version, topic, stored, by_database = row
            try:
                leaf = leaf_hash(leaf_bytes(stream, version, position, topic, stored))
            except OverflowError:  # a number or a topic that no fact ever had
                leaf = by_database
            leaves.append(leaf)
            if leaf != by_database:
                add("sql_leaf", position, place_of(row))
            if position != self.last + 1:
                self._out_of_place(position)
            self.last = position
            if version != versions.get(stream, 0) + 1:
                add("version", position, place_of(row))
            versions[stream] = version
            kind = _kind_of(topic)
            if kinds.get(stream) is not kind:
                self._check_kind(row, kind)
            self._read(row, kind)
        self.count += len(page)
        return leaves

    def look_up(self, conn: psycopg.Connection[Any], schema: str, ahead: Executor) -> None:
        """After each page, and once more at the end: the ids that its facts have brought are
        registered. PostgreSQL looks while the next page is read.
        """
        if self._looked_up is not None:
            ids, count = self._looked_up
            if count.result() < len(ids):
                self._name_unregistered(conn, schema, ids)
        ids, self._ids = self._ids, {}
        self._looked_up = (ids, ahead.submit(_registered, conn, schema, list(ids))) if ids else None

    def _name_unregistered(
        self, conn: psycopg.Connection[Any], schema: str, ids: dict[str, int]
    ) -> None:
        with conn.cursor(binary=True, row_factory=tuple_row) as cursor:
            lacking = cursor.execute(bound(_UNREGISTERED, schema), (list(ids),)).fetchall()
        for (number,) in lacking:
            self._findings.add("minted", ids[number], f"{ids[number]} {number}")

    def _read(self, row: Row, kind: str) -> None:
        position, _, _, topic, stored, _ = row
        try:
            body = decode(topic, stored)
            if body.at < self.at:
                self._findings.add("moment", position, place_of(row))
            else:
                self.at = body.at
        except (UnknownFact, msgspec.DecodeError, UnicodeDecodeError, TypeError):
            self._findings.add("unreadable", position, place_of(row))
            return
        for number in minted(body.fact):
            self._bring(number, position)
        if kind is AUDIT:
            self.audit[position] = body

    def _bring(self, number: str, position: int) -> None:
        self.brought += 1
        if _is_id(number):
            self._ids[number] = position
        else:
            self._findings.add("minted", position, f"{position} {number}")

    def _out_of_place(self, position: int) -> None:
        first, last = self.last + 1, position - 1
        place = f"{first}" if first == last else f"{first}-{last}"
        if position <= self.last:
            place = f"{position}"  # not once
        self._findings.add("gap", min(first, position), place)

    def _check_kind(self, row: Row, kind: str) -> None:
        position, stream, *_ = row
        known = self._kinds.setdefault(stream, kind)
        if known != kind or (kind == AUDIT) != (stream == self._audit):
            self._findings.add("strange_stream", position, place_of(row))


@cache
def _kind_of(topic: str) -> str:
    """The kind of stream that a fact belongs on; the same object for the same word."""
    return intern(topic.partition(".")[0])


def _is_id(number: str) -> bool:
    """Whether it is spelled as ids are: a spoilt row may hold anything."""
    try:
        return len(number) == LENGTH_OF_ID and len(bytes.fromhex(number.replace("-", ""))) == 16  # noqa: PLR2004
    except ValueError:
        return False


def _registered(conn: psycopg.Connection[Any], schema: str, ids: list[str]) -> int:
    """How many of the ids are registered."""
    with conn.cursor(binary=True, row_factory=tuple_row) as cursor:
        [(count,)] = cursor.execute(bound(_REGISTERED, schema), (ids,)).fetchall()
    return int(count)


def check_registered(
    conn: psycopg.Connection[Any], schema: str, rows: Rows, findings: Findings, ahead: Executor
) -> None:
    """No id is registered that no fact has brought. All are held in memory only when the numbers
    differ, to name them.
    """
    with conn.cursor(binary=True, row_factory=tuple_row) as cursor:
        [(count,)] = cursor.execute(bound("SELECT count(*) FROM {s}.minted", schema)).fetchall()
    if count == rows.brought:
        return
    brought: set[str] = set()
    for page in pages(conn, schema, lambda _: None, ahead):
        for row in page:
            try:
                fact = decode(row[3], row[4]).fact
            except (UnknownFact, msgspec.DecodeError, UnicodeDecodeError):
                continue
            brought.update(number for number in minted(fact))
    with conn.cursor("registered", binary=True, row_factory=tuple_row) as cursor:
        cursor.execute(bound("SELECT id::text FROM {s}.minted ORDER BY id", schema))
        for (number,) in cursor:
            if number not in brought:
                findings.add("minted", rows.last + 1, number)


def check_head(conn: psycopg.Connection[Any], schema: str, rows: Rows, findings: Findings) -> None:
    """The head row is the last fact, and no request was answered with positions beyond it."""
    with conn.cursor(binary=True, row_factory=tuple_row) as cursor:
        head = cursor.execute(bound("SELECT last, at FROM {s}.head", schema)).fetchall()
        if head != [(rows.last, rows.at)]:
            shown = ", ".join(f"{last} {at.isoformat()}" for last, at in head)
            findings.add("head", rows.last, f"{shown} / {rows.last} {rows.at.isoformat()}")
        answered = cursor.execute(
            bound("SELECT last, key FROM {s}.request WHERE last > %b ORDER BY last", schema),
            (rows.last,),
        ).fetchall()
    for last, key in answered:
        findings.add("gap", last, f"{last} {key}")
