"""Reading what is told beside the marks: comments, defences, comprehensive works, levels."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import Any, LiteralString

from psycopg import AsyncConnection

from domain.journal.outcome_facts import DEFENCE_LABELS, LEVEL_LABELS, DefenceKind, Level
from domain.people.consent import Media
from projections.names import shown
from projections.sql import STILL, row, rows, several

Conn = AsyncConnection[Any]

_COMMENTS: LiteralString = """
    SELECT n.comment_id::text, n.class_id::text, n.pupil_id::text, p.full_name,
        n.subject_id::text, s.name, v.body, n.first_at, n.at, b.full_name, n.corrected
    FROM {s}.classroom_comment n
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, n.subject_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = n.pupil_id
    LEFT JOIN {s}.directory_person b ON b.person_id = n.by
    LEFT JOIN {s}.payload v ON v.id = n.text_id
"""
_NEWEST: LiteralString = " ORDER BY n.first_at DESC, n.comment_id"


async def comments_of(
    conn: Conn, schema: str, pupil_id: str, subject_id: str | None = None
) -> list[dict[str, Any]]:
    """`[{comment_id, class_id, pupil{pupil_id, name}, subject{subject_id, name}, comment, at, by,
    corrected, changed_at}]` on a pupil, the newest first; `comment` is None once erased.
    """
    found = await rows(
        conn,
        schema,
        _COMMENTS + " WHERE n.pupil_id = %(pupil)s"
        " AND (%(subject)s::uuid IS NULL OR n.subject_id = %(subject)s)" + _NEWEST,
        pupil=pupil_id,
        subject=subject_id,
    )
    return [_comment(one) for one in found]


async def comments_in(
    conn: Conn, schema: str, class_id: str, subject_id: str
) -> list[dict[str, Any]]:
    """The comments on the pupils of a class in a subject."""
    text = _COMMENTS + " WHERE n.class_id = %s AND n.subject_id = %s" + _NEWEST
    return [_comment(one) for one in await rows(conn, schema, text, class_id, subject_id)]


async def comments_on_days(
    conn: Conn, schema: str, pupil_id: str, first: date, zone: str
) -> list[dict[str, Any]]:
    """The comments first written in the seven days from `first` on, in the zone."""
    text = _COMMENTS + (
        " WHERE n.pupil_id = %(pupil)s AND (n.first_at AT TIME ZONE %(zone)s)::date"
        " BETWEEN %(first)s AND %(last)s" + _NEWEST
    )
    last = first + timedelta(days=6)
    found = await rows(conn, schema, text, pupil=pupil_id, zone=zone, first=first, last=last)
    return [_comment(one) for one in found]


def _comment(found: tuple[Any, ...]) -> dict[str, Any]:
    (
        comment_id,
        class_id,
        pupil_id,
        pupil,
        subject_id,
        subject,
        text,
        first_at,
        at,
        by,
        corrected,
    ) = found
    return {
        "comment_id": comment_id,
        "class_id": class_id,
        "pupil": {"pupil_id": pupil_id, "name": shown(pupil)},
        "subject": {"subject_id": subject_id, "name": subject},
        "comment": text,
        "at": first_at.astimezone(UTC).isoformat(),
        "by": shown(by),
        "corrected": corrected,
        "changed_at": at.astimezone(UTC).isoformat(),
    }


_DEFENCES: LiteralString = """
    SELECT d.defence_id::text, d.pupil_id::text, p.full_name, d.kind, v.body, d.value, d.held_on,
        d.media, d.sha256, f.id IS NOT NULL, d.at, b.full_name, d.corrected, c.year
    FROM {s}.classroom_defence d
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = d.pupil_id
    LEFT JOIN {s}.directory_person b ON b.person_id = d.by
    LEFT JOIN {s}.payload v ON v.id = d.title_id
    LEFT JOIN {s}.payload f ON f.id = d.file_id
"""
_RESULTS: LiteralString = """
    SELECT w.work_id::text, w.title, w.held_on, w.most_points, r.pupil_id::text, r.level, r.points,
        r.corrected, c.year
    FROM {s}.classroom_work w
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.classroom_result r USING (work_id)
"""
_ROSTER: LiteralString = """
    SELECT r.pupil_id::text, p.full_name FROM {s}.register_roster r
    LEFT JOIN {s}.directory_person p ON p.person_id = r.pupil_id
    WHERE r.class_id = %(class)s AND r.valid_to = %(still)s
        AND r.since <= %(day)s AND (r.until IS NULL OR %(day)s < r.until)
    ORDER BY p.sort_key, r.pupil_id
