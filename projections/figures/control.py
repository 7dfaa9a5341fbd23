"""Figures of control: journals that were inspected, remarks that were answered."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from domain.journal.inspecting import Duty, duty, spans
from projections import control, directory
from projections.figures.figure import Conn, Context, Figure
from projections.sql import row


async def inspected(conn: Conn, schema: str, context: Context) -> Figure:
    """5.2: journals × months that are over, and that somebody looked at."""
    return await _inspected(conn, schema, context, "5.2")


async def of_the_deputy(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.б: the same, as the duty of the deputy."""
    return await _inspected(conn, schema, context, "4.2.б-1")


async def _inspected(conn: Conn, schema: str, context: Context, clause: str) -> Figure:
    zone, days = ZoneInfo(context.zone), dict[str, list[date]]()
    for one in await control.inspections(conn, schema, control.Wanted(year=context.year)):
        days.setdefault(one.class_id, []).append(one.at.astimezone(zone).date())
    first = await control.first_lessons(conn, schema, context.year)
    found = [
        duty(
            context.calendar.of(one["grade_level"]),
            span,
            days.get(one["class_id"], ()),
            first.get(one["class_id"]),
            context.today,
        )
        for one in await directory.classes(conn, schema, context.year, context.today)
        for span in spans(context.year, context.regulation.inspection_months)
    ]
    good = found.count(Duty.INSPECTED)
    text = "проверок проведено (журнал класса за каждый месяц)"
    why = "месяцев, за которые журнал должен быть проверен, ещё не прошло"
    return Figure(clause, text, good, good + found.count(Duty.MISSING), "/inspections", why)


async def answered(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.а: remarks of the year that are answered or have time left."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FILTER (WHERE r.state <> 'open' OR r.due_date >= %s), count(*)"
        " FROM {s}.control_remark r JOIN {s}.directory_class c USING (class_id) WHERE c.year = %s",
        context.today,
        context.year,
    )
    good, total = found or (0, 0)
    why = "замечаний в этом году ещё не было"
    return Figure("4.2.а-6", "замечаний не просрочено", good, total, "/inspections", why)
