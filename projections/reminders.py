"""Reminders to the staff: what is still to be done, on a person's own first page.

No fact: a reminder says nothing that the journal does not say, and is gone when its time is over.
Its words name no other person: classes, subjects, dates and numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import msgspec
import psycopg
from psycopg import AsyncConnection

from projections.sql import bound, row, rows

#: of the ids of reminders: the same person, kind and key are the same reminder
NAMESPACE = UUID("5b6d0c1e-0d5f-4f0b-9c53-6d1d3b0c7a44")


class Reminder(NamedTuple):
    """What a person is reminded of. parts: the thing in a few words, then details."""

    person_id: str
    kind: str
    key: str
    parts: tuple[str, ...]
    href: str
    until: datetime


class Shown(msgspec.Struct, frozen=True):
    """A reminder for the person it is for."""

    reminder_id: str
    kind: str
    parts: tuple[str, ...]
    href: str
    created: datetime
    until: datetime


def remind(
    conn: psycopg.Connection[Any], schema: str, reminders: Sequence[Reminder], now: datetime
) -> int:
    """Remind; answers how many reminders are new. The same key is never a second one: it gets
    the newest words, and stays dismissed when it was.
    """
    new = 0
    for one in reminders:
        found = conn.execute(
            bound(
                "INSERT INTO {s}.reminder"
                " (reminder_id, person_id, kind, key, parts, href, created, until)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (person_id, kind, key) DO UPDATE SET parts = excluded.parts,"
                " href = excluded.href, until = excluded.until RETURNING xmax = 0",
                schema,
            ),
            (
                uuid5(NAMESPACE, f"{schema}/{one.person_id}/{one.kind}/{one.key}"),
                one.person_id,
                one.kind,
                one.key,
                list(one.parts),
                one.href,
                now,
                one.until,
            ),
        ).fetchone()
        new += bool(found and found[0])
    return new


def keep_only(
    conn: psycopg.Connection[Any], schema: str, kind: str, them: Sequence[Reminder]
) -> int:
    """What others of this kind were about is done: they go; answers how many."""
    return conn.execute(
        bound(
            "DELETE FROM {s}.reminder r WHERE r.kind = %s AND NOT EXISTS (SELECT 1"
            " FROM unnest(%s::uuid[], %s::text[]) AS k (person_id, key)"
            " WHERE (k.person_id, k.key) = (r.person_id, r.key))",
            schema,
        ),
        (kind, [one.person_id for one in them], [one.key for one in them]),
    ).rowcount


def prune(conn: psycopg.Connection[Any], schema: str, now: datetime) -> int:
    """Erase what is over, and what was for people who were erased; answers how many."""
    return conn.execute(
        bound(
            "DELETE FROM {s}.reminder r WHERE r.until <= %s OR EXISTS ("
            "SELECT 1 FROM {s}.directory_person p WHERE p.person_id = r.person_id AND p.erased)",
            schema,
        ),
        (now,),
    ).rowcount


async def reminders_of(
    conn: AsyncConnection[Any], schema: str, person_id: str, now: datetime
) -> list[Shown]:
    """What a person is reminded of now, what ends first first."""
    found = await rows(
        conn,
        schema,
        "SELECT reminder_id::text, kind, parts, href, created, until FROM {s}.reminder"
        " WHERE person_id = %s AND dismissed IS NULL AND until > %s ORDER BY until, reminder_id",
        person_id,
        now,
    )
    return [Shown(one[0], one[1], tuple(one[2]), *one[3:]) for one in found]


async def dismiss(
    conn: AsyncConnection[Any], schema: str, person_id: str, reminder_id: str, now: datetime
) -> bool:
    """The person has seen it; False when there is no such reminder of theirs."""
    found = await row(
        conn,
        schema,
        "UPDATE {s}.reminder SET dismissed = coalesce(dismissed, %s)"
        " WHERE reminder_id = %s AND person_id = %s RETURNING 1",
        now,
        reminder_id,
        person_id,
    )
    return found is not None
