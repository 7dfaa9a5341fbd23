"""Reading lessons with what is to be written about them, and who answers for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from domain.duties import Deadlines, Duty, Lesson, Record
from domain.office.check_facts import FillCheckClosed
from projections.begun import FIRST_DAY
from projections.compliance.staffing import VACANT, Assigned, Staffing, Stands
from projections.names import shown
from projections.sql import Row, bound, row, rows

Conn = AsyncConnection[Any]
DUTIES = tuple(Duty)


class Line(msgspec.Struct, frozen=True):
    """One lesson of the timetable: where it is, who answers for it, its duties."""

    lesson_id: str
    class_id: str
    class_name: str
    grade_level: int
    subject_id: str
    subject: str
    subgroup_id: str | None
    teacher_id: str  # who answers for it that day, or VACANT
    planned_id: str  # who was planned
    date: date
    number: int
    lesson: Lesson

    @property
    def group(self) -> tuple[str, str, str, str]:
        """Teacher × class × subject × subgroup."""
        return self.teacher_id, self.class_id, self.subject_id, self.subgroup_id or ""


class Closed(msgspec.Struct, frozen=True):
    """The check of a week is closed."""

    week: str
    closed_at: datetime
    position: int
    found: FillCheckClosed


class Book(msgspec.Struct, frozen=True):
    """Lessons of some days, by day and number, and who teaches in their classes."""

    lines: list[Line]
    staffing: Staffing
    year: int


_LESSONS: LiteralString = """
    SELECT l.lesson_id::text, l.class_id::text, c.name, c.grade_level, l.subject_id::text,
        coalesce(s.name, ''), l.subgroup_id::text, l.teacher_id::text, l.date, l.number, l.off,
        l.left_out, l.homework, l.graded, l.control, l.imported, l.ends_at, l.day_due, l.fill_due,
        l.written_due, l.cancelled_at, l.topic_at, l.attendance_at, l.homework_at, l.marks_at,
        l.topic_position, l.attendance_position, l.homework_position, l.marks_position
    FROM {s}.compliance_lesson l
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
    WHERE c.year = %(year)s AND l.date BETWEEN %(since)s AND %(until)s
        AND (%(class)s::uuid IS NULL OR l.class_id = %(class)s)
        AND (%(teacher)s::uuid IS NULL OR l.teacher_id = %(teacher)s
            OR EXISTS (SELECT 1 FROM {s}.directory_assignment a WHERE a.class_id = l.class_id
                AND a.subject_id = l.subject_id AND a.teacher_id = %(teacher)s)
            OR EXISTS (SELECT 1 FROM {s}.directory_substitution x WHERE x.class_id = l.class_id
                AND x.substitute_id = %(teacher)s AND l.date BETWEEN x.since AND x.until))
        AND (NOT %(open)s OR (l.cancelled_at IS NULL AND NOT l.off AND (l.topic_at IS NULL
            OR l.attendance_at IS NULL OR l.homework_at IS NULL
            OR (l.control AND l.marks_at IS NULL))))
    ORDER BY l.date, l.number, c.grade_level, c.letter, l.lesson_id
"""
_ASSIGNED: LiteralString = """
    SELECT a.class_id::text, a.subject_id::text, a.subgroup_id::text, a.teacher_id::text,
        a.since, a.until
    FROM {s}.directory_assignment a JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR a.class_id = %(class)s)
    ORDER BY a.since, a.assignment_id
"""
_STANDS: LiteralString = """
    SELECT x.class_id::text, x.teacher_id::text, x.substitute_id::text, x.since, x.until
    FROM {s}.directory_substitution x JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR x.class_id = %(class)s)
    ORDER BY x.since, x.substitution_id
