"""The scheduler's diary: which runs are settled, which have begun, how each has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import LiteralString, NamedTuple
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from projections.postgres.upkeep import Pool
from projections.sql import Row, bound

#: outcomes after which a period is nobody's business any more
SETTLED = ["done", "missed", "begun"]
INTERRUPTED = "Процесс остановился посреди задания; задание выполняется заново."
KEEP_RUNS = timedelta(days=400)
KEEP_EMPTY = timedelta(days=8)  # runs that had nothing to do: figures of a week count them


class Published(NamedTuple):
    """A line of the timetable for the other processes."""

    name: str
    place: int
    title: str
    schedule: str
    missed: str
    by_hand: bool
    grace_s: int
    next_at: datetime | None


class Asked(NamedTuple):
    """A run that a person has asked for."""

    run_id: UUID
    job: str
    asked_by: str


class Book:
    """The runs of one school, as letopis_app. Each method is one transaction."""

    def __init__(self, pool: Pool, schema: str) -> None:
        self._pool, self._schema = pool, schema

    def publish(self, line: Published) -> None:
        """Tell what this job is and when it is due next."""
        self._do(
            "INSERT INTO {s}.job (name, place, title, schedule, missed, by_hand, grace_s, next_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (name) DO UPDATE SET"
            " place = excluded.place, title = excluded.title, schedule = excluded.schedule,"
            " missed = excluded.missed, by_hand = excluded.by_hand, grace_s = excluded.grace_s,"
            " next_at = excluded.next_at",
            *line,
        )

    def retire(self, names: Sequence[str]) -> None:
        """Jobs with other names are no more; what they did stays."""
        self._do("DELETE FROM {s}.job WHERE name <> ALL (%s)", list(names))

    def settled(self, job: str) -> datetime | None:
        """Up to which moment the periods of a job are settled; None: it has never begun."""
        [(moment,)] = self._rows(
            "SELECT max(scheduled_for) FROM {s}.job_run WHERE job = %s AND outcome = ANY (%s)",
            job,
            SETTLED,
        )
        found: datetime | None = moment
        return found

    def note(self, run_id: UUID, job: str, period: str, due: datetime, outcome: str) -> None:
        """A period that is settled without a run: missed, or before the job began."""
        self._do(
            "INSERT INTO {s}.job_run (run_id, job, period, scheduled_for, outcome)"
            " VALUES (%s, %s, %s, %s, %s)",
            run_id,
            job,
            period,
            due,
            outcome,
        )

    def bury(self, job: str, now: datetime) -> None:
        """Runs that nobody will finish any more. The caller holds the lock of the job."""
        self._do(
            "UPDATE {s}.job_run SET outcome = 'interrupted', finished = %s, error = %s"
            " WHERE job = %s AND outcome = 'running'",
            now,
            INTERRUPTED,
            job,
        )

    def begin(
        self,
        run_id: UUID,
        job: str,
        period: str,
        due: datetime,
        started: datetime,
        asked_by: str | None,
    ) -> None:
        """A run begins; one that was asked for takes the row of the asking."""
        self._do(
            "INSERT INTO {s}.job_run"
            " (run_id, job, period, scheduled_for, started, asked_at, asked_by, outcome)"
            " VALUES (%(run)s, %(job)s, %(period)s, %(due)s, %(now)s,"
            " CASE WHEN %(by)s::uuid IS NOT NULL THEN %(now)s END, %(by)s, 'running')"
            " ON CONFLICT (run_id) DO UPDATE SET period = excluded.period,"
            " scheduled_for = excluded.scheduled_for, started = excluded.started,"
            " outcome = excluded.outcome WHERE job_run.outcome = 'asked'",
            run=run_id,
            job=job,
            period=period,
            due=due,
            now=started,
            by=asked_by,
        )

    def finish(self, run_id: UUID, finished: datetime, figures: Mapping[str, int]) -> None:
        """A run has done what it was for."""
        self._end(run_id, finished, "done", figures, "")

    def fail(self, run_id: UUID, finished: datetime, error: str) -> None:
        """A run has not; why, in words."""
        self._end(run_id, finished, "failed", {}, error)

    def asked(self) -> list[Asked]:
        """Runs that people have asked for, oldest first."""
        found = self._rows(
            "SELECT run_id, job, asked_by::text FROM {s}.job_run WHERE outcome = 'asked'"
            " ORDER BY asked_at, run_id"
        )
        return [Asked(*one) for one in found]

    def prune(self, now: datetime) -> int:
        """Forget old runs and recent ones that had nothing to do; answers how many.

        What a job goes on from, the last settled period, stays.
        """
        return self._do(
            "DELETE FROM {s}.job_run r WHERE r.outcome <> 'asked' AND r.outcome <> 'running'"
            " AND (r.scheduled_for < %s OR (r.outcome = 'done' AND r.asked_by IS NULL"
            " AND r.scheduled_for < %s AND NOT jsonb_path_exists(r.figures, '$.* ? (@ != 0)')))"
            " AND r.scheduled_for < (SELECT max(l.scheduled_for) FROM {s}.job_run l"
            " WHERE l.job = r.job AND l.outcome = ANY (%s))",
            now - KEEP_RUNS,
            now - KEEP_EMPTY,
            SETTLED,
        )

    def _end(
        self,
        run_id: UUID,
        finished: datetime,
        outcome: str,
        figures: Mapping[str, int],
        error: str,
    ) -> None:
        self._do(
            "UPDATE {s}.job_run SET outcome = %s, finished = %s, figures = %s, error = %s"
            " WHERE run_id = %s AND outcome = 'running'",
            outcome,
            finished,
            Jsonb(dict(figures)),
            error,
            run_id,
        )

    def _do(self, text: LiteralString, *arguments: object, **names: object) -> int:
        with self._pool.connection() as conn:
            return int(conn.execute(bound(text, self._schema), names or arguments).rowcount)

    def _rows(self, text: LiteralString, *arguments: object) -> list[Row]:
        with self._pool.connection() as conn, conn.cursor(row_factory=tuple_row) as cursor:
            return list(cursor.execute(bound(text, self._schema), arguments).fetchall())
