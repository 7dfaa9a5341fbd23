"""Before a year goes into the archive: what is done, what is not; and years that are there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from domain.codec import decode
from domain.office.archive_facts import (
    ArchiveAnnotated,
    ArchiveWritten,
    Gap,
    GapKind,
    YearArchived,
)
from projections.postgres.pool import Connection
from projections.sql import row, rows, several

_TOPICS = [fact.TOPIC for fact in (YearArchived, ArchiveAnnotated, ArchiveWritten)]
_FACTS: LiteralString = (
    "SELECT notification_id, topic, state FROM {s}.facts"
    " WHERE originator_id = %s AND topic = ANY (%s) ORDER BY notification_id"
)
_ARCHIVED: LiteralString = """
    SELECT FROM {s}.facts f JOIN {s}.directory_year y ON y.office_id = f.originator_id
    WHERE y.year = %s AND f.topic = %s LIMIT 1
"""
_YEARS: LiteralString = "SELECT year, office_id, starts FROM {s}.directory_year ORDER BY year DESC"
# Terms of classes in which there were lessons.
_OPEN: LiteralString = """
    SELECT c.name, t.name FROM {s}.directory_class c
    JOIN {s}.register_term t ON (t.year, t.grade_level) = (c.year, c.grade_level)
        AND t.valid_to = 9223372036854775807
    WHERE c.year = %(year)s AND EXISTS (SELECT FROM {s}.register_lesson l
            WHERE l.class_id = c.class_id AND l.valid_to = 9223372036854775807
                AND l.date BETWEEN t.starts AND t.ends)
        AND NOT coalesce((SELECT x.closed FROM {s}.result_closing x
            WHERE x.class_id = c.class_id AND x.term = t.term
            ORDER BY x.position DESC LIMIT 1), false)
    ORDER BY c.grade_level, c.letter, t.term
"""
_LAST: LiteralString = """
    SELECT max(t.ends) FROM {s}.register_term t
    JOIN {s}.directory_class c ON (c.year, c.grade_level) = (t.year, t.grade_level)
    WHERE t.year = %(year)s AND t.valid_to = 9223372036854775807
"""
_DEBTS: LiteralString = """
    SELECT count(*) FROM {s}.result_debt d JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND NOT d.resolved
"""
_REQUESTS: LiteralString = """
    SELECT count(*) FROM {s}.result_request r JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND r.answer = ''
"""
_REMARKS: LiteralString = """
    SELECT count(*) FROM {s}.control_remark r JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND r.state <> 'accepted'
"""
#: pupils who were in a class on the last day of its last term
_STAYED: LiteralString = """
    WITH last AS (
        SELECT c.class_id, t.term, t.ends FROM {s}.directory_class c
        JOIN LATERAL (SELECT term, ends FROM {s}.register_term t
            WHERE (t.year, t.grade_level) = (c.year, c.grade_level)
                AND t.valid_to = 9223372036854775807
            ORDER BY t.ends DESC LIMIT 1) t ON true
        WHERE c.year = %(year)s
    ), stayed AS (
        SELECT DISTINCT l.class_id, r.pupil_id, l.term FROM last l
        JOIN {s}.register_roster r ON r.class_id = l.class_id
            AND r.valid_to = 9223372036854775807
            AND r.since <= l.ends AND (r.until IS NULL OR r.until > l.ends)
    )
"""
_WITHOUT_YEAR: LiteralString = """
    SELECT count(*) FROM stayed s JOIN {s}.result_mark m
        ON (m.class_id, m.pupil_id, m.term) = (s.class_id, s.pupil_id, s.term) AND m.kind = 'term'
        AND m.value <> ''
    WHERE NOT EXISTS (SELECT FROM {s}.result_mark y WHERE y.kind = 'year'
        AND (y.class_id, y.pupil_id, y.subject_id) = (m.class_id, m.pupil_id, m.subject_id))
"""
_WITHOUT_WORD: LiteralString = """
    SELECT count(*) FROM stayed s WHERE NOT EXISTS (SELECT FROM {s}.result_council k
        WHERE (k.class_id, k.pupil_id) = (s.class_id, s.pupil_id))
