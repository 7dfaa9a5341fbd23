"""Jobs for a reader: when each is due, how its runs went; and asking for a run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from projections.names import shown
from projections.sql import row, rows

Conn = AsyncConnection[Any]


class Run(msgspec.Struct, frozen=True):
    """One run of a job. figures: what was done → how many. asked_by: the name of who asked, empty
    when it was asked for at the server; asked_at None: nobody did, it was due.
    """

    run_id: str
    job: str
    period: str
    scheduled_for: datetime
    asked_at: datetime | None
    asked_by: str
    started: datetime | None
    finished: datetime | None
    outcome: str
    figures: dict[str, int]
    error: str

    @property
    def duration_s(self) -> float | None:
        """How long it took."""
        if self.started is None or self.finished is None:
            return None
        return (self.finished - self.started).total_seconds()


class Job(msgspec.Struct, frozen=True):
    """A job as the scheduler told it, and how its last run went; `missed_lately`: periods that
    nobody carried out, of the last month.
    """

    name: str
    title: str
    schedule: str
    missed: str
    by_hand: bool
    grace_s: int
    next_at: datetime | None
    last: Run | None
    missed_lately: int

    def late_s(self, now: datetime) -> float:
        """Seconds by which what is owed is late; 0 while there is time."""
        if self.next_at is None or now - self.next_at <= timedelta(seconds=self.grace_s):
            return 0.0
        return (now - self.next_at).total_seconds()

    @property
    def failed(self) -> bool:
        """The last run did not do what it was for."""
        return self.last is not None and self.last.outcome in {"failed", "interrupted"}


class Known(msgspec.Struct, frozen=True):
    """What a job is: `missed` says what becomes of a missed run."""

    title: str
    schedule: str
    missed: str
    by_hand: bool


_RUN: LiteralString = """
    r.run_id::text, r.job, r.period, r.scheduled_for, r.asked_at, p.full_name,
    r.started, r.finished, r.outcome, r.figures, r.error
"""
A_MONTH = timedelta(days=31)


async def jobs(conn: Conn, schema: str, now: datetime) -> list[Job]:
    """The timetable, in its order; empty while no scheduler has run here."""
    found = await rows(
        conn,
        schema,
        "SELECT j.name, j.title, j.schedule, j.missed, j.by_hand, j.grace_s, j.next_at, ("  # noqa: S608 - literals, all of it
        " SELECT count(*) FROM {s}.job_run m WHERE m.job = j.name AND m.outcome = 'missed'"
        " AND m.scheduled_for >= %s)," + _RUN + " FROM {s}.job j LEFT JOIN LATERAL ("
        " SELECT * FROM {s}.job_run l WHERE l.job = j.name"
        " AND (l.started IS NOT NULL OR l.outcome = 'asked')"
        " ORDER BY l.outcome IN ('asked', 'running') DESC, coalesce(l.started, l.asked_at) DESC"
        " LIMIT 1) r ON true"
        " LEFT JOIN {s}.directory_person p ON p.person_id = r.asked_by ORDER BY j.place",
        now - A_MONTH,
    )
    return [_job(one) for one in found]


async def runs(conn: Conn, schema: str, name: str, limit: int) -> list[Run]:
    """The last runs of a job, newest first, and periods that were missed."""
    found = await rows(
        conn,
        schema,
        "SELECT" + _RUN + "FROM {s}.job_run r"
        " LEFT JOIN {s}.directory_person p ON p.person_id = r.asked_by"
        " WHERE r.job = %s AND r.outcome <> 'begun'"
        " ORDER BY r.outcome IN ('asked', 'running') DESC,"
        " coalesce(r.started, r.asked_at, r.scheduled_for) DESC, r.run_id LIMIT %s",
        name,
        limit,
    )
    return [_run(one) for one in found]


async def ask(
    conn: Conn, schema: str, name: str, run_id: UUID, by: str, now: datetime
) -> Run | None:
    """A person wants the job carried out now: the run as it stands. The same run_id asks once.

    None: there is no such job, or none by hand. The caller looks whether it is that job's run.
    """
    await row(
        conn,
        schema,
        "WITH wanted AS (SELECT name FROM {s}.job WHERE name = %(name)s AND by_hand),"
        " asked AS (INSERT INTO {s}.job_run"
        " (run_id, job, period, scheduled_for, asked_at, asked_by, outcome)"
        " SELECT %(run)s, name, '', %(now)s, %(now)s, %(by)s, 'asked' FROM wanted"
        " ON CONFLICT (run_id) DO NOTHING) SELECT 1",
        name=name,
        run=run_id,
        by=UUID(by),
        now=now,
    )
    found = await row(
        conn,
        schema,
        "SELECT" + _RUN + "FROM {s}.job_run r"
        " LEFT JOIN {s}.directory_person p ON p.person_id = r.asked_by WHERE r.run_id = %s",
        run_id,
    )
    return _run(found) if found else None


async def known(conn: Conn, schema: str, name: str) -> Known | None:
    """What a job of the timetable is."""
    found = await row(
        conn,
        schema,
        "SELECT title, schedule, missed, by_hand FROM {s}.job WHERE name = %s",
        name,
    )
    return None if found is None else Known(*found)


def _job(found: Any) -> Job:
    name, title, schedule, missed, by_hand, grace_s, next_at, lately, *run = found
    last = _run(run) if run[0] else None
    return Job(name, title, schedule, missed, by_hand, grace_s, next_at, last, lately)


def _run(found: Any) -> Run:
    number, job, period, due, asked_at, asked_by, *rest = found
    who = "" if asked_by is None else shown(asked_by)
    return Run(number, job, period, due, asked_at, who, *rest)
