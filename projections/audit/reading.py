"""Reading what the log says about itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from psycopg import AsyncConnection

from domain.audit.facts import CheckKind, Finding
from projections.sql import rows


class Key(msgspec.Struct, frozen=True):
    """A key of the seals: from where it has signed, and until where."""

    verifier_key: str
    introduced_position: int
    introduced_at: datetime
    reason: str
    retired_position: int | None
    retired_at: datetime | None
    retired_reason: str | None


class Check(msgspec.Struct, frozen=True, array_like=True):
    """A check of the log; `completed_at` is None while it waits for its turn."""

    check_id: str
    kind: CheckKind
    year: int | None
    until: datetime | None
    by: str
    requested_at: datetime
    requested_position: int
    completed_at: datetime | None
    checked_position: int | None
    facts: int | None
    rows: int | None
    found: int | None
    findings: list[Finding]


async def keys(conn: AsyncConnection[Any], schema: str) -> list[Key]:
    """Keys of the seals in the order of their introduction."""
    found = await rows(
        conn,
        schema,
        "SELECT verifier_key, introduced_position, introduced_at, reason,"
        " retired_position, retired_at, retired_reason"
        " FROM {s}.audit_key ORDER BY introduced_position",
    )
    return [Key(*one) for one in found]


async def checks(
    conn: AsyncConnection[Any], schema: str, limit: int = 50, check_id: str | None = None
) -> list[Check]:
    """The last checks, newest first; or the one with an id."""
    return await _read(conn, schema, limit=limit, id=check_id)


async def last_done(conn: AsyncConnection[Any], schema: str) -> list[Check]:
    """The last completed check of each kind."""
    return await _read(conn, schema, last=True)


async def _read(
    conn: AsyncConnection[Any],
    schema: str,
    limit: int | None = None,
    id: str | None = None,  # noqa: A002 - as in the statement
    *,
    last: bool = False,
) -> list[Check]:
    found = await rows(
        conn,
        schema,
        "SELECT check_id::text, kind, year, until, by::text, requested_at, requested_position,"
        " completed_at, checked_position, facts, rows, found, coalesce(findings, '[]')"
        " FROM {s}.audit_check c WHERE (%(id)s::uuid IS NULL OR check_id = %(id)s::uuid)"
        " AND (NOT %(last)s OR completed_position = (SELECT max(d.completed_position)"
        " FROM {s}.audit_check d WHERE d.kind = c.kind))"
        " ORDER BY requested_position DESC LIMIT %(limit)s",
        id=id,
        last=last,
        limit=limit,
    )
    return [msgspec.convert(one, Check) for one in found]
