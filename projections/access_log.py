"""Who looked: lines of the access log about one pupil, and the hash of a closed day."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
import orjson
import psycopg
from psycopg import AsyncConnection

from projections.sql import bound, rows

PAGE = 5_000


class Look(msgspec.Struct, frozen=True):
    """Somebody opened the pupil's diary, or tried to. `basis` is the right, or the code of the
    refusal; `kind` and `name` are of the person, empty when that person is not known any more.
    """

    at: datetime
    person_id: str | None
    kind: str
    name: str
    outcome: str
    basis: str


async def looks_at(
    conn: AsyncConnection[Any], schema: str, pupil_id: str, limit: int = 200
) -> list[Look]:
    """Who looked at a pupil's diary, newest first."""
    found = await rows(
        conn,
        schema,
        "SELECT l.at, l.person_id::text, coalesce(p.kind, ''), coalesce(p.full_name, ''),"
        " l.outcome, l.basis"
        " FROM {s}.access_log l LEFT JOIN {s}.directory_person p USING (person_id)"
        " WHERE l.subject = %s AND l.act = 'diary' ORDER BY l.at DESC, l.id DESC LIMIT %s",
        pupil_id,
        limit,
    )
    return [Look(*one) for one in found]


def day_hash(
    conn: psycopg.Connection[Any], schema: str, since: datetime, until: datetime
) -> tuple[int, str]:
    """(lines, SHA-256 in hex) of the access log between two moments, the second one not included.

    A line is the JSON array of its columns in the order of the table, moments in UTC, and a
    newline; lines follow each other by number.
    """
    digest, lines = sha256(), 0
    with conn.transaction(), conn.cursor(name="access_day", binary=True) as cursor:
        cursor.itersize = PAGE
        cursor.execute(bound(_LINES, schema), (since, until))
        for line in cursor:
            digest.update(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            lines += 1
    return lines, digest.hexdigest()


_LINES = """
    SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        person_id::text, session_id::text, act, subject, outcome, basis
    FROM {s}.access_log WHERE at >= %s AND at < %s ORDER BY id
"""
