"""How far a school year is set up: what there is, and what is lacking."""

from __future__ import annotations

from datetime import date
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from projections.sql import STILL, named, row, rows

Conn = AsyncConnection[Any]


class Readiness(msgspec.Struct, frozen=True):
    """Figures of a year; lists are names of classes that lack something.

    places: taught subjects (and subgroups) of classes; planned: those of them with КТП; terms:
    terms of classes that have a timetable; scheduled: those of them with lessons.
    """

    subjects: int = 0
    work_types: int = 0
    teachers: int = 0
    roles: tuple[str, ...] = ()
    no_account: int = 0
    classes: tuple[str, ...] = ()
    no_class_teacher: tuple[str, ...] = ()
    no_pupils: tuple[str, ...] = ()
    no_assignment: tuple[str, ...] = ()
    no_timetable: tuple[str, ...] = ()
    pupils: int = 0
    no_guardian: int = 0
    conditional: int = 0
    divided: int = 0
    ungrouped: int = 0
    places: int = 0
    planned: int = 0
    terms: int = 0
    scheduled: int = 0


_CLASSES: LiteralString = """
    SELECT c.name,
        NOT EXISTS (SELECT FROM {s}.directory_class_teacher t WHERE t.class_id = c.class_id
            AND (t.until IS NULL OR %(day)s < t.until)),
        NOT EXISTS (SELECT FROM {s}.directory_enrolment e WHERE e.class_id = c.class_id
            AND (e.until IS NULL OR %(day)s < e.until)),
        NOT EXISTS (SELECT FROM {s}.directory_assignment a WHERE a.class_id = c.class_id
            AND (a.until IS NULL OR %(day)s < a.until)),
        NOT EXISTS (SELECT FROM {s}.office_timetable w WHERE w.class_id = c.class_id)
    FROM {s}.directory_class c WHERE c.year = %(year)s ORDER BY c.grade_level, c.letter
    """
_PEOPLE: LiteralString = """
    WITH listed AS (
        SELECT DISTINCT e.pupil_id FROM {s}.directory_enrolment e
        JOIN {s}.directory_class c USING (class_id)
        WHERE c.year = %(year)s AND (e.until IS NULL OR %(day)s < e.until)),
    working AS (
        SELECT person_id, role FROM {s}.directory_staff
        WHERE year = %(year)s AND (until IS NULL OR %(day)s < until)
        UNION SELECT a.teacher_id, 'teacher' FROM {s}.directory_assignment a
        JOIN {s}.directory_class c USING (class_id)
        WHERE c.year = %(year)s AND (a.until IS NULL OR %(day)s < a.until))
    SELECT (SELECT count(*) FROM {s}.directory_subject WHERE year = %(year)s),
        (SELECT count(*) FROM {s}.directory_work_type WHERE year = %(year)s),
        (SELECT count(DISTINCT person_id) FROM working WHERE role = 'teacher'),
        (SELECT array_agg(DISTINCT role ORDER BY role) FROM working),
        (SELECT count(DISTINCT w.person_id) FROM working w JOIN {s}.directory_person p
            USING (person_id) WHERE NOT p.account AND NOT p.erased),
        (SELECT count(*) FROM listed),
        (SELECT count(*) FROM listed l WHERE NOT EXISTS (SELECT FROM {s}.directory_guardian g
            WHERE g.pupil_id = l.pupil_id AND (g.until IS NULL OR %(day)s < g.until))),
        (SELECT count(*) FROM listed l WHERE EXISTS (SELECT FROM {s}.result_council r
            JOIN {s}.directory_class b USING (class_id) WHERE r.pupil_id = l.pupil_id
            AND b.year = %(year)s - 1 AND r.decision = 'CONDITIONALLY_PROMOTED'))
    """
