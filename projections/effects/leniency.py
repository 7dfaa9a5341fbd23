"""What would be refused no more, or refused again: where the regulation may flag what is late."""

from __future__ import annotations

from datetime import timedelta
from typing import LiteralString

from domain.regulation import Regulation
from projections.effects.effect import Effect
from projections.figures.figure import Conn, Context
from projections.sql import STILL, row

#: after the window, and neither a term mark nor the closing of the term stands on them
_LATE_MARKS: LiteralString = """
    SELECT count(*) FILTER (WHERE l.date < %(before)s AND r.value IS NULL
            AND NOT coalesce((SELECT x.closed FROM {s}.result_closing x
                WHERE (x.class_id, x.term) = (m.class_id, t.term)
                ORDER BY x.position DESC LIMIT 1), false)), count(*)
    FROM {s}.register_mark m
    JOIN {s}.register_lesson l ON l.lesson_id = m.lesson_id AND l.valid_to = %(still)s
    JOIN {s}.directory_class c ON c.class_id = m.class_id
    LEFT JOIN {s}.register_term t ON (t.year, t.grade_level) = (c.year, c.grade_level)
        AND l.date BETWEEN t.starts AND t.ends AND t.valid_to = %(still)s
    LEFT JOIN {s}.result_mark r ON r.kind = 'term' AND r.value <> ''
        AND (r.class_id, r.pupil_id, r.subject_id, r.term)
        = (m.class_id, m.pupil_id, l.subject_id, t.term)
    WHERE c.year = %(year)s AND m.valid_to = %(still)s AND m.value <> ''
"""
_GAPS: LiteralString = """
    SELECT count(*) FILTER (WHERE w.at IS NULL AND g.unexplained > 0), count(*)
    FROM (SELECT l.class_id, date_trunc('week', l.date::timestamp)::date AS monday,
            count(a.pupil_id) AS unexplained
        FROM {s}.register_lesson l
        LEFT JOIN {s}.register_attendance a ON a.lesson_id = l.lesson_id
            AND a.valid_to = %(still)s AND a.code = 'ABSENT_UNSPECIFIED'
        WHERE l.valid_to = %(still)s AND l.status <> 'CANCELLED' AND l.date <= %(until)s
        GROUP BY 1, 2) g
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.classroom_week w USING (class_id, monday)
    WHERE c.year = %(year)s
"""


async def corrections_let_through(
    conn: Conn, schema: str, context: Context, new: Regulation
) -> list[Effect]:
    """Marks whose window is over: their teacher's own with a flag from now on, or no more."""
    if context.regulation.late_corrections == new.late_corrections:
        return []
    before = context.today - timedelta(days=new.edit_window_days)
    found = await row(conn, schema, _LATE_MARKS, before=before, still=STILL, year=context.year)
    late, total = found or (0, 0)
    if new.late_corrections:
        text = "отметок учитель исправит сам и после срока, с пометкой «позже срока»"
        return [Effect("marks_flagged", "4.3-2", text, late, total)]
    text = "отметок учитель после срока больше не исправит сам: нужен запрос завучу"
    return [Effect("marks_refused", "4.3-2", text, late, total)]


async def weeks_let_through(
    conn: Conn, schema: str, context: Context, new: Regulation
) -> list[Effect]:
    """Weeks that are over, not signed, with absences without a reason."""
    if context.regulation.unexplained_weeks == new.unexplained_weeks:
        return []
    until = context.week[1]
    found = await row(conn, schema, _GAPS, until=until, still=STILL, year=context.year)
    gaps, total = found or (0, 0)
    if new.unexplained_weeks:
        text = "недель с пропусками без причины можно подтвердить с пометкой"
        return [Effect("weeks_flagged", "4.2.г-3", text, gaps, total)]
    text = "недель не подтвердить, пока у пропусков нет причины"
    return [Effect("weeks_refused", "4.2.г-3", text, gaps, total)]
