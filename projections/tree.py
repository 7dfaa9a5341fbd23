"""tree_v1: the Merkle tree over the log, in tiles of sixteen hashes of one level.

Level n of tiles holds roots of complete subtrees of 16^n leaves; the levels between are folded
from a tile when they are asked for. A row per node would take seven times the room and the time.
Leaf i is the fact at position i + 1: positions have no gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, Cursor

from domain.catalogue import FACTS
from projections.merkle import HASH_SIZE, leaf_bytes, leaf_hash, node_hash
from projections.merkle import consistency_proof as prove_consistency
from projections.merkle import inclusion_proof as prove
from projections.merkle import root as root_of
from projections.projection import Place, Placed
from projections.sql import rows
from projections.writing import fetch, run

HEIGHT = 4
WIDTH = 1 << HEIGHT

Tiles = dict[tuple[int, int], bytes]


class Gap(Exception):  # noqa: N818
    """The log has no fact where there must be one."""


class Tree:
    """tree_v1 of one school."""

    name = "tree_v1"
    tables = ("tree_tile",)
    topics = frozenset(FACTS)
    ignored: frozenset[str] = frozenset()

    def __init__(self, place: Place) -> None:
        self._place = place
        self._size: int | None = None
        self._open: list[bytearray] = []  # the unfinished tile of each level
        self._streams: dict[str, bytes] = {}

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """See `Projection`. Raises Gap."""
        if self._size is None:
            self._load(cursor, batch[0].position - 1)
        size = self._size or 0
        done: Tiles = {}
        for one in batch:
            if one.position != size + 1:
                raise Gap(f"position {one.position} follows {size}")
            stream = self._streams.get(one.stream)
            if stream is None:
                stream = self._streams[one.stream] = UUID(one.stream).bytes
            leaf = leaf_bytes(stream, one.version, one.position, one.topic, one.stored)
            self._append(size, leaf_hash(leaf), done)
            size += 1
        self._size = size
        for level, tile in enumerate(self._open):
            if tile:
                done[level, (size >> HEIGHT * level) >> HEIGHT] = bytes(tile)
        keys = sorted(done)
        run(
            cursor,
            self._place,
            "INSERT INTO {s}.tree_tile (level, idx, hashes)"
            " SELECT * FROM unnest(%b::smallint[], %b::bigint[], %b::bytea[])"
            " ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes",
            [level for level, _ in keys],
            [idx for _, idx in keys],
            [done[key] for key in keys],
        )
        if len(self._streams) > WIDTH_OF_MEMORY:
            self._streams.clear()

    def _append(self, size: int, found: bytes, done: Tiles) -> None:
        level = 0
        while True:
            if level == len(self._open):
                self._open.append(bytearray())
            tile = self._open[level]
            tile += found
            if len(tile) < WIDTH * HASH_SIZE:
                return
            done[level, size >> HEIGHT * (level + 1)] = bytes(tile)
            found = _fold(tile)
            tile.clear()
            level += 1

    def _load(self, cursor: Cursor[Any], size: int) -> None:
        """Take up the unfinished tiles of a tree of `size` leaves."""
        self._size = size
        self._open = []
        wanted = []
        level = 0
        while size >> HEIGHT * level:
            wanted.append((level, (size >> HEIGHT * level) >> HEIGHT))
            level += 1
        tiles = {
            (of_level, idx): hashes
            for of_level, idx, hashes in fetch(cursor, self._place, _TILES, *_columns(wanted))
        }
        for level, idx in wanted:
            count = (size >> HEIGHT * level) & (WIDTH - 1)
            self._open.append(bytearray(tiles.get((level, idx), b"")[: count * HASH_SIZE]))


#: Streams whose 16 bytes are kept in memory.
WIDTH_OF_MEMORY = 50_000

_TILES = """
    SELECT t.level::int, t.idx, t.hashes FROM unnest(%b::smallint[], %b::bigint[]) AS k (level, idx)
    JOIN {s}.tree_tile t USING (level, idx)
"""


def _columns(keys: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [level for level, _ in keys], [idx for _, idx in keys]


def _fold(hashes: bytes | bytearray) -> bytes:
    """The root over 1, 2, 4, 8 or 16 hashes."""
    found = [bytes(hashes[at : at + HASH_SIZE]) for at in range(0, len(hashes), HASH_SIZE)]
    while len(found) > 1:
        found = [node_hash(found[at], found[at + 1]) for at in range(0, len(found), 2)]
    return found[0]


def node_in(tiles: Tiles, level: int, index: int) -> bytes:
    """A complete node out of its tile. Raises KeyError when the tile is not there."""
    above, within = divmod(level, HEIGHT)
    first = index << within
    start = (first % WIDTH) * HASH_SIZE
    hashes = tiles[above, first // WIDTH][start : start + (HASH_SIZE << within)]
    if len(hashes) != HASH_SIZE << within:
        raise KeyError((level, index))
    return _fold(hashes)


def _tile_of(level: int, index: int) -> tuple[int, int]:
    above, within = divmod(level, HEIGHT)
    return above, (index << within) // WIDTH


class _Wanted:
    """Notes which tiles a computation reads."""

    def __init__(self) -> None:
        self.tiles: set[tuple[int, int]] = set()

    def __call__(self, level: int, index: int) -> bytes:
        self.tiles.add(_tile_of(level, index))
        return b""


async def _read(
    conn: AsyncConnection[Any], schema: str, wanted: Iterable[tuple[int, int]]
) -> Tiles:
    found = await rows(conn, schema, _TILES, *_columns(sorted(wanted)))
    return {(level, idx): hashes for level, idx, hashes in found}


async def size(conn: AsyncConnection[Any], schema: str) -> int:
    """How many leaves the tree has."""
    found = await rows(conn, schema, "SELECT position FROM {s}.bookmark WHERE name = %s", Tree.name)
    return int(found[0][0]) if found else 0


async def root(conn: AsyncConnection[Any], schema: str, size: int) -> bytes:
    """The root of the first `size` leaves. Raises KeyError beyond the tree."""
    wanted = _Wanted()
    root_of(wanted, size)
    tiles = await _read(conn, schema, wanted.tiles)
    return root_of(lambda level, index: node_in(tiles, level, index), size)


async def inclusion_proof(
    conn: AsyncConnection[Any], schema: str, index: int, size: int
) -> list[bytes]:
    """The path of leaf `index` (position − 1) in the tree of `size` leaves, from the leaf up.

    Raises ValueError outside of the tree of that size, KeyError beyond what is stored.
    """
    wanted = _Wanted()
    prove(wanted, index, size)
    tiles = await _read(conn, schema, wanted.tiles)
    return prove(lambda level, at: node_in(tiles, level, at), index, size)


async def consistency_proof(
    conn: AsyncConnection[Any], schema: str, first: int, second: int
) -> list[bytes]:
    """That the tree of `first` leaves begins that of `second`.

    Raises ValueError unless 0 < first <= second, KeyError beyond what is stored.
    """
    wanted = _Wanted()
    prove_consistency(wanted, first, second)
    tiles = await _read(conn, schema, wanted.tiles)
    return prove_consistency(lambda level, at: node_in(tiles, level, at), first, second)


async def frontier(conn: AsyncConnection[Any], schema: str, size: int) -> list[bytes]:
    """The complete subtrees over the first `size` leaves, the largest first: what a tree of that
    size needs to go on. Raises KeyError beyond what is stored.
    """
    keys = []
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            keys.append((level, start >> level))
            start += 1 << level
    tiles = await _read(conn, schema, {_tile_of(*key) for key in keys})
    return [node_in(tiles, *key) for key in keys]
