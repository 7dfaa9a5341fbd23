"""Reading consents: of a pupil, of a class, and what a paper says."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from domain.people.consent import ConsentPaper
from projections.sql import row, rows


class Given(msgspec.Struct, frozen=True):
    """A consent. `until` is the first day without it; `paper` and `scan` tell whether there are
    any; `media` is of the scan.
    """

    position: int
    guardian_id: str
    guardian: str
    purpose: str
    since: date
    until: date | None
    given_at: datetime
    given_by: str
    paper: bool
    scan: bool
    media: str | None
    withdrawn_at: datetime | None

    def holds(self, day: date) -> bool:
        """In force on a day."""
        return (
            self.withdrawn_at is None
            and self.since <= day
            and (self.until is None or day < self.until)
        )


class Family(msgspec.Struct, frozen=True):
    """A pupil of a class with a guardian, and the last consent of a purpose between them."""

    pupil_id: str
    pupil: str
    guardian_id: str | None
    guardian: str | None
    consent: Given | None


_GIVEN: LiteralString = """
    c.position, c.guardian_id::text, coalesce(g.full_name, ''), c.purpose, c.since, c.until,
    c.given_at, coalesce(b.full_name, ''),
    EXISTS (SELECT 1 FROM {s}.payload v WHERE v.id = c.paper_id),
    EXISTS (SELECT 1 FROM {s}.payload v WHERE v.id = c.scan_id),
    c.media, c.withdrawn_at
"""


_CHECKLIST: LiteralString = (
    "SELECT p.person_id::text, p.full_name, l.guardian_id::text, g2.full_name,"  # noqa: S608 - literals, all of it
    + _GIVEN
    + """
    FROM {s}.directory_enrolment e
    JOIN {s}.directory_person p ON p.person_id = e.pupil_id
    LEFT JOIN {s}.directory_guardian l ON l.pupil_id = e.pupil_id
        AND l.since <= %(day)s AND (l.until IS NULL OR %(day)s < l.until)
    LEFT JOIN {s}.directory_person g2 ON g2.person_id = l.guardian_id
    LEFT JOIN LATERAL (
        SELECT * FROM {s}.consent_given c WHERE c.pupil_id = e.pupil_id
            AND c.guardian_id = l.guardian_id AND c.purpose = %(purpose)s
        ORDER BY c.position DESC LIMIT 1
    ) c ON true
    LEFT JOIN {s}.directory_person g ON g.person_id = c.guardian_id
    LEFT JOIN {s}.directory_person b ON b.person_id = c.given_by
    WHERE e.class_id = %(class)s AND e.since <= %(day)s
        AND (e.until IS NULL OR %(day)s < e.until)
    ORDER BY p.sort_key, p.person_id, g2.sort_key
"""
)


async def history(conn: AsyncConnection[Any], schema: str, pupil_id: str) -> list[Given]:
    """Every consent for a pupil, the newest first."""
    found = await rows(
        conn,
        schema,
        "SELECT" + _GIVEN + "FROM {s}.consent_given c"
        " LEFT JOIN {s}.directory_person g ON g.person_id = c.guardian_id"
        " LEFT JOIN {s}.directory_person b ON b.person_id = c.given_by"
        " WHERE c.pupil_id = %s ORDER BY c.position DESC",
        pupil_id,
    )
    return [Given(*one) for one in found]


async def checklist(
    conn: AsyncConnection[Any], schema: str, class_id: str, purpose: str, day: date
) -> list[Family]:
    """Each pupil of a class that day with each guardian, and their last consent of the purpose;
    a pupil without guardians is one line.
    """
    found = await rows(
        conn, schema, _CHECKLIST, **{"class": class_id, "purpose": purpose, "day": day}
    )
    return [
        Family(pupil_id, pupil, guardian_id, guardian, Given(*given) if given[0] else None)
        for pupil_id, pupil, guardian_id, guardian, *given in found
    ]


async def ending(
    conn: AsyncConnection[Any], schema: str, year: int, day: date, before: date
) -> list[tuple[str, str, int, date]]:
    """(class, its name, how many, the first day without) of consents that hold on a day and end
    before another, of pupils who are in the class that day.
    """
    return await rows(
        conn,
        schema,
        """
        SELECT k.class_id::text, k.name, count(*)::integer, min(c.until)
        FROM (
            SELECT DISTINCT ON (pupil_id, guardian_id, purpose)
                pupil_id, guardian_id, purpose, since, until, withdrawn_at
            FROM {s}.consent_given ORDER BY pupil_id, guardian_id, purpose, position DESC
        ) c
        JOIN {s}.directory_guardian g ON (g.pupil_id, g.guardian_id) = (c.pupil_id, c.guardian_id)
            AND g.since <= %(day)s AND (g.until IS NULL OR %(day)s < g.until)
        JOIN {s}.directory_enrolment e ON e.pupil_id = c.pupil_id
            AND e.since <= %(day)s AND (e.until IS NULL OR %(day)s < e.until)
        JOIN {s}.directory_class k ON k.class_id = e.class_id AND k.year = %(year)s
        WHERE c.withdrawn_at IS NULL AND c.since <= %(day)s
            AND %(day)s < c.until AND c.until <= %(before)s
        GROUP BY k.class_id, k.name, k.grade_level, k.letter ORDER BY k.grade_level, k.letter
        """,
        year=year,
        day=day,
        before=before,
    )


async def paper(
    conn: AsyncConnection[Any], schema: str, position: int
) -> tuple[str, ConsentPaper | None, str | None, str | None] | None:
    """(pupil id, what the paper says, its sealed scan, the scan's media) of a consent; None when
    there is no such consent. What was erased is None.
    """
    found = await row(
        conn,
        schema,
        "SELECT c.pupil_id::text, v.body, s.body, c.media FROM {s}.consent_given c"
        " LEFT JOIN {s}.payload v ON v.id = c.paper_id"
        " LEFT JOIN {s}.payload s ON s.id = c.scan_id WHERE c.position = %s",
        position,
    )
    if found is None:
        return None
    pupil_id, body, scan, media = found
    said = msgspec.json.decode(body, type=ConsentPaper) if body else None
    return pupil_id, said, scan, media
