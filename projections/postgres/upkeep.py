"""Housekeeping of one school's tables, as jobs ask for it. Every function may run twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID
from zlib import crc32

import psycopg
from psycopg.sql import SQL, Identifier
from psycopg_pool import ConnectionPool

from domain.journal.state import Journal
from domain.office.state import Office
from domain.world import World
from projections.postgres import migrations
from projections.postgres.account import ServerError
from projections.postgres.database import schema_of
from projections.postgres.log import SchoolLog

Pool = ConnectionPool[Any]

#: A stream is worth a snapshot when so many facts have come since the last one.
SNAPSHOT_AFTER = 200
JOB_LOCKS = 0x6C6A  # "lj": the class of advisory locks that jobs take


def require(admin: str) -> None:
    """The database answers. Raises ServerError with a sentence for the operator."""
    try:
        psycopg.connect(admin, connect_timeout=10).close()
    except psycopg.OperationalError as fault:
        reason = str(fault).strip().splitlines()[-1]
        raise ServerError(f"База из DATABASE_URL не отвечает: {reason}") from fault


def version_and_clock(admin: str) -> tuple[int, datetime]:
    """PostgreSQL's version as its number (180001 is 18.1), and its clock."""
    with psycopg.connect(admin) as conn:
        row = conn.execute("SELECT clock_timestamp()").fetchone()
        if row is None:
            raise ServerError("База не говорит, который час.")
        return conn.info.server_version, row[0]


def pending(admin: str) -> list[str]:
    """Migrations that a database still lacks, as `slug/NNNN_….sql`; `registry` when it is blank."""
    folder = files("projections.postgres") / "sql" / "school"
    known = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    with psycopg.connect(admin) as conn:
        row = conn.execute("SELECT to_regclass('public.school') IS NOT NULL").fetchone()
        if not row or not row[0]:
            return ["registry"]
        columns = conn.execute(
            "SELECT FROM information_schema.columns WHERE table_schema = 'public'"
            " AND table_name = 'school' AND column_name = 'move'"
        ).fetchone()
        lacking = [] if columns is not None else ["registry"]
        for school in migrations.registered(conn):
            if school.move is not None:  # its tables are brought up to date where it is opened
                continue
            slug, table = school.slug, Identifier(school.schema, "migration")
            found = conn.execute(SQL("SELECT name FROM {}").format(table)).fetchall()
            applied = {name for (name,) in found}
            lacking += [f"{slug}/{name}" for name in known if name not in applied]
    return lacking


@contextmanager
def alone(conninfo: str, job: str, slug: str) -> Iterator[bool]:
    """Hold the lock of a job in a school; False when another process is at it."""
    with psycopg.connect(conninfo, autocommit=True) as conn, locked(conn, job, slug) as mine:
        yield mine


@contextmanager
def locked(conn: psycopg.Connection[Any], job: str, slug: str) -> Iterator[bool]:
    """The same on a connection that is used for nothing else meanwhile. A process that dies loses
    its connection, and with it the lock.
    """
    key = (JOB_LOCKS, lock_key(job, slug))
    row = conn.execute("SELECT pg_try_advisory_lock(%s, %s)", key).fetchone()
    mine = bool(row and row[0])
    try:
        yield mine
    finally:
        if mine and not conn.broken:
            conn.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def lock_key(job: str, slug: str) -> int:
    """The advisory lock of a job in a school, of the class JOB_LOCKS."""
    return crc32(f"{job}:{slug}".encode()) - 2**31


def prune_requests(log: SchoolLog, before: datetime) -> int:
    """Forget idempotency keys older than a moment; answers how many."""
    return log.prune_requests(before)


def expire_sessions(pool: Pool, slug: str, now: datetime, keep_since: datetime) -> int:
    """End sessions that have idled out or lived 12 hours; drop ended ones older than `keep_since`.

    Also forgets failed sign-ins older than `keep_since`. Answers how many sessions were ended.
    """
    schema = Identifier(schema_of(slug))
    with pool.connection() as conn, conn.transaction():
        ended = conn.execute(
            SQL(
                "UPDATE {}.session SET revoked = %(now)s, why = 'expired' WHERE revoked IS NULL"
                " AND (seen + idle_s * interval '1 second' < %(now)s"
                " OR created + interval '12 hours' < %(now)s)"
            ).format(schema),
            {"now": now},
        ).rowcount
        conn.execute(SQL("DELETE FROM {}.session WHERE revoked < %s").format(schema), (keep_since,))
        conn.execute(
            SQL("DELETE FROM {}.sign_in_failure WHERE last < %s").format(schema), (keep_since,)
        )
    return int(ended)


def take_snapshots(reader: Pool, log: SchoolLog, slug: str) -> int:
    """Store the slim states of journals and offices that have grown; answers how many."""
    taken = 0
    for stream, kind in _grown(reader, slug):
        world = World(log, hot=1)
        number = str(stream)
        state = world.state(number, Journal) if kind is Journal else world.state(number, Office)
        log.keep_snapshot(state, number)
        taken += 1
    return taken


def _grown(reader: Pool, slug: str) -> list[tuple[UUID, type[Journal | Office]]]:
    """Journals and offices with many facts since their snapshot."""
    kinds: dict[str, type[Journal | Office]] = {
        "journal.opened": Journal,
        "office.year-opened": Office,
    }
    with reader.connection() as conn:
        rows = conn.execute(
            SQL(
                "SELECT first.originator_id, first.topic FROM {s}.facts AS first"
                " CROSS JOIN LATERAL (SELECT last.originator_version FROM {s}.facts AS last"
                " WHERE last.originator_id = first.originator_id"
                " ORDER BY last.originator_version DESC LIMIT 1) AS newest"
                " LEFT JOIN {s}.snapshot USING (originator_id)"
                " WHERE first.originator_version = 1 AND first.topic = ANY(%s)"
                " AND newest.originator_version"
                " >= coalesce(snapshot.originator_version, 0) + %s"
            ).format(s=Identifier(schema_of(slug))),
            (list(kinds), SNAPSHOT_AFTER),
        ).fetchall()
    return [(stream, kinds[topic]) for stream, topic in rows]
