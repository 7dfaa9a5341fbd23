"""What is in the way of closing a term of a class, and whether it is closed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from psycopg import AsyncConnection

from domain.regulation import Regulation
from projections.begun import KEPT, SOMEBODY
from projections.names import shown
from projections.sql import row, rows, several

Conn = AsyncConnection[Any]

_HEAD = """
    SELECT c.name, c.year, c.grade_level, y.regulation, t.name, t.starts, t.ends
    FROM {s}.directory_class c JOIN {s}.directory_year y USING (year)
    JOIN {s}.register_term t ON t.year = c.year
        AND t.grade_level = c.grade_level AND t.term = %(term)s
        AND t.valid_to = 9223372036854775807
    WHERE c.class_id = %(class)s
"""
_STATE = """
    SELECT x.closed, x.at, x.order_no, p.full_name FROM {s}.result_closing x
    LEFT JOIN {s}.directory_person p ON p.person_id = x.by
    WHERE x.class_id = %(class)s AND x.term = %(term)s ORDER BY x.position DESC LIMIT 1
"""
_MISSING = """
    SELECT DISTINCT l.subject_id::text, s.name, r.pupil_id::text, p.full_name, p.sort_key
    FROM {s}.register_lesson l
    JOIN {s}.register_roster r ON r.class_id = l.class_id AND r.valid_to = 9223372036854775807
        AND r.since <= %(ends)s AND (r.until IS NULL OR r.until > %(ends)s)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (%(year)s, l.subject_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = r.pupil_id
    WHERE l.class_id = %(class)s AND l.valid_to = 9223372036854775807 AND l.status <> 'CANCELLED'
        AND l.date BETWEEN %(starts)s AND %(ends)s
        AND NOT EXISTS (SELECT FROM {s}.result_mark m WHERE m.class_id = l.class_id
            AND m.subject_id = l.subject_id AND m.pupil_id = r.pupil_id AND m.kind = 'term'
            AND m.term = %(term)s AND m.value <> '')
    ORDER BY 2, 5, 3
"""
_DEBTS = """
    SELECT d.debt_id::text, d.lesson_id::text, l.date, l.subject_id::text, s.name,
        d.pupil_id::text, p.full_name, d.due_date
    FROM {s}.result_debt d
    JOIN {s}.register_lesson l ON l.lesson_id = d.lesson_id AND l.valid_to = 9223372036854775807
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (%(year)s, l.subject_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = d.pupil_id
    WHERE d.class_id = %(class)s AND NOT d.resolved AND l.date BETWEEN %(starts)s AND %(ends)s
    ORDER BY s.name, p.sort_key, l.date
"""
_UNEXPLAINED = """
    SELECT l.lesson_id::text, l.date, l.number, l.subject_id::text, s.name, a.pupil_id::text,
        p.full_name
    FROM {s}.register_attendance a
    JOIN {s}.register_lesson l ON l.lesson_id = a.lesson_id AND l.valid_to = 9223372036854775807
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (%(year)s, l.subject_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = a.pupil_id
    WHERE l.class_id = %(class)s AND a.valid_to = 9223372036854775807
        AND a.code = 'ABSENT_UNSPECIFIED' AND l.date BETWEEN %(starts)s AND %(ends)s
    ORDER BY p.sort_key, l.date, l.number
"""
_UNRECORDED = """
    SELECT l.lesson_id::text, l.date, l.number, l.subject_id::text, s.name, l.teacher_id::text,
        t.full_name, o.lesson_id IS NOT NULL, k.lesson_id IS NOT NULL
    FROM {s}.register_lesson l
    LEFT JOIN {s}.register_topic o ON o.lesson_id = l.lesson_id
        AND o.valid_to = 9223372036854775807
    LEFT JOIN {s}.register_taken k ON k.lesson_id = l.lesson_id
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (%(year)s, l.subject_id)
    LEFT JOIN {s}.directory_person t ON t.person_id = l.teacher_id
    WHERE l.class_id = %(class)s AND l.valid_to = 9223372036854775807 AND l.status <> 'CANCELLED'
        AND l.date BETWEEN %(starts)s AND least(%(ends)s, %(today)s)
        AND (o.lesson_id IS NULL OR k.lesson_id IS NULL)
"""
#: … about which somebody was to write
_ASKED_FOR = " AND " + KEPT + " AND " + SOMEBODY + " ORDER BY l.date, l.number"


class Closing(msgspec.Struct, frozen=True):
    """A term of a class: closed or not, since when and by whom, and what is unfinished."""

    class_id: str
    class_name: str
    year: int
    term: int
    term_name: str
    starts: date
    ends: date
    closed: bool
    at: datetime | None  # of the last closing or opening
    by: str | None
    order_no: str
    debts_block: bool
    missing: list[dict[str, Any]]  # term marks: {subject_id, subject, pupil_id, pupil}
    debts: list[dict[str, Any]]
    unexplained: list[dict[str, Any]]  # absences without a reason
    unrecorded: list[dict[str, Any]]  # lessons without topic or attendance

    @property
    def blocked(self) -> bool:
        """The closing will be refused."""
        return self.debts_block and bool(self.debts)


async def closing(conn: Conn, schema: str, class_id: str, term: int, today: date) -> Closing | None:
    """The checklist before closing, or None when there is no such class or term."""
    ask: dict[str, Any] = {"class": class_id, "term": term, "today": today}
    head = await row(conn, schema, _HEAD, **ask)
    if head is None:
        return None
    name, year, grade_level, stored, term_name, starts, ends = head
    regulation = msgspec.json.decode(stored, type=Regulation)
    ask |= {"year": year, "starts": starts, "ends": ends}
    state, missing, debts, unexplained, unrecorded = await several(
        conn, schema, _STATE, _MISSING, _DEBTS, _UNEXPLAINED, _UNRECORDED + _ASKED_FOR, **ask
    )
    closed, at, order_no, by = state[0] if state else (False, None, "", None)
    if grade_level in regulation.ungraded_levels:
        missing = []
    return Closing(
        class_id,
        name,
        year,
        term,
        term_name,
        starts,
        ends,
        closed,
        at and at.astimezone(UTC),
        shown(by) if state else None,
        order_no,
        regulation.debts_block_closing,
        [
            {"subject_id": number, "subject": subject, "pupil_id": pupil, "pupil": shown(who)}
            for number, subject, pupil, who, _ in missing
        ],
        [
            {
                "debt_id": debt,
                "lesson_id": lesson,
                "date": day.isoformat(),
                "subject_id": number,
                "subject": subject,
                "pupil_id": pupil,
                "pupil": shown(who),
                "due_date": due.isoformat(),
            }
            for debt, lesson, day, number, subject, pupil, who, due in debts
        ],
        [
            {
                "lesson_id": lesson,
                "date": day.isoformat(),
                "number": hour,
                "subject_id": number,
                "subject": subject,
                "pupil_id": pupil,
                "pupil": shown(who),
            }
            for lesson, day, hour, number, subject, pupil, who in unexplained
        ],
        [
            {
                "lesson_id": lesson,
                "date": day.isoformat(),
                "number": hour,
                "subject_id": number,
                "subject": subject,
                "teacher_id": teacher,
                "teacher": shown(who),
                "topic": has_topic,
                "attendance": taken,
            }
            for lesson, day, hour, number, subject, teacher, who, has_topic, taken in unrecorded
        ],
    )


async def closings(conn: Conn, schema: str, year: int) -> dict[tuple[str, int], bool]:
    """(class, term) → closed, of the classes of a year that were ever closed."""
    found = await rows(
        conn,
        schema,
        """
        SELECT DISTINCT ON (x.class_id, x.term) x.class_id::text, x.term, x.closed
        FROM {s}.result_closing x JOIN {s}.directory_class c USING (class_id)
        WHERE c.year = %s ORDER BY x.class_id, x.term, x.position DESC
        """,
        year,
    )
    return {(class_id, term): closed for class_id, term, closed in found}
