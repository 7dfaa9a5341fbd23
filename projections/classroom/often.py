"""Who has been away often since the term began: a fact to act on, no forecast and no label."""

from __future__ import annotations

from datetime import date
from typing import Any, LiteralString, NamedTuple

from psycopg import AsyncConnection

from domain.journal.absences import away_often
from domain.regulation import Regulation
from domain.values import ABSENCES
from projections import directory
from projections.names import shown
from projections.sql import STILL, rows

Conn = AsyncConnection[Any]

#: days of the running term with attendance taken, and those missed, of who is on a list today
_OFTEN: LiteralString = """
    WITH held AS MATERIALIZED (
        SELECT l.lesson_id, l.class_id, l.date, l.subgroup_id, g.pupils
        FROM {s}.register_lesson l
        JOIN {s}.directory_class c USING (class_id)
        JOIN {s}.register_term t ON (t.year, t.grade_level) = (c.year, c.grade_level)
            AND t.valid_to = %(still)s AND %(day)s BETWEEN t.starts AND t.ends
        JOIN {s}.register_taken k ON k.lesson_id = l.lesson_id
        LEFT JOIN LATERAL (SELECT s.pupils FROM {s}.register_subgroup s
            WHERE s.class_id = l.class_id AND s.subgroup_id = l.subgroup_id
                AND s.valid_to = %(still)s AND s.since <= l.date
            ORDER BY s.since DESC LIMIT 1) g ON true
        WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR l.class_id = %(class)s)
            AND l.valid_to = %(still)s AND l.status <> 'CANCELLED'
            AND l.date BETWEEN t.starts AND %(day)s
    ), by_day AS (
        SELECT e.class_id, e.pupil_id, h.date, count(*) AS lessons,
            count(*) FILTER (WHERE a.code = ANY (%(away)s)) AS missed
        FROM held h
        JOIN {s}.register_roster e ON e.class_id = h.class_id AND e.valid_to = %(still)s
            AND e.since <= h.date AND (e.until IS NULL OR %(day)s < e.until)
        LEFT JOIN {s}.register_attendance a ON a.lesson_id = h.lesson_id
            AND a.pupil_id = e.pupil_id AND a.valid_to = %(still)s
        WHERE h.subgroup_id IS NULL OR e.pupil_id = ANY (h.pupils)
        GROUP BY 1, 2, 3
    )
    SELECT d.class_id::text, d.pupil_id::text, p.full_name, count(*),
        count(*) FILTER (WHERE d.missed > 0
            AND d.missed >= coalesce(nullif(%(rule)s::int, 0), d.lessons))
    FROM by_day d LEFT JOIN {s}.directory_person p ON p.person_id = d.pupil_id
    GROUP BY d.class_id, d.pupil_id, p.full_name, p.sort_key
    ORDER BY p.sort_key, d.pupil_id
"""


class Often(NamedTuple):
    """A pupil who missed so many of so many days of the running term."""

    class_id: str
    pupil_id: str
    name: str
    missed: int
    held: int


async def often_away(
    conn: Conn, schema: str, year: int, day: date, class_id: str | None = None
) -> list[Often]:
    """Pupils of a year or of a class who were away often by this day (`domain` says what that is);
    nobody between terms.
    """
    rules = await directory.regulation_of(conn, schema, year) or Regulation()
    found = await rows(
        conn,
        schema,
        _OFTEN,
        year=year,
        day=day,
        still=STILL,
        away=[str(code) for code in ABSENCES],
        rule=rules.day_missed_lessons,
        **{"class": class_id},
    )
    return [
        Often(of_class, pupil, shown(name), missed, held)
        for of_class, pupil, name, held, missed in found
        if away_often(missed, held)
    ]
