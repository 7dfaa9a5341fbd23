"""Copies of everything about one person: the runs, and what the database has to say of somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import AsyncConnection

from projections.sql import bound, row, rows

Conn = AsyncConnection[Any]
KEEP = timedelta(days=7)
#: a run that has said nothing for so long is taken up again
SILENT = timedelta(minutes=5)
MOST_OPEN = 5  # of one person


class Copy(NamedTuple):
    """A run as its list shows it; `gone`: something was erased since it was made."""

    run_id: str
    person_id: str
    by_id: str
    asked_at: datetime
    state: str
    finished: datetime | None
    size: int | None
    gone: bool


_GONE: LiteralString = """
    EXISTS (SELECT FROM {s}.facts e WHERE e.notification_id > r.position
        AND e.topic IN ('person.erased', 'person.payload-erased'))
"""
_COLUMNS: LiteralString = """
    SELECT r.run_id::text, r.person_id::text, r.asked_by::text, r.asked_at, r.state, r.finished,
        octet_length(r.body),
"""
_RUNS: LiteralString = _COLUMNS + _GONE + " FROM {s}.person_copy r"
_OLD: LiteralString = """
    DELETE FROM {s}.person_copy r WHERE r.asked_at < %s OR r.state = 'ready' AND
"""
_PRUNE: LiteralString = _OLD + _GONE
_OPEN: LiteralString = """
    SELECT count(*) FROM {s}.person_copy
    WHERE asked_by = %s AND state IN ('asked', 'running') AND run_id <> %s
"""
_ASK: LiteralString = """
    INSERT INTO {s}.person_copy (run_id, person_id, asked_by, asked_at, state)
    VALUES (%s, %s, %s, %s, 'asked') ON CONFLICT DO NOTHING RETURNING 1
