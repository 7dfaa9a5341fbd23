"""Replay: fold the log into empty tables of the same shape and compare them row by row.

Everything happens in one snapshot, so the living projections may go on meanwhile: they are
compared as they are at the position that they have reached when the replay begins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from projections.catalogue import PROJECTIONS
from projections.diary.packing import etag_of_packed
from projections.folding import WHOLE_LOG_PAGE, Folder
from projections.projection import Place, Projection
from projections.sql import STILL
from projections.tables import columns_of, like

SCRATCH = "pg_temp"
PACKED = "diary_v1"
EXAMPLES = 20

Make = Mapping[str, Callable[[Place], Projection]]


class Uneven(LookupError):  # noqa: N818
    """The projections are at different positions just now: later they can be compared."""


class Difference(msgspec.Struct, frozen=True):
    """A row that is not the same: its key, and whether it is `missing` from the living table,
    `extra` there, or `changed`.
    """

    table: str
    key: dict[str, str]
    what: str


class Report(msgspec.Struct, frozen=True):
    """What a replay has found. `differing` counts all; `differences` lists the first of a table.

    skipped: tables that cannot be compared at a past moment or for one year alone.
    """

    position: int
    facts: int
    rows: int
    differing: int
    differences: list[Difference]
    tables: dict[str, int]
    skipped: list[str]

    @property
    def agrees(self) -> bool:
        """Rebuilt equals lived."""
        return self.differing == 0


def replay(
    conn: psycopg.Connection[Any],
    schema: str,
    year: int | None = None,
    as_of: datetime | None = None,
    projections: Make | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Fold the facts again and compare.

    conn: autocommit, as letopis_projector. year: only the classes of a school year. as_of: an
    aware moment; only what keeps its past (register, trail, tree) is compared then. progress is
    told how many more facts are folded.
    Raises LookupError for a year that has no classes, Uneven.
    """
    make = dict(PROJECTIONS if projections is None else projections)
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        position = _position(conn, schema, list(make), as_of)
        classes, others = _classes(conn, schema, year)
        if year is not None:
            make.pop("tree_v1", None)
        place = Place(SCRATCH, schema)
        tables = {name: one(place).tables for name, one in make.items()}
        for table in ("bookmark", *(table for of in tables.values() for table in of)):
            conn.execute(like(True, schema, SCRATCH, table))
        folder = Folder(place, make, frozenset(others), unread=True)
        facts = 0
        while step := folder.step(conn, upto=position, limit=WHOLE_LOG_PAGE):
            facts += step
            progress(step)
        folder.finish(conn)
        comparison = _Comparison(conn, schema, position, year, classes, past=as_of is not None)
        for of_name in tables.values():
            for table in of_name:
                conn.execute(SQL("ANALYZE {}").format(Identifier(SCRATCH, table)))
                comparison.compare(table)
        return comparison.report(facts)


def _position(
    conn: psycopg.Connection[Any], schema: str, names: Sequence[str], as_of: datetime | None
) -> int:
    """Where to compare: where all projections are, or a moment before. Raises Uneven."""
    found = conn.execute(
        SQL("SELECT min(position), max(position) FROM {}.bookmark WHERE name = ANY (%s)").format(
            Identifier(schema)
        ),
        (list(names),),
    ).fetchone()
    low, high = found or (0, 0)
    if low != high:
        raise Uneven(f"проекции сейчас на разных позициях, {low} … {high}; повторите")
    if as_of is None:
        return low or 0
    past = conn.execute(
        SQL("SELECT max(position) FROM {}.register_moment WHERE at <= %s").format(
            Identifier(schema)
        ),
        (as_of,),
    ).fetchone()
    return min(low or 0, (past and past[0]) or 0)


def _classes(
    conn: psycopg.Connection[Any], schema: str, year: int | None
) -> tuple[list[str], list[str]]:
    """Classes of the year and of the other years."""
    if year is None:
        return [], []
    found = conn.execute(
        SQL("SELECT class_id::text, year FROM {}.directory_class").format(Identifier(schema))
    ).fetchall()
    mine = [class_id for class_id, of_year in found if of_year == year]
    if not mine:
        raise LookupError(f"в {year} году нет классов")
    return mine, [class_id for class_id, of_year in found if of_year != year]


