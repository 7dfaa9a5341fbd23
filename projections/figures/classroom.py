"""Figures of what class teachers keep."""

from __future__ import annotations

from datetime import timedelta

from projections.figures.figure import Conn, Context, Figure
from projections.sql import STILL, row


async def explained(conn: Conn, schema: str, context: Context) -> Figure | None:
    """4.2.г: absences whose days for a reason have run out, and that have one."""
    found = await row(
        conn,
        schema,
        """
        SELECT count(*) FILTER (WHERE a.code <> 'ABSENT_UNSPECIFIED'), count(*)
        FROM {s}.register_attendance a
        JOIN {s}.register_lesson l ON l.lesson_id = a.lesson_id AND l.valid_to = %(still)s
        JOIN {s}.directory_class c USING (class_id)
        WHERE c.year = %(year)s AND a.valid_to = %(still)s AND l.status <> 'CANCELLED'
            AND a.code IN ('ABSENT_UNSPECIFIED', 'EXCUSED', 'ILL', 'UNEXCUSED')
            AND l.date < %(before)s
        """,
        year=context.year,
        still=STILL,
        before=context.today - timedelta(days=context.regulation.absence_reason_days),
    )
    good, total = found or (0, 0)
    return Figure("4.2.г-3", "пропусков объяснено в срок положения", good, total, "/absences")


async def signed(conn: Conn, schema: str, context: Context) -> Figure | None:
    """4.2.г: weeks of classes that are over, and that the class teacher has signed."""
    found = await row(
        conn,
        schema,
        """
        SELECT count(w.at), count(*) FROM (
            SELECT DISTINCT class_id, date_trunc('week', date::timestamp)::date AS monday
            FROM {s}.register_lesson JOIN {s}.directory_class c USING (class_id)
            WHERE c.year = %(year)s AND valid_to = %(still)s AND status <> 'CANCELLED'
                AND date < %(before)s) l
        LEFT JOIN {s}.classroom_week w USING (class_id, monday)
        """,
        year=context.year,
        still=STILL,
        before=context.week[1] + timedelta(days=1),
    )
    good, total = found or (0, 0)
    text = "недель подтверждено классными руководителями"
    return Figure("4.2.г-3", text, good, total, "/absences")