"""
_BEGUN: LiteralString = "SELECT coalesce(" + FIRST_DAY + ", '0001-01-01'::date)"


async def book(
    conn: Conn,
    schema: str,
    year: int,
    since: date,
    until: date,
    class_id: str | None = None,
    *,
    teacher_id: str | None = None,
    unfilled_only: bool = False,
) -> Book:
    """Lessons of the days [since, until] of a school year: all, those of one class, those that a
    teacher answers for; or only those where something is not recorded.
    """
    planned_for = None if teacher_id == VACANT else teacher_id
    wanted = _wanted(year, since, until, class_id, planned_for, unfilled_only)
    found = _book(
        year,
        await rows(conn, schema, _LESSONS, **wanted),
        await rows(conn, schema, _ASSIGNED, **wanted),
        await rows(conn, schema, _STANDS, **wanted),
        await rows(conn, schema, _BEGUN, **wanted),
    )
    if teacher_id is None:
        return found
    own = [one for one in found.lines if one.teacher_id == teacher_id]
    return msgspec.structs.replace(found, lines=own)


def book_for_a_job(
    conn: psycopg.Connection[Any], schema: str, year: int, since: date, until: date
) -> Book:
    """The same on a job's connection."""
    wanted = _wanted(year, since, until, None, None, False)
    found = []
    with conn.cursor(row_factory=tuple_row, binary=True) as cursor:
        for text in (_LESSONS, _ASSIGNED, _STANDS, _BEGUN):
            cursor.execute(bound(text, schema), wanted)
            found.append(cursor.fetchall())
    return _book(year, *found)


def _wanted(
    year: int,
    since: date,
    until: date,
    class_id: str | None,
    teacher_id: str | None,
    unfilled_only: bool,  # noqa: FBT001
) -> dict[str, Any]:
    return {
        "year": year,
        "since": since,
        "until": until,
        "class": class_id,
        "teacher": teacher_id,
        "open": unfilled_only,
    }


def _book(
    year: int,
    lessons: Sequence[Row],
    assigned: Sequence[Row],
    stands: Sequence[Row],
    begun: Sequence[Row],
) -> Book:
    staffing = Staffing([Assigned(*one) for one in assigned], [Stands(*one) for one in stands])
    ((since,),) = begun
    return Book([_line(one, staffing, since) for one in lessons], staffing, year)


def _line(found: Row, staffing: Staffing, begun: date) -> Line:
    (*place, planned, day, number) = found[:10]
    off, left_out, homework, graded, control, imported = found[10:16]
    ends_at, day_due, fill_due, written_due, cancelled_at = found[16:21]
    records = {
        duty: Record(at, position, bool(imported & 1 << bit))
        for bit, (duty, at, position) in enumerate(
            zip(DUTIES, found[21:25], found[25:29], strict=True)
        )
        if at is not None
    }
    lesson_id, class_id, class_name, grade_level, subject_id, subject, subgroup_id = place
    whose = class_id, subject_id, subgroup_id, planned, day
    lesson = Lesson(
        Deadlines(ends_at, day_due, fill_due, written_due),
        records,
        cancelled_at,
        off,
        left_out,
        homework,
        graded,
        control,
        day < begun,
        staffing.unassigned(*whose),
    )
    return Line(
        lesson_id,
        class_id,
        class_name,
        grade_level,
        subject_id,
        subject,
        subgroup_id,
        staffing.responsible(*whose),
        planned,
        day,
        number,
        lesson,
    )


async def closed_week(conn: Conn, schema: str, year: int, week: str) -> Closed | None:
    """The closed check of a week, or None."""
    found = await row(
        conn,
        schema,
        "SELECT week, closed_at, position, state FROM {s}.compliance_check"
        " WHERE year = %s AND week = %s",
        year,
        week,
    )
    return _closed(found) if found else None


async def closed_weeks(conn: Conn, schema: str, year: int) -> dict[str, Closed]:
    """Every closed check of a year, by week."""
    found = await rows(
        conn,
        schema,
        "SELECT week, closed_at, position, state FROM {s}.compliance_check"
        " WHERE year = %s ORDER BY monday",
        year,
    )
    return {one[0]: _closed(one) for one in found}


def _closed(found: Row) -> Closed:
    week, closed_at, position, state = found
    return Closed(week, closed_at, position, msgspec.json.decode(state, type=FillCheckClosed))


async def staff_names(conn: Conn, schema: str) -> dict[str, str]:
    """person → name of those who work in the school, in the order of names; VACANT comes last."""
    found = await rows(
        conn,
        schema,
        "SELECT person_id::text, full_name FROM {s}.directory_person WHERE kind = 'staff'"
        " ORDER BY sort_key, person_id",
    )
    return {number: shown(name) for number, name in found} | {VACANT: "без учителя"}


async def subgroup_names(conn: Conn, schema: str, year: int) -> dict[str, str]:
    """subgroup → its name as of the last order."""
    found = await rows(
        conn,
        schema,
        "SELECT g.subgroup_id::text, g.name FROM {s}.directory_subgroup g"
        " JOIN {s}.directory_class c USING (class_id) WHERE c.year = %s ORDER BY g.since",
        year,
    )
    return dict(found)
