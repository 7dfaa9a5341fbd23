"""Reading conversations: only ever those of one person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from projections.names import shown
from projections.sql import rows

Conn = AsyncConnection[Any]


class Conversation(msgspec.Struct, frozen=True):
    """Between two people; `consented`: the guardian may be told about the child today (always when
    it is about no child).
    """

    conversation_id: str
    asker_id: str
    asker: str
    asked_id: str
    asked: str
    pupil_id: str | None
    pupil: str | None
    guardian_id: str | None
    opened_at: datetime
    answered_at: datetime | None
    last_at: datetime
    last_by: str
    unread_by: str | None
    closed_at: datetime | None
    consented: bool

    def waits_for(self, person_id: str) -> bool:
        """The other one has had the last word, and it is not closed."""
        return self.closed_at is None and self.last_by != person_id


class Word(msgspec.Struct, frozen=True):
    """What somebody said; `text` is "" once erased."""

    at: datetime
    by_id: str
    by: str
    text: str


class Family(msgspec.Struct, frozen=True):
    """A guardian of a child whom the person teaches, with the consent in force."""

    class_name: str
    pupil_id: str
    pupil: str
    guardian_id: str
    guardian: str


_CONSENTED: LiteralString = """
    EXISTS (SELECT 1 FROM {s}.directory_consent k JOIN {s}.directory_guardian g
            ON (g.pupil_id, g.guardian_id) = (k.pupil_id, k.guardian_id)
        WHERE k.pupil_id = x.pupil_id AND k.guardian_id = x.guardian_id AND k.purpose = 'diary'
            AND NOT k.withdrawn AND k.since <= %(day)s
            AND (k.until IS NULL OR %(day)s < k.until)
            AND g.since <= %(day)s AND (g.until IS NULL OR %(day)s < g.until))
    AND NOT EXISTS (SELECT 1 FROM {s}.grant_limit m
        WHERE m.pupil_id = x.pupil_id AND m.guardian_id = x.guardian_id AND m.since <= %(day)s
            AND (m.until IS NULL OR %(day)s < m.until))
"""
_COLUMNS: LiteralString = """
    SELECT x.conversation_id::text, x.asker_id::text, coalesce(a.full_name, ''), x.asked_id::text,
        coalesce(b.full_name, ''), x.pupil_id::text, p.full_name, x.guardian_id::text,
        x.opened_at, x.answered_at, x.last_at, x.last_by::text, x.unread_by::text, x.closed_at,
        x.pupil_id IS NULL OR (
"""
_OF_PERSON: LiteralString = """
    ) FROM {s}.talk x
    LEFT JOIN {s}.directory_person a ON a.person_id = x.asker_id
    LEFT JOIN {s}.directory_person b ON b.person_id = x.asked_id
    LEFT JOIN {s}.directory_person p ON p.person_id = x.pupil_id
    WHERE %(person)s::uuid IN (x.asker_id, x.asked_id)
        AND (%(talk)s::uuid IS NULL OR x.conversation_id = %(talk)s)
    ORDER BY x.closed_at IS NOT NULL, x.last_at DESC, x.conversation_id
"""
_TALKS: LiteralString = _COLUMNS + _CONSENTED + _OF_PERSON
_OF_TODAY: LiteralString = """
    SELECT DISTINCT c.name, x.pupil_id::text, x.pupil, x.guardian_id::text, x.guardian,
        c.grade_level, c.letter, x.sort_key
    FROM (SELECT e.class_id, g.pupil_id, p.full_name AS pupil, p.sort_key, g.guardian_id,
            coalesce(q.full_name, '') AS guardian
        FROM {s}.directory_enrolment e
        JOIN {s}.directory_guardian g USING (pupil_id)
        JOIN {s}.directory_person p ON p.person_id = g.pupil_id
        LEFT JOIN {s}.directory_person q ON q.person_id = g.guardian_id
        WHERE e.since <= %(day)s AND (e.until IS NULL OR %(day)s < e.until)) x
    JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND
"""
_TAUGHT: LiteralString = """
    AND x.guardian_id <> %(person)s AND (
        %(person)s = (SELECT t.person_id FROM {s}.directory_class_teacher t
            WHERE t.class_id = c.class_id AND t.since <= %(day)s
                AND (t.until IS NULL OR %(day)s < t.until)
            ORDER BY t.since DESC, t.position DESC LIMIT 1)
        OR EXISTS (SELECT 1 FROM {s}.directory_assignment a
            WHERE a.class_id = c.class_id AND a.teacher_id = %(person)s AND a.since <= %(day)s
                AND (a.until IS NULL OR %(day)s < a.until)
                AND (a.subgroup_id IS NULL OR EXISTS (SELECT 1 FROM {s}.directory_subgroup h
                    WHERE h.class_id = a.class_id AND h.subject_id = a.subject_id
                        AND h.subgroup_id = a.subgroup_id AND x.pupil_id = ANY (h.pupils)
                        AND h.since = (SELECT max(since) FROM {s}.directory_subgroup n
                            WHERE n.class_id = h.class_id AND n.subject_id = h.subject_id
                                AND n.since <= %(day)s)))))
    ORDER BY c.grade_level, c.letter, x.sort_key, x.pupil_id::text, x.guardian
"""
_FAMILIES: LiteralString = _OF_TODAY + _CONSENTED + _TAUGHT


async def conversations(
    conn: Conn, schema: str, person_id: str, day: date, conversation_id: str | None = None
) -> list[Conversation]:
    """Conversations of a person: open ones first, the newest word first."""
    found = await rows(conn, schema, _TALKS, person=person_id, day=day, talk=conversation_id)
    made = []
    for one in found:
        fields = list(one)
        fields[2], fields[4] = shown(fields[2]), shown(fields[4])
        fields[6] = shown(fields[6]) if fields[5] else None
        made.append(Conversation(*fields))
    return made


async def words(conn: Conn, schema: str, conversation_id: str) -> list[Word]:
    """Everything that was said, in order. Who may read it has been decided."""
    found = await rows(
        conn,
        schema,
        "SELECT w.at, w.by::text, coalesce(b.full_name, ''), coalesce(v.body, '')"
        " FROM {s}.talk_word w LEFT JOIN {s}.directory_person b ON b.person_id = w.by"
        " LEFT JOIN {s}.payload v ON v.id = w.text_id"
        " WHERE w.conversation_id = %s ORDER BY w.position",
        conversation_id,
    )
    return [Word(at, by_id, shown(by), text) for at, by_id, by, text in found]


async def families(conn: Conn, schema: str, person_id: str, year: int, day: date) -> list[Family]:
    """Guardians whom a teacher or class teacher may ask today, by class and pupil."""
    found = await rows(conn, schema, _FAMILIES, person=person_id, year=year, day=day)
    return [
        Family(name, pupil, shown(of), guardian, shown(by))
        for name, pupil, of, guardian, by, *_ in found
    ]


async def administrators(conn: Conn, schema: str, year: int, day: date) -> list[tuple[str, str]]:
    """(person, name) of the administrators of today."""
    found = await rows(
        conn,
        schema,
        "SELECT DISTINCT s.person_id::text, p.full_name FROM {s}.directory_staff s"
        " LEFT JOIN {s}.directory_person p USING (person_id)"
        " WHERE s.year = %s AND s.role = 'administrator' AND s.since <= %s"
        " AND (s.until IS NULL OR %s < s.until) ORDER BY 2, 1",
        year,
        day,
        day,
    )
    return [(person, shown(name)) for person, name in found]
