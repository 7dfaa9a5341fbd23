"""Marks for reports: those of lessons, of terms, of years; as of a position of the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import LiteralString

import msgspec

from domain.formulas import Item
from projections.names import shown
from projections.reports.ground import YEAR, Ground

#: what stands for a year in the trail, by the first word of its kind
RESULTS = ("year", "exam", "final")

_SUBJECTS: LiteralString = """
    SELECT DISTINCT l.class_id::text, l.subject_id::text, s.name FROM {s}.register_lesson l
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR l.class_id = %(class)s)
        AND l.valid_from <= %(at)s AND %(at)s < l.valid_to
    ORDER BY s.name
"""
_TERM_MARKS: LiteralString = """
    SELECT m.class_id::text, m.subject_id::text, m.term, m.pupil_id::text, m.value
    FROM {s}.register_term_mark m JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR m.class_id = %(class)s)
        AND m.valid_from <= %(at)s AND %(at)s < m.valid_to
"""
_BROUGHT: LiteralString = """
    SELECT m.subject_id::text, m.term, m.pupil_id::text, m.value
    FROM {s}.register_roster r
    JOIN {s}.register_term_mark m ON m.pupil_id = r.pupil_id AND m.class_id <> r.class_id
        AND m.valid_from <= %(at)s AND %(at)s < m.valid_to
    JOIN {s}.directory_class o ON o.class_id = m.class_id AND o.year = %(year)s
    JOIN {s}.register_term t ON (t.year, t.grade_level, t.term) = (o.year, o.grade_level, m.term)
        AND t.starts < r.since AND t.valid_from <= %(at)s AND %(at)s < t.valid_to
    WHERE r.class_id = %(class)s AND r.valid_from <= %(at)s AND %(at)s < r.valid_to
        AND EXISTS (SELECT FROM {s}.office_movement w WHERE w.class_id = r.class_id
            AND w.pupil_id = r.pupil_id AND w.kind = 'arrived' AND w.other_class IS NOT NULL
            AND w.position <= %(at)s)
    ORDER BY m.valid_from
"""
_RESULTS: LiteralString = """
    SELECT DISTINCT ON (t.class_id, t.pupil_id, t.subject_id, split_part(t.kind, '-', 1))
        t.class_id::text, t.subject_id::text, split_part(t.kind, '-', 1), t.pupil_id::text,
        t.value
    FROM {s}.trail_v1 t JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR t.class_id = %(class)s)
        AND t.position <= %(at)s AND t.kind IN ('year-mark-issued', 'year-mark-corrected',
            'exam-mark-recorded', 'exam-mark-corrected', 'final-mark-issued',
            'final-mark-corrected')
    ORDER BY t.class_id, t.pupil_id, t.subject_id, split_part(t.kind, '-', 1), t.position DESC,
        t.ordinal DESC
"""
_COUNCIL: LiteralString = """
    SELECT DISTINCT ON (pupil_id) pupil_id::text, value FROM {s}.trail_v1
    WHERE class_id = %(class)s AND position <= %(at)s
        AND kind IN ('council-decision-recorded', 'council-decision-corrected')
    ORDER BY pupil_id, position DESC
"""
_CURRENT: LiteralString = """
    SELECT class_id, subject_id, pupil_id, day, value, weight, mark_id, work, topic, teacher_id,
        given_at
    FROM (
    SELECT l.class_id::text, l.subject_id::text, m.pupil_id::text, l.date AS day, m.value,
        m.weight, m.mark_id::text, coalesce(w.name, '') AS work,
        coalesce(nullif(p.title, ''), p.topic, '') AS topic, l.teacher_id::text,
        f.at AS given_at, l.number, m.valid_from
    FROM {s}.register_lesson l
    JOIN {s}.directory_class c USING (class_id)
    JOIN {s}.register_mark m ON m.lesson_id = l.lesson_id AND m.value <> ''
        AND m.valid_from <= %(at)s AND %(at)s < m.valid_to
    LEFT JOIN {s}.directory_work_type w ON (w.year, w.work_type_id) = (c.year, m.work_type_id)
    LEFT JOIN {s}.register_topic p ON p.lesson_id = l.lesson_id
        AND p.valid_from <= %(at)s AND %(at)s < p.valid_to
    LEFT JOIN LATERAL (SELECT min(t.at) AS at FROM {s}.trail_v1 t
        WHERE %(given)s AND t.mark_id = m.mark_id) f ON true
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR l.class_id = %(class)s)
        AND (%(pupil)s::uuid IS NULL OR m.pupil_id = %(pupil)s)
        AND (%(subject)s::uuid IS NULL OR l.subject_id = %(subject)s)
        AND l.date BETWEEN %(since)s AND %(until)s AND l.status <> 'CANCELLED'
        AND l.valid_from <= %(at)s AND %(at)s < l.valid_to
    UNION ALL
    SELECT m.class_id::text, m.subject_id::text, m.pupil_id::text, m.date, m.value, m.weight,
        m.mark_id::text, coalesce(w.name, ''), 'из другого класса', NULL, NULL, 0, m.valid_from
    FROM {s}.register_carried m
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_work_type w ON (w.year, w.work_type_id) = (c.year, m.work_type_id)
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR m.class_id = %(class)s)
        AND (%(pupil)s::uuid IS NULL OR m.pupil_id = %(pupil)s)
        AND (%(subject)s::uuid IS NULL OR m.subject_id = %(subject)s)
        AND m.date BETWEEN %(since)s AND %(until)s
        AND m.valid_from <= %(at)s AND %(at)s < m.valid_to
    ) AS marks
    ORDER BY day, number, valid_from, mark_id
