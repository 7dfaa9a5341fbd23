"""Classes: lists, cards, who teaches whom."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg import AsyncConnection

from projections.names import shown
from projections.sql import named, row, rows

Conn = AsyncConnection[Any]


async def classes(
    conn: Conn, schema: str, year: int, day: date, person_id: str | None = None
) -> list[dict[str, Any]]:
    """`[{class_id, name, grade_level, letter, year, class_teacher, pupils}]` of a year, in order.

    class_teacher: name or None; pupils: how many that day. With `person_id` only the classes
    where the person teaches, substitutes or is class teacher.
    """
    found = await rows(
        conn,
        schema,
        """
        SELECT c.class_id::text, c.name, c.grade_level, c.letter, c.year, t.full_name,
            (SELECT count(*) FROM {s}.directory_enrolment e WHERE e.class_id = c.class_id
                AND e.since <= %(day)s AND (e.until IS NULL OR %(day)s < e.until))
        FROM {s}.directory_class c
        LEFT JOIN LATERAL (
            SELECT p.full_name FROM {s}.directory_class_teacher ct
            JOIN {s}.directory_person p USING (person_id)
            WHERE ct.class_id = c.class_id AND ct.since <= %(day)s
                AND (ct.until IS NULL OR %(day)s < ct.until)
            ORDER BY ct.position DESC LIMIT 1
        ) t ON true
        WHERE c.year = %(year)s AND (%(person)s::uuid IS NULL
            OR EXISTS (SELECT 1 FROM {s}.directory_assignment a
                WHERE a.class_id = c.class_id AND a.teacher_id = %(person)s)
            OR EXISTS (SELECT 1 FROM {s}.directory_substitution s
                WHERE s.class_id = c.class_id AND s.substitute_id = %(person)s)
            OR EXISTS (SELECT 1 FROM {s}.directory_class_teacher ct
                WHERE ct.class_id = c.class_id AND ct.person_id = %(person)s))
        ORDER BY c.grade_level, c.letter
        """,
        year=year,
        day=day,
        person=person_id,
    )
    return [
        {
            "class_id": class_id,
            "name": name,
            "grade_level": grade_level,
            "letter": letter,
            "year": of_year,
            "class_teacher": None if teacher is None else shown(teacher),
            "pupils": pupils,
        }
        for class_id, name, grade_level, letter, of_year, teacher, pupils in found
    ]


async def class_head(conn: Conn, schema: str, class_id: str) -> dict[str, Any] | None:
    """`{class_id, name, grade_level, letter, year}` of a class, or None."""
    found = await row(
        conn,
        schema,
        "SELECT class_id::text, name, grade_level, letter, year FROM {s}.directory_class"
        " WHERE class_id = %s",
        class_id,
    )
    names = ("class_id", "name", "grade_level", "letter", "year")
    return None if found is None else named(names, found)


async def class_card(conn: Conn, schema: str, class_id: str, day: date) -> dict[str, Any] | None:
    """A class as of a day, or None: `{class_id, name, grade_level, letter, year, class_teacher
    {person_id, name}, roster[{pupil_id, name, since, until}], subgroups[{subgroup_id, subject_id,
    name, since, pupils[]}], assignments[{assignment_id, teacher_id, teacher, subject_id, subject,
    subgroup_id, since, until}], substitutions[{substitution_id, substitute_id, substitute,
    teacher_id, since, until}]}`. The roster is that of the day; subgroups those in force.
    """
    card = await class_head(conn, schema, class_id)
    if card is None:
        return None
    teacher = await row(
        conn,
        schema,
        "SELECT person_id::text, full_name FROM {s}.directory_class_teacher"
        " LEFT JOIN {s}.directory_person USING (person_id)"
        " WHERE class_id = %(class)s AND since <= %(day)s AND (until IS NULL OR %(day)s < until)"
        " ORDER BY position DESC LIMIT 1",
        **{"class": class_id, "day": day},
    )
    card["class_teacher"] = teacher and {"person_id": teacher[0], "name": shown(teacher[1])}
    card["roster"] = await _roster(conn, schema, class_id, day)
    card["subgroups"] = await subgroups(conn, schema, class_id, day)
    card["assignments"] = await taught(conn, schema, class_id=class_id, year=card["year"])
    card["substitutions"] = [
        {
            "substitution_id": number,
            "substitute_id": substitute_id,
            "substitute": shown(name),
            "teacher_id": teacher_id,
            "since": since.isoformat(),
            "until": until.isoformat(),
        }
        for number, substitute_id, name, teacher_id, since, until in await rows(
            conn,
            schema,
            "SELECT substitution_id::text, substitute_id::text, full_name, teacher_id::text,"
            " since, until FROM {s}.directory_substitution"
            " LEFT JOIN {s}.directory_person ON person_id = substitute_id"
            " WHERE class_id = %s ORDER BY since, substitution_id",
            class_id,
        )
    ]
    return card


async def _roster(conn: Conn, schema: str, class_id: str, day: date) -> list[dict[str, Any]]:
    found = await rows(
        conn,
        schema,
        "SELECT pupil_id::text, full_name, since, until FROM {s}.directory_enrolment"
        " LEFT JOIN {s}.directory_person ON person_id = pupil_id"
        " WHERE class_id = %(class)s AND since <= %(day)s AND (until IS NULL OR %(day)s < until)"
        " ORDER BY sort_key, pupil_id",
        **{"class": class_id, "day": day},
    )
    return [
        {
            "pupil_id": pupil,
            "name": shown(name),
            "since": since.isoformat(),
            "until": until and until.isoformat(),
        }
        for pupil, name, since, until in found
    ]


async def subgroups(conn: Conn, schema: str, class_id: str, day: date) -> list[dict[str, Any]]:
    found = await rows(
        conn,
        schema,
        """
        SELECT s.subgroup_id::text, s.subject_id::text, s.name, s.since, s.pupils::text[]
        FROM {s}.directory_subgroup s
        JOIN (SELECT subject_id, max(since) AS since FROM {s}.directory_subgroup
            WHERE class_id = %(class)s AND since <= %(day)s GROUP BY subject_id) newest
            USING (subject_id, since)
        WHERE s.class_id = %(class)s ORDER BY s.subject_id, s.name, s.subgroup_id
        """,
        **{"class": class_id, "day": day},
    )
    return [
        {
            "subgroup_id": number,
            "subject_id": subject_id,
            "name": name,
            "since": since.isoformat(),
            "pupils": pupils,
        }
        for number, subject_id, name, since, pupils in found
    ]


async def taught(
    conn: Conn,
    schema: str,
    *,
    year: int,
    person_id: str | None = None,
    class_id: str | None = None,
) -> list[dict[str, Any]]:
    """`[{assignment_id, class_id, class_name, teacher_id, teacher, subject_id, subject,
    subgroup_id, since, until}]` of a teacher or of a class, by class and subject.
    """
    found = await rows(
        conn,
        schema,
        """
        SELECT a.assignment_id::text, a.class_id::text, c.name, a.teacher_id::text, p.full_name,
            a.subject_id::text, s.name, a.subgroup_id::text, a.since, a.until
        FROM {s}.directory_assignment a
        JOIN {s}.directory_class c USING (class_id)
        LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, a.subject_id)
        LEFT JOIN {s}.directory_person p ON p.person_id = a.teacher_id
        WHERE c.year = %(year)s AND (%(person)s::uuid IS NULL OR a.teacher_id = %(person)s)
            AND (%(class)s::uuid IS NULL OR a.class_id = %(class)s)
        ORDER BY c.grade_level, c.letter, s.name, p.sort_key, a.assignment_id
        """,
        **{"year": year, "person": person_id, "class": class_id},
    )
    return [
        {
            "assignment_id": number,
            "class_id": of_class,
            "class_name": class_name,
            "teacher_id": teacher_id,
            "teacher": shown(teacher),
            "subject_id": subject_id,
            "subject": subject,
            "subgroup_id": subgroup_id,
            "since": since.isoformat(),
            "until": until and until.isoformat(),
        }
        for (
            number,
            of_class,
            class_name,
            teacher_id,
            teacher,
            subject_id,
            subject,
            subgroup_id,
            since,
            until,
        ) in found
    ]


async def teaches(
    conn: Conn, schema: str, person_id: str, class_id: str, subject_id: str | None = None
) -> bool:
    """The person teaches or substitutes (now or before) in the class, or in one subject of it.

    A substitute stands for every subject of the substituted teacher in the class.
    """
    found = await row(
        conn,
        schema,
        """
        SELECT 1 FROM {s}.directory_assignment
        WHERE class_id = %(class)s AND teacher_id = %(person)s
            AND (%(subject)s::uuid IS NULL OR subject_id = %(subject)s)
        UNION ALL
        SELECT 1 FROM {s}.directory_substitution x
        WHERE x.class_id = %(class)s AND x.substitute_id = %(person)s
            AND (%(subject)s::uuid IS NULL OR EXISTS (
                SELECT 1 FROM {s}.directory_assignment a WHERE a.class_id = x.class_id
                    AND a.teacher_id = x.teacher_id AND a.subject_id = %(subject)s))
        LIMIT 1
        """,
        **{"class": class_id, "person": person_id, "subject": subject_id},
    )
    return found is not None


async def pupil_classes(conn: Conn, schema: str, pupil_id: str) -> list[dict[str, Any]]:
    """`[{class_id, name, grade_level, year, since, until}]`, the newest first; days are
    [since, until).
    """
    found = await rows(
        conn,
        schema,
        "SELECT class_id::text, name, grade_level, year, since, until FROM {s}.directory_enrolment"
        " JOIN {s}.directory_class USING (class_id)"
        " WHERE pupil_id = %s ORDER BY since DESC, position DESC",
        pupil_id,
    )
    return [
        {
            "class_id": class_id,
            "name": name,
            "grade_level": grade_level,
            "year": year,
            "since": since.isoformat(),
            "until": until and until.isoformat(),
        }
        for class_id, name, grade_level, year, since, until in found
    ]
