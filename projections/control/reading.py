"""Reading the control of journals. Names and words are joined at read, so that erasing works."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from projections.names import shown
from projections.sql import STILL, row, rows

Conn = AsyncConnection[Any]


class Inspection(msgspec.Struct, frozen=True):
    """A journal that was looked at. `subjects` are names, none of them: every subject."""

    inspection_id: str
    class_id: str
    class_name: str
    position: int
    at: datetime
    by_id: str
    by: str
    since: date
    until: date
    checked: Sequence[str]
    subjects: Sequence[str]
    checked_position: int
    hash: str
    remarks: int
    open_remarks: int


class Step(msgspec.Struct, frozen=True):
    """What happened to a remark; kind: opened, resolved, accepted, returned. `text` is "" once
    erased; due_date is the deadline that was in force.
    """

    position: int
    kind: str
    at: datetime
    by_id: str
    by: str
    due_date: date
    text: str
    positions: Sequence[int]


class Remark(msgspec.Struct, frozen=True):
    """A remark and all its steps; state: open, answered, accepted."""

    remark_id: str
    inspection_id: str
    class_id: str
    class_name: str
    kind: str
    teacher_id: str
    teacher: str
    subject_id: str | None
    subject: str | None
    lesson_id: str | None
    lesson_date: date | None
    state: str
    due_date: date
    position: int
    inspected_at: datetime
    checked: Sequence[str]
    steps: Sequence[Step]

    def overdue(self, today: date) -> bool:
        """Nobody has answered, and the last day is over."""
        return self.state == "open" and self.due_date < today

    def last(self, kind: str) -> Step | None:
        """The last step of a kind."""
        return next((one for one in reversed(self.steps) if one.kind == kind), None)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which inspections or remarks; None is everything. classes: only these."""

    year: int | None = None
    class_id: str | None = None
    classes: tuple[str, ...] | None = None
    teacher_id: str | None = None
    inspection_id: str | None = None
    remark_id: str | None = None
    state: str | None = None


_INSPECTIONS: LiteralString = """
    SELECT i.inspection_id::text, i.class_id::text, c.name, i.position, i.at, i.by::text,
        coalesce(b.full_name, ''), i.since, i.until, i.checked,
        array(SELECT s.name FROM {s}.directory_subject s WHERE s.year = c.year
            AND s.subject_id = ANY (i.subject_ids) ORDER BY s.name),
        i.checked_position, i.hash,
        (SELECT count(*) FROM {s}.control_remark r WHERE r.inspection_id = i.inspection_id),
        (SELECT count(*) FROM {s}.control_remark r WHERE r.inspection_id = i.inspection_id
            AND r.state <> 'accepted')
    FROM {s}.control_inspection i
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_person b ON b.person_id = i.by
    WHERE (%(year)s::int IS NULL OR c.year = %(year)s)
        AND (%(class_id)s::uuid IS NULL OR i.class_id = %(class_id)s)
        AND (%(classes)s::uuid[] IS NULL OR i.class_id = ANY (%(classes)s))
        AND (%(inspection_id)s::uuid IS NULL OR i.inspection_id = %(inspection_id)s)
    ORDER BY i.position DESC
"""
_REMARKS: LiteralString = """
    SELECT r.remark_id::text, r.inspection_id::text, r.class_id::text, c.name, r.kind,
        r.teacher_id::text, coalesce(t.full_name, ''), r.subject_id::text, s.name,
        r.lesson_id::text, l.date, r.state, r.due_date, r.position, i.at, i.checked
    FROM {s}.control_remark r
    JOIN {s}.control_inspection i USING (inspection_id)
    JOIN {s}.directory_class c ON c.class_id = r.class_id
    LEFT JOIN {s}.directory_person t ON t.person_id = r.teacher_id
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, r.subject_id)
    LEFT JOIN {s}.register_lesson l ON l.lesson_id = r.lesson_id AND l.valid_to = %(still)s
    WHERE (%(year)s::int IS NULL OR c.year = %(year)s)
        AND (%(class_id)s::uuid IS NULL OR r.class_id = %(class_id)s)
        AND (%(classes)s::uuid[] IS NULL OR r.class_id = ANY (%(classes)s))
        AND (%(teacher_id)s::uuid IS NULL OR r.teacher_id = %(teacher_id)s)
        AND (%(inspection_id)s::uuid IS NULL OR r.inspection_id = %(inspection_id)s)
        AND (%(remark_id)s::uuid IS NULL OR r.remark_id = %(remark_id)s)
        AND (%(state)s::text IS NULL OR r.state = %(state)s)
    ORDER BY r.state = 'accepted', r.due_date, r.position
"""
_STEPS: LiteralString = """
    SELECT x.remark_id::text, x.position, x.kind, x.at, x.by::text, coalesce(b.full_name, ''),
        x.due_date, coalesce(v.body, ''), x.positions
    FROM {s}.control_step x
    LEFT JOIN {s}.directory_person b ON b.person_id = x.by
    LEFT JOIN {s}.payload v ON v.id = x.text_id
    WHERE x.remark_id = ANY (%s::uuid[]) ORDER BY x.position
"""


