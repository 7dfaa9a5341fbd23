"""Projection tables as such: columns, keys, indexes, rights; and a copy of their shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier


def columns_of(
    conn: psycopg.Connection[Any], schema: str, table: str
) -> tuple[list[str], list[str]]:
    """The key columns and the other columns of a table."""
    found = conn.execute(
        """
        SELECT a.attname, coalesce(a.attnum = ANY (i.indkey::int2[]), false)
        FROM pg_attribute a
        LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
        WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
        """,
        (f"{schema}.{table}",),
    ).fetchall()
    keys = [name for name, is_key in found if is_key]
    return keys, [name for name, is_key in found if not is_key]


def like(temporary: bool, schema: str, scratch: str, table: str) -> Composed:  # noqa: FBT001
    """CREATE an empty table of the same shape, with its indexes."""
    if temporary:
        return SQL("CREATE TEMPORARY TABLE {} (LIKE {}.{} INCLUDING ALL) ON COMMIT DROP").format(
            Identifier(table), Identifier(schema), Identifier(table)
        )
    return SQL("CREATE TABLE {}.{} (LIKE {}.{} INCLUDING ALL)").format(
        Identifier(scratch), Identifier(table), Identifier(schema), Identifier(table)
    )


def copy_rights(
    conn: psycopg.Connection[Any], schema: str, scratch: str, tables: Iterable[str]
) -> None:
    """Grant on the tables of `scratch` what is granted on those of `schema`, row by row too."""
    for table in tables:
        _copy_policies(conn, schema, scratch, table)
        found = conn.execute(
            """
            SELECT r.rolname, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
            JOIN pg_roles r ON r.oid = a.grantee
            WHERE c.oid = %s::regclass AND a.grantee <> c.relowner
            """,
            (f"{schema}.{table}",),
        ).fetchall()
        for role, privilege in found:
            conn.execute(
                SQL("GRANT {} ON {}.{} TO {}").format(
                    SQL(privilege), Identifier(scratch), Identifier(table), Identifier(role)
                )
            )


def _copy_policies(conn: psycopg.Connection[Any], schema: str, scratch: str, table: str) -> None:
    """Who sees which rows of a table (0018_wall.sql), on its copy."""
    copy = SQL("{}.{}").format(Identifier(scratch), Identifier(table))
    walled = conn.execute(
        "SELECT 1 FROM pg_class WHERE oid = %s::regclass AND relrowsecurity", (f"{schema}.{table}",)
    ).fetchone()
    if walled:
        conn.execute(SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(copy))
    found = conn.execute(
        "SELECT policyname, cmd, roles::text[], qual, with_check FROM pg_policies"
        " WHERE schemaname = %s AND tablename = %s",
        (schema, table),
    ).fetchall()
    for name, command, roles, using, check in found:
        conn.execute(
            SQL("CREATE POLICY {} ON {} FOR {} TO {} USING ({}){}").format(
                Identifier(name),
                copy,
                SQL(command),
                SQL(", ").join(map(Identifier, roles)),
                SQL(using),
                SQL(" WITH CHECK ({})").format(SQL(check)) if check else SQL(""),
            )
        )


def indexes_of(conn: psycopg.Connection[Any], schema: str, table: str) -> dict[str, str]:
    """What an index does → its name."""
    found = conn.execute(
        "SELECT substring(indexdef FROM ' USING .*'), indexname FROM pg_indexes"
        " WHERE schemaname = %s AND tablename = %s",
        (schema, table),
    ).fetchall()
    return dict(found)
