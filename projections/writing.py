"""Writing rows in bulk: COPY for what only comes, arrays for what changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString

from psycopg import Cursor

from projections.projection import Place
from projections.sql import Row, bound


def run(cursor: Cursor[Any], place: Place, text: LiteralString, *arguments: Any) -> None:
    """One statement ({s}: the projection's tables, {log}: facts and vault)."""
    cursor.execute(bound(text, place.tables, place.log), arguments, prepare=True)


def run_many(
    cursor: Cursor[Any], place: Place, text: LiteralString, rows: Sequence[Sequence[Any]]
) -> None:
    """One statement for each of the rows, in order, without waiting in between."""
    if len(rows) == 1:
        run(cursor, place, text, *rows[0])
    elif rows:
        cursor.executemany(bound(text, place.tables, place.log), rows)


def fetch(cursor: Cursor[Any], place: Place, text: LiteralString, *arguments: Any) -> list[Row]:
    """All rows of a statement."""
    cursor.execute(bound(text, place.tables, place.log), arguments, prepare=True)
    return cursor.fetchall()


def copy(
    cursor: Cursor[Any],
    place: Place,
    table: LiteralString,
    columns: LiteralString,
    rows: Iterable[Sequence[Any]],
) -> None:
    """New rows of a table. columns: their names, with commas."""
    text: LiteralString = "COPY {s}." + table + " (" + columns + ") FROM STDIN"
    with cursor.copy(bound(text, place.tables)) as pipe:
        for row in rows:
            pipe.write_row(row)


def copy_walled(
    cursor: Cursor[Any],
    place: Place,
    table: LiteralString,
    columns: LiteralString,
    rows: Iterable[Sequence[Any]],
) -> None:
    """As `copy`, where rows have a wall (0018_wall.sql): there it goes by a table of one's own."""
    stage: LiteralString = "stage_" + table
    make: LiteralString = (
        "CREATE TEMPORARY TABLE IF NOT EXISTS " + stage + " (LIKE {s}." + table + ") ON COMMIT"
        " DELETE ROWS"
    )
    cursor.execute(bound(make, place.tables))
    text: LiteralString = "COPY pg_temp." + stage + " (" + columns + ") FROM STDIN"
    with cursor.copy(text) as pipe:
        for row in rows:
            pipe.write_row(row)
    move: LiteralString = (
        "WITH moved AS (DELETE FROM pg_temp." + stage + " RETURNING " + columns + ")"  # noqa: S608
        " INSERT INTO {s}." + table + " (" + columns + ") SELECT " + columns + " FROM moved"
    )
    cursor.execute(bound(move, place.tables))


def texts(cursor: Cursor[Any], place: Place, payload_ids: Iterable[str]) -> dict[str, str]:
    """Bodies of the vault by id; what has been erased is not there."""
    wanted = list(payload_ids)
    if not wanted:
        return {}
    found = fetch(
        cursor,
        place,
        "SELECT id::text, body FROM {log}.payload WHERE id = ANY (%s::uuid[])",
        wanted,
    )
    return dict(found)
