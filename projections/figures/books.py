"""Figures of questions, trainings and the register of the municipal service."""

from __future__ import annotations

from datetime import timedelta

from projections import ledgers
from projections.figures.figure import Conn, Context, Figure
from projections.sql import row

NO_STAFF = "сотрудники ещё не записаны"


async def about_child(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.4: questions between family and teacher that were answered within the days."""
    text = "вопросов между семьёй и учителем с ответом в срок"
    return await _answered(conn, schema, context, ("2.2.4", text), child=True)


async def about_program(conn: Conn, schema: str, context: Context) -> Figure:
    """4.1.б: questions about the work with the journal that were answered within the days."""
    text = "вопросов администратору с ответом в срок"
    return await _answered(conn, schema, context, ("4.1.б", text), child=False)


async def _answered(
    conn: Conn, schema: str, context: Context, of: tuple[str, str], *, child: bool
) -> Figure:
    """Of the questions that were answered, or are older than the days; closed ones without an
    answer needed none.
    """
    found = await row(
        conn,
        schema,
        """
        SELECT count(*) FILTER (WHERE answered_at <= opened_at + %(days)s), count(*)
        FROM {s}.talk WHERE (pupil_id IS NOT NULL) = %(child)s
            AND (answered_at IS NOT NULL
                OR closed_at IS NULL AND opened_at + %(days)s < %(now)s)
        """,
        days=timedelta(days=context.regulation.answer_days),
        child=child,
        now=context.now,
    )
    good, total = found or (0, 0)
    why = "вопросов, на которые ответили или срок ответа на которые вышел, нет"
    return Figure(*of, good, total, "/questions", why)


async def trained(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.б-2: the staff of today who were taught to work with the journal."""
    return await _trained(conn, schema, context, "4.2.б-2")


async def organised(conn: Conn, schema: str, context: Context) -> Figure:
    """3.1.1: the same, for whoever organises it."""
    return await _trained(conn, schema, context, "3.1.1")


async def taught(conn: Conn, schema: str, context: Context) -> Figure:
    """4.3-1: the same, for whoever answers for it."""
    return await _trained(conn, schema, context, "4.3-1")


async def _trained(conn: Conn, schema: str, context: Context, clause: str) -> Figure:
    staff = await ledgers.untrained(conn, schema, context.year, context.today)
    good = sum(one.last is not None for one in staff)
    text = "сотрудников обучены работе с журналом"
    return Figure(clause, text, good, len(staff), "/trainings", NO_STAFF)


async def served(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.1: requests of the year that were decided by their day."""
    found = await row(
        conn,
        schema,
        """
        SELECT count(*) FILTER (WHERE (x.decided_at AT TIME ZONE %(zone)s)::date <= x.due_date),
            count(*)
        FROM {s}.ledger_service x JOIN {s}.directory_year y USING (office_id)
        WHERE y.year = %(year)s AND (x.outcome IS NOT NULL OR x.due_date < %(today)s)
        """,
        zone=context.zone,
        year=context.year,
        today=context.today,
    )
    good, total = found or (0, 0)
    text = "заявлений о муниципальной услуге решены в срок"
    why = "заявлений, которые решены или срок которых вышел, нет"
    return Figure("2.2.1", text, good, total, "/service-requests", why)