"""
_TEACHERS: LiteralString = """
    SELECT a.class_id::text, a.subject_id::text, a.subgroup_id::text, a.teacher_id::text,
        p.short_name
    FROM {s}.directory_assignment a
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = a.teacher_id
    WHERE c.year = %(year)s AND (%(class)s::uuid IS NULL OR a.class_id = %(class)s)
        AND a.since <= %(until)s AND (a.until IS NULL OR %(since)s < a.until)
    ORDER BY a.since DESC, p.sort_key, a.assignment_id
"""

#: (class, subject, pupil) → mark
Given = dict[tuple[str, str, str], str]


class Current(msgspec.Struct, frozen=True):
    """A mark of a lesson. `given_at`: when it was written, None when nobody asked for it."""

    class_id: str
    subject_id: str
    pupil_id: str
    day: date
    value: str
    weight: str
    mark_id: str
    work: str
    topic: str
    teacher_id: str | None
    given_at: datetime | None

    @property
    def item(self) -> Item:
        """On its way into an average."""
        return Item(self.value, self.weight, self.day, self.mark_id)


class Teaching(msgspec.Struct, frozen=True):
    """Who teaches what to whom; the teacher's name is a short one."""

    class_id: str
    subject_id: str
    subgroup_id: str | None
    teacher_id: str
    teacher: str


async def subjects(ground: Ground, class_id: str | None = None) -> dict[str, dict[str, str]]:
    """class → subject → its name, in the order of names: what has lessons in the timetable."""
    found: dict[str, dict[str, str]] = {}
    asked = ground.asked.year
    for of_class, subject, name in await ground.rows(_SUBJECTS, year=asked, **{"class": class_id}):
        found.setdefault(of_class, {})[subject] = name or "—"
    return found


async def term_marks(ground: Ground, class_id: str | None = None) -> dict[int, Given]:
    """term → marks of it."""
    found: dict[int, Given] = {}
    for of_class, subject, term, pupil, value in await ground.rows(
        _TERM_MARKS, year=ground.asked.year, **{"class": class_id}
    ):
        found.setdefault(term, {})[of_class, subject, pupil] = value
    return found


async def brought(ground: Ground, class_id: str) -> dict[int, Given]:
    """term → marks of terms before that pupils brought from another class of the year: they are
    its term marks, too.
    """
    found: dict[int, Given] = {}
    for subject, term, pupil, value in await ground.rows(
        _BROUGHT, year=ground.asked.year, **{"class": class_id}
    ):
        found.setdefault(term, {})[class_id, subject, pupil] = value
    return found


async def results(ground: Ground, class_id: str | None = None) -> dict[str, Given]:
    """`year`, `exam`, `final` → marks."""
    found: dict[str, Given] = {kind: {} for kind in RESULTS}
    for of_class, subject, kind, pupil, value in await ground.rows(
        _RESULTS, year=ground.asked.year, **{"class": class_id}
    ):
        found[kind][of_class, subject, pupil] = value
    return found


async def of_period(ground: Ground, class_id: str | None = None) -> Given:
    """Marks of the period that is asked for: of the term, or of the year."""
    if ground.asked.term == YEAR:
        return (await results(ground, class_id))["year"]
    return (await term_marks(ground, class_id)).get(ground.asked.term, {})


async def council(ground: Ground, class_id: str) -> dict[str, str]:
    """pupil → the council's decision in words, with its minutes."""
    return dict(await ground.rows(_COUNCIL, **{"class": class_id}))


async def current(
    ground: Ground,
    since: date,
    until: date,
    class_id: str | None = None,
    *,
    pupil_id: str | None = None,
    subject_id: str | None = None,
    given: bool = False,
) -> list[Current]:
    """Marks of lessons of [since, until], by day; brought ones as well."""
    found = await ground.rows(
        _CURRENT,
        year=ground.asked.year,
        since=since,
        until=until,
        pupil=pupil_id,
        subject=subject_id,
        given=given,
        **{"class": class_id},
    )
    return [Current(*one) for one in found]


async def teachings(
    ground: Ground, since: date, until: date, class_id: str | None = None
) -> list[Teaching]:
    """Assignments of days [since, until], the newest first."""
    found = await ground.rows(
        _TEACHERS, year=ground.asked.year, since=since, until=until, **{"class": class_id}
    )
    return [Teaching(a, b, c, who, shown(name)) for a, b, c, who, name in found]


def teachers_of(known: Iterable[Teaching]) -> dict[tuple[str, str], str]:
    """(class, subject) → the names of its teachers."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in known:
        names = found.setdefault((one.class_id, one.subject_id), [])
        if one.teacher not in names:
            names.append(one.teacher)
    return {place: ", ".join(reversed(names)) for place, names in found.items()}
