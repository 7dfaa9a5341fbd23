"""Who is in the school of a year, as other systems ask for it: classes, people, who teaches whom.

Reads the directory and, when asked, marks of the register in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any, LiteralString, NamedTuple

import msgspec
from psycopg import AsyncConnection

from projections.directory import terms
from projections.sql import STILL, row, rows

Conn = AsyncConnection[Any]


class Class(NamedTuple):
    """A class of the year."""

    class_id: str
    name: str
    grade_level: int


class Enrolment(NamedTuple):
    """A pupil of a class; `until` is the first day without."""

    class_id: str
    pupil_id: str
    since: date
    until: date | None


class Assignment(NamedTuple):
    """Who teaches what to whom that day."""

    assignment_id: str
    class_id: str
    subject_id: str
    subgroup_id: str | None
    teacher_id: str


class Mark(NamedTuple):
    """A mark in force, with its lesson."""

    mark_id: str
    lesson_id: str
    pupil_id: str
    class_id: str
    subject_id: str
    subgroup_id: str | None
    day: date
    value: str
    work_type_id: str
    title: str
    topic: str


class Roster(msgspec.Struct, frozen=True, dict=True):
    """A school on a day of a year. `subgroups`: (class, subject, subgroup) → name, pupils."""

    school_id: str
    school: str
    year: int
    starts: date
    ends: date
    classes: Sequence[Class]
    terms: dict[int, list[dict[str, Any]]]
    subjects: Sequence[tuple[str, str]]
    work_types: Sequence[tuple[str, str]]
    staff: Sequence[tuple[str, str]]
    class_teachers: dict[str, str]
    enrolments: Sequence[Enrolment]
    guardians: Sequence[tuple[str, str]]
    assignments: Sequence[Assignment]
    subgroups: dict[tuple[str, str, str], tuple[str, Sequence[str]]]
    marks: Sequence[Mark] = ()

    def people(self) -> set[str]:
        """Everybody who is named."""
        return {
            *(person for person, _ in self.staff),
            *self.class_teachers.values(),
            *(one.pupil_id for one in self.enrolments),
            *(guardian for _, guardian in self.guardians),
            *(one.teacher_id for one in self.assignments),
        }

    def lessons(self) -> Iterator[tuple[str, str, str | None, str]]:
        """(class, subject, subgroup, its name): what is taught, each once, in order."""
        for class_id, subject_id, subgroup_id in self._taught:
            name = ""
            if subgroup_id is not None:
                name, _ = self.subgroups.get((class_id, subject_id, subgroup_id), ("", ()))
            yield class_id, subject_id, subgroup_id, name

    def pupils(self, class_id: str, subject_id: str, subgroup_id: str | None) -> list[str]:
        """Who is taught there today: the class, or the subgroup of it."""
        here = [one for one in self._here if one.class_id == class_id]
        if subgroup_id is None:
            return [one.pupil_id for one in here]
        _, members = self.subgroups.get((class_id, subject_id, subgroup_id), ("", ()))
        return [one.pupil_id for one in here if one.pupil_id in members]

    @cached_property
    def _here(self) -> list[Enrolment]:
        return [one for one in self.enrolments if one.until is None]

    @cached_property
    def _taught(self) -> list[tuple[str, str, str | None]]:
        places = {(one.class_id, one.subject_id, one.subgroup_id) for one in self.assignments}
        return sorted(places, key=lambda place: tuple(one or "" for one in place))


_YEAR: LiteralString = "SELECT starts, ends FROM {s}.directory_year WHERE year = %(year)s"
_CLASSES: LiteralString = """
    SELECT class_id::text, name, grade_level FROM {s}.directory_class
    WHERE year = %(year)s ORDER BY grade_level, letter, class_id
"""
_SUBJECTS: LiteralString = """
    SELECT subject_id::text, name FROM {s}.directory_subject
    WHERE year = %(year)s ORDER BY name, subject_id
"""
_WORK_TYPES: LiteralString = """
    SELECT work_type_id::text, name FROM {s}.directory_work_type
    WHERE year = %(year)s ORDER BY name, work_type_id
"""
_STAFF: LiteralString = """
    SELECT DISTINCT person_id::text, role FROM {s}.directory_staff
    WHERE year = %(year)s AND since <= %(day)s AND (until IS NULL OR %(day)s < until)
    ORDER BY 1, 2
