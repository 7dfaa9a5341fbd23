"""Reading grants: what an access decision asks, and the lists that the administration sees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from projections.names import shown
from projections.sql import row, rows

Conn = AsyncConnection[Any]


class JournalGrant(msgspec.Struct, frozen=True):
    """Journals opened to an auditor; `until` and `closed_on` are first days without.

    classes: `(class_id, name)`, none of them means every journal.
    opened_by: "" for the command line.
    """

    grant_id: str
    person_id: str
    person: str
    classes: Sequence[tuple[str, str]]
    since: date
    until: date
    order_no: str
    opened_at: datetime
    opened_by: str
    closed_on: date | None

    def in_force(self, day: date) -> bool:
        """The auditor reads that day."""
        return self.since <= day < min(self.until, self.closed_on or self.until)


class Glass(msgspec.Struct, frozen=True):
    """A broken glass. `by`, `reviewed_by` are names; `reason` is "" once erased."""

    glass_id: str
    pupil_id: str
    pupil: str
    by_id: str
    by: str
    at: datetime
    until: datetime
    reason: str
    reviewed_at: datetime | None
    reviewed_by: str | None


async def journals_of(conn: Conn, schema: str, person_id: str, day: date) -> frozenset[str] | None:
    """Classes whose journals are open to an auditor that day; None: all of them."""
    found = await rows(
        conn,
        schema,
        "SELECT class_ids::text[] FROM {s}.grant_journals WHERE person_id = %(who)s"
        " AND since <= %(day)s AND %(day)s < least(until, coalesce(closed_on, until))",
        who=person_id,
        day=day,
    )
    if any(not classes for (classes,) in found):
        return None
    return frozenset(one for (classes,) in found for one in classes)


async def office_year_of(conn: Conn, schema: str, grant_id: str) -> int | None:
    """The school year on whose office stream a grant is, or None."""
    found = await row(
        conn,
        schema,
        "SELECT y.year FROM {s}.grant_journals g JOIN {s}.directory_year y USING (office_id)"
        " WHERE g.grant_id = %s",
        grant_id,
    )
    return found[0] if found else None


async def is_of_age(conn: Conn, schema: str, pupil_id: str) -> bool:
    """The pupil speaks for oneself."""
    found = await row(conn, schema, "SELECT 1 FROM {s}.grant_of_age WHERE pupil_id = %s", pupil_id)
    return found is not None


async def broken_glass(conn: Conn, schema: str, person_id: str, pupil_id: str) -> datetime | None:
    """Until when the person reads this closed diary by a broken glass, or None."""
    found = await row(
        conn,
        schema,
        "SELECT max(until) FROM {s}.grant_glass WHERE by = %s AND pupil_id = %s",
        person_id,
        pupil_id,
    )
    return found[0] if found else None


async def journal_grants(conn: Conn, schema: str) -> list[JournalGrant]:
    """Every grant, the newest first."""
    found = await rows(
        conn,
        schema,
        """
        SELECT g.grant_id::text, g.person_id::text, coalesce(p.full_name, ''),
            g.class_ids::text[], array(SELECT c.name FROM unnest(g.class_ids) WITH ORDINALITY AS
                one (class_id, place) JOIN {s}.directory_class c USING (class_id)
                ORDER BY one.place),
            g.since, g.until, g.order_no, g.opened_at, coalesce(b.full_name, ''), g.closed_on
        FROM {s}.grant_journals g
        LEFT JOIN {s}.directory_person p ON p.person_id = g.person_id
        LEFT JOIN {s}.directory_person b ON b.person_id = g.opened_by
        ORDER BY g.opened_at DESC, g.grant_id
        """,
    )
    return [
        JournalGrant(
            grant_id,
            person_id,
            shown(person),
            list(zip(class_ids, names, strict=True)),
            since,
            until,
            order_no,
            at,
            by and shown(by),
            closed_on,
        )
        for (
            grant_id,
            person_id,
            person,
            class_ids,
            names,
            since,
            until,
            order_no,
            at,
            by,
            closed_on,
        ) in found
    ]


async def unseen(conn: Conn, schema: str, person_id: str) -> int:
    """Glasses that others have broken and nobody has checked."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FROM {s}.grant_glass WHERE reviewed_at IS NULL AND by <> %s",
        person_id,
    )
    return int(found[0]) if found else 0


_GLASSES: LiteralString = """
    SELECT g.glass_id::text, g.pupil_id::text, coalesce(p.full_name, ''), g.by::text,
        coalesce(b.full_name, ''), g.at, g.until, coalesce(v.body, ''), g.reviewed_at,
        r.full_name
    FROM {s}.grant_glass g
    LEFT JOIN {s}.directory_person p ON p.person_id = g.pupil_id
    LEFT JOIN {s}.directory_person b ON b.person_id = g.by
    LEFT JOIN {s}.directory_person r ON r.person_id = g.reviewed_by
    LEFT JOIN {s}.payload v ON v.id = g.reason_id
    ORDER BY g.reviewed_at IS NOT NULL, g.at DESC, g.glass_id LIMIT %s
"""


async def glasses(conn: Conn, schema: str, limit: int = 200) -> list[Glass]:
    """Broken glasses: those that nobody has looked at first, then the newest."""
    found = await rows(conn, schema, _GLASSES, limit)
    return [
        Glass(number, pupil_id, shown(pupil), by_id, shown(by), at, until, reason, seen, who)
        for number, pupil_id, pupil, by_id, by, at, until, reason, seen, who in found
    ]
