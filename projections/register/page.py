"""One page of the journal: a class, a subject (a subgroup), a term, at a position."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, LiteralString

from psycopg import AsyncConnection

from domain.values import NUMERIC_MARKS
from projections.files import COLUMNS
from projections.files import shown as file_shown
from projections.names import shown
from projections.register.past import as_of
from projections.sql import row, rows, several

Conn = AsyncConnection[Any]

_HEAD = """
    SELECT c.name, c.year, s.name, t.name, t.starts, t.ends
    FROM {s}.directory_class c
    LEFT JOIN {s}.directory_subject s ON s.year = c.year AND s.subject_id = %(subject)s
    JOIN {s}.register_term t ON t.year = c.year AND t.grade_level = c.grade_level
        AND t.term = %(term)s
        AND t.valid_from <= %(at)s AND %(at)s < t.valid_to
    WHERE c.class_id = %(class)s
"""
_LESSONS = """
    SELECT l.lesson_id::text, l.subgroup_id::text, l.teacher_id::text, l.date, l.number, l.room,
        l.status, t.topic, t.kind, t.title, a.lesson_id IS NOT NULL
    FROM {s}.register_lesson l
    LEFT JOIN {s}.register_topic t ON t.lesson_id = l.lesson_id
        AND t.valid_from <= %(at)s AND %(at)s < t.valid_to
    LEFT JOIN {s}.register_taken a ON a.lesson_id = l.lesson_id AND a.valid_from <= %(at)s
    WHERE l.class_id = %(class)s AND l.subject_id = %(subject)s
        AND l.date BETWEEN %(starts)s AND %(ends)s
        AND (%(subgroup)s::uuid IS NULL OR l.subgroup_id IS NULL OR l.subgroup_id = %(subgroup)s)
        AND l.valid_from <= %(at)s AND %(at)s < l.valid_to
    ORDER BY l.date, l.number, l.subgroup_id NULLS FIRST, l.lesson_id
"""
_HOMEWORK = """
    SELECT h.lesson_id::text, h.homework_id::text, h.text, h.due_date, h.individual_for::text[],
        p.body
    FROM {s}.register_homework h LEFT JOIN {s}.payload p ON p.id = h.payload_id
    WHERE h.lesson_id = ANY (%(lessons)s::uuid[])
        AND h.valid_from <= %(at)s AND %(at)s < h.valid_to
    ORDER BY h.valid_from, h.homework_id
"""
_FILES: LiteralString = (
    COLUMNS
    + """
    WHERE f.lesson_id = ANY (%(lessons)s::uuid[])
        AND f.valid_from <= %(at)s AND %(at)s < f.valid_to
    ORDER BY f.valid_from, f.file_id
"""
)
_ATTENDANCE = """
    SELECT lesson_id::text, pupil_id::text, code, minutes_late FROM {s}.register_attendance
    WHERE lesson_id = ANY (%(lessons)s::uuid[]) AND valid_from <= %(at)s AND %(at)s < valid_to
"""
_MARKS = """
    SELECT m.lesson_id::text, m.pupil_id::text, m.mark_id::text, m.value, m.weight,
        m.work_type_id::text, w.abbr, CASE WHEN m.comment_id IS NOT NULL THEN
            (SELECT p.body FROM {s}.payload p WHERE p.id = m.comment_id) END, m.corrected
    FROM {s}.register_mark m
    LEFT JOIN {s}.directory_work_type w ON w.year = %(year)s AND w.work_type_id = m.work_type_id
    WHERE m.lesson_id = ANY (%(lessons)s::uuid[]) AND m.value <> ''
        AND m.valid_from <= %(at)s AND %(at)s < m.valid_to
    ORDER BY m.valid_from, m.mark_id
"""
_CARRIED = """
    SELECT m.pupil_id::text, m.mark_id::text, m.date, m.value, m.weight, m.work_type_id::text,
        w.abbr, m.from_class::text, c.name
    FROM {s}.register_carried m
    LEFT JOIN {s}.directory_work_type w ON w.year = %(year)s AND w.work_type_id = m.work_type_id
    LEFT JOIN {s}.directory_class c ON c.class_id = m.from_class
    WHERE m.class_id = %(class)s AND m.subject_id = %(subject)s
        AND m.date BETWEEN %(starts)s AND %(ends)s
        AND m.valid_from <= %(at)s AND %(at)s < m.valid_to
    ORDER BY m.date, m.mark_id