"""


async def of_class(conn: Conn, schema: str, class_id: str, day: date) -> dict[str, Any]:
    """`{defences[…], works[{work_id, title, date, most_points, results{pupil_id: {level, label,
    points, corrected}}}], levels{pupil_id: {level, label, corrected}}, pupils[{pupil_id, name}],
    without{defence[pupil_id], level[pupil_id]}}`; pupils are those on the list that day.
    """
    ask = {"class": class_id, "day": day, "still": STILL}
    defences, results, levels, pupils = await several(
        conn,
        schema,
        _DEFENCES + " WHERE d.class_id = %(class)s ORDER BY p.sort_key, d.held_on, d.defence_id",
        _RESULTS + " WHERE w.class_id = %(class)s ORDER BY w.held_on, w.work_id",
        "SELECT pupil_id::text, level, corrected FROM {s}.classroom_level"
        " WHERE class_id = %(class)s",
        _ROSTER,
        **ask,
    )
    listed = [pupil_id for pupil_id, _ in pupils]
    defended = {one[1] for one in defences}
    levelled = {pupil_id: _level(level, corrected) for pupil_id, level, corrected in levels}
    works: dict[str, dict[str, Any]] = {}
    for work_id, title, held_on, most, pupil_id, level, points, corrected, _ in results:
        work = works.setdefault(
            work_id,
            {
                "work_id": work_id,
                "title": title,
                "date": held_on.isoformat(),
                "most_points": most,
                "results": {},
            },
        )
        if pupil_id is not None:
            work["results"][pupil_id] = _level(level, corrected) | {"points": points}
    return {
        "defences": [_defence(one) for one in defences],
        "works": list(works.values()),
        "levels": levelled,
        "pupils": [{"pupil_id": number, "name": shown(name)} for number, name in pupils],
        "without": {
            "defence": [one for one in listed if one not in defended],
            "level": [one for one in listed if one not in levelled],
        },
    }


async def outcomes_of(conn: Conn, schema: str, pupil_id: str) -> dict[str, Any]:
    """`{defences[…], works[{title, date, year, level, label, points, most_points}],
    levels[{year, level, label}]}` of a pupil, all years kept.
    """
    defences, results, levels = await several(
        conn,
        schema,
        _DEFENCES + " WHERE d.pupil_id = %(pupil)s ORDER BY d.held_on DESC, d.defence_id",
        _RESULTS + " WHERE r.pupil_id = %(pupil)s ORDER BY w.held_on DESC, w.work_id",
        "SELECT c.year, l.level, l.corrected FROM {s}.classroom_level l"
        " JOIN {s}.directory_class c USING (class_id) WHERE l.pupil_id = %(pupil)s"
        " ORDER BY c.year DESC",
        pupil=pupil_id,
    )
    return {
        "defences": [_defence(one) for one in defences],
        "works": [
            {
                "title": title,
                "date": held_on.isoformat(),
                "year": year,
                "most_points": most,
                "points": points,
                **_level(level, corrected),
            }
            for _, title, held_on, most, _, level, points, corrected, year in results
        ],
        "levels": [{"year": year, **_level(level, corrected)} for year, level, corrected in levels],
    }


async def file_of(
    conn: Conn, schema: str, defence_id: str
) -> tuple[str, str, Media, str | None, str] | None:
    """`(class_id, pupil_id, media, sealed body, sha256)` of a defence's document, or None; the
    body is None once erased.
    """
    found = await row(
        conn,
        schema,
        "SELECT d.class_id::text, d.pupil_id::text, d.media, f.body, d.sha256"
        " FROM {s}.classroom_defence d LEFT JOIN {s}.payload f ON f.id = d.file_id"
        " WHERE d.defence_id = %s",
        defence_id,
    )
    return None if found is None else (found[0], found[1], found[2], found[3], found[4])


def _level(level: str, corrected: bool) -> dict[str, Any]:  # noqa: FBT001 - a column of the row
    return {"level": level, "label": LEVEL_LABELS[Level(level)], "corrected": corrected}


def _defence(found: tuple[Any, ...]) -> dict[str, Any]:
    (
        defence_id,
        pupil_id,
        pupil,
        kind,
        title,
        value,
        held_on,
        media,
        sha256,
        there,
        at,
        by,
        corrected,
        year,
    ) = found
    return {
        "defence_id": defence_id,
        "pupil": {"pupil_id": pupil_id, "name": shown(pupil)},
        "kind": kind,
        "label": DEFENCE_LABELS[DefenceKind(kind)],
        "title": title,
        "value": value,
        "date": held_on.isoformat(),
        "year": year,
        "media": media,
        "sha256": sha256,
        "file_url": f"/api/v1/defences/{defence_id}/file" if there else None,
        "recorded_at": at.astimezone(UTC).isoformat(),
        "by": shown(by),
        "corrected": corrected,
    }
