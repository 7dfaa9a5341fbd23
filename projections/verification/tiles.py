"""The tree once more: its roots from the rows, and its stored tiles against them.

Written apart from `projections.tree`, which made the tiles: here peaks of complete subtrees, as in
section 2.1.2 of RFC 9162; there tiles of sixteen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from projections.merkle import EMPTY_ROOT, HASH_SIZE, node_hash, root_of
from projections.sql import bound
from projections.tree import HEIGHT, WIDTH
from projections.verification.findings import Findings
from projections.verification.rows import Row, place_of

PAGE = 200


class Frontier:
    """The roots of the complete subtrees that the leaves so far make up, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.tile = b""  # the root over the last sixteen leaves that make a tile
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """One more leaf hash."""
        self.size += 1
        size, height = self.size, 0
        while not size & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            size, height = size >> 1, height + 1
            if height == HEIGHT:
                self.tile = leaf
        self._peaks.append(leaf)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


class Level:
    """The stored tiles of one level in order; what is not there is empty."""

    def __init__(
        self,
        conn: psycopg.Connection[Any],
        schema: str,
        level: int,
        above: Level | None,
        findings: Findings,
    ) -> None:
        self.tiles = 0  # how many there are
        self._level = level
        self._above = above
        self._findings = findings
        self._derived: list[bytes] = []  # hashes of the tile at hand, from the level below
        self._idx = 0
        self._stored = self._read(conn, schema)
        self._next = next(self._stored, None)

    def take(self, idx: int) -> bytes:
        """The stored hashes of a tile; tiles are asked for in order."""
        while self._next is not None and self._next[0] < idx:
            self._extra(self._next[0])
        if self._next is None or self._next[0] != idx:
            return b""
        hashes = self._next[1]
        self._advance()
        return hashes

    def push(self, root: bytes) -> None:
        """The root over a whole tile of the level below."""
        self._derived.append(root)
        if len(self._derived) == WIDTH:
            self._compare()

    def finish(self) -> None:
        """What is left: the unfinished tile, and tiles that should not be there."""
        if self._derived:
            self._compare()
        while self._next is not None:
            self._extra(self._next[0])

    def wrong(self, idx: int) -> None:
        """A tile is not what is below it."""
        end = (idx + 1) << HEIGHT * (max(self._level, 0) + 1)
        self._findings.add("tile", end, f"{self._level}/{idx}")

    def _compare(self) -> None:
        if self.take(self._idx) != b"".join(self._derived):
            self.wrong(self._idx)
        self._idx += 1
        if self._above is not None and len(self._derived) == WIDTH:
            self._above.push(root_of(self._derived))
        self._derived.clear()

    def _extra(self, idx: int) -> None:
        self.wrong(idx)
        self._advance()

    def _advance(self) -> None:
        self.tiles += 1
        self._next = next(self._stored, None)

    def _read(self, conn: psycopg.Connection[Any], schema: str) -> Iterator[tuple[int, bytes]]:
        with conn.cursor(f"level {self._level}", binary=True, row_factory=tuple_row) as cursor:
            cursor.itersize = PAGE
            cursor.execute(bound(_TILES, schema), (self._level,))
            yield from cursor


class Cover:
    """The rows against the tiles: a tree of `size` leaves covers positions 1 … size."""

    def __init__(
        self, conn: psycopg.Connection[Any], schema: str, size: int, findings: Findings
    ) -> None:
        self._size = size
        self._findings = findings
        self._idx = 0
        self._held: list[tuple[Row, bytes]] = []  # rows of the tile at hand
        with conn.cursor(binary=True, row_factory=tuple_row) as cursor:
            there = cursor.execute(bound(_LEVELS, schema)).fetchall()
        top = max(0, size - 1).bit_length() // HEIGHT
        self._levels: dict[int, Level] = {}
        for level in sorted({*range(top + 1), *(level for (level,) in there)}, reverse=True):
            above = self._levels.get(level + 1) if 0 <= level < top else None
            self._levels[level] = Level(conn, schema, level, above, findings)

    @property
    def tiles(self) -> int:
        """How many tiles there are."""
        return sum(level.tiles for level in self._levels.values())

    def add(self, row: Row, leaf: bytes, root: bytes | None) -> None:
        """The next row and its leaf hash. `root`: over the sixteen that end with it, if they are
        known to make a tile.
        """
        if not 0 < row[0] <= self._size:
            return
        idx = (row[0] - 1) >> HEIGHT
        while self._idx < idx:
            self._settle(None)
        self._held.append((row, leaf))
        if root is not None:
            self._settle(root)

    def finish(self) -> None:
        """What no row is left for."""
        while self._idx * WIDTH < self._size:
            self._settle(None)
        for level in sorted(self._levels):
            self._levels[level].finish()

    def _settle(self, root: bytes | None) -> None:
        """Compare the tile at hand and go on to the next. `root`: of the rows, if it is known."""
        leaves = self._levels[0]
        idx, held = self._idx, self._held
        stored = leaves.take(idx)
        due = min(WIDTH, self._size - idx * WIDTH) * HASH_SIZE
        if len(stored) != due:
            leaves.wrong(idx)
        derived = b"".join([leaf for _, leaf in held])
        if stored != derived:
            self._name(stored)
            root = None
        if due == WIDTH * HASH_SIZE:
            whole = stored if len(stored) == due else derived
            if root is None and len(whole) == due:
                root = root_of([whole[at : at + HASH_SIZE] for at in range(0, due, HASH_SIZE)])
            above = self._levels.get(1)
            if above is not None:
                above.push(root or b"")
        self._idx += 1
        held.clear()

    def _name(self, stored: bytes) -> None:
        """The rows of the tile at hand that are not what it covers."""
        for row, leaf in self._held:
            at = (row[0] - 1) % WIDTH * HASH_SIZE
            covered = stored[at : at + HASH_SIZE]
            if covered and covered != leaf:
                self._findings.add("leaf", row[0], place_of(row))


_TILES = "SELECT idx, hashes FROM {s}.tree_tile WHERE level = %b ORDER BY idx"
_LEVELS = "SELECT DISTINCT level FROM {s}.tree_tile"
