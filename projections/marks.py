"""Every mark of a pupil: all subjects, all years kept."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

import msgspec
from psycopg import AsyncConnection

from domain.regulation import Regulation
from projections.sql import STILL, named, rows

_MARKS = """
    SELECT m.mark_id::text, m.date, m.subject_id::text, s.name, m.class_id::text, c.year,
        m.lesson_id::text, m.value, m.was, m.weight, m.work_type_id::text, w.name, w.abbr,
        t.title, m.comment, m.given_at
    FROM {s}.diary_mark m
    LEFT JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, m.subject_id)
    LEFT JOIN {s}.directory_work_type w ON (w.year, w.work_type_id) = (c.year, m.work_type_id)
    LEFT JOIN {s}.register_topic t ON t.lesson_id = m.lesson_id AND t.valid_to = %(still)s
    WHERE m.pupil_id = %(pupil)s AND m.value <> ''
        AND (%(since)s::date IS NULL OR m.date >= %(since)s)
        AND (%(until)s::date IS NULL OR m.date <= %(until)s)
        AND (%(subject)s::uuid IS NULL OR m.subject_id = %(subject)s)
    ORDER BY m.date, m.position
"""


async def of_pupil(
    conn: AsyncConnection[Any],
    schema: str,
    pupil_id: str,
    *,
    since: date | None = None,
    until: date | None = None,
    subject_id: str | None = None,
) -> list[dict[str, Any]]:
    """`[{mark_id, date, subject_id, subject, class_id, year, lesson_id, value, was?, weight,
    work_type{work_type_id, name, abbr}, title, comment, given_at, corrected, history_url}]`,
    the oldest first, days [since, until]; annulled marks are left out.
    """
    found = await rows(
        conn,
        schema,
        _MARKS,
        pupil=pupil_id,
        since=since,
        until=until,
        subject=subject_id,
        still=STILL,
    )
    return [_mark(one) for one in found]


_TERMS = """
    SELECT DISTINCT c.year, c.class_id::text, c.name, c.grade_level, t.term, t.name, t.starts,
        t.ends, y.regulation
    FROM {s}.directory_enrolment e
    JOIN {s}.directory_class c USING (class_id)
    JOIN {s}.directory_year y USING (year)
    JOIN {s}.register_term t ON (t.year, t.grade_level) = (c.year, c.grade_level)
        AND t.valid_to = %(still)s
    WHERE e.pupil_id = %(pupil)s AND e.since <= t.ends AND (e.until IS NULL OR t.starts < e.until)
    ORDER BY t.starts, c.name
"""


class PupilTerm(msgspec.Struct, frozen=True):
    """A term that a pupil learns or has learnt in a class, both days included."""

    year: int
    class_id: str
    class_name: str
    grade_level: int
    term: int
    name: str
    starts: date
    ends: date
    regulation: Regulation


async def terms_of(conn: AsyncConnection[Any], schema: str, pupil_id: str) -> list[PupilTerm]:
    """Terms of all years kept, the oldest first; after a transfer a term is there twice."""
    found = await rows(conn, schema, _TERMS, pupil=pupil_id, still=STILL)
    names = PupilTerm.__struct_fields__
    return [
        PupilTerm(
            **named(names[:-1], tuple(line)),
            regulation=msgspec.json.decode(stored, type=Regulation),
        )
        for *line, stored in found
    ]


def history_url(mark_id: str) -> str:
    """Where the history of a mark is read."""
    return f"/api/v1/marks/{mark_id}/history"


def _mark(found: tuple[Any, ...]) -> dict[str, Any]:
    (
        mark_id,
        day,
        subject_id,
        subject,
        class_id,
        year,
        lesson_id,
        value,
        was,
        weight,
        work_type_id,
        work_type,
        abbr,
        title,
        comment,
        given_at,
    ) = found
    mark = {
        "mark_id": mark_id,
        "date": day.isoformat(),
        "subject_id": subject_id,
        "subject": subject,
        "class_id": class_id,
        "year": year,
        "lesson_id": lesson_id,
        "value": value,
        "weight": weight,
        "work_type": {"work_type_id": work_type_id, "name": work_type, "abbr": abbr},
        "title": title or None,
        "comment": comment,
        "given_at": given_at.astimezone(UTC).isoformat(),
        "corrected": was is not None,
        "history_url": history_url(mark_id),
    }
    return mark if was is None else mark | {"was": was}
