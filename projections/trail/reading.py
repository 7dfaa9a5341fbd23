"""Reading the trail. Names and texts are joined at read, so that erasing works by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import msgspec
from psycopg import AsyncConnection

from domain.red_flags import KINDS, flag_of
from projections.compliance.lateness import LATE
from projections.names import shown
from projections.sql import row, rows

Conn = AsyncConnection[Any]
NAME = "trail_v1"
PAGE = 50
_COMMENTS = (
    "mark-given",
    "mark-commented",
    "pupil-commented",
    "pupil-comment-corrected",
    "project-defence-recorded",
)
#: kinds whose own value is a text of the vault: individual homework, the name of a file
_OF_VAULT = ("homework-assigned", "lesson-file-attached", "lesson-file-removed")

#: flag → what says so
FLAGS: dict[str, LiteralString] = {
    "late": LATE,
    "after_term_mark": "t.after_term_mark",
    "absent_pupil": "t.absent_pupil",
    "by_substitute": "t.by_substitute",
    "imported": "t.imported",
}


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What to show; None is everything. since and until are days in the zone, both included.

    kind: a fact's topic without its prefix (`mark-corrected`); flag: one of FLAGS, a kind of red
    flags (`F2`) or one of them (`F4-4127`): the facts behind it; classes: only these; session: of
    one sign-in.
    """

    class_id: str | None = None
    classes: tuple[str, ...] | None = None
    session: str | None = None
    pupil_id: str | None = None
    subject_id: str | None = None
    by: str | None = None
    kind: str | None = None
    since: date | None = None
    until: date | None = None
    flag: str | None = None
    zone: str = "UTC"

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """The moments at which the first day begins and the last one ends."""
        zone = ZoneInfo(self.zone)
        return (
            None if self.since is None else datetime.combine(self.since, time.min, zone),
            None if self.until is None else datetime.combine(self.until, time.max, zone),
        )


class _Right(msgspec.Struct):
    """What the fact itself says of the right to it: not worth a copy in every line."""

    role: str
    session: str
    basis: str = ""


_right = msgspec.json.Decoder(_Right).decode

_OF_LINE: LiteralString = """
    SELECT t.position, t.ordinal, t.at, t.kind, t.class_id::text, c.name, t.subject_id::text,
        s.name, t.lesson_id::text, t.lesson_date, t.pupil_id::text, p.full_name, t.mark_id::text,
        t.term, t.old_value, t.value, t.reason_code, v.body, t.tier, t.by::text, b.full_name,
        t.acting_for::text, f.full_name, e.state,
        t.after_term_mark, t.absent_pupil, t.by_substitute, t.imported, y.name,
"""
_LINES: LiteralString = """
    FROM {s}.trail_v1 t
    LEFT JOIN {s}.compliance_lesson q ON q.lesson_id = t.lesson_id
    LEFT JOIN {s}.directory_class c ON c.class_id = t.class_id
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, t.subject_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = t.pupil_id
    LEFT JOIN {s}.directory_person b ON b.person_id = t.by
    LEFT JOIN {s}.directory_person f ON f.person_id = t.acting_for
    LEFT JOIN {s}.payload v ON v.id = t.text_id
    LEFT JOIN {s}.register_term y ON t.term IS NOT NULL
        AND (y.year, y.grade_level, y.term) = (c.year, c.grade_level, t.term)
        AND y.valid_to = 9223372036854775807
    JOIN {s}.facts e ON e.notification_id = t.position
"""
_COLUMNS: LiteralString = _OF_LINE + LATE + _LINES
_IN_ORDER: LiteralString = " ORDER BY t.position, t.ordinal"
#: filter → its clause; a filter that is not asked for costs nothing
_CLAUSES: dict[str, LiteralString] = {
    "class_id": " AND t.class_id = %(class_id)s",
    "classes": " AND t.class_id = ANY (%(classes)s::uuid[])",
    # the fact itself says so: "session" stands in the envelope alone
    "session": """ AND position(convert_to('"session":"' || %(session)s || '"', 'UTF8') in e.state)
        > 0""",
    "pupil_id": " AND t.pupil_id = %(pupil_id)s",
    "subject_id": " AND t.subject_id = %(subject_id)s",
    "by": " AND t.by = %(by)s",
    "kind": " AND t.kind = %(kind)s",
    "since": " AND t.at >= %(since)s",
    "until": " AND t.at <= %(until)s",
}
#: facts behind red flags of a kind, behind one of them
_BEHIND: LiteralString = (
    " AND t.position IN (SELECT x.position FROM {s}.red_flag_fact x WHERE x.code = %(code)s)"
)
_BEHIND_ONE: LiteralString = (
    " AND t.position IN (SELECT x.position FROM {s}.red_flag_fact x"
    " WHERE (x.code, x.flag) = (%(code)s, %(red_flag)s))"
)
_NEWEST_FIRST: LiteralString = " ORDER BY t.position DESC, t.ordinal DESC LIMIT %(limit)s"


