"""Figures of how journals are written: in Russian, by groups of an order, by no pupil."""

from __future__ import annotations

from projections import office
from projections.figures.figure import Conn, Context, Figure
from projections.sql import STILL, row


async def in_russian(conn: Conn, schema: str, context: Context) -> Figure:
    """3.1.3: topics of the year that have Russian words in them."""
    found = await row(
        conn,
        schema,
        """
        SELECT count(*) FILTER (WHERE t.topic ~ '[А-Яа-яЁё]'), count(*)
        FROM {s}.register_topic t
        JOIN {s}.register_lesson l ON l.lesson_id = t.lesson_id AND l.valid_to = %(still)s
        JOIN {s}.directory_class c USING (class_id)
        WHERE c.year = %(year)s AND t.valid_to = %(still)s
        """,
        year=context.year,
        still=STILL,
    )
    good, total = found or (0, 0)
    why = "тем уроков в этом году ещё не записывали"
    return Figure("3.1.3", "тем уроков записано на русском языке", good, total, "/trail", why)


async def in_one_group(conn: Conn, schema: str, context: Context) -> Figure:
    """3.3.5: pupils of divided classes who are in one group of the subject by the last order."""
    found = await row(
        conn,
        schema,
        """
        WITH split AS (
            SELECT g.class_id, g.subject_id, max(g.since) AS since
            FROM {s}.directory_subgroup g JOIN {s}.directory_class c USING (class_id)
            WHERE c.year = %(year)s AND g.since <= %(day)s GROUP BY g.class_id, g.subject_id),
        member AS (
            SELECT g.class_id, g.subject_id, unnest(g.pupils) AS pupil_id
            FROM split JOIN {s}.directory_subgroup g USING (class_id, subject_id, since)),
        listed AS (
            SELECT s.class_id, s.subject_id, e.pupil_id, count(m.pupil_id) AS groups
            FROM split s JOIN {s}.directory_enrolment e USING (class_id)
            LEFT JOIN member m ON (m.class_id, m.subject_id, m.pupil_id)
                = (s.class_id, s.subject_id, e.pupil_id)
            WHERE e.since <= %(day)s AND (e.until IS NULL OR %(day)s < e.until)
            GROUP BY s.class_id, s.subject_id, e.pupil_id)
        SELECT count(*) FILTER (WHERE groups = 1), count(*) FROM listed
        """,
        year=context.year,
        day=context.today,
    )
    good, total = found or (0, 0)
    text = "мест в подгруппах заняты: ученик делимого класса — в одной подгруппе предмета"
    return Figure("3.3.5", text, good, total, "")


async def by_no_pupil(conn: Conn, schema: str, context: Context) -> Figure:
    """6: records of the journals of the year that no pupil has made."""
    found = await row(
        conn,
        schema,
        """
        SELECT sum(n) FILTER (WHERE p.kind IS DISTINCT FROM 'pupil'), sum(n)
        FROM (SELECT t.by, count(*) AS n FROM {s}.trail_v1 t
            JOIN {s}.directory_class c USING (class_id) WHERE c.year = %s GROUP BY t.by) t
        LEFT JOIN {s}.directory_person p ON p.person_id = t.by
        """,
        context.year,
    )
    good, total = (int(one or 0) for one in found or (0, 0))
    why = "записей в журналах этого года ещё нет"
    return Figure("6", "записей в журналах сделано не учениками", good, total, "/trail", why)


async def term_marks(conn: Conn, schema: str, context: Context) -> Figure:
    """1.10: pupils with marks of a subject in the term that is over, who have its term mark."""
    over = [one for one in context.calendar.terms if one.ends < context.today]
    if not over:
        why = f"{context.calendar.terms[0].name} ещё идёт"
        return Figure("1.10", "отметок за период выставлено", 0, 0, "", why)
    term = over[-1]
    found = await row(
        conn,
        schema,
        """
        SELECT count(t.value), count(*) FROM (
            SELECT DISTINCT m.class_id, l.subject_id, m.pupil_id FROM {s}.register_mark m
            JOIN {s}.register_lesson l ON l.lesson_id = m.lesson_id AND l.valid_to = %(still)s
            JOIN {s}.directory_class c ON c.class_id = m.class_id
            JOIN {s}.directory_enrolment e ON (e.class_id, e.pupil_id) = (m.class_id, m.pupil_id)
                AND e.since <= %(ends)s AND (e.until IS NULL OR %(ends)s < e.until)
            WHERE c.year = %(year)s AND l.date BETWEEN %(starts)s AND %(ends)s
                AND m.valid_to = %(still)s AND m.value <> '') m
        LEFT JOIN {s}.register_term_mark t ON t.valid_to = %(still)s AND t.term = %(term)s
            AND (t.class_id, t.subject_id, t.pupil_id) = (m.class_id, m.subject_id, m.pupil_id)
        """,
        year=context.year,
        starts=term.starts,
        ends=term.ends,
        term=term.number,
        still=STILL,
    )
    good, total = found or (0, 0)
    text = f"отметок за период «{term.name}» выставлено ученикам, у которых есть текущие"
    why = "в этом периоде никому не ставили отметок"
    return Figure("1.10", text, good, total, "/compliance/terms", why)


async def by_the_plan(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.а: subjects of classes with a plan of lessons (КТП) that are not behind it."""
    progress = await office.plan_progress(conn, schema, context.year, context.today)
    planned = [one for one in progress if one["planned"] is not None]
    good = sum(one["lag"] == 0 for one in planned)
    text = "предметов с планом уроков (КТП) идут без отставания"
    why = "планов уроков (КТП) ещё нет"
    return Figure("4.2.а-2", text, good, len(planned), "/compliance/plans", why)