class _Comparison:
    """Compares tables one by one."""

    def __init__(
        self,
        conn: psycopg.Connection[Any],
        schema: str,
        position: int,
        year: int | None,
        classes: Sequence[str],
        *,
        past: bool,
    ) -> None:
        self._conn = conn
        self._schema = schema
        self._position = position
        self._year = year
        self._classes = classes
        self._past = past
        self._rows: dict[str, int] = {}
        self._found: list[Difference] = []
        self._differing = 0
        self._skipped: list[str] = []

    def report(self, facts: int) -> Report:
        """Everything that was compared so far."""
        return Report(
            self._position,
            facts,
            sum(self._rows.values()),
            self._differing,
            self._found,
            self._rows,
            self._skipped,
        )

    def compare(self, table: str) -> None:
        """Compare one table, as far as it can be."""
        keys, values = columns_of(self._conn, self._schema, table)
        if table == PACKED and not self._past:
            values.remove("document")  # another zlib packs it otherwise: its text is checked below
        living = self._living(table, [*keys, *values])
        if living is None:
            self._skipped.append(table)
            return
        scratch = SQL("SELECT * FROM {} t").format(Identifier(SCRATCH, table))
        if self._year is not None:
            scratch += self._of_year([*keys, *values], SCRATCH) or SQL("")
        count = self._conn.execute(SQL("SELECT count(*) FROM ({}) l").format(living)).fetchone()
        self._rows[table] = count[0] if count else 0
        same = SQL(" AND ").join(SQL("l.{0} = s.{0}").format(Identifier(key)) for key in keys)
        left, right = (
            SQL("ROW({})").format(
                SQL(", ").join(Identifier(side, column) for column in [*keys, *values])
            )
            for side in "ls"
        )
        found = self._conn.execute(
            SQL(
                "SELECT count(*) OVER (), ARRAY[{}], ({}) IS NULL, ({}) IS NULL"
                " FROM ({}) l FULL JOIN ({}) s ON {} WHERE {} IS DISTINCT FROM {} LIMIT {}"
            ).format(
                SQL(", ").join(
                    SQL("coalesce(l.{0}, s.{0})::text").format(Identifier(key)) for key in keys
                ),
                Identifier("l", keys[0]),
                Identifier("s", keys[0]),
                living,
                scratch,
                same,
                left,
                right,
                Literal(EXAMPLES),
            )
        ).fetchall()
        self._differing += found[0][0] if found else 0
        if table == PACKED and not self._past:
            self._unpack(table, living)
        for _, key, not_living, not_rebuilt in found:
            what = "missing" if not_living else "extra" if not_rebuilt else "changed"
            self._found.append(Difference(table, dict(zip(keys, key, strict=True)), what))

    def _unpack(self, table: str, living: Composed) -> None:
        """A document is what its ETag says; the ETags have been compared."""
        with self._conn.cursor("documents", binary=True) as cursor:
            cursor.itersize = 500
            cursor.execute(
                SQL("SELECT pupil_id::text, monday::text, etag, document FROM ({}) l").format(
                    living
                )
            )
            for pupil_id, monday, etag, document in cursor:
                if etag_of_packed(document) != etag:
                    self._differing += 1
                    key = {"pupil_id": pupil_id, "monday": monday}
                    self._found.append(Difference(table, key, "changed"))

    def _living(self, table: str, columns: Sequence[str]) -> Composed | None:
        """The living rows to compare, or None when they cannot be told for this question."""
        source = (
            self._as_of(table, columns)
            if self._past
            else SQL("SELECT * FROM {} t").format(Identifier(self._schema, table))
        )
        if source is None or self._year is None:
            return source
        of_year = self._of_year(columns, self._schema)
        return None if of_year is None else source + of_year

    def _of_year(self, columns: Sequence[str], schema: str) -> Composed | None:
        classes = SQL("ANY ({}::uuid[])").format(Literal(list(self._classes)))
        if "class_id" in columns:
            return SQL(" WHERE t.class_id = ") + classes
        if "lesson_id" in columns:
            return SQL(
                " WHERE t.lesson_id IN (SELECT lesson_id FROM {} WHERE class_id = {})"
            ).format(Identifier(schema, "register_lesson"), classes)
        if "year" in columns:
            return SQL(" WHERE t.year = {}").format(Literal(self._year))
        return None

    def _as_of(self, table: str, columns: Sequence[str]) -> Composed | None:
        """Rows as they were at the position."""
        at = Literal(self._position)
        name = Identifier(self._schema, table)
        if "valid_to" in columns:
            listed = SQL(", ").join(
                SQL("CASE WHEN valid_to > {0} THEN {1} ELSE valid_to END AS valid_to").format(
                    at, Literal(STILL)
                )
                if column == "valid_to"
                else Identifier(column)
                for column in columns
            )
            return SQL("SELECT * FROM (SELECT {} FROM {} WHERE valid_from <= {}) t").format(
                listed, name, at
            )
        if "valid_from" in columns:
            return SQL("SELECT * FROM (SELECT * FROM {} WHERE valid_from <= {}) t").format(name, at)
        if table in ("trail_v1", "register_moment"):
            return SQL("SELECT * FROM (SELECT * FROM {} WHERE position <= {}) t").format(name, at)
        if table == "tree_tile":
            return SQL(
                "SELECT t.level, t.idx, substring(t.hashes FOR octet_length(s.hashes)) AS hashes"
                " FROM {} t JOIN {} s USING (level, idx)"
            ).format(name, Identifier(SCRATCH, table))
        return None