"""
_YEAR_MARKS: LiteralString = _STAYED + _WITHOUT_YEAR
_COUNCIL: LiteralString = _STAYED + _WITHOUT_WORD
#: in the order of their kinds
_GAPS: tuple[tuple[GapKind, LiteralString], ...] = (
    ("debts", _DEBTS),
    ("requests", _REQUESTS),
    ("remarks", _REMARKS),
    ("year_marks", _YEAR_MARKS),
    ("council", _COUNCIL),
)


class Told(msgspec.Struct, frozen=True):
    """A fact of an archive, where and when it is."""

    position: int
    at: datetime
    by: str
    fact: YearArchived | ArchiveAnnotated | ArchiveWritten


class YearCard(msgspec.Struct, frozen=True):
    """A school year: archived or not. `told`: facts about its archive in order."""

    year: int
    told: tuple[Told, ...]

    @property
    def archived(self) -> Told | None:
        """The fact with which it was archived."""
        return next((one for one in self.told if isinstance(one.fact, YearArchived)), None)

    @property
    def annotations(self) -> list[Told]:
        """What was said of it since."""
        return [one for one in self.told if isinstance(one.fact, ArchiveAnnotated)]


class Checklist(msgspec.Struct, frozen=True):
    """What is in the way of archiving a year. `ends`: its last day; `open_terms`: «II: 7а, 7б».
    Both must be behind; gaps may be accepted.
    """

    year: int
    ends: date | None
    over: bool
    open_terms: list[str]
    gaps: list[Gap]

    @property
    def blocked(self) -> bool:
        """The archive will be refused."""
        return not self.over or bool(self.open_terms)


async def years(conn: Connection, schema: str) -> list[YearCard]:
    """Every school year, the newest first."""
    found = []
    for year, office, _ in await rows(conn, schema, _YEARS):
        told = []
        for position, topic, state in await rows(conn, schema, _FACTS, UUID(str(office)), _TOPICS):
            body = decode(topic, state)
            fact: Any = body.fact
            told.append(Told(position, body.at, body.by, fact))
        found.append(YearCard(year, tuple(told)))
    return found


async def archived(conn: Connection, schema: str, year: int) -> bool:
    """The year was put into the archive: nothing is written into it any more."""
    found = await row(conn, schema, _ARCHIVED, year, YearArchived.TOPIC)
    return found is not None


async def checklist(conn: Connection, schema: str, year: int, today: date) -> Checklist:
    """What is left to do in a year, as `archiving.gaps` counts it from the facts."""
    texts = [text for _, text in _GAPS]
    last = await row(conn, schema, _LAST, year=year)
    opened, *counts = await several(conn, schema, _OPEN, *texts, year=year)
    ends = last[0] if last else None
    terms: dict[str, list[str]] = {}
    for name, term in opened:
        terms.setdefault(term, []).append(name)
    gaps = [
        Gap(kind, found[0][0])
        for (kind, _), found in zip(_GAPS, counts, strict=True)
        if found[0][0]
    ]
    return Checklist(
        year,
        ends,
        ends is not None and today > ends,
        [f"{term}: {', '.join(of)}" for term, of in terms.items()],
        gaps,
    )


_PUPILS: LiteralString = """
    SELECT DISTINCT r.pupil_id::text, p.full_name, p.sort_key FROM {s}.register_roster r
    LEFT JOIN {s}.directory_person p ON p.person_id = r.pupil_id
    WHERE r.class_id = %s AND r.valid_to = 9223372036854775807 ORDER BY 3, 1
"""
_MARKS: LiteralString = """
    SELECT m.subject_id::text, s.name, m.kind, m.term, m.value FROM {s}.result_mark m
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, m.subject_id)
    WHERE m.class_id = %s AND m.pupil_id = %s AND m.kind IN ('term', 'year')
        AND m.value <> ''
    ORDER BY s.name, m.kind, m.term
"""


async def pupils_of(conn: Connection, schema: str, class_id: str) -> list[tuple[str, str]]:
    """(id, name) of everybody who was ever in a class, by name; "" once erased."""
    found = await rows(conn, schema, _PUPILS, UUID(class_id))
    return [(pupil_id, name or "") for pupil_id, name, _ in found]


async def marks_of(
    conn: Connection, schema: str, class_id: str, pupil_id: str
) -> list[tuple[str, str, int | None, str]]:
    """(subject, its name, term or None for the year, value) of a pupil in a class."""
    found = await rows(conn, schema, _MARKS, UUID(class_id), UUID(pupil_id))
    return [
        (subject_id, name or "", term if kind == "term" else None, value)
        for subject_id, name, kind, term, value in found
    ]