"""
_CLASS_TEACHERS: LiteralString = """
    SELECT DISTINCT ON (t.class_id) t.class_id::text, t.person_id::text
    FROM {s}.directory_class_teacher t JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND t.since <= %(day)s AND (t.until IS NULL OR %(day)s < t.until)
    ORDER BY t.class_id, t.position DESC
"""
_ENROLMENTS: LiteralString = """
    SELECT e.class_id::text, e.pupil_id::text, e.since, e.until
    FROM {s}.directory_enrolment e JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND (e.until IS NULL OR e.since < e.until)
        AND (e.until IS NULL OR %(day)s < e.until)
    ORDER BY e.class_id, e.pupil_id, e.since
"""
_GUARDIANS: LiteralString = """
    SELECT DISTINCT g.pupil_id::text, g.guardian_id::text FROM {s}.directory_guardian g
    JOIN {s}.directory_enrolment e USING (pupil_id) JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND g.since <= %(day)s AND (g.until IS NULL OR %(day)s < g.until)
        AND (e.until IS NULL OR %(day)s < e.until)
    ORDER BY 1, 2
"""
_ASSIGNMENTS: LiteralString = """
    SELECT a.assignment_id::text, a.class_id::text, a.subject_id::text, a.subgroup_id::text,
        a.teacher_id::text
    FROM {s}.directory_assignment a JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND (a.until IS NULL OR %(day)s < a.until)
    ORDER BY 2, 3, 4, 5
"""
_SUBGROUPS: LiteralString = """
    SELECT g.class_id::text, g.subject_id::text, g.subgroup_id::text, g.name, g.pupils::text[]
    FROM {s}.directory_subgroup g JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND g.since = (SELECT max(n.since) FROM {s}.directory_subgroup n
        WHERE n.class_id = g.class_id AND n.subject_id = g.subject_id AND n.since <= %(day)s)
"""
_MARKS: LiteralString = """
    SELECT m.mark_id::text, m.lesson_id::text, m.pupil_id::text, m.class_id::text,
        l.subject_id::text, l.subgroup_id::text, l.date, m.value, m.work_type_id::text,
        coalesce(t.title, ''), coalesce(t.topic, '')
    FROM {s}.register_mark m JOIN {s}.directory_class c USING (class_id)
    JOIN {s}.register_lesson l ON l.lesson_id = m.lesson_id AND l.valid_to = %(still)s
    LEFT JOIN {s}.register_topic t ON t.lesson_id = m.lesson_id AND t.valid_to = %(still)s
    WHERE c.year = %(year)s AND m.valid_to = %(still)s AND m.value <> ''
    ORDER BY l.date, m.lesson_id, m.mark_id
"""


async def roster(
    conn: Conn,
    schema: str,
    year: int,
    day: date,
    *,
    school_id: str,
    school: str,
    marks: bool = False,
) -> Roster | None:
    """The school of a year on a day, with its marks when asked; None when the year is not open."""
    ask: dict[str, Any] = {"year": year, "day": day}
    found = await row(conn, schema, _YEAR, **ask)
    if found is None:
        return None
    classes = [Class(*one) for one in await rows(conn, schema, _CLASSES, **ask)]
    levels = {one.grade_level for one in classes}
    return Roster(
        school_id,
        school,
        year,
        found[0],
        found[1],
        classes,
        {level: await terms(conn, schema, year, level) for level in sorted(levels)},
        [(number, name) for number, name in await rows(conn, schema, _SUBJECTS, **ask)],
        [(number, name) for number, name in await rows(conn, schema, _WORK_TYPES, **ask)],
        [(person, role) for person, role in await rows(conn, schema, _STAFF, **ask)],
        dict(await rows(conn, schema, _CLASS_TEACHERS, **ask)),
        [Enrolment(*one) for one in await rows(conn, schema, _ENROLMENTS, **ask)],
        [(pupil, guardian) for pupil, guardian in await rows(conn, schema, _GUARDIANS, **ask)],
        [Assignment(*one) for one in await rows(conn, schema, _ASSIGNMENTS, **ask)],
        {
            (class_id, subject_id, subgroup_id): (name, members)
            for class_id, subject_id, subgroup_id, name, members in await rows(
                conn, schema, _SUBGROUPS, **ask
            )
        },
        [Mark(*one) for one in await rows(conn, schema, _MARKS, still=STILL, **ask)]
        if marks
        else (),
    )
