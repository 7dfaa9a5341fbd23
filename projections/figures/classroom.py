"""Figures of what class teachers keep."""

from __future__ import annotations

from datetime import timedelta

from projections.figures.figure import Conn, Context, Figure
from projections.sql import STILL, row

NO_PUPILS = "учеников сегодня нет"


async def explained(conn: Conn, schema: str, context: Context) -> Figure:
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
    why = "пропусков, срок объяснения которых вышел, нет"
    return Figure("4.2.г-3", "пропусков объяснено в срок положения", good, total, "/absences", why)


async def signed(conn: Conn, schema: str, context: Context) -> Figure:
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
    return Figure("4.2.г-3", text, good, total, "/absences", "недель с уроками ещё не прошло")


async def defended(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.а: pupils of the grades of the regulation whose final work was defended, with its
    document in the vault.
    """
    text = "учеников защитили итоговую работу, документ приложен"
    begins = context.calendar.terms[-1].starts
    if context.today < begins:
        why = f"итоговые работы защищают в конце года, считается с {begins:%d.%m.%Y}"
        return Figure("4.2.а-5", text, 0, 0, "/outcomes", why)
    found = await row(
        conn,
        schema,
        """
        SELECT count(*) FILTER (WHERE EXISTS (SELECT 1 FROM {s}.classroom_defence d
            JOIN {s}.payload f ON f.id = d.file_id
            WHERE (d.class_id, d.pupil_id) = (e.class_id, e.pupil_id))), count(*)
        FROM (SELECT DISTINCT e.class_id, e.pupil_id FROM {s}.directory_enrolment e
            JOIN {s}.directory_class c USING (class_id)
            WHERE c.year = %(year)s
                AND e.since <= %(day)s AND (e.until IS NULL OR %(day)s < e.until)
                AND c.grade_level = ANY (%(grades)s::integer[])) e
        """,
        year=context.year,
        day=context.today,
        grades=list(context.regulation.project_levels),
    )
    good, total = found or (0, 0)
    why = "учеников тех классов, в которых защищают итоговые работы, нет"
    return Figure("4.2.а-5", text, good, total, "/outcomes", why)


async def levelled(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.г: pupils of today whose metasubject level of the year is recorded."""
    text = "учеников с метапредметным уровнем за год"
    begins = context.calendar.terms[-1].starts
    if context.today < begins:
        why = f"уровень записывают в конце года, считается с {begins:%d.%m.%Y}"
        return Figure("4.2.г-4", text, 0, 0, "/outcomes", why)
    found = await row(
        conn,
        schema,
        """
        SELECT count(l.level), count(*)
        FROM (SELECT DISTINCT e.class_id, e.pupil_id FROM {s}.directory_enrolment e
            JOIN {s}.directory_class c USING (class_id)
            WHERE c.year = %(year)s
                AND e.since <= %(day)s AND (e.until IS NULL OR %(day)s < e.until)) e
        LEFT JOIN {s}.classroom_level l USING (class_id, pupil_id)
        """,
        year=context.year,
        day=context.today,
    )
    good, total = found or (0, 0)
    return Figure("4.2.г-4", text, good, total, "/outcomes", NO_PUPILS)


async def commented(conn: Conn, schema: str, context: Context) -> Figure:
    """4.1.г: comments of the year, on marks and on pupils, that can still be read."""
    found = await row(
        conn,
        schema,
        "SELECT count(v.id), count(*) FROM {s}.trail_v1 t"
        " JOIN {s}.directory_class c USING (class_id)"
        " LEFT JOIN {s}.payload v ON v.id = t.text_id"
        " WHERE c.year = %s AND t.text_id IS NOT NULL AND t.kind IN ('mark-given',"
        " 'mark-commented', 'pupil-commented', 'pupil-comment-corrected')",
        context.year,
    )
    good, total = found or (0, 0)
    text = "комментариев учителей читаются, остальные стёрты по закону"
    why = "комментариев в этом году ещё не писали"
    return Figure("4.1.г", text, good, total, "/trail?kind=pupil-commented", why)
