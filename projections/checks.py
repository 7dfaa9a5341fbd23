"""Checks of the log: carried out, put into words of facts, and looked for when they are due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import psycopg
from psycopg.rows import tuple_row

from domain.audit.facts import (
    MOST_FINDINGS,
    CheckCompleted,
    CheckKind,
    CheckRequested,
    Finding,
)
from domain.audit.state import Audit
from domain.world import World, audit_id
from projections.postgres.database import schema_of
from projections.postgres.log import SchoolLog
from projections.postgres.upkeep import Pool
from projections.replay import Report as Replayed
from projections.replay import Uneven, replay
from projections.seals.signer import LAST
from projections.sql import bound
from projections.verification import Report as Verified

logger = logging.getLogger(__name__)

LONGEST_PLACE = 300  # characters


def nightly(school_id: str, kind: CheckKind, day: date) -> CheckRequested:
    """The check of a night: asked for twice it is the same one."""
    return CheckRequested(
        str(uuid5(NAMESPACE_URL, f"letopis:{school_id}:check:{kind}:{day}")), kind
    )


def due(pool: Pool, log: SchoolLog, slug: str, school_id: str) -> list[CheckRequested]:
    """Checks that were asked for and are not done, oldest first.

    The projection tells whether there may be any, the log itself which.
    """
    with pool.connection() as conn:
        waiting = conn.execute(
            bound(
                "SELECT check_id::text FROM {s}.audit_check WHERE completed_at IS NULL"
                " ORDER BY requested_position",
                schema_of(slug),
            )
        ).fetchall()
    if not waiting:
        return []
    known = World(log, hot=1).state(audit_id(school_id), Audit).checks
    return [wanted for (number,) in waiting if (wanted := known.get(number)) is not None]


def verified(wanted: CheckRequested, report: Verified) -> CheckCompleted:
    """What a verification found, as the fact that says so."""
    return CheckCompleted(
        wanted.check_id,
        wanted.kind,
        report.position,
        report.facts,
        report.tiles + report.checkpoints,
        report.found,
        report.findings,
        wanted.year,
        wanted.until,
    )


def replayed(wanted: CheckRequested, report: Replayed) -> CheckCompleted:
    """What a replay found, as the fact that says so; a place is `table: key`."""
    findings = tuple(
        Finding(one.what, _place(one.table, one.key))  # type: ignore[arg-type]
        for one in report.differences[:MOST_FINDINGS]
    )
    return CheckCompleted(
        wanted.check_id,
        wanted.kind,
        report.position,
        report.facts,
        report.rows,
        report.differing,
        findings,
        wanted.year,
        wanted.until,
    )


def impossible(wanted: CheckRequested, place: str) -> CheckCompleted:
    """What was asked for cannot be checked."""
    finding = Finding("impossible", place[:LONGEST_PLACE])
    return CheckCompleted(
        wanted.check_id, wanted.kind, 0, 0, 0, 1, (finding,), wanted.year, wanted.until
    )


def replay_for(
    conn: psycopg.Connection[Any],
    schema: str,
    wanted: CheckRequested,
    progress: Callable[[int], None] = lambda _: None,
) -> CheckCompleted:
    """Replay what was asked for. A log that cannot be folded is a finding, not an end.

    conn: see `replay`. Raises Uneven, OperationalError: it may be tried again.
    """
    try:
        return replayed(wanted, replay(conn, schema, wanted.year, wanted.until, progress=progress))
    except (Uneven, psycopg.OperationalError, psycopg.InterfaceError):
        raise
    except LookupError:
        return impossible(wanted, f"year {wanted.year}")
    except Exception as fault:
        logger.exception("check %s of %s", wanted.check_id, schema)
        return impossible(wanted, type(fault).__name__)


def last_position(conn: psycopg.Connection[Any], schema: str) -> int:
    """The end of a school's log."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(bound("SELECT last FROM {s}.head", schema)).fetchone()
    return int(found[0]) if found else 0


def sealer_note(seals: Path, school_id: str) -> str | None:
    """The last note of the sealer on its own disk, when this process may read it."""
    try:
        return (seals / school_id / LAST).read_text("utf-8", "replace")
    except OSError:
        return None


def _place(table: str, key: dict[str, str]) -> str:
    row = ", ".join(f"{name}={value}" for name, value in key.items())
    return f"{table}: {row}"[:LONGEST_PLACE]