async def trail(
    conn: Conn, schema: str, filters: Filters, cursor: str | None = None, limit: int = PAGE
) -> dict[str, Any]:
    """`{items[…], next_cursor, as_of{position, moment}}`, the newest first.

    An item is `{position, ordinal, recorded_at, kind, class{class_id, name}, subject{subject_id,
    name}, lesson_id, lesson_date, pupil{pupil_id, name}, mark_id, term, term_name, old_value,
    value, reason_code, reason, comment, tier, by{person_id, name}, acting_for{person_id, name},
    role, basis, session, late, after_term_mark, absent_pupil, by_substitute, imported}`; what does
    not apply is None. Raises ValueError for a cursor or a flag that is not ours.
    """
    text: LiteralString = _COLUMNS + " WHERE true"
    ask: dict[str, Any] = {"limit": limit + 1}
    since, until = filters.moments()
    wanted = msgspec.structs.asdict(filters) | {"since": since, "until": until, "zone": None}
    for name, value in wanted.items():
        if value is None:
            continue
        if name == "flag":
            if value in FLAGS:
                text += " AND " + FLAGS[value]
                continue
            code, _, position = value.partition("-")
            if code not in KINDS or (position and flag_of(value) is None):
                raise ValueError(f"no such flag: {value}")
            text += _BEHIND_ONE if position else _BEHIND
            ask |= {"code": code, "red_flag": int(position or 0)}
        else:
            text += _CLAUSES[name]
            ask[name] = list(value) if isinstance(value, tuple) else value
    if cursor is not None:
        position, _, ordinal = cursor.partition(".")
        ask |= {"position": int(position), "ordinal": int(ordinal or 0)}
        text += " AND (t.position, t.ordinal) < (%(position)s, %(ordinal)s)"
    bookmark = await row(
        conn, schema, "SELECT position, at FROM {s}.bookmark WHERE name = %s", NAME
    )
    found = await rows(conn, schema, text + _NEWEST_FIRST, **ask)
    items = [_item(one) for one in found[:limit]]
    more = len(found) > limit
    return {
        "items": items,
        "next_cursor": f"{items[-1]['position']}.{items[-1]['ordinal']}" if more else None,
        "as_of": {
            "position": bookmark[0] if bookmark else 0,
            "moment": bookmark[1].astimezone(UTC).isoformat() if bookmark else None,
        },
    }


async def history(conn: Conn, schema: str, mark_id: str) -> list[dict[str, Any]]:
    """Everything that happened to a mark (a homework, a debt), in order; items as in `trail`."""
    text = _COLUMNS + " WHERE t.mark_id = %(mark)s" + _IN_ORDER
    return [_item(one) for one in await rows(conn, schema, text, mark=mark_id)]


async def annotations_of(conn: Conn, schema: str, pupil_id: str) -> list[dict[str, Any]]:
    """Annotations by an act beside archived years of a pupil, in order; items as in `trail`."""
    text = _COLUMNS + " WHERE t.pupil_id = %(pupil)s AND t.kind = 'archive-annotated'"
    return [_item(one) for one in await rows(conn, schema, text + _IN_ORDER, pupil=pupil_id)]


async def at_places(
    conn: Conn, schema: str, places: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], dict[str, Any]]:
    """(position, ordinal) → item as in `trail`, of those that there are."""
    text = _COLUMNS + " WHERE t.position = ANY (%(positions)s)"
    found = await rows(conn, schema, text, positions=sorted({one for one, _ in places}))
    wanted = set(places)
    items = ((item["position"], item["ordinal"], item) for item in map(_item, found))
    return {(position, at): item for position, at, item in items if (position, at) in wanted}


async def made_by(
    conn: Conn, schema: str, person_id: str, since: datetime, before: int, limit: int
) -> list[dict[str, Any]]:
    """What a person has written from a moment on, at positions below `before`, in order; items as
    in `trail`.
    """
    text = _COLUMNS + " WHERE t.by = %(by)s AND t.at >= %(since)s AND t.position < %(before)s"
    text += " ORDER BY t.position, t.ordinal LIMIT %(limit)s"
    found = await rows(conn, schema, text, by=person_id, since=since, before=before, limit=limit)
    return [_item(one) for one in found]


