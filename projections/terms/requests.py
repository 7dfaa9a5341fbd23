"""Reading requests for corrections: those that wait first, then the newest."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from projections.names import shown
from projections.sql import row, rows

Conn = AsyncConnection[Any]
MOST = 200

_REQUESTS: LiteralString = """
    SELECT r.request_id::text, r.class_id::text, c.name, l.subject_id::text, s.name,
        m.lesson_id::text, l.date, m.pupil_id::text, coalesce(p.full_name, ''), r.mark_id::text,
        m.value, r.saw, r.value, r.reason_code, coalesce(v.body, ''), r.by::text,
        coalesce(b.full_name, ''), r.at, r.answer, r.tier, r.order_no, r.term_mark,
        coalesce(w.body, ''), coalesce(a.full_name, ''), r.answered_at, t.term, k.value,
        coalesce((SELECT closed FROM {s}.result_closing x WHERE x.class_id = r.class_id
            AND x.term = t.term ORDER BY x.position DESC LIMIT 1), false)
    FROM {s}.result_request r
    JOIN {s}.directory_class c ON c.class_id = r.class_id
    JOIN {s}.register_mark m ON m.mark_id = r.mark_id AND m.valid_to = 9223372036854775807
    JOIN {s}.register_lesson l ON l.lesson_id = m.lesson_id AND l.valid_to = 9223372036854775807
    LEFT JOIN {s}.register_term t ON t.year = c.year
        AND t.grade_level = c.grade_level AND l.date BETWEEN t.starts AND t.ends
        AND t.valid_to = 9223372036854775807
    LEFT JOIN {s}.result_mark k ON (k.class_id, k.subject_id, k.pupil_id, k.kind, k.term)
        = (r.class_id, l.subject_id, m.pupil_id, 'term', t.term) AND k.value <> ''
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = m.pupil_id
    LEFT JOIN {s}.directory_person b ON b.person_id = r.by
    LEFT JOIN {s}.directory_person a ON a.person_id = r.answered_by
    LEFT JOIN {s}.payload v ON v.id = r.text_id
    LEFT JOIN {s}.payload w ON w.id = r.answer_id
"""


class CorrectionRequest(msgspec.Struct, frozen=True):
    """A request; `value` "" asks for an annulment, `now` is the mark as it is ("" annulled).

    answer: "", `approved` or `rejected`. Texts and names are "" once erased. term: of the lesson;
    term_mark: the one that stands, or None; closed: the term is.
    """

    request_id: str
    class_id: str
    class_name: str
    subject_id: str
    subject: str | None
    lesson_id: str
    lesson_date: date
    pupil_id: str
    pupil: str
    mark_id: str
    now: str
    saw: str
    value: str
    reason_code: str
    reason: str
    by_id: str
    by: str
    at: datetime
    answer: str
    tier: str
    order_no: str
    fate: str
    answer_reason: str
    answered_by: str
    answered_at: datetime | None
    term: int | None
    term_mark: str | None
    closed: bool

    @property
    def needs_order(self) -> bool:
        """The term mark stands or the term is closed: an order or an act is asked for (T3)."""
        return self.closed or self.term_mark is not None


async def requests(
    conn: Conn, schema: str, *, by: str | None = None, open_only: bool = False, limit: int = MOST
) -> list[CorrectionRequest]:
    """Requests of a person, or everybody's."""
    text = _REQUESTS + " WHERE (%(by)s::uuid IS NULL OR r.by = %(by)s)"
    if open_only:
        text += " AND r.answer = ''"
    text += " ORDER BY r.answer <> '', CASE WHEN r.answer = '' THEN r.at END, r.at DESC"
    found = await rows(conn, schema, text + " LIMIT %(limit)s", by=by, limit=limit)
    return [_request(one) for one in found]


async def request_of(conn: Conn, schema: str, request_id: str) -> CorrectionRequest | None:
    """One request, or None."""
    found = await row(conn, schema, _REQUESTS + " WHERE r.request_id = %s", request_id)
    return None if found is None else _request(found)


async def request_place(conn: Conn, schema: str, request_id: str) -> dict[str, Any] | None:
    """`{class_id}` of a request, or None."""
    found = await row(
        conn,
        schema,
        "SELECT class_id::text FROM {s}.result_request WHERE request_id = %s",
        request_id,
    )
    return None if found is None else {"class_id": found[0]}


async def waiting(conn: Conn, schema: str, person_id: str) -> int:
    """Requests of others that nobody has answered."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FROM {s}.result_request WHERE answer = '' AND by <> %s",
        person_id,
    )
    return int(found[0]) if found else 0


def _request(found: tuple[Any, ...]) -> CorrectionRequest:
    one = CorrectionRequest(*found)
    return msgspec.structs.replace(
        one,
        pupil=shown(one.pupil),
        by=shown(one.by),
        at=one.at.astimezone(UTC),
        answered_by=one.answered_by and shown(one.answered_by),
        answered_at=one.answered_at and one.answered_at.astimezone(UTC),
    )
