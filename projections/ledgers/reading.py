"""Reading trainings, requests for the service, who is away. Names and texts are joined at read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from domain.office.ledgers import Application
from projections.names import shown
from projections.sql import row, rows

Conn = AsyncConnection[Any]

#: An application whose text has left the vault.
_ERASED = Application("", "", "")


class Training(msgspec.Struct, frozen=True):
    """A training; people: (person, name) of those who were there."""

    training_id: str
    day: date
    topic: str
    by: str
    people: Sequence[tuple[str, str]]


class Trained(msgspec.Struct, frozen=True):
    """Somebody of the staff, since when, and the last training (None: none yet)."""

    person_id: str
    name: str
    since: date
    last: date | None


class Service(msgspec.Struct, frozen=True):
    """A request; number: its place in the register of the year. Texts are "" once erased."""

    request_id: str
    number: int
    pupil_id: str
    pupil: str
    channel: str
    day: date
    due_date: date
    application: Application
    outcome: str | None
    decided_at: datetime | None
    decided_by: str
    reason: str

    def overdue(self, today: date) -> bool:
        """Nothing is decided, and the last day is over."""
        return self.outcome is None and self.due_date < today


_STAFF: LiteralString = """
    SELECT s.person_id::text, coalesce(p.full_name, ''), min(s.since),
        (SELECT max(t.day) FROM {s}.ledger_training t WHERE s.person_id = ANY (t.person_ids))
    FROM (
        SELECT person_id, since FROM {s}.directory_staff
            WHERE year = %(year)s AND since <= %(day)s AND (until IS NULL OR %(day)s < until)
                AND role <> 'auditor'
        UNION SELECT a.teacher_id, a.since FROM {s}.directory_assignment a
            JOIN {s}.directory_class c USING (class_id)
            WHERE c.year = %(year)s AND a.since <= %(day)s
                AND (a.until IS NULL OR %(day)s < a.until)
        UNION SELECT t.person_id, t.since FROM {s}.directory_class_teacher t
            JOIN {s}.directory_class c USING (class_id)
            WHERE c.year = %(year)s AND t.since <= %(day)s
                AND (t.until IS NULL OR %(day)s < t.until)
    ) s LEFT JOIN {s}.directory_person p USING (person_id)
    GROUP BY s.person_id, p.full_name, p.sort_key ORDER BY 4 NULLS FIRST, p.sort_key, 1
"""


async def trainings(conn: Conn, schema: str) -> list[Training]:
    """Every training, the newest first."""
    found = await rows(
        conn,
        schema,
        """
        SELECT t.training_id::text, t.day, t.topic, coalesce(b.full_name, ''),
            t.person_ids::text[], array(SELECT coalesce(p.full_name, '')
                FROM unnest(t.person_ids) WITH ORDINALITY AS one (person_id, place)
                LEFT JOIN {s}.directory_person p USING (person_id) ORDER BY one.place)
        FROM {s}.ledger_training t LEFT JOIN {s}.directory_person b ON b.person_id = t.by
        ORDER BY t.day DESC, t.at DESC, t.training_id
        """,
    )
    return [
        Training(number, day, topic, shown(by), list(zip(ids, map(shown, names), strict=True)))
        for number, day, topic, by, ids, names in found
    ]


async def untrained(conn: Conn, schema: str, year: int, day: date) -> list[Trained]:
    """The staff of today with the last training of each: those who have had none come first."""
    found = await rows(conn, schema, _STAFF, year=year, day=day)
    return [Trained(person, shown(name), since, last) for person, name, since, last in found]


async def office_year_of(conn: Conn, schema: str, request_id: str) -> int | None:
    """The school year in whose register a request is, or None."""
    found = await row(
        conn,
        schema,
        "SELECT y.year FROM {s}.ledger_service JOIN {s}.directory_year y USING (office_id)"
        " WHERE request_id = %s",
        request_id,
    )
    return found[0] if found else None


async def services(conn: Conn, schema: str, year: int) -> list[Service]:
    """The register of a year, in its order."""
    found = await rows(
        conn,
        schema,
        """
        SELECT x.request_id::text, x.pupil_id::text, coalesce(p.full_name, ''), x.channel, x.day,
            x.due_date, v.body, x.outcome, x.decided_at, d.full_name, coalesce(r.body, '')
        FROM {s}.ledger_service x JOIN {s}.directory_year y USING (office_id)
        LEFT JOIN {s}.directory_person p ON p.person_id = x.pupil_id
        LEFT JOIN {s}.directory_person d ON d.person_id = x.decided_by
        LEFT JOIN {s}.payload v ON v.id = x.text_id
        LEFT JOIN {s}.payload r ON r.id = x.reason_id
        WHERE y.year = %s ORDER BY x.position
        """,
        year,
    )
    return [
        Service(
            request_id,
            number,
            pupil_id,
            shown(pupil),
            channel,
            day,
            due,
            msgspec.json.decode(body, type=Application) if body else _ERASED,
            outcome,
            at,
            shown(by) if at else "",
            reason,
        )
        for number, (
            request_id,
            pupil_id,
            pupil,
            channel,
            day,
            due,
            body,
            outcome,
            at,
            by,
            reason,
        ) in enumerate(found, 1)
    ]


class Absent(msgspec.Struct, frozen=True):
    """Somebody of the staff who is away; `words` "" when there are none, or once erased."""

    absence_id: str
    person_id: str
    name: str
    since: date
    until: date
    kind: str
    words: str


async def away(conn: Conn, schema: str, since: date, until: date) -> list[Absent]:
    """Who is away on some of the days [since, until], in the order of names."""
    found = await rows(
        conn,
        schema,
        """
        SELECT a.absence_id::text, a.person_id::text, coalesce(p.full_name, ''), a.since, a.until,
            a.kind, coalesce(v.body, '')
        FROM {s}.ledger_away a
        LEFT JOIN {s}.directory_person p USING (person_id)
        LEFT JOIN {s}.payload v ON v.id = a.text_id
        WHERE a.since <= %s AND %s <= a.until ORDER BY p.sort_key, a.since, a.absence_id
        """,
        until,
        since,
    )
    return [
        Absent(number, person, shown(name), first, last, kind, words)
        for number, person, name, first, last, kind, words in found
    ]


async def office_year_of_absence(conn: Conn, schema: str, absence_id: str) -> int | None:
    """The school year in whose book an absence of the staff is, or None."""
    found = await row(
        conn,
        schema,
        "SELECT y.year FROM {s}.ledger_away JOIN {s}.directory_year y USING (office_id)"
        " WHERE absence_id = %s",
        absence_id,
    )
    return found[0] if found else None