_GROUPS: LiteralString = """
    WITH split AS (
        SELECT g.class_id, g.subject_id, max(g.since) AS since
        FROM {s}.directory_subgroup g JOIN {s}.directory_class c USING (class_id)
        WHERE c.year = %(year)s GROUP BY g.class_id, g.subject_id),
    member AS (
        SELECT g.class_id, g.subject_id, unnest(g.pupils) AS pupil_id
        FROM split JOIN {s}.directory_subgroup g USING (class_id, subject_id, since))
    SELECT (SELECT count(*) FROM split),
        (SELECT count(*) FROM split s JOIN {s}.directory_enrolment e USING (class_id)
            WHERE (e.until IS NULL OR %(day)s < e.until) AND NOT EXISTS (SELECT FROM member m
                WHERE (m.class_id, m.subject_id, m.pupil_id)
                    = (s.class_id, s.subject_id, e.pupil_id)))
    """
_PLANS: LiteralString = """
    SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM {s}.office_plan p
        WHERE p.class_id = t.class_id AND p.subject_id = t.subject_id
            AND (p.subgroup_id IS NULL OR p.subgroup_id = t.subgroup_id)))
    FROM (SELECT DISTINCT a.class_id, a.subject_id, a.subgroup_id FROM {s}.directory_assignment a
        JOIN {s}.directory_class c USING (class_id)
        WHERE c.year = %(year)s AND (a.until IS NULL OR %(day)s < a.until)) t
    """
_TERMS: LiteralString = """
    SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM {s}.register_lesson l
        WHERE l.class_id = c.class_id AND l.valid_to = %(still)s
            AND l.date BETWEEN t.starts AND t.ends))
    FROM {s}.directory_class c
    JOIN {s}.register_term t ON t.year = c.year AND t.grade_level = c.grade_level
        AND t.valid_to = %(still)s
    WHERE c.year = %(year)s AND EXISTS (SELECT FROM {s}.office_timetable w
        WHERE w.class_id = c.class_id)
    """


_TERMS_OF: LiteralString = """
    SELECT c.class_id::text, c.name, t.term, t.name, t.starts, (SELECT count(*)
        FROM {s}.register_lesson l WHERE l.class_id = c.class_id AND l.valid_to = %(still)s
            AND l.date BETWEEN t.starts AND t.ends)
    FROM {s}.directory_class c
    JOIN {s}.register_term t ON t.year = c.year AND t.grade_level = c.grade_level
        AND t.valid_to = %(still)s
    WHERE c.year = %(year)s AND EXISTS (SELECT FROM {s}.office_timetable w
        WHERE w.class_id = c.class_id)
    ORDER BY c.grade_level, c.letter, t.term
    """


async def terms_of_classes(conn: Conn, schema: str, year: int) -> list[dict[str, Any]]:
    """`[{class_id, class_name, term, name, starts, lessons}]` of the classes of a year that have a
    timetable, in order; lessons: how many there are.
    """
    names = ("class_id", "class_name", "term", "name", "starts", "lessons")
    found = await rows(conn, schema, _TERMS_OF, year=year, still=STILL)
    return [named(names, one) for one in found]


async def readiness(conn: Conn, schema: str, year: int, day: date) -> Readiness:
    """What there is of a year as of a day; who comes later counts as well."""
    ask = {"year": year, "day": day}
    classes = await rows(conn, schema, _CLASSES, **ask)
    heads, pupils_of, taught, weeks = (
        tuple(one[0] for one in classes if one[number]) for number in range(1, 5)
    )
    people = await row(conn, schema, _PEOPLE, **ask) or (0,) * 8
    groups = await row(conn, schema, _GROUPS, **ask) or (0, 0)
    plans = await row(conn, schema, _PLANS, **ask) or (0, 0)
    terms = await row(conn, schema, _TERMS, year=year, still=STILL) or (0, 0)
    subjects, work_types, teachers, roles, no_account, pupils, no_guardian, conditional = people
    return Readiness(
        subjects,
        work_types,
        teachers,
        tuple(roles or ()),
        no_account,
        tuple(one[0] for one in classes),
        heads,
        pupils_of,
        taught,
        weeks,
        pupils,
        no_guardian,
        conditional,
        divided=groups[0],
        ungrouped=groups[1],
        places=plans[0],
        planned=plans[1],
        terms=terms[0],
        scheduled=terms[1],
    )
