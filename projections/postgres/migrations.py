"""Roles, registry and the numbered SQL files of each school, once each, under an advisory lock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import LiteralString
from uuid import UUID

import psycopg
from psycopg import sql

from projections.postgres.database import APP, ASKER, LOGIN_ROLES, OWNER, schema_of
from projections.postgres.settings import role_password
from projections.strongbox import unseal

#: "letopis" in ASCII: one migration at a time in a database.
LOCK = 0x6C65746F706973
#: also of a database whose registry knows of no moves yet
REGISTRY: LiteralString = (
    "SELECT slug, school_id::text, name, zone, to_jsonb(s)->>'move', to_jsonb(s)->>'moved_to',"
    " to_jsonb(s)->>'box' FROM public.school s ORDER BY slug"
)
SLUG = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


class UnknownLog(Exception):  # noqa: N818
    """The database was laid by a newer program; this one keeps its hands off."""


class SchoolExists(Exception):  # noqa: N818
    """There is a school with this slug already."""


@dataclass(frozen=True)
class RegisteredSchool:
    """A line of the registry. move: the number of the move for which the school is closed, or
    None; moved_to: the address where it goes on; box: see `opener`.
    """

    slug: str
    school_id: str
    name: str
    zone: str
    move: str | None = None
    moved_to: str | None = None
    box: str | None = None

    @property
    def schema(self) -> str:
        """The school's schema."""
        return schema_of(self.slug)

    def opener(self, secret: str) -> str:
        """The secret that opens the school's sealed files: the installation's, or the one that the
        school brought along. Raises strongbox.Spoilt.
        """
        if self.box is None:
            return secret
        return unseal(secret, self.school_id, self.box).decode()


def migrate(admin: str, secret: str) -> list[str]:
    """Bring roles, registry and every school up to date; answers what schools were given.

    Idempotent: the registry is laid again each time, a school's file once.

    admin: connection string of a superuser or of a role that may create roles.
    Raises UnknownLog.
    """
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        _common(conn, secret)
        done = []
        for school in registered(conn):
            if school.move is None:  # what is closed is brought up to date where it is opened
                done += migrate_school(conn, school)
        return done


def add_school(
    admin: str, secret: str, slug: str, name: str, zone: str, school_id: str
) -> RegisteredSchool:
    """Register a school and lay its schema, all or nothing. Raises SchoolExists, ValueError."""
    if not SLUG.match(slug):
        raise ValueError(
            "slug: латинские строчные буквы, цифры и «_», первая — буква, до 40 знаков"
        )
    school = RegisteredSchool(slug, str(UUID(school_id)), name, zone)
    with psycopg.connect(admin, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        _common(conn, secret)  # not the other schools: there may be hundreds
        with conn.transaction():
            taken = conn.execute("SELECT 1 FROM public.school WHERE slug = %s", (slug,)).fetchone()
            if taken:
                raise SchoolExists(slug)
            conn.execute(
                "INSERT INTO public.school (slug, school_id, name, zone) VALUES (%s, %s, %s, %s)",
                (slug, school.school_id, name, zone),
            )
            conn.execute(
                sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(
                    sql.Identifier(school.schema), sql.Identifier(OWNER)
                )
            )
            migrate_school(conn, school)
    return school


def schools(conninfo: str) -> list[RegisteredSchool]:
    """The registry, by slug."""
    with psycopg.connect(conninfo) as conn:
        return registered(conn)


def registered(conn: psycopg.Connection) -> list[RegisteredSchool]:
    """The same on a connection that is open already."""
    return [RegisteredSchool(*row) for row in conn.execute(REGISTRY).fetchall()]


def _common(conn: psycopg.Connection, secret: str) -> None:
    """What all schools share: roles and the registry."""
    _roles(conn, secret)
    for _, text in _files("cluster"):
        with conn.transaction():
            conn.execute("SET LOCAL lock_timeout = '5s'")
            conn.execute(sql.SQL(text))


def _roles(conn: psycopg.Connection, secret: str) -> None:
    known = {row[0] for row in conn.execute("SELECT rolname FROM pg_roles").fetchall()}
    for role in (OWNER, ASKER, *LOGIN_ROLES):
        name = sql.Identifier(role)
        if role not in known:
            conn.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
        if role in LOGIN_ROLES:
            statement = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(
                name, sql.Literal(role_password(secret, role))
            )
            conn.execute(statement)
    conn.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
    conn.execute(
        sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
            sql.Identifier(ASKER), sql.Identifier(APP)
        )
    )


def migrate_school(conn: psycopg.Connection, school: RegisteredSchool) -> list[str]:
    """The numbered files of a school that it has not had yet. Raises UnknownLog."""
    schema = sql.Identifier(school.schema)
    done = []
    with conn.transaction():
        conn.execute("SET LOCAL lock_timeout = '5s'")
        conn.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
        conn.execute(sql.SQL("SET LOCAL search_path = {}").format(schema))
        conn.execute(
            "CREATE TABLE IF NOT EXISTS migration "
            "(name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        applied = {row[0] for row in conn.execute("SELECT name FROM migration").fetchall()}
        known = _files("school")
        strange = applied - {name for name, _ in known}
        if strange:
            raise UnknownLog(f"{school.slug}: {', '.join(sorted(strange))}")
        for name, text in known:
            if name in applied:
                continue
            conn.execute(sql.SQL(text.replace(":schema", school.schema)))
            conn.execute("INSERT INTO migration (name) VALUES (%s)", (name,))
            done.append(f"{school.slug}/{name}")
    return done


def _files(kind: str) -> list[tuple[str, str]]:
    """(name, text) of the numbered files of a kind, in order."""
    folder = files("projections.postgres") / "sql" / kind
    found = [f for f in folder.iterdir() if f.name.endswith(".sql")]
    return [(f.name, f.read_text("utf-8")) for f in sorted(found, key=lambda f: f.name)]
