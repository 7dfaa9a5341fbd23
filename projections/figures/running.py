"""Figures of the program at work."""

from __future__ import annotations

from datetime import timedelta

from projections.figures.figure import Conn, Context, Figure
from projections.sql import row
from projections.uptime import uptime

A_WEEK, A_MONTH = timedelta(days=7), timedelta(days=30)


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


async def around_the_clock(conn: Conn, schema: str, context: Context) -> Figure | None:
    """1.3: minutes of the last thirty days, as far as they were measured."""
    return await _answered(conn, schema, context, "1.3")


async def daily(conn: Conn, schema: str, context: Context) -> Figure | None:
    """4.1.а: the same, as the right of those who use the journal."""
    return await _answered(conn, schema, context, "4.1.а")


async def _answered(conn: Conn, schema: str, context: Context, clause: str) -> Figure:
    found = await uptime(conn, schema, context.now - A_MONTH, context.now, context.now)
    text = "минут за 30 дней журнал отвечал"
    return Figure(clause, text, found.answered // 60, found.seconds // 60, "/availability")
