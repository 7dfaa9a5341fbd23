"""Figures of the ends of terms: marks that follow from the marks, requests that were answered."""

from __future__ import annotations

from projections.figures.figure import Conn, Context, Figure
from projections.sql import row


async def founded(conn: Conn, schema: str, context: Context) -> Figure:
    """4.3: term marks of the year that are the suggested ones or say why they are not."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FILTER (WHERE m.value = m.suggested OR m.reason_code IS NOT NULL),"
        " count(*) FROM {s}.result_mark m JOIN {s}.directory_class c USING (class_id)"
        " WHERE c.year = %s AND m.kind = 'term' AND m.value <> '' AND m.suggested <> ''"
        " AND NOT m.imported",
        context.year,
    )
    good, total = found or (0, 0)
    text = "отметок за период следуют из текущих или с причиной"
    why = "отметок за период в этом году ещё нет"
    return Figure("4.3-2", text, good, total, "/trail?kind=term-mark-issued", why)


async def answered(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.5: requests for late corrections of the year that another person has answered."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FILTER (WHERE r.answer <> ''), count(*) FROM {s}.result_request r"
        " JOIN {s}.directory_class c USING (class_id) WHERE c.year = %s",
        context.year,
    )
    good, total = found or (0, 0)
    text = "запросов на исправление получили ответ другого человека"
    why = "запросов на исправление в этом году не было"
    return Figure("2.2.5", text, good, total, "/correction-requests", why)
