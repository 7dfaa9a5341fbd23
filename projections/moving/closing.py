"""Closing a school where it is: the database itself refuses, whoever asks.

A trigger on every table but those of projections, which only repeat what the others say. Putting it
there waits for whoever is writing, so that afterwards nothing is on its way.
"""

from __future__ import annotations

from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql

from domain.refusals import Conflict, NotFound
from projections.catalogue import PROJECTIONS
from projections.postgres.database import OWNER
from projections.postgres.migrations import LOCK, RegisteredSchool, registered
from projections.projection import Place

TRIGGER = sql.Identifier("letopis_closed")
_TRIES = 5  # a lock that cannot be had is tried again: writers have theirs for milliseconds


def closed(admin: str, slug: str, move: str) -> RegisteredSchool:
    """Close the school for a move, or answer how it is closed already.

    move: the number of a new move (UUID). Raises NotFound.
    """
    for left in reversed(range(_TRIES)):
        try:
            with psycopg.connect(admin) as conn:
                school = known(conn, slug)
                if school.move is None:
                    conn.execute("UPDATE public.school SET move = %s WHERE slug = %s", (move, slug))
                shut(conn, school.schema)
            break
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            if left == 0:
                raise
    with psycopg.connect(admin) as conn:
        return known(conn, slug)


def reopened(admin: str, slug: str) -> None:
    """The move is called off, or has arrived. Raises NotFound, Conflict when it was given away."""
    with psycopg.connect(admin) as conn:
        school = known(conn, slug)
        if school.moved_to is not None:
            raise Conflict(
                "school.moved",
                f"Школа отдана: она работает по адресу {school.moved_to}. Открыть её и здесь "
                "значило бы завести два журнала.",
            )
        unshut(conn, school.schema)
        conn.execute("UPDATE public.school SET move = NULL WHERE slug = %s", (slug,))


def known(conn: psycopg.Connection[Any], slug: str) -> RegisteredSchool:
    """The line of the registry. Raises NotFound."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
    found = next((one for one in registered(conn) if one.slug == slug), None)
    if found is None:
        raise NotFound("school.unknown", f"Школы «{slug}» здесь нет.")
    return found


def shut(conn: psycopg.Connection[Any], schema: str) -> None:
    """Let nothing but projections be written in a schema, from the end of this transaction on."""
    _as_owner(conn)
    tables = _tables(conn, schema)
    # In the order in which an append takes them: it holds the head before anything else.
    for table in sorted(tables, key=lambda name: (name != "head", name)):
        there = sql.Identifier(schema, table)
        conn.execute(sql.SQL("DROP TRIGGER IF EXISTS {} ON {}").format(TRIGGER, there))
        conn.execute(
            sql.SQL(
                "CREATE TRIGGER {} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {}"
                " FOR EACH STATEMENT EXECUTE FUNCTION public.letopis_closed()"
            ).format(TRIGGER, there)
        )
        conn.execute(sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}").format(there, TRIGGER))
    conn.execute("RESET ROLE")


def unshut(conn: psycopg.Connection[Any], schema: str) -> None:
    """Take the triggers away."""
    _as_owner(conn)
    for table in _tables(conn, schema):
        there = sql.Identifier(schema, table)
        conn.execute(sql.SQL("DROP TRIGGER IF EXISTS {} ON {}").format(TRIGGER, there))
    conn.execute("RESET ROLE")


def _as_owner(conn: psycopg.Connection[Any]) -> None:
    conn.execute("SET LOCAL lock_timeout = '5s'")
    conn.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))


def _tables(conn: psycopg.Connection[Any], schema: str) -> list[str]:
    """All but those of projections and their bookmarks."""
    place = Place(schema, schema)
    folded = {"bookmark"}.union(*(make(place).tables for make in PROJECTIONS.values()))
    query: LiteralString = (
        "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s)"
        " AND relkind IN ('r', 'p')"
    )
    found = conn.execute(query, (f'"{schema}"',)).fetchall()
    return [cast("str", name) for (name,) in found if name not in folded]
