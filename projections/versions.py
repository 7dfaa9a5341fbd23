"""Rows with position ranges: what is true from one fact until another, and was so for ever."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, LiteralString, NamedTuple

from psycopg import Cursor

from projections.projection import Place
from projections.sql import STILL
from projections.writing import copy, copy_walled, fetch, run

Key = tuple[Any, ...]
Values = tuple[Any, ...]


class Columns(NamedTuple):
    """A versioned table: key columns with their types, then value columns with theirs. `walled`:
    its rows are behind the second wall.
    """

    table: LiteralString
    keys: tuple[tuple[LiteralString, LiteralString], ...]
    values: tuple[tuple[LiteralString, LiteralString], ...]
    walled: bool = False


class _Version(NamedTuple):
    values: Values
    since: int
    stored: bool


class Versions:
    """The versions of one table that a batch opens, changes and closes.

    Nothing is kept between batches: `load` first what the batch is going to change.
    """

    def __init__(self, place: Place, columns: Columns) -> None:
        self._place = place
        self._table: LiteralString = columns.table
        self._walled = columns.walled
        keys, values = columns.keys, columns.values
        every = (*keys, *values)
        names: LiteralString = ", ".join(name for name, _ in keys)
        self._columns: LiteralString = (
            ", ".join(name for name, _ in every) + ", valid_from, valid_to"
        )
        self._width = len(keys)
        arrays: LiteralString = ", ".join("%s::" + kind + "[]" for _, kind in keys)
        given: LiteralString = arrays + ", %s::bigint[], %s::bigint[]) AS k (" + names
        match: LiteralString = " AND ".join("t." + name + " = k." + name for name, _ in keys)
        self._load: LiteralString = "".join(
            (
                "SELECT ",
                ", ".join(_read(name, kind) for name, kind in every),
                ", t.valid_from FROM unnest(" + arrays + ") AS k (" + names + ")",
                " JOIN {s}." + columns.table + " t USING (" + names + ")",
                " WHERE t.valid_to = 9223372036854775807",
            )
        )
        self._close: LiteralString = "".join(
            (
                "UPDATE {s}." + columns.table + " t SET valid_to = k.until",  # noqa: S608
                " FROM unnest(",
                given + ", since, until) WHERE " + match + " AND t.valid_from = k.since",
            )
        )
        self._current: dict[Key, _Version] = {}
        self._past: list[tuple[Any, ...]] = []
        self._closed: list[tuple[Any, ...]] = []

    def load(self, cursor: Cursor[Any], keys: Iterable[Key]) -> None:
        """Fetch the versions in force of these keys; those that are not there are left out."""
        wanted = sorted(set(keys))
        if not wanted:
            return
        for row in fetch(cursor, self._place, self._load, *map(list, zip(*wanted, strict=True))):
            key, values = row[: self._width], row[self._width : -1]
            self._current[key] = _Version(values, row[-1], stored=True)

    def current(self, key: Key) -> Values | None:
        """The values in force, or None."""
        found = self._current.get(key)
        return found and found.values

    def open(self, key: Key, values: Values, position: int) -> None:
        """Values from a position on; the version in force before, if any, ends there."""
        self.close(key, position)
        self._current[key] = _Version(values, position, stored=False)

    def close(self, key: Key, position: int) -> None:
        """End the version in force, if there is one."""
        found = self._current.pop(key, None)
        if found is None:
            return
        if found.stored:
            self._closed.append((*key, found.since, position))
        else:
            self._past.append((*key, *found.values, found.since, position))

    def flush(self, cursor: Cursor[Any]) -> None:
        """Write what the batch has done and forget it."""
        fresh = self._past
        fresh += [
            (*key, *one.values, one.since, STILL)
            for key, one in self._current.items()
            if not one.stored
        ]
        if self._closed:
            run(cursor, self._place, self._close, *map(list, zip(*self._closed, strict=True)))
        if fresh:
            put = copy_walled if self._walled else copy
            put(cursor, self._place, self._table, self._columns, fresh)
        self._current, self._past, self._closed = {}, [], []


def _read(name: LiteralString, kind: LiteralString) -> LiteralString:
    """A column as Python gets it: ids are text."""
    if kind == "uuid":
        return "t." + name + "::text"
    if kind == "uuid[]":
        return "t." + name + "::text[]"
    return "t." + name
