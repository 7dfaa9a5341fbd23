"""Reports made in the background: who asked for what, how far it is, the bytes while kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg import AsyncConnection

from projections.names import shown
from projections.reports import Asked
from projections.sql import bound, row, rows

Conn = AsyncConnection[Any]
KEEP = timedelta(days=7)
#: a run that has said nothing for so long is taken up again
SILENT = timedelta(minutes=2)
MOST_OPEN = 10  # of one person


class Run(msgspec.Struct, frozen=True):
    """A run as its list shows it; `gone`: what it was made of has been erased since."""

    run_id: str
    form: str
    format: str
    title: str
    asked: Asked
    as_of: datetime | None
    by_id: str
    by: str
    asked_at: datetime
    state: str
    done: int
    finished: datetime | None
    position: int | None
    error: str
    size: int | None
    gone: bool


#: a person or a text left the vault after the report was made
_GONE: LiteralString = """
    EXISTS (SELECT FROM {s}.facts e WHERE e.notification_id > r.position
        AND e.topic IN ('person.erased', 'person.payload-erased'))
"""
_COLUMNS: LiteralString = """
    SELECT r.run_id::text, r.form, r.format, r.title, r.asked, r.as_of, r.asked_by::text,
        p.full_name, r.asked_at, r.state, r.done, r.finished, r.position, r.error,
        octet_length(r.body),
"""
_FROM: LiteralString = """
    FROM {s}.report_run r LEFT JOIN {s}.directory_person p ON p.person_id = r.asked_by
"""
_RUNS: LiteralString = _COLUMNS + _GONE + _FROM
_OLD: LiteralString = """
    DELETE FROM {s}.report_run r WHERE r.asked_at < %s OR r.state = 'ready' AND
"""
_PRUNE: LiteralString = _OLD + _GONE


async def ask(
    conn: Conn,
    schema: str,
    run_id: str,
    form: str,
    fmt: str,
    title: str,
    asked: Asked,
    as_of: datetime | None,
    by: str,
    now: datetime,
) -> bool:
    """Ask for a report; False when the person has too many under way. A repeat changes nothing."""
    open_ones = await row(
        conn,
        schema,
        "SELECT count(*) FROM {s}.report_run"
        " WHERE asked_by = %s AND state IN ('asked', 'running') AND run_id <> %s",
        by,
        run_id,
    )
    if open_ones is not None and open_ones[0] >= MOST_OPEN:
        return False
    await conn.execute(
        bound(
            "INSERT INTO {s}.report_run"
            " (run_id, form, format, title, asked, as_of, asked_by, asked_at, state)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'asked') ON CONFLICT DO NOTHING",
            schema,
        ),
        (run_id, form, fmt, title, msgspec.json.encode(asked), as_of, by, now),
    )
    return True


async def claim(conn: Conn, schema: str, now: datetime) -> Run | None:
    """The oldest run that nobody works at, which is the caller's from now on; or None."""
    async with conn.transaction():
        found = await row(
            conn,
            schema,
            "UPDATE {s}.report_run SET state = 'running', beat = %(now)s, done = 0"
            " WHERE run_id = (SELECT run_id FROM {s}.report_run WHERE state = 'asked'"
            " OR (state = 'running' AND beat < %(silent)s)"
            " ORDER BY asked_at, run_id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING run_id::text",
            now=now,
            silent=now - SILENT,
        )
        return None if found is None else await run(conn, schema, found[0])


async def tell(conn: Conn, schema: str, run_id: str, done: int, now: datetime) -> None:
    """How far it is, in per cent."""
    await conn.execute(
        bound("UPDATE {s}.report_run SET done = %s, beat = %s WHERE run_id = %s", schema),
        (done, now, run_id),
    )


async def finish(
    conn: Conn, schema: str, run_id: str, body: bytes, position: int, now: datetime
) -> None:
    """It is ready."""
    await conn.execute(
        bound(
            "UPDATE {s}.report_run SET state = 'ready', done = 100, finished = %s, body = %s,"
            " position = %s WHERE run_id = %s AND state = 'running'",
            schema,
        ),
        (now, body, position, run_id),
    )


async def put_back(conn: Conn, schema: str, run_id: str) -> None:
    """It cannot be made now: somebody takes it up again."""
    await conn.execute(
        bound("UPDATE {s}.report_run SET state = 'asked' WHERE run_id = %s", schema), (run_id,)
    )


async def fail(conn: Conn, schema: str, run_id: str, error: str, now: datetime) -> None:
    """It cannot be made; why, in words."""
    await conn.execute(
        bound(
            "UPDATE {s}.report_run SET state = 'failed', finished = %s, error = %s"
            " WHERE run_id = %s AND state = 'running'",
            schema,
        ),
        (now, error, run_id),
    )


async def runs(conn: Conn, schema: str, by: str | None, limit: int = 50) -> list[Run]:
    """Runs of a person (None: of everybody), the newest first."""
    text = _RUNS + " WHERE %(by)s::uuid IS NULL OR r.asked_by = %(by)s"
    text += " ORDER BY r.asked_at DESC, r.run_id LIMIT %(limit)s"
    return [_run(one) for one in await rows(conn, schema, text, by=by, limit=limit)]


async def run(conn: Conn, schema: str, run_id: str) -> Run | None:
    """One run, or None."""
    found = await row(conn, schema, _RUNS + " WHERE r.run_id = %(run)s", run=run_id)
    return None if found is None else _run(found)


async def body(conn: Conn, schema: str, run_id: str) -> bytes | None:
    """The bytes of a run that is ready."""
    found = await row(conn, schema, "SELECT body FROM {s}.report_run WHERE run_id = %s", run_id)
    return None if found is None or found[0] is None else bytes(found[0])


def prune(conn: psycopg.Connection[Any], schema: str, now: datetime) -> int:
    """Forget what is older than `KEEP`, and ready reports in which somebody erased is named;
    answers how many.
    """
    found = conn.execute(bound(_PRUNE, schema), (now - KEEP,))
    return found.rowcount


def _run(found: tuple[Any, ...]) -> Run:
    run_id, form, fmt, title, asked, as_of, by_id, by, *rest = found
    known = msgspec.json.decode(asked, type=Asked)
    at, state, done, finished, position, error, size, gone = rest
    return Run(
        run_id,
        form,
        fmt,
        title,
        known,
        as_of,
        by_id,
        shown(by),
        at,
        state,
        done,
        finished,
        position,
        error,
        size,
        gone,
    )
