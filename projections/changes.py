"""The change feed: lines of the trail in the order of the log, each once, ids and values alone.

A cursor is a position of the log. Positions are handed out in the order of commits and without
holes, and rows and bookmark of a projection are written together: what lies at or below the
slowest bookmark is all there, and nothing is ever added below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any, LiteralString, NamedTuple

from psycopg import AsyncConnection

from projections.sql import rows

Conn = AsyncConnection[Any]

#: what inspectors, teachers and the administration say to each other: not every teacher's
AMONG_THEM = (
    *("inspected", "remark-opened", "remark-resolved", "remark-accepted", "remark-returned"),
    *("correction-requested", "correction-approved", "correction-rejected"),
)
#: of a line that is in no trail (a consent that ends): it is at no place of the log
_PLACED = 0

FIELDS = (
    *("position", "ordinal", "recorded_at", "kind", "class_id", "subject_id", "lesson_id"),
    *("lesson_date", "pupil_id", "mark_id", "term", "old_value", "value", "reason_code"),
    *("by", "acting_for", "imported"),
)
_COLUMNS: LiteralString = """
    SELECT t.position, t.ordinal, t.at, t.kind, t.class_id::text, t.subject_id::text,
        t.lesson_id::text, t.lesson_date, t.pupil_id::text, t.mark_id::text, t.term, t.old_value,
        t.value, t.reason_code, t.by::text, t.acting_for::text, t.imported
    FROM {s}.trail_v1 t
"""
_PLACE: LiteralString = """
    SELECT h.last, coalesce((SELECT min(b.position) FROM {s}.bookmark b), 0),
        coalesce((SELECT n.position FROM {s}.notice_progress n), 0)
    FROM {s}.head h
"""
_OF_CLASSES: LiteralString = """
    WHERE t.position > %(after)s AND t.position <= %(upto)s
        AND (%(classes)s::uuid[] IS NULL OR t.class_id = ANY (%(classes)s::uuid[]))
        AND (%(kinds)s::text[] IS NULL OR t.kind = ANY (%(kinds)s::text[]))
        AND (t.kind <> ALL (%(aside)s) OR t.class_id = ANY (%(whole)s::uuid[]))
