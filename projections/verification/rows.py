"""The rows of the log, one by one: each readable, in its place, and what its leaf hashes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
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

PAGE = 2_000

# The last column is the leaf hash once more, by PostgreSQL: it shares no line with ours.
ROWS = """
    SELECT notification_id, uuid_send(originator_id), originator_version, topic, state,
        sha256('\\x0001'::bytea || uuid_send(originator_id) || int8send(originator_version)
            || int8send(notification_id) || substring(int4send(octet_length(topic)) FROM 3)
            || convert_to(topic, 'UTF8') || state)
    FROM {s}.facts ORDER BY notification_id
"""
_UNREGISTERED = (
    "SELECT i.id FROM unnest(%b::uuid[]) AS i (id)"
    " LEFT JOIN {s}.minted m USING (id) WHERE m.id IS NULL"
)

AUDIT = "audit"


class Row(NamedTuple):
    """A fact as it is stored; `by_database` is its leaf hash as PostgreSQL computes it."""

    position: int
    stream: bytes
    version: int
    topic: str
    stored: bytes
    by_database: bytes

    @property
    def place(self) -> str:
        """How findings name it."""
        return f"{self.position} {UUID(bytes=self.stream)}/{self.version} {self.topic}"


def pages(
    conn: psycopg.Connection[Any], schema: str, progress: Callable[[int], None]
) -> Iterator[list[Row]]:
    """All rows in order, through a cursor of the server: a page is all that is held."""
    with conn.cursor("rows", binary=True, row_factory=tuple_row) as cursor:
        cursor.execute(bound(ROWS, schema))
        while page := cursor.fetchmany(PAGE):
            yield [Row(*row) for row in page]
            progress(len(page))


class Rows:
    """What a row must be, seen from the rows before it."""

    def __init__(self, school_id: str, findings: Findings) -> None:
        self._findings = findings
        self.count = 0
        self.last = 0
        self.at: datetime = EPOCH
        self.brought = 0  # ids that facts have brought into the world
        self._versions: dict[bytes, int] = {}
        self._kinds: dict[bytes, str] = {}
        self._audit = UUID(audit_id(school_id)).bytes
        self._ids: dict[UUID, int] = {}  # brought by facts of this page, and where

    def check(self, row: Row) -> Body[Any] | None:
        """Note what is wrong with a row. Answers its body, None when it cannot be read."""
        position, stream, version, topic, stored, _ = row
        if position != self.last + 1:
            self._out_of_place(position)
        self.count += 1
        self.last = position
        if version != self._versions.get(stream, 0) + 1:
            self._findings.add("version", position, row.place)
        self._versions[stream] = version
        try:
            body = decode(topic, stored)
        except (UnknownFact, msgspec.DecodeError, UnicodeDecodeError):
            self._findings.add("unreadable", position, row.place)
            return None
        if body.at.tzinfo is None or body.at < self.at:
            self._findings.add("moment", position, row.place)
        else:
            self.at = body.at
        self._check_kind(row, topic.partition(".")[0])
        for number in minted(body.fact):
            self.brought += 1
            if (known := _uuid(number)) is None:
                self._findings.add("minted", position, f"{position} {number}")
            else:
                self._ids[known] = position
        return body

    def leaf(self, row: Row) -> bytes:
        """The leaf hash of a row, by this program; of PostgreSQL's own it must be the twin."""
        position, stream, version, topic, stored, by_database = row
        try:
            found = leaf_hash(leaf_bytes(stream, version, position, topic, stored))
        except OverflowError:  # a number or a topic that no fact ever had
            return by_database
        if found != by_database:
            self._findings.add("sql_leaf", position, row.place)
        return found

    def check_ids(self, conn: psycopg.Connection[Any], schema: str) -> None:
        """After each page: the ids that its facts have brought are registered."""
        if not self._ids:
            return
        with conn.cursor(binary=True, row_factory=tuple_row) as cursor:
            lacking = cursor.execute(bound(_UNREGISTERED, schema), (list(self._ids),)).fetchall()
        for (number,) in lacking:
            self._findings.add("minted", self._ids[number], f"{self._ids[number]} {number}")
        self._ids.clear()

    def _out_of_place(self, position: int) -> None:
        first, last = self.last + 1, position - 1
        place = f"{first}" if first == last else f"{first}-{last}"
        if position <= self.last:
            place = f"{position}"  # not once
        self._findings.add("gap", min(first, position), place)

    def _check_kind(self, row: Row, kind: str) -> None:
        known = self._kinds.setdefault(row.stream, kind)
        if known != kind or (kind == AUDIT) != (row.stream == self._audit):
            self._findings.add("strange_stream", row.position, row.place)


def _uuid(number: str) -> UUID | None:
    """The id, if it is one: a spoilt row may hold anything."""
    try:
        return UUID(number)
    except ValueError:
        return None


def check_registered(
    conn: psycopg.Connection[Any], schema: str, rows: Rows, findings: Findings
) -> None:
    """No id is registered that no fact has brought. All are held in memory only when the numbers
    differ, to name them.
    """
    with conn.cursor(binary=True, row_factory=tuple_row) as cursor:
        [(count,)] = cursor.execute(bound("SELECT count(*) FROM {s}.minted", schema)).fetchall()
    if count == rows.brought:
        return
    brought: set[UUID] = set()
    for page in pages(conn, schema, lambda _: None):
        for row in page:
            try:
                fact = decode(row.topic, row.stored).fact
            except (UnknownFact, msgspec.DecodeError, UnicodeDecodeError):
                continue
            brought.update(known for one in minted(fact) if (known := _uuid(one)) is not None)
    with conn.cursor("registered", binary=True, row_factory=tuple_row) as cursor:
        cursor.execute(bound("SELECT id FROM {s}.minted ORDER BY id", schema))
        for (number,) in cursor:
            if number not in brought:
                findings.add("minted", rows.last + 1, str(number))


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