async def put_right(
    conn: Conn, schema: str, class_ids: list[str], after: int
) -> list[dict[str, Any]]:
    """Corrections, annulments, moves and cancellations of these classes after a position, in
    order; items as in `trail`.
    """
    text = _COLUMNS + " WHERE t.class_id = ANY (%(classes)s::uuid[]) AND t.position > %(after)s"
    text += " AND t.kind ~ '-(corrected|annulled|moved|cancelled)$'"
    text += _IN_ORDER
    return [_item(one) for one in await rows(conn, schema, text, classes=class_ids, after=after)]


#: What is not on a page of the journal although it is about it.
ASIDE = ["debt-raised", "debt-resolved", "term-closed", "inspected", "remark-opened"]
#: Lines about a page of the journal.
_OF_PAGE: LiteralString = """
    t.class_id = %(class)s AND t.kind <> ALL (%(aside)s)
    AND (t.lesson_id = ANY (%(lessons)s::uuid[]) OR t.lesson_id IS NULL AND t.term = %(term)s
        AND (t.subject_id IS NULL OR t.subject_id = %(subject)s))
"""
_MOMENTS: LiteralString = """
    SELECT DISTINCT ON (t.position) t.position, t.at, t.kind, t.by::text, b.full_name
    FROM {s}.trail_v1 t LEFT JOIN {s}.directory_person b ON b.person_id = t.by WHERE
"""


class Page(msgspec.Struct, frozen=True):
    """A page of the journal; `lessons` are the ids of all that are or were on it."""

    class_id: str
    subject_id: str
    term: int
    lessons: list[str]


async def of_page(
    conn: Conn, schema: str, page: Page, after: int, until: int
) -> list[dict[str, Any]]:
    """What happened on a page at positions of (after, until], in order; items as in `trail`."""
    text = _COLUMNS + " WHERE " + _OF_PAGE + " AND t.position > %(after)s"
    text += " AND t.position <= %(until)s ORDER BY t.position, t.ordinal"
    found = await rows(conn, schema, text, after=after, until=until, **_asked(page))
    return [_item(one) for one in found]


async def moments(conn: Conn, schema: str, page: Page, limit: int = 500) -> list[dict[str, Any]]:
    """`[{at, position, by{person_id, name}, kind, corrections}]`: when a page changed, the newest
    first. corrections: something that stood there was replaced or taken away.
    """
    text = _MOMENTS + _OF_PAGE + " ORDER BY t.position DESC, t.ordinal LIMIT %(limit)s"
    return [
        {
            "at": at.astimezone(UTC).isoformat(),
            "position": position,
            "by": _who(by, name),
            "kind": kind,
            "corrections": kind.endswith(("-corrected", "-annulled", "-moved", "-cancelled")),
        }
        for position, at, kind, by, name in await rows(
            conn, schema, text, limit=limit, **_asked(page)
        )
    ]


def _asked(page: Page) -> dict[str, Any]:
    return {
        "class": page.class_id,
        "subject": page.subject_id,
        "term": page.term,
        "lessons": page.lessons,
        "aside": ASIDE,
    }


def _who(person_id: str | None, name: str | None, key: str = "person_id") -> dict[str, str] | None:
    return None if person_id is None else {key: person_id, "name": shown(name)}


def _item(found: tuple[Any, ...]) -> dict[str, Any]:
    (
        position,
        ordinal,
        at,
        kind,
        class_id,
        class_name,
        subject_id,
        subject,
        lesson_id,
        lesson_date,
        pupil_id,
        pupil,
        mark_id,
        term,
        old_value,
        value,
        reason_code,
        text,
        tier,
        by,
        by_name,
        acting_for,
        acting_for_name,
        stored,
        after_term_mark,
        absent_pupil,
        by_substitute,
        imported,
        term_name,
        late,
    ) = found
    right = _right(stored)
    return {
        "position": position,
        "ordinal": ordinal,
        "recorded_at": at.astimezone(UTC).isoformat(),
        "kind": kind,
        "class": {"class_id": class_id, "name": class_name},
        "subject": subject_id and {"subject_id": subject_id, "name": subject},
        "lesson_id": lesson_id,
        "lesson_date": lesson_date and lesson_date.isoformat(),
        "pupil": _who(pupil_id, pupil, "pupil_id"),
        "mark_id": mark_id,
        "term": term,
        "term_name": term_name,
        "old_value": old_value,
        "value": text if kind in _OF_VAULT and value is None else value,
        "reason_code": reason_code,
        "reason": None if kind in (*_COMMENTS, *_OF_VAULT) else text,
        "comment": text if kind in _COMMENTS else None,
        "tier": tier,
        "by": _who(by, by_name),
        "acting_for": _who(acting_for, acting_for_name),
        "role": right.role,
        "basis": right.basis,
        "session": right.session,
        "late": late,
        "after_term_mark": after_term_mark,
        "absent_pupil": absent_pupil,
        "by_substitute": by_substitute,
        "imported": imported,
    }