"""
_CLAIM: LiteralString = """
    UPDATE {s}.person_copy SET state = 'running', beat = %(now)s
    WHERE run_id = (SELECT run_id FROM {s}.person_copy WHERE state = 'asked'
        OR (state = 'running' AND beat < %(silent)s)
        ORDER BY asked_at, run_id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING run_id::text
"""
_FINISH: LiteralString = """
    UPDATE {s}.person_copy SET state = 'ready', finished = %s, body = %s, position = %s
    WHERE run_id = %s AND state = 'running' RETURNING 1
"""


async def ask(conn: Conn, schema: str, run_id: str, person_id: str, by: str, now: datetime) -> bool:
    """Ask for a copy; False when there are too many under way. A repeat changes nothing."""
    found = await row(conn, schema, _OPEN, by, run_id)
    if found is not None and found[0] >= MOST_OPEN:
        return False
    await row(conn, schema, _ASK, run_id, person_id, by, now)
    return True


async def claim(conn: Conn, schema: str, now: datetime) -> Copy | None:
    """The oldest run that nobody works at, the caller's from now on; or None."""
    async with conn.transaction():
        found = await row(conn, schema, _CLAIM, now=now, silent=now - SILENT)
        return None if found is None else await copy(conn, schema, found[0])


async def finish(
    conn: Conn, schema: str, run_id: str, body: bytes, position: int, now: datetime
) -> None:
    """It is ready."""
    await row(conn, schema, _FINISH, now, body, position, run_id)


async def give_back(conn: Conn, schema: str, run_id: str, state: str) -> None:
    """It waits again (`asked`), or cannot be made (`failed`)."""
    await row(
        conn,
        schema,
        "UPDATE {s}.person_copy SET state = %s WHERE run_id = %s RETURNING 1",
        state,
        run_id,
    )


async def copy(conn: Conn, schema: str, run_id: str) -> Copy | None:
    """One run, or None."""
    found = await row(conn, schema, _RUNS + " WHERE r.run_id = %s", run_id)
    return Copy(*found) if found else None


async def copies(conn: Conn, schema: str, person_id: str, by: str | None) -> list[Copy]:
    """Runs about a person, asked by somebody (None: by anybody), the newest first."""
    text = (
        _RUNS + " WHERE r.person_id = %(person)s AND (%(by)s::uuid IS NULL OR r.asked_by = %(by)s)"
    )
    text += " ORDER BY r.asked_at DESC, r.run_id LIMIT 20"
    return [Copy(*one) for one in await rows(conn, schema, text, person=person_id, by=by)]


async def body(conn: Conn, schema: str, run_id: str) -> bytes | None:
    """The bytes of a run that is ready."""
    found = await row(conn, schema, "SELECT body FROM {s}.person_copy WHERE run_id = %s", run_id)
    return None if found is None or found[0] is None else bytes(found[0])


def prune(conn: psycopg.Connection[Any], schema: str, now: datetime) -> int:
    """Forget copies older than `KEEP`, and those made before something was erased."""
    return conn.execute(bound(_PRUNE, schema), (now - KEEP,)).rowcount


# What is kept of somebody ------------------------------------------------------------------------

_FACTS: LiteralString = """
    SELECT notification_id, originator_id::text, topic, state FROM {s}.facts
    WHERE notification_id <= %(upto)s AND (originator_id = %(person)s::uuid
        OR position(convert_to(%(person)s::text, 'UTF8') IN state) > 0)
    ORDER BY notification_id
"""
#: what is said about the person; papers of consents of whom it concerns; one's own words
_TEXTS: LiteralString = """
    SELECT v.id::text, v.kind, v.body FROM {s}.payload v
    WHERE (v.subject = %(person)s AND v.kind NOT IN ('name', 'scan', 'consent', 'conversation'))
        OR v.id IN (SELECT c.paper_id FROM {s}.consent_given c
            WHERE c.guardian_id = ANY (%(near)s::uuid[])
                AND %(person)s IN (c.guardian_id, c.pupil_id))
        OR v.id IN (SELECT w.text_id FROM {s}.talk_word w WHERE w.by = %(person)s)
    ORDER BY v.kind, v.id
"""
_CLASSES: LiteralString = """
    SELECT c.name, c.year, e.since, e.until FROM {s}.directory_enrolment e
    JOIN {s}.directory_class c USING (class_id) WHERE e.pupil_id = %(person)s
    ORDER BY e.since, c.name
"""
_ROLES: LiteralString = """
    SELECT role, since, until FROM {s}.directory_staff WHERE person_id = %(person)s
    ORDER BY since, role
"""
_CONSENTS: LiteralString = """
    SELECT c.pupil_id::text, c.guardian_id::text, c.purpose, c.since, c.until, c.given_at,
        c.withdrawn_at
    FROM {s}.consent_given c WHERE %(person)s IN (c.pupil_id, c.guardian_id)
    ORDER BY c.given_at
"""
_LOOKS: LiteralString = """
    SELECT l.at, l.person_id::text, coalesce(p.kind, ''), coalesce(p.full_name, ''), l.act,
        l.outcome, l.basis, l.subject = %(subject)s
    FROM {s}.access_log l LEFT JOIN {s}.directory_person p USING (person_id)
    WHERE l.subject = %(subject)s OR l.person_id = %(person)s ORDER BY l.id
"""
_NOTICES: LiteralString = """
    SELECT n.at, n.kind, n.channel, n.state, n.sent_at, n.opened_at FROM {s}.notice n
    WHERE n.person_id = %(person)s ORDER BY n.position, n.ordinal, n.channel
"""
_ADDRESS: LiteralString = """
    SELECT address, confirmed_at FROM {s}.mail_address WHERE person_id = %(person)s
"""
_DEVICES: LiteralString = """
    SELECT name, since, sent_at, ended_at FROM {s}.push_device WHERE person_id = %(person)s
    ORDER BY since
"""
_SESSIONS: LiteralString = """
    SELECT created, seen, host(ip), coalesce(user_agent, ''), revoked FROM {s}.session
    WHERE person_id = %(person)s ORDER BY created
"""
_SEATS: LiteralString = """
    SELECT coalesce(t.full_name, ''), s.lane, s.desk, s.side, s.at
    FROM {s}.seat s LEFT JOIN {s}.directory_person t USING (person_id)
    WHERE s.pupil_id = %(person)s ORDER BY s.at, s.person_id, s.group_id
"""
_OTHERS: LiteralString = """
    SELECT person_id::text FROM {s}.directory_person WHERE kind IN ('pupil', 'guardian')
"""


class Kept(NamedTuple):
    """Rows about somebody, as the tables have them; columns as the statements above say."""

    facts: list[Any]
    texts: list[Any]
    classes: list[Any]
    roles: list[Any]
    consents: list[Any]
    looks: list[Any]
    notices: list[Any]
    address: list[Any]
    devices: list[Any]
    sessions: list[Any]
    seats: list[Any]
    others: frozenset[str]  # pupils and guardians: who is not to be told of


async def kept(conn: Conn, schema: str, person_id: str, near: list[str], upto: int) -> Kept:
    """Everything up to a position. `near`: whose papers of consent may be among it."""
    ask: dict[str, Any] = {"person": person_id, "subject": person_id, "near": near, "upto": upto}
    found = [
        await rows(conn, schema, text, **ask)
        for text in (
            *(_FACTS, _TEXTS, _CLASSES, _ROLES, _CONSENTS, _LOOKS, _NOTICES, _ADDRESS, _DEVICES),
            *(_SESSIONS, _SEATS, _OTHERS),
        )
    ]
    return Kept._make([*found[:-1], frozenset(one for (one,) in found[-1])])
