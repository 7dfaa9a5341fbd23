"""Figures of what the journal is by itself: fresh, kept, open to families."""

from __future__ import annotations

from projections.figures.figure import Conn, Context, Figure
from projections.postgres.bookmarks import following
from projections.sql import row


async def freshness(conn: Conn, schema: str, context: Context) -> Figure:
    """1.4: facts of the log that every page shows already."""
    del context
    place = await following(conn, schema)
    return Figure(
        "1.4",
        "записей журнала уже видны на всех страницах",
        min(place.slowest.position, place.head.position),
        place.head.position,
        "/log",
    )


async def consented(conn: Conn, schema: str, context: Context) -> Figure:
    """1.11: pupils of the year today for whose diary somebody gave a consent that holds."""
    found = await row(
        conn,
        schema,
        """
        SELECT count(*) FILTER (WHERE EXISTS (
            SELECT 1 FROM {s}.directory_consent c WHERE c.pupil_id = e.pupil_id
                AND c.purpose = 'diary' AND NOT c.withdrawn
                AND c.since <= %(day)s AND (c.until IS NULL OR %(day)s < c.until))), count(*)
        FROM (SELECT DISTINCT pupil_id FROM {s}.directory_enrolment
            JOIN {s}.directory_class USING (class_id)
            WHERE year = %(year)s AND since <= %(day)s AND (until IS NULL OR %(day)s < until)) e
        """,
        year=context.year,
        day=context.today,
    )
    good, total = found or (0, 0)
    text = "учеников, чья семья дала письменное согласие на дневник"
    return Figure("1.11", text, good, total, "/consents", "учеников сегодня нет")


async def kept(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.5: corrections and annulments of the year that keep the former value and the reason."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FILTER (WHERE t.old_value <> '' AND t.reason_code <> ''), count(*)"
        " FROM {s}.trail_v1 t JOIN {s}.directory_class c USING (class_id)"
        " WHERE c.year = %s AND t.kind IN ('mark-corrected', 'mark-annulled')",
        context.year,
    )
    good, total = found or (0, 0)
    text = "исправлений хранят прежнюю отметку и причину"
    why = "отметок в этом году ещё не исправляли"
    return Figure("2.2.5", text, good, total, "/trail?kind=mark-corrected", why)
