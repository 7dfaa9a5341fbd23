"""Information letters to the guardians of a class: to whom they may go, when they went, who opened
them.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date
from typing import Any, LiteralString

from psycopg import AsyncConnection

from projections.names import shown
from projections.sql import rows

Conn = AsyncConnection[Any]

_GUARDIANS: LiteralString = """
    SELECT e.pupil_id::text, p.full_name, g.guardian_id::text, w.full_name,
        EXISTS (SELECT FROM {s}.consent_given c WHERE c.pupil_id = e.pupil_id
            AND c.guardian_id = g.guardian_id AND c.purpose = 'diary' AND c.withdrawn_at IS NULL
            AND c.since <= %(day)s AND (c.until IS NULL OR %(day)s < c.until))
    FROM {s}.directory_enrolment e
    LEFT JOIN {s}.directory_person p ON p.person_id = e.pupil_id
    LEFT JOIN {s}.directory_guardian g ON g.pupil_id = e.pupil_id AND g.since <= %(day)s
        AND (g.until IS NULL OR %(day)s < g.until)
        AND NOT EXISTS (SELECT FROM {s}.grant_limit l WHERE l.pupil_id = g.pupil_id
            AND l.guardian_id = g.guardian_id AND l.since <= %(day)s
            AND (l.until IS NULL OR %(day)s < l.until))
    LEFT JOIN {s}.directory_person w ON w.person_id = g.guardian_id
    WHERE e.class_id = %(class)s AND e.since <= %(day)s
        AND (e.until IS NULL OR %(day)s < e.until)
    ORDER BY p.sort_key, e.pupil_id, w.sort_key
"""
_SENT: LiteralString = """
    SELECT DISTINCT ON (l.pupil_id) l.pupil_id::text, l.at, l.how, l.as_of, l.guardian_ids::text[]
    FROM {s}.classroom_letter l WHERE l.class_id = %(class)s AND l.term = %(term)s
    ORDER BY l.pupil_id, l.position DESC
"""
#: the first look of a guardian after the letter went
_OPENED: LiteralString = """
    SELECT a.subject, a.person_id::text, min(a.at) FROM {s}.access_log a
    JOIN {s}.classroom_letter l ON l.pupil_id::text = a.subject AND a.at >= l.at
        AND a.person_id = ANY (l.guardian_ids)
    WHERE l.class_id = %(class)s AND l.term = %(term)s AND a.act = 'letter' AND a.outcome = 'ok'
    GROUP BY a.subject, a.person_id
"""
_TO_FAMILY: LiteralString = """
    SELECT DISTINCT ON (l.term) l.term, t.name, l.at, l.as_of, l.class_id::text
    FROM {s}.classroom_letter l
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.register_term t ON t.year = c.year AND t.grade_level = c.grade_level
        AND t.term = l.term AND t.valid_to = 9223372036854775807
    WHERE l.pupil_id = %s AND %s::uuid = ANY (l.guardian_ids) AND l.at >= %s
    ORDER BY l.term, l.position DESC
"""


async def letters_of(
    conn: Conn, schema: str, class_id: str, term: int, day: date
) -> list[dict[str, Any]]:
    """`[{pupil_id, name, guardians[{guardian_id, name, consent, opened}], sent{at, how, as_of} |
    None}]` of the pupils of a class, in the order of the list; `sent` is the last letter of a term.
    """
    place: dict[str, Any] = {"class": class_id, "term": term}
    sent = {
        pupil: ({"at": at.astimezone(UTC).isoformat(), "how": how, "as_of": as_of}, set(to))
        for pupil, at, how, as_of, to in await rows(conn, schema, _SENT, **place)
    }
    opened: dict[str, dict[str, str]] = defaultdict(dict)
    for pupil, who, at in await rows(conn, schema, _OPENED, **place):
        opened[pupil][who] = at.astimezone(UTC).isoformat()
    found: dict[str, dict[str, Any]] = {}
    for pupil, name, guardian, called, consent in await rows(
        conn, schema, _GUARDIANS, day=day, **place
    ):
        letter, _ = sent.get(pupil, (None, set()))
        one = found.setdefault(
            pupil, {"pupil_id": pupil, "name": shown(name), "guardians": [], "sent": letter}
        )
        if guardian:
            one["guardians"].append(
                {
                    "guardian_id": guardian,
                    "name": shown(called),
                    "consent": consent,
                    "opened": opened[pupil].get(guardian),
                }
            )
    return list(found.values())


async def letters_to(
    conn: Conn, schema: str, pupil_id: str, guardian_id: str, since: date
) -> list[dict[str, Any]]:
    """`[{term, name, at, as_of, class_id}]`: the last letter of each term that went to this
    guardian since then; `as_of` is the position that it was counted at.
    """
    return [
        {
            "term": term,
            "name": name or "за год",
            "at": at.astimezone(UTC).isoformat(),
            "as_of": as_of,
            "class_id": class_id,
        }
        for term, name, at, as_of, class_id in await rows(
            conn, schema, _TO_FAMILY, pupil_id, guardian_id, since
        )
    ]
