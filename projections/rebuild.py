"""Blue/green rebuild: fold again into fresh tables beside the living ones, then swap.

Reading and folding go on meanwhile; the swap waits for the projector's current batch and takes
the readers' tables for a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from projections.catalogue import PROJECTIONS
from projections.folding import WHOLE_LOG_PAGE, Folder
from projections.postgres.database import OWNER
from projections.projection import Place
from projections.tables import copy_rights, indexes_of, like

#: How long the swap may wait for readers before it gives up.
SWAP_TIMEOUT = "5s"


def rebuild(
    conn: psycopg.Connection[Any],
    schema: str,
    names: Sequence[str] | None = None,
    *,
    progress: Callable[[int], None] = lambda _facts: None,
) -> int:
    """Fold projections (all of them without names) from nothing and swap them in; answers the
    position they have reached. `progress` is called with the number of facts of each step.

    conn: autocommit, as the administrator of `migrate`. Raises KeyError for an unknown name,
    psycopg.errors.LockNotAvailable when readers hold the tables for too long: nothing is changed.
    """
    chosen = {name: PROJECTIONS[name] for name in (names or PROJECTIONS)}
    scratch = f"{schema}_rebuild"
    place = Place(scratch, schema)
    tables = [table for make in chosen.values() for table in make(place).tables]
    with conn.transaction():
        _fresh(conn, schema, scratch, tables)
    try:
        folder = Folder(place, chosen, unread=True)
        while facts := folder.step(conn, limit=WHOLE_LOG_PAGE):
            progress(facts)
        folder.finish(conn)
        with conn.transaction():
            return _swap(conn, schema, scratch, tables, folder, list(chosen))
    finally:
        conn.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(scratch)))


def _fresh(conn: psycopg.Connection[Any], schema: str, scratch: str, tables: Sequence[str]) -> None:
    conn.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(scratch)))
    conn.execute(
        SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(Identifier(scratch), Identifier(OWNER))
    )
    conn.execute(SQL("SET LOCAL ROLE {}").format(Identifier(OWNER)))
    for table in (*tables, "bookmark"):
        conn.execute(like(False, schema, scratch, table))
    copy_rights(conn, schema, scratch, tables)


def _swap(
    conn: psycopg.Connection[Any],
    schema: str,
    scratch: str,
    tables: Sequence[str],
    folder: Folder,
    names: Sequence[str],
) -> int:
    conn.execute(SQL("SET LOCAL lock_timeout = {}").format(SWAP_TIMEOUT))
    living = conn.execute(
        SQL("SELECT name FROM {}.bookmark WHERE name = ANY (%s) ORDER BY name FOR UPDATE").format(
            Identifier(schema)
        ),
        (sorted(names),),
    ).fetchall()
    while folder.step(conn, limit=WHOLE_LOG_PAGE):
        pass
    folder.finish(conn)
    for table in tables:
        old = indexes_of(conn, schema, table)
        conn.execute(SQL("DROP TABLE {}.{}").format(Identifier(schema), Identifier(table)))
        conn.execute(
            SQL("ALTER TABLE {}.{} SET SCHEMA {}").format(
                Identifier(scratch), Identifier(table), Identifier(schema)
            )
        )
        for definition, name in indexes_of(conn, schema, table).items():
            if old.get(definition, name) != name:
                conn.execute(
                    SQL("ALTER INDEX {}.{} RENAME TO {}").format(
                        Identifier(schema), Identifier(name), Identifier(old[definition])
                    )
                )
    generation = 2 if living else 1
    row = conn.execute(
        SQL(
            "INSERT INTO {}.bookmark AS b (name, position, at, generation)"
            " SELECT name, position, at, %s FROM {}.bookmark"
            " ON CONFLICT (name) DO UPDATE SET position = excluded.position, at = excluded.at,"
            " generation = b.generation + 1 RETURNING position"
        ).format(Identifier(schema), Identifier(scratch)),
        (generation,),
    ).fetchone()
    return int(row[0]) if row else 0
