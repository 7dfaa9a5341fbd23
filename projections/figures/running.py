"""Figures of the program at work."""

from __future__ import annotations

from datetime import timedelta

from projections.figures.figure import Conn, Context, Figure
from projections.sql import row
from projections.uptime import uptime

A_WEEK, A_MONTH = timedelta(days=7), timedelta(days=30)


async def jobs_done(conn: Conn, schema: str, context: Context) -> Figure:
    """5.1: runs of jobs that were due in the last seven days and did what they were for."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FILTER (WHERE outcome = 'done'), count(*) FROM {s}.job_run"
        " WHERE scheduled_for > %s AND outcome IN ('done', 'failed', 'interrupted', 'missed')",
        context.now - A_WEEK,
    )
    good, total = found or (0, 0)
    text = "заданий по расписанию за 7 дней выполнено"
    return Figure("5.1", text, good, total, "/jobs", "за 7 дней ни одно задание не запускалось")


async def came_back(conn: Conn, schema: str, context: Context) -> Figure:
    """5.1: copies of the last seven days that were brought back and agreed."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FILTER (WHERE found = 0), count(*) FROM {s}.backup"
        " WHERE taken > %s AND taken <= %s",
        context.now - A_WEEK,
        context.now,
    )
    good, total = found or (0, 0)
    text = "копий базы за 7 дней на пробу восстановлены без расхождений"
    why = "за 7 дней программа не снимала копий: их место задаёт тот, кто её установил"
    return Figure("5.1", text, good, total, "/health", why)


async def around_the_clock(conn: Conn, schema: str, context: Context) -> Figure:
    """1.3: minutes of the last thirty days, as far as they were measured."""
    return await _answered(conn, schema, context, "1.3")


async def daily(conn: Conn, schema: str, context: Context) -> Figure:
    """4.1.а: the same, as the right of those who use the journal."""
    return await _answered(conn, schema, context, "4.1.а")


async def _answered(conn: Conn, schema: str, context: Context, clause: str) -> Figure:
    found = await uptime(conn, schema, context.now - A_MONTH, context.now, context.now)
    text = "минут за 30 дней журнал отвечал"
    minutes = found.answered // 60, found.seconds // 60
    why = "программа ещё ни минуты не измеряла, отвечает ли журнал"
    return Figure(clause, text, *minutes, "/availability", why)
