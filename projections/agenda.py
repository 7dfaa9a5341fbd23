"""What is to come for one person: lessons, and homework by the day it is due.

Reads the register's rows in force and what the directory says of classes and subgroups.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, LiteralString, NamedTuple

from psycopg import AsyncConnection

from domain.values import LessonKind
from projections.begun import LEFT
from projections.names import shown
from projections.office.plans import planned_for
from projections.sql import STILL, rows

Conn = AsyncConnection[Any]


class Lesson(NamedTuple):
    """A lesson that stands in the timetable, or has been cancelled. `kind`, `title`, `topic`: what
    was recorded, else of a test what the plan has (`planned`). `changes`: how often it was moved,
    renamed or cancelled; `modified`: the last of these, of its topic too.
    """

    lesson_id: str
    class_id: str
    class_name: str
    year: int
    subject: str
    subgroup: str
    teacher: str
    substitute: str
    day: date
    number: int
    room: str
    cancelled: bool
    kind: LessonKind
    title: str
    topic: str
    planned: bool
    changes: int
    modified: datetime


class Due(NamedTuple):
    """Homework by the day it is due. `text` is empty of one's own: it is read in the diary."""

    homework_id: str
    subject: str
    day: date
    text: str
    changes: int
    modified: datetime


#: a class of the pupil on the day of the lesson, and not the other subgroup
_OF_PUPIL: LiteralString = """
    EXISTS (SELECT FROM {s}.directory_enrolment e WHERE e.class_id = l.class_id
        AND e.pupil_id = %(person)s AND e.since <= l.date AND (e.until IS NULL OR l.date < e.until))
    AND (l.subgroup_id IS NULL OR EXISTS (
        SELECT FROM {s}.directory_subgroup g WHERE g.class_id = l.class_id
            AND g.subject_id = l.subject_id AND g.subgroup_id = l.subgroup_id
            AND %(person)s = ANY (g.pupils) AND g.since = (
                SELECT max(n.since) FROM {s}.directory_subgroup n WHERE n.class_id = l.class_id
                    AND n.subject_id = l.subject_id AND n.since <= l.date)))
"""
#: one's own, unless released by then or somebody stands in; and those that one stands in for
_OF_TEACHER: LiteralString = (
    """
    CASE WHEN x.substitute_id IS NULL THEN l.teacher_id ELSE x.substitute_id END = %(person)s
    AND (x.substitute_id IS NOT NULL OR NOT """
    + LEFT
    + ")"
)
_SUBSTITUTE: LiteralString = """
    LEFT JOIN LATERAL (SELECT x.substitute_id FROM {s}.directory_substitution x
        WHERE x.class_id = l.class_id AND x.teacher_id = l.teacher_id
            AND l.date BETWEEN x.since AND x.until LIMIT 1) x ON true
"""
_LESSONS_OF: LiteralString = """
    SELECT l.lesson_id::text, l.class_id::text, c.name, c.year, coalesce(s.name, ''),
        coalesce(g.name, ''), t.short_name, u.short_name, l.date, l.number, l.room,
        l.status = 'CANCELLED', k.kind, k.title, k.topic,
        (SELECT count(*) - 1 FROM {s}.register_lesson e WHERE e.lesson_id = l.lesson_id),
        greatest(l.valid_from, k.valid_from)
    FROM {s}.register_lesson l
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
    LEFT JOIN LATERAL (SELECT d.name FROM {s}.directory_subgroup d
        WHERE d.subgroup_id = l.subgroup_id ORDER BY d.since DESC LIMIT 1) g ON true
    LEFT JOIN {s}.register_topic k ON k.lesson_id = l.lesson_id AND k.valid_to = %(still)s
    LEFT JOIN {s}.directory_person t ON t.person_id = l.teacher_id
    """
_LESSONS_WHERE: LiteralString = """
    LEFT JOIN {s}.directory_person u ON u.person_id = x.substitute_id
    WHERE l.valid_to = %(still)s AND l.date BETWEEN %(since)s AND %(until)s AND
    """
