"""Figures of the program at work."""

from __future__ import annotations

from datetime import timedelta

from projections.figures.figure import Conn, Context, Figure
from projections.sql import row

A_WEEK = timedelta(days=7)


async def jobs_done(conn: Conn, schema: str, context: Context) -> Figure | None:
    """5.1: runs of jobs that were due in the last seven days and did what they were for."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FILTER (WHERE outcome = 'done'), count(*) FROM {s}.job_run"
        " WHERE scheduled_for > %s AND outcome IN ('done', 'failed', 'interrupted', 'missed')",
        context.now - A_WEEK,
    )
    good, total = found or (0, 0)
    return Figure("5.1", "заданий по расписанию за 7 дней выполнено", good, total, "/jobs")
