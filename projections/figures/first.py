"""Figures of what the journal is by itself: fresh, kept, open to families."""

from __future__ import annotations

from projections.figures.figure import Conn, Context, Figure
from projections.postgres.bookmarks import following
from projections.sql import row


async def freshness(conn: Conn, schema: str, context: Context) -> Figure | None:
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


async def consented(conn: Conn, schema: str, context: Context) -> Figure | None:
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
    return Figure("1.11", text, good, total, "/consents")


async def kept(conn: Conn, schema: str, context: Context) -> Figure | None:
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
    return Figure("2.2.5", text, good, total, "/trail?kind=mark-corrected")


async def entered(conn: Conn, schema: str, context: Context) -> Figure | None:
    """3.1.2: guardians of pupils of today who took their credentials and chose a password."""
    good, total, _ = await _families(conn, schema, context)
    text = "родителей получили реквизиты и вошли со своим паролем"
    return Figure("3.1.2", text, good, total, "/credentials")


async def handed_out(conn: Conn, schema: str, context: Context) -> Figure | None:
    """4.2.г: guardians of pupils of today who were given credentials that are in force."""
    _, total, given = await _families(conn, schema, context)
    text = "родителей, которым выданы реквизиты дневника"
    return Figure("4.2.г-2", text, given, total, "/credentials")


async def _families(conn: Conn, schema: str, context: Context) -> tuple[int, int, int]:
    """Guardians who have come in with a password of their own, all of them, those given one."""
    found = await row(
        conn,
        schema,
        """
        SELECT count(*) FILTER (WHERE NOT a.must_change AND a.disabled_at IS NULL), count(*),
            count(a.person_id) FILTER (WHERE a.disabled_at IS NULL)
        FROM (SELECT DISTINCT g.guardian_id FROM {s}.directory_enrolment e
            JOIN {s}.directory_class c USING (class_id)
            JOIN {s}.directory_guardian g USING (pupil_id)
            WHERE c.year = %(year)s
                AND e.since <= %(day)s AND (e.until IS NULL OR %(day)s < e.until)
                AND g.since <= %(day)s AND (g.until IS NULL OR %(day)s < g.until)) family
        LEFT JOIN {s}.account a ON a.person_id = family.guardian_id
        """,
        year=context.year,
        day=context.today,
    )
    entered, total, given = found or (0, 0, 0)
    return entered, total, given