_ORDER: LiteralString = " ORDER BY l.date, l.number, c.name, l.lesson_id"
_DUE_OF: LiteralString = """
    SELECT h.homework_id::text, coalesce(s.name, ''), h.due_date,
        CASE WHEN h.individual_for = '{{}}' THEN h.text ELSE '' END,
        (SELECT count(*) - 1 FROM {s}.register_homework e WHERE e.homework_id = h.homework_id),
        h.valid_from
    FROM {s}.register_homework h
    JOIN {s}.register_lesson l ON l.lesson_id = h.lesson_id AND l.valid_to = %(still)s
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
    WHERE h.valid_to = %(still)s AND h.due_date BETWEEN %(since)s AND %(until)s
        AND l.status <> 'CANCELLED'
        AND (h.individual_for = '{{}}' OR %(person)s = ANY (h.individual_for)) AND
    """
_DUE_ORDER: LiteralString = " ORDER BY h.due_date, s.name, h.homework_id"
_DUE: LiteralString = _DUE_OF + _OF_PUPIL + _DUE_ORDER
_TAUGHT: LiteralString = _LESSONS_OF + _SUBSTITUTE + _LESSONS_WHERE + _OF_TEACHER + _ORDER
_ATTENDED: LiteralString = _LESSONS_OF + _SUBSTITUTE + _LESSONS_WHERE + _OF_PUPIL + _ORDER
_MOMENTS: LiteralString = """
    SELECT p.position, (SELECT m.at FROM {s}.register_moment m
        WHERE m.position >= p.position ORDER BY m.position LIMIT 1)
    FROM unnest(%(positions)s::bigint[]) AS p (position)
"""


async def lessons_ahead(
    conn: Conn, schema: str, person_id: str, since: date, until: date, *, teacher: bool
) -> list[Lesson]:
    """Lessons of a pupil, or of a teacher, on the days [since, until], in order. Withdrawn ones are
    no longer there; cancelled ones are.
    """
    found = await rows(
        conn,
        schema,
        _TAUGHT if teacher else _ATTENDED,
        person=person_id,
        since=since,
        until=until,
        still=STILL,
    )
    plans = await planned_for(conn, schema, [one[0] for one in found if one[12] is None])
    moments = await _moments(conn, schema, {one[-1] for one in found})
    return [_lesson((*one[:-1], moments[one[-1]]), plans.get(one[0])) for one in found]


async def _moments(conn: Conn, schema: str, positions: set[int]) -> dict[int, datetime]:
    """When the facts at these positions were recorded."""
    return dict(await rows(conn, schema, _MOMENTS, positions=list(positions)))


def _lesson(found: tuple[Any, ...], plan: dict[str, Any] | None) -> Lesson:
    one = Lesson._make(
        (*found[:12], found[12] or "LESSON", found[13] or "", found[14] or "", False, *found[15:])
    )
    one = one._replace(
        kind=LessonKind(one.kind),
        teacher=shown(one.teacher) if one.teacher is not None else "",
        substitute=shown(one.substitute) if one.substitute is not None else "",
    )
    # of what is only planned a family is told tests alone: topics come when they are taught
    if found[12] is None and plan is not None and plan["kind"] == LessonKind.CONTROL:
        return one._replace(
            kind=LessonKind.CONTROL, title=plan["title"], topic=plan["topic"], planned=True
        )
    return one


async def due_ahead(conn: Conn, schema: str, pupil_id: str, since: date, until: date) -> list[Due]:
    """Homework of a pupil that is due on the days [since, until], by day and subject."""
    found = await rows(conn, schema, _DUE, person=pupil_id, since=since, until=until, still=STILL)
    moments = await _moments(conn, schema, {one[-1] for one in found})
    return [Due._make((*one[:-1], moments[one[-1]])) for one in found]