async def inspections(conn: Conn, schema: str, wanted: Wanted) -> list[Inspection]:
    """Inspections, the newest first."""
    found = await rows(conn, schema, _INSPECTIONS, **_asked(wanted))
    return [Inspection(*_named(one)) for one in found]


async def remarks(conn: Conn, schema: str, wanted: Wanted) -> list[Remark]:
    """Remarks with their steps: those that wait first, by their last day."""
    found = await rows(conn, schema, _REMARKS, still=STILL, **_asked(wanted))
    steps: dict[str, list[Step]] = {}
    for remark_id, position, kind, at, by_id, by, due, text, positions in await rows(
        conn, schema, _STEPS, [one[0] for one in found]
    ):
        step = Step(position, kind, at, by_id, shown(by), due, text, positions)
        steps.setdefault(remark_id, []).append(step)
    return [Remark(*[*_named(one), steps.get(one[0], [])]) for one in found]


async def inspection_place(conn: Conn, schema: str, inspection_id: str) -> dict[str, Any] | None:
    """`{class_id}`, or None."""
    found = await row(
        conn,
        schema,
        "SELECT class_id::text FROM {s}.control_inspection WHERE inspection_id = %s",
        inspection_id,
    )
    return {"class_id": found[0]} if found else None


async def remark_place(conn: Conn, schema: str, remark_id: str) -> dict[str, Any] | None:
    """`{class_id}`, or None."""
    found = await row(
        conn,
        schema,
        "SELECT class_id::text FROM {s}.control_remark WHERE remark_id = %s",
        remark_id,
    )
    return {"class_id": found[0]} if found else None


async def waiting(conn: Conn, schema: str, teacher_id: str) -> int:
    """Remarks that a teacher has not answered."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FROM {s}.control_remark WHERE teacher_id = %s AND state = 'open'",
        teacher_id,
    )
    return int(found[0]) if found else 0


async def first_lessons(conn: Conn, schema: str, year: int) -> dict[str, date]:
    """class → the day of its first lesson in a year: from then on there is something to inspect."""
    found = await rows(
        conn,
        schema,
        "SELECT l.class_id::text, min(l.date) FROM {s}.register_lesson l"
        " JOIN {s}.directory_class c USING (class_id)"
        " WHERE c.year = %s AND l.valid_to = %s AND l.status <> 'CANCELLED' GROUP BY 1",
        year,
        STILL,
    )
    return dict(found)


def _named(found: tuple[Any, ...]) -> list[Any]:
    """The row with the name of the person (the seventh column) as readers see it."""
    fields = list(found)
    fields[6] = shown(fields[6])
    return fields


def _asked(wanted: Wanted) -> dict[str, Any]:
    asked = msgspec.structs.asdict(wanted)
    return asked | {"classes": None if wanted.classes is None else list(wanted.classes)}
