"""Figures of the office: classes that are ready for the journal, lessons under substitutes."""

from __future__ import annotations

from projections import office
from projections.figures.figure import Conn, Context, Figure
from projections.sql import STILL, row


async def ready(conn: Conn, schema: str, context: Context) -> Figure:
    """3.1.1: classes of the year that have a class teacher, pupils, teachers and a timetable."""
    found = await office.readiness(conn, schema, context.year, context.today)
    lacking = {
        *found.no_class_teacher,
        *found.no_pupils,
        *found.no_assignment,
        *found.no_timetable,
    }
    total = len(found.classes)
    text = "классов готовы к ведению журнала: есть руководитель, ученики, учителя, расписание"
    return Figure("3.1.1", text, total - len(lacking), total, "/school-year", "классов ещё нет")


async def by_substitutes(conn: Conn, schema: str, context: Context) -> Figure:
    """3.3.6: of what was written in the days of a substitution about its lessons, what the
    substitute has written; the rest stands under the name of a teacher who was away.
    """
    found = await row(
        conn,
        schema,
        """
        SELECT count(*) FILTER (WHERE t.by = x.substitute_id), count(*)
        FROM {s}.directory_substitution x JOIN {s}.directory_class c USING (class_id)
        JOIN {s}.register_lesson l ON (l.class_id, l.teacher_id) = (x.class_id, x.teacher_id)
            AND l.date BETWEEN x.since AND x.until AND l.valid_to = %(still)s
        JOIN {s}.trail_v1 t ON (t.class_id, t.lesson_id) = (l.class_id, l.lesson_id)
            AND (t.at AT TIME ZONE %(zone)s)::date BETWEEN x.since AND x.until
            AND t.by IN (x.substitute_id, x.teacher_id)
        WHERE c.year = %(year)s
        """,
        year=context.year,
        zone=context.zone,
        still=STILL,
    )
    good, total = found or (0, 0)
    text = "записей об уроках в дни замещения сделал замещающий, под своим именем"
    why = "замещений, в дни которых что-нибудь записано об уроках, не было"
    return Figure("3.3.6", text, good, total, "/substitutions", why)