"""
#: the last of the first so many facts that have a line
_LAST: LiteralString = """
    SELECT max(position), count(*) FROM (
        SELECT DISTINCT position FROM {s}.trail_v1 t
"""
_LAST_END: LiteralString = " ORDER BY position LIMIT %(limit)s) AS first"
_TOLD: LiteralString = """
    SELECT n.position, n.ordinal, n.pupil_id::text FROM {s}.notice n
    WHERE n.person_id = %(person)s AND n.channel = 'inbox' AND n.ordinal >= %(placed)s
        AND n.position > %(after)s AND n.position <= %(upto)s
        AND n.pupil_id = ANY (%(pupils)s::uuid[])
    ORDER BY n.position, n.ordinal, n.pupil_id
"""


class Place(NamedTuple):
    """How far a school is: the end of the log, what every projection has folded, what families
    have been told of.
    """

    head: int
    folded: int
    told: int


class Part(NamedTuple):
    """Lines of up to so many facts, and the position up to which they are complete."""

    lines: list[dict[str, Any]]
    upto: int


async def place(conn: Conn, schema: str) -> Place:
    """How far a school is, in one snapshot."""
    [(head, folded, told)] = await rows(conn, schema, _PLACE)
    return Place(int(head), int(folded), int(told))


async def of_classes(
    conn: Conn,
    schema: str,
    classes: Iterable[str] | None,
    whole: Iterable[str] | None,
    after: int,
    upto: int,
    limit: int,
    kinds: Sequence[str] | None = None,
) -> Part:
    """Lines of the first `limit` facts of classes (None: of all) at positions of (after, upto].

    whole: classes of which what the staff say to each other is shown as well (None: all).
    """
    ask: dict[str, Any] = {
        "after": after,
        "upto": upto,
        "classes": None if classes is None else sorted(classes),
        "kinds": None if kinds is None else list(kinds),
        "aside": [] if whole is None else list(AMONG_THEM),
        "whole": sorted(whole or ()),
        "limit": limit,
    }
    [(last, count)] = await rows(conn, schema, _LAST + _OF_CLASSES + _LAST_END, **ask)
    if count == 0:
        return Part([], upto)
    ask["upto"] = last if count == limit else upto
    del ask["limit"]
    text = _COLUMNS + _OF_CLASSES + " ORDER BY t.position, t.ordinal"
    return Part([_line(one) for one in await rows(conn, schema, text, **ask)], ask["upto"])


async def told_of(
    conn: Conn, schema: str, person_id: str, pupils: Iterable[str], after: int, upto: int
) -> list[tuple[int, int, str]]:
    """(position, ordinal, pupil) of what a person was told about these pupils, in order."""
    found = await rows(
        conn,
        schema,
        _TOLD,
        person=person_id,
        pupils=sorted(pupils),
        after=after,
        upto=upto,
        placed=_PLACED,
    )
    return [(position, ordinal, pupil) for position, ordinal, pupil in found]


async def at_places(
    conn: Conn, schema: str, places: Sequence[tuple[int, int, str]], upto: int, limit: int
) -> Part:
    """The lines of the first `limit` facts of these places, each about the pupil of the place."""
    positions = sorted({position for position, _, _ in places})
    if len(positions) > limit:
        upto, positions = positions[limit - 1], positions[:limit]
    text = _COLUMNS + " WHERE t.position = ANY (%(positions)s)"
    known = {
        (one["position"], one["ordinal"]): one
        for one in map(_line, await rows(conn, schema, text, positions=positions))
    }
    return Part(
        [
            known[position, ordinal] | {"pupil_id": pupil}
            for position, ordinal, pupil in places
            if (position, ordinal) in known
        ],
        upto,
    )


def _line(found: tuple[Any, ...]) -> dict[str, Any]:
    line = dict(zip(FIELDS, found, strict=True))
    line["recorded_at"] = line["recorded_at"].astimezone(UTC).isoformat()
    line["lesson_date"] = line["lesson_date"] and line["lesson_date"].isoformat()
    return line


#: whom the lines of (after, upto] are about: their classes, and pupils of whom they speak
_TOUCHED: LiteralString = """
    SELECT DISTINCT class_id::text, pupil_id::text FROM {s}.trail_v1
    WHERE position > %s AND position <= %s
"""
_HEARERS: LiteralString = """
    SELECT DISTINCT person_id::text FROM {s}.notice
    WHERE position > %s AND position <= %s AND channel = 'inbox'
"""


async def touched(conn: Conn, schema: str, since: Place, now: Place) -> frozenset[str]:
    """Ids of what moved between two places: classes, pupils and, of what concerns a class as a
    whole, `<class>*`; `inbox <person>` of who was told something.
    """
    found: set[str] = set()
    for class_id, pupil_id in await rows(conn, schema, _TOUCHED, since.folded, now.folded):
        found |= {class_id, pupil_id or f"{class_id}*"}
    for (person_id,) in await rows(conn, schema, _HEARERS, since.told, now.told):
        found.add(f"inbox {person_id}")
    return frozenset(found)


_CLASSES: LiteralString = """
    SELECT DISTINCT f.originator_id::text, c.class_id IS NOT NULL
    FROM {s}.facts f LEFT JOIN {s}.directory_class c ON c.class_id = f.originator_id
    WHERE f.notification_id > %s AND f.notification_id <= %s
"""


async def classes_of(conn: Conn, schema: str, since: int, upto: int) -> frozenset[str] | None:
    """The classes whose facts alone stand at (since, upto]; None when others are among them."""
    found = await rows(conn, schema, _CLASSES, since, upto)
    return frozenset(one for one, _ in found) if all(known for _, known in found) else None
