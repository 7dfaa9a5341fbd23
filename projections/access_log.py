"""Who looked: lines of the access log about one pupil, and the hash of a closed day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import orjson
import psycopg
from psycopg import AsyncConnection

from projections.sql import bound, rows

PAGE = 5_000
MOST_DAYS = 31  # sealed at once


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


class Attempt(msgspec.Struct, frozen=True):
    """A write that was refused. `act`: `write`, method and route; `ids`: those of its path, with
    spaces; `office`: by somebody of the administration of that day.
    """

    at: datetime
    person_id: str | None
    kind: str
    name: str
    act: str
    ids: str
    code: str
    class_id: str | None
    class_name: str
    office: bool

    @property
    def of_marks(self) -> bool:
        """It was to write or change marks."""
        return "marks" in self.act


async def attempts(
    conn: AsyncConnection[Any],
    schema: str,
    since: datetime,
    *,
    classes: tuple[str, ...] | None = None,
    by: str | None = None,
    limit: int = 200,
) -> list[Attempt]:
    """Refused writes from a moment on, the newest first; `classes`: only those about these."""
    found = await rows(
        conn,
        schema,
        _ATTEMPTS,
        since=since,
        classes=None if classes is None else list(classes),
        by=by,
        limit=limit,
    )
    return [Attempt(*one) for one in found]


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


def closed_days(conn: psycopg.Connection[Any], schema: str, zone: str, today: date) -> list[date]:
    """Days that are over and whose hash the log does not keep yet, oldest first, a month of them
    at most. They begin with the first line there is.
    """
    found = conn.execute(bound(_FIRST, schema), (zone,)).fetchone()
    first = found[0] if found else None
    if first is None:
        return []
    days = min((today - first).days, MOST_DAYS)
    return [first + timedelta(days=after) for after in range(days)]


def day_hash(conn: psycopg.Connection[Any], schema: str, day: date, zone: str) -> tuple[int, str]:
    """(lines, SHA-256 in hex) of the access log of a day of the school's own clocks.

    A line is the JSON array of its columns in the order of the table, moments in UTC, and a
    newline; lines follow each other by number.
    """
    midnights = (
        datetime.combine(one, time(), ZoneInfo(zone)).astimezone(UTC)
        for one in (day, day + timedelta(days=1))
    )
    digest, lines = sha256(), 0
    with conn.transaction(), conn.cursor(name="access_day", binary=True) as cursor:
        cursor.itersize = PAGE
        cursor.execute(bound(_LINES, schema), tuple(midnights))
        for line in cursor:
            digest.update(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            lines += 1
    return lines, digest.hexdigest()


_ATTEMPTS = """
    SELECT l.at, l.person_id::text, coalesce(p.kind, ''), coalesce(p.full_name, ''), l.act,
        l.subject, l.basis, k.class_id::text, coalesce(c.name, ''),
        EXISTS (SELECT FROM {s}.directory_staff s WHERE s.person_id = l.person_id
            AND s.role IN ('director', 'deputy', 'administrator', 'secretary')
            AND s.since <= l.at::date AND (s.until IS NULL OR l.at::date < s.until))
    FROM {s}.access_log l
    LEFT JOIN {s}.directory_person p USING (person_id)
    LEFT JOIN LATERAL (SELECT nullif(split_part(l.subject, ' ', 1), '')::uuid AS id) o ON true
    LEFT JOIN LATERAL (SELECT coalesce(
        (SELECT y.class_id FROM {s}.directory_class y WHERE y.class_id = o.id),
        (SELECT y.class_id FROM {s}.compliance_lesson y WHERE y.lesson_id = o.id),
        (SELECT y.class_id FROM {s}.trail_v1 y WHERE y.mark_id = o.id LIMIT 1)) AS class_id) k
        ON true
    LEFT JOIN {s}.directory_class c ON c.class_id = k.class_id
    WHERE l.outcome = 'refused' AND l.act LIKE 'write %%' AND l.at >= %(since)s
        AND (%(by)s::uuid IS NULL OR l.person_id = %(by)s)
        AND (%(classes)s::uuid[] IS NULL OR k.class_id = ANY (%(classes)s::uuid[]))
    ORDER BY l.id DESC LIMIT %(limit)s
"""
_FIRST = """
    SELECT coalesce(
        (SELECT max(day) + 1 FROM {s}.audit_access_day),
        (SELECT (min(at) AT TIME ZONE %s)::date FROM {s}.access_log)
    )
"""
_LINES = """
    SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        person_id::text, session_id::text, act, subject, outcome, basis
    FROM {s}.access_log WHERE at >= %s AND at < %s ORDER BY id
"""