"""
_PUPILS = """
    SELECT r.pupil_id::text, p.full_name, max(p.sort_key), min(r.since),
        bool_or(r.until IS NULL), max(r.until)
    FROM {s}.register_roster r LEFT JOIN {s}.directory_person p ON p.person_id = r.pupil_id
    WHERE r.class_id = %(class)s AND r.valid_from <= %(at)s AND %(at)s < r.valid_to
        AND r.since <= %(ends)s AND (r.until IS NULL OR %(starts)s < r.until)
    GROUP BY r.pupil_id, p.full_name
    ORDER BY max(p.sort_key), r.pupil_id
"""
_SUBGROUPS = """
    SELECT since, subgroup_id::text, pupils::text[] FROM {s}.register_subgroup
    WHERE class_id = %(class)s AND subject_id = %(subject)s AND since <= %(ends)s
        AND valid_from <= %(at)s AND %(at)s < valid_to
    ORDER BY since
"""
_TERM_MARKS = """
    SELECT pupil_id::text, value FROM {s}.register_term_mark
    WHERE class_id = %(class)s AND subject_id = %(subject)s AND term = %(term)s
        AND valid_from <= %(at)s AND %(at)s < valid_to
"""


async def page(
    conn: Conn,
    schema: str,
    class_id: str,
    subject_id: str,
    subgroup_id: str | None,
    term: int,
    as_of_position: int | None = None,
) -> dict[str, Any] | None:
    """The page as it was at a position (None: now), or None when there is no such class or term.

    `{class{class_id, name}, subject{subject_id, name}, subgroup_id, term{number, name, starts,
    ends}, as_of{position, moment}, lessons[{lesson_id, date, number, subgroup_id, teacher_id,
    room, kind, topic, title, status, attendance_taken, homework[{homework_id, text, due_date,
    individual_for}], files[as `files.shown`], no_homework}], pupils[{pupil_id, name, departed,
    cells{lesson_id: [{mark_id, value, weight, work_type_id, work_type, comment, corrected}]},
    attendance{lesson_id: code},
    late{lesson_id: minutes}, carried[{mark_id, date, value, weight, work_type_id, work_type,
    from_class{class_id, name}}], average, weighted_average, term_mark}]}`.

    carried: marks of this term that a pupil has brought from another class; they count.

    Averages are of numeric marks, two places, half up, or None. Names and texts are today's:
    what has left the vault is gone from the past as well.
    """
    when = await as_of(conn, schema, as_of_position)
    ask: dict[str, Any] = {
        "class": class_id,
        "subject": subject_id,
        "subgroup": subgroup_id,
        "term": term,
        "at": when["position"],
    }
    head = await row(conn, schema, _HEAD, **ask)
    if head is None:
        return None
    class_name, year, subject, term_name, starts, ends = head
    ask |= {"year": year, "starts": starts, "ends": ends}
    found = await rows(conn, schema, _LESSONS, **ask)
    ask["lessons"] = f"{{{','.join([one[0] for one in found])}}}"  # an array of PostgreSQL, cheaply
    homework, files, attendance, marks, carried, pupils, splits, term_marks = await several(
        conn,
        schema,
        *(_HOMEWORK, _FILES, _ATTENDANCE, _MARKS, _CARRIED, _PUPILS, _SUBGROUPS, _TERM_MARKS),
        **ask,
    )
    if subgroup_id is not None:
        inside = members(splits, subgroup_id, starts)
        pupils = [one for one in pupils if one[0] in inside]
    issued: dict[str, str] = dict(term_marks)
    return {
        "class": {"class_id": class_id, "name": class_name},
        "subject": {"subject_id": subject_id, "name": subject},
        "subgroup_id": subgroup_id,
        "term": {
            "number": term,
            "name": term_name,
            "starts": starts.isoformat(),
            "ends": ends.isoformat(),
        },
        "as_of": when,
        "lessons": _lessons(found, homework, files),
        "pupils": _pupils(pupils, marks, carried, attendance, issued, ends),
    }


def averages(values: Iterable[tuple[str, str]]) -> tuple[str | None, str | None]:
    """The plain and the weighted mean of numeric marks among (value, weight): two places, half up;
    None without any.
    """
    total = count = heavy = weights = 0
    for value, weight in values:
        if value in NUMERIC_MARKS:
            number, hundredths = int(value), _hundredths(weight)
            total += number
            count += 1
            heavy += number * hundredths
            weights += hundredths
    return _mean(total, count), _mean(heavy, weights)


def _mean(total: int, weights: int) -> str | None:
    if not weights:
        return None
    mean = (200 * total + weights) // (2 * weights)  # whole hundredths, half up
    return f"{mean // 100}.{mean % 100:02}"


@lru_cache(maxsize=1_024)
def _hundredths(weight: str) -> int:
    """A weight of two places as a whole number."""
    return int(Decimal(weight) * 100)


def members(splits: list[tuple[Any, ...]], subgroup_id: str, starts: date) -> set[str]:
    """Pupils who were in the subgroup at some time from `starts` on.

    splits: (since, subgroup_id, pupils) by since, up to the end of the term.
    """
    in_force = max((since for since, _, _ in splits if since <= starts), default=date.min)
    return {
        pupil
        for since, number, pupils in splits
        if number == subgroup_id and since >= in_force
        for pupil in pupils
    }


def _lessons(
    found: list[tuple[Any, ...]], homework: list[tuple[Any, ...]], files: list[tuple[Any, ...]]
) -> list[dict[str, Any]]:
    attached: dict[str, list[dict[str, Any]]] = {}
    for one in files:
        attached.setdefault(one[0], []).append(file_shown(one))
    work: dict[str, list[dict[str, Any]]] = {}
    nothing: set[str] = set()
    for lesson_id, homework_id, text, due_date, individual_for, body in homework:
        if due_date is None:
            nothing.add(lesson_id)
            continue
        work.setdefault(lesson_id, []).append(
            {
                "homework_id": homework_id,
                "text": (body or "") if individual_for else text,
                "due_date": due_date.isoformat(),
                "individual_for": individual_for,
            }
        )
    return [
        {
            "lesson_id": lesson,
            "date": day.isoformat(),
            "number": number,
            "subgroup_id": subgroup,
            "teacher_id": teacher,
            "room": room,
            "kind": kind,
            "topic": topic,
            "title": title or None,
            "status": "HELD" if status != "CANCELLED" and (topic or taken) else status,
            "attendance_taken": taken,
            "homework": work.get(lesson, []),
            "files": attached.get(lesson, []),
            "no_homework": lesson in nothing,
        }
        for lesson, subgroup, teacher, day, number, room, status, topic, kind, title, taken in found
    ]


def _pupils(
    pupils: list[tuple[Any, ...]],
    marks: list[tuple[Any, ...]],
    carried: list[tuple[Any, ...]],
    attendance: list[tuple[Any, ...]],
    issued: dict[str, str],
    ends: date,
) -> list[dict[str, Any]]:
    cells: dict[str, dict[str, list[dict[str, Any]]]] = {}
    values: dict[str, list[tuple[str, str]]] = {}
    for lesson_id, pupil, mark_id, value, weight, work_type_id, abbr, comment, corrected in marks:
        cells.setdefault(pupil, {}).setdefault(lesson_id, []).append(
            {
                "mark_id": mark_id,
                "value": value,
                "weight": weight,
                "work_type_id": work_type_id,
                "work_type": abbr,
                "comment": comment,
                "corrected": corrected,
            }
        )
        values.setdefault(pupil, []).append((value, weight))
    brought: dict[str, list[dict[str, Any]]] = {}
    for pupil, mark_id, day, value, weight, work_type_id, abbr, from_class, name in carried:
        brought.setdefault(pupil, []).append(
            {
                "mark_id": mark_id,
                "date": day.isoformat(),
                "value": value,
                "weight": weight,
                "work_type_id": work_type_id,
                "work_type": abbr,
                "from_class": {"class_id": from_class, "name": name},
            }
        )
        values.setdefault(pupil, []).append((value, weight))
    codes: dict[str, dict[str, str]] = {}
    late: dict[str, dict[str, int]] = {}
    for lesson_id, pupil, code, minutes in attendance:
        codes.setdefault(pupil, {})[lesson_id] = code
        if minutes:
            late.setdefault(pupil, {})[lesson_id] = minutes
    return [
        {
            "pupil_id": pupil,
            "name": shown(name),
            "departed": None if stays or until > ends else until.isoformat(),
            "cells": cells.get(pupil, {}),
            "attendance": codes.get(pupil, {}),
            "late": late.get(pupil, {}),
            "carried": brought.get(pupil, []),
            "average": plain,
            "weighted_average": weighted,
            "term_mark": issued.get(pupil),
        }
        for pupil, name, _, _, stays, until in pupils
        for plain, weighted in [averages(values.get(pupil, ()))]
    ]
