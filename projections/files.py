"""Files of lessons: which there are, and one of them as it lies sealed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from projections.sql import STILL, Row, row, rows

Conn = AsyncConnection[Any]

#: as `shown` reads them; the wall hides what is not the asker's
COLUMNS: LiteralString = """
    SELECT f.lesson_id::text, f.file_id::text, f.kind, n.body, f.media, f.size, b.id IS NOT NULL
    FROM {s}.register_file f
    LEFT JOIN {s}.payload n ON n.id = f.name_id
    LEFT JOIN {s}.payload b ON b.id = f.body_id
"""
_OF_LESSON: LiteralString = (
    COLUMNS + " WHERE f.lesson_id = %s AND f.valid_to = %s ORDER BY f.valid_from, f.file_id"
)
_STORED: LiteralString = """
    SELECT f.class_id::text, n.body, f.media, b.subject::text, b.body, f.sha256
    FROM {s}.register_file f
    LEFT JOIN {s}.payload n ON n.id = f.name_id
    LEFT JOIN {s}.payload b ON b.id = f.body_id
    WHERE f.file_id = %s AND f.lesson_id = %s AND f.valid_to = %s
"""
_ATTENDED: LiteralString = """
    SELECT r.pupil_id::text
    FROM {s}.register_lesson l JOIN {s}.register_roster r USING (class_id)
    WHERE l.lesson_id = %(lesson)s AND l.valid_to = %(still)s AND r.valid_to = %(still)s
        AND r.pupil_id = ANY (%(pupils)s) AND r.since <= l.date
        AND (r.until IS NULL OR l.date < r.until)
        AND (l.subgroup_id IS NULL OR EXISTS (
            SELECT FROM {s}.register_subgroup g
            WHERE g.class_id = l.class_id AND g.subject_id = l.subject_id
                AND g.subgroup_id = l.subgroup_id AND r.pupil_id = ANY (g.pupils)
                AND g.valid_to = %(still)s AND g.since = (
                    SELECT max(o.since) FROM {s}.register_subgroup o
                    WHERE o.class_id = l.class_id AND o.subject_id = l.subject_id
                        AND o.valid_to = %(still)s AND o.since <= l.date)))
    ORDER BY 1 LIMIT 1
"""


class Stored(NamedTuple):
    """A file of a lesson; `name` and `body` (sealed, bound to `subject`) are None once erased."""

    class_id: str
    name: str | None
    media: Any
    subject: str | None
    body: str | None
    sha256: str


def file_url(lesson_id: str, file_id: str) -> str:
    """Where a file is downloaded."""
    return f"/api/v1/lessons/{lesson_id}/files/{file_id}"


def shown(found: Row) -> dict[str, Any]:
    """A row of `COLUMNS`: `{file_id, name, kind, media_type, size, url}`; `size` in bytes, `name`
    empty and `url` None once erased.
    """
    lesson_id, file_id, kind, name, media, size, there = found
    return {
        "file_id": file_id,
        "name": name or "",
        "kind": kind,
        "media_type": media,
        "size": size,
        "url": file_url(lesson_id, file_id) if there else None,
    }


async def of_lesson(conn: Conn, schema: str, lesson_id: str) -> list[dict[str, Any]]:
    """Files of a lesson as `shown`, in the order of attaching."""
    return [shown(one) for one in await rows(conn, schema, _OF_LESSON, lesson_id, STILL)]


async def stored(conn: Conn, schema: str, lesson_id: str, file_id: str) -> Stored | None:
    """A file that is offered, or None."""
    found = await row(conn, schema, _STORED, file_id, lesson_id, STILL)
    return None if found is None else Stored(*found)


async def attended(conn: Conn, schema: str, lesson_id: str, pupils: Collection[str]) -> str | None:
    """One of these pupils who was on the list of a lesson: the class's that day, and the
    subgroup's where the lesson has one. None: nobody of them was.
    """
    found = await row(
        conn,
        schema,
        _ATTENDED,
        lesson=lesson_id,
        pupils=[UUID(one) for one in pupils],
        still=STILL,
    )
    return found[0] if found else None
