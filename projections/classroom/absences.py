"""Reading absences: a week of a class, what is still unexplained, and how much a pupil missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, timedelta
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection

from domain.journal.absences import SUNDAY, UNEXPLAINED, day_missed
from domain.values import ABSENCES, ATTENDANCE_LABELS, AttendanceCode
from projections import directory
from projections.names import shown
from projections.sql import STILL, rows, several

Conn = AsyncConnection[Any]
MISSED = sorted(map(str, ABSENCES))

_LESSONS: LiteralString = """
    SELECT l.lesson_id::text, l.date, l.number, s.name, l.subgroup_id::text,
        t.lesson_id IS NOT NULL
    FROM {s}.register_lesson l
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
    LEFT JOIN {s}.register_taken t ON t.lesson_id = l.lesson_id
    WHERE l.class_id = %(class)s AND l.date BETWEEN %(first)s AND %(last)s
        AND l.valid_to = %(still)s AND l.status <> 'CANCELLED'
    ORDER BY l.date, l.number, l.subgroup_id NULLS FIRST, l.lesson_id
"""
_CODES: LiteralString = """
    SELECT a.lesson_id::text, a.pupil_id::text, a.code, v.body, b.full_name
    FROM {s}.register_attendance a
    JOIN {s}.register_lesson l ON l.lesson_id = a.lesson_id AND l.valid_to = %(still)s
    LEFT JOIN {s}.classroom_reason r
        ON (r.lesson_id, r.pupil_id, r.code) = (a.lesson_id, a.pupil_id, a.code)
    LEFT JOIN {s}.payload v ON v.id = r.document_id
    LEFT JOIN {s}.directory_person b ON b.person_id = r.by
    WHERE l.class_id = %(class)s AND l.date BETWEEN %(first)s AND %(last)s
        AND l.status <> 'CANCELLED' AND a.valid_to = %(still)s
"""
_PUPILS: LiteralString = """
    SELECT r.pupil_id::text, p.full_name, max(p.sort_key)
    FROM {s}.register_roster r LEFT JOIN {s}.directory_person p ON p.person_id = r.pupil_id
    WHERE r.class_id = %(class)s AND r.valid_to = %(still)s AND r.since <= %(last)s
        AND (r.until IS NULL OR %(first)s < r.until)
    GROUP BY r.pupil_id, p.full_name ORDER BY max(p.sort_key), r.pupil_id
"""
_SIGNED: LiteralString = """
    SELECT w.absences, w.untaken, w.unexplained, w.at, b.full_name
    FROM {s}.classroom_week w LEFT JOIN {s}.directory_person b ON b.person_id = w.by
    WHERE w.class_id = %(class)s AND w.monday = %(first)s
"""
_NOTICES: LiteralString = """
    SELECT n.notice_id::text, n.pupil_id::text, p.full_name, n.since, n.until, n.code, v.body,
        n.at, b.full_name
    FROM {s}.classroom_notice n
    LEFT JOIN {s}.directory_person p ON p.person_id = n.pupil_id
    LEFT JOIN {s}.directory_person b ON b.person_id = n.by
    LEFT JOIN {s}.payload v ON v.id = n.text_id
    WHERE n.class_id = %(class)s AND n.since <= %(last)s AND %(first)s <= n.until
    ORDER BY n.since, p.sort_key, n.at, n.notice_id
"""


async def week(conn: Conn, schema: str, class_id: str, monday: date) -> dict[str, Any]:
    """`{monday, lessons[{lesson_id, date, number, subject, subgroup_id, taken}], pupils[{pupil_id,
    name, cells{lesson_id: {code, label, document, by}}, missed, unexplained}], notices[…],
    signed{at, by, absences, untaken, unexplained}?, missed, unexplained, untaken}`.
    """
    ask = {"class": class_id, "first": monday, "last": monday + SUNDAY, "still": STILL}
    lessons, codes, pupils, signed, announced = await several(
        conn, schema, _LESSONS, _CODES, _PUPILS, _SIGNED, _NOTICES, **ask
    )
    cells: dict[str, dict[str, dict[str, Any]]] = {}
    for lesson_id, pupil_id, code, document, by in codes:
        cells.setdefault(pupil_id, {})[lesson_id] = {
            "code": code,
            "label": label(code),
            "document": document,
            "by": by and shown(by),
        }
    found = [
        {
            "pupil_id": pupil_id,
            "name": shown(name),
            "cells": cells.get(pupil_id, {}),
            **_counted(cells.get(pupil_id, {}).values()),
        }
        for pupil_id, name, _ in pupils
    ]
    return {
        "monday": monday.isoformat(),
        "lessons": [
            {
                "lesson_id": lesson_id,
                "date": day.isoformat(),
                "number": number,
                "subject": subject,
                "subgroup_id": subgroup_id,
                "taken": taken,
            }
            for lesson_id, day, number, subject, subgroup_id, taken in lessons
        ],
        "pupils": found,
        "notices": [_notice(one) for one in announced],
        "signed": _signed(signed[0]) if signed else None,
        "missed": sum(one["missed"] for one in found),
        "unexplained": sum(one["unexplained"] for one in found),
        "untaken": sum(not taken for *_, taken in lessons),
    }


def label(code: str) -> str:
    """What a code means, in words."""
    return ATTENDANCE_LABELS[AttendanceCode(code)][1]


def _counted(cells: Any) -> dict[str, int]:
    codes = [cell["code"] for cell in cells if cell["code"] in ABSENCES]
    return {"missed": len(codes), "unexplained": codes.count(UNEXPLAINED)}


def _signed(found: tuple[Any, ...]) -> dict[str, Any]:
    absences, untaken, unexplained, at, by = found
    return {
        "at": at.astimezone(UTC).isoformat(),
        "by": shown(by),
        "absences": absences,
        "untaken": untaken,
        "unexplained": unexplained,
    }


def _notice(found: tuple[Any, ...]) -> dict[str, Any]:
    notice_id, pupil_id, pupil, since, until, code, text, at, by = found
    return {
        "notice_id": notice_id,
        "pupil_id": pupil_id,
        "pupil": shown(pupil),
        "since": since.isoformat(),
        "until": until.isoformat(),
        "code": code,
        "label": label(code),
        "text": text,
        "at": at.astimezone(UTC).isoformat(),
        "by": shown(by),
    }


async def notices(
    conn: Conn, schema: str, class_id: str, first: date, last: date
) -> list[dict[str, Any]]:
    """What guardians have announced for these days."""
    ask = {"class": class_id, "first": first, "last": last}
    return [_notice(one) for one in await rows(conn, schema, _NOTICES, **ask)]


class Overdue(msgspec.Struct, frozen=True):
    """A pupil of a class with absences that nobody has explained; `since` is the oldest's day."""

    class_id: str
    class_name: str
    pupil_id: str
    pupil: str
    lessons: int
    since: date


_OVERDUE: LiteralString = """
    SELECT l.class_id::text, c.name, a.pupil_id::text, p.full_name, count(*)::integer, min(l.date)
    FROM {s}.register_attendance a
    JOIN {s}.register_lesson l ON l.lesson_id = a.lesson_id AND l.valid_to = %(still)s
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.directory_person p ON p.person_id = a.pupil_id
    WHERE c.year = %(year)s AND a.valid_to = %(still)s AND a.code = 'ABSENT_UNSPECIFIED'
        AND l.status <> 'CANCELLED' AND l.date < %(before)s
        AND (%(classes)s::uuid[] IS NULL OR l.class_id = ANY (%(classes)s::uuid[]))
    GROUP BY l.class_id, c.name, c.grade_level, c.letter, a.pupil_id, p.full_name, p.sort_key
    ORDER BY c.grade_level, c.letter, min(l.date), p.sort_key, a.pupil_id
"""


async def overdue(
    conn: Conn,
    schema: str,
    year: int,
    today: date,
    class_ids: Sequence[str] | None = None,
) -> list[Overdue]:
    """Absences without a reason for more days than the regulation gives, pupil by pupil."""
    rules = await directory.regulation_of(conn, schema, year)
    if rules is None:
        return []
    found = await rows(
        conn,
        schema,
        _OVERDUE,
        still=STILL,
        year=year,
        before=today - timedelta(days=rules.absence_reason_days),
        classes=None if class_ids is None else list(class_ids),
    )
    return [
        Overdue(class_id, name, pupil_id, shown(pupil), lessons, since)
        for class_id, name, pupil_id, pupil, lessons, since in found
    ]


_UNSIGNED: LiteralString = """
    SELECT c.class_id::text, c.name, l.monday
    FROM (SELECT DISTINCT class_id, date_trunc('week', date::timestamp)::date AS monday
        FROM {s}.register_lesson WHERE valid_to = %(still)s AND status <> 'CANCELLED'
            AND date >= %(since)s AND date < %(until)s) l
    JOIN {s}.directory_class c USING (class_id)
    LEFT JOIN {s}.classroom_week w USING (class_id, monday)
    WHERE c.year = %(year)s AND w.at IS NULL
        AND (%(classes)s::uuid[] IS NULL OR l.class_id = ANY (%(classes)s::uuid[]))
    ORDER BY c.grade_level, c.letter, l.monday
"""


async def unsigned(
    conn: Conn,
    schema: str,
    year: int,
    since: date,
    until: date,
    class_ids: Sequence[str] | None = None,
) -> list[tuple[str, str, date]]:
    """(class_id, name, Monday) of weeks with lessons on days [since, until) that nobody signed."""
    found = await rows(
        conn,
        schema,
        _UNSIGNED,
        still=STILL,
        year=year,
        since=since,
        until=until,
        classes=None if class_ids is None else list(class_ids),
    )
    return [(class_id, name, monday) for class_id, name, monday in found]


#: lessons of the pupil of which attendance was taken, with what was recorded of the pupil
_OF_PUPIL: LiteralString = """
    SELECT l.lesson_id::text, l.date, l.number, s.name, c.year, coalesce(a.code, 'PRESENT'),
        coalesce(a.minutes_late, 0), v.body
    FROM {s}.register_roster e
    JOIN {s}.directory_class c USING (class_id)
    JOIN {s}.register_lesson l ON l.class_id = e.class_id AND l.valid_to = %(still)s
        AND l.status <> 'CANCELLED' AND e.since <= l.date AND (e.until IS NULL OR l.date < e.until)
    JOIN {s}.register_taken t ON t.lesson_id = l.lesson_id
    LEFT JOIN {s}.directory_subject s ON (s.year, s.subject_id) = (c.year, l.subject_id)
    LEFT JOIN {s}.register_attendance a ON a.lesson_id = l.lesson_id
        AND a.pupil_id = e.pupil_id AND a.valid_to = %(still)s
    LEFT JOIN {s}.classroom_reason r
        ON (r.lesson_id, r.pupil_id, r.code) = (a.lesson_id, a.pupil_id, a.code)
    LEFT JOIN {s}.payload v ON v.id = r.document_id
    WHERE e.pupil_id = %(pupil)s AND e.valid_to = %(still)s
        AND l.date BETWEEN %(first)s AND %(last)s
        AND (l.subgroup_id IS NULL OR %(pupil)s = ANY (
            SELECT unnest(g.pupils) FROM {s}.register_subgroup g
            WHERE g.class_id = l.class_id AND g.subject_id = l.subject_id
                AND g.subgroup_id = l.subgroup_id AND g.valid_to = %(still)s
                AND g.since = (SELECT max(o.since) FROM {s}.register_subgroup o
                    WHERE o.class_id = l.class_id AND o.subject_id = l.subject_id
                        AND o.valid_to = %(still)s AND o.since <= l.date)))
    ORDER BY l.date, l.number, l.lesson_id
"""


async def of_pupil(
    conn: Conn, schema: str, pupil_id: str, first: date, last: date
) -> dict[str, Any]:
    """`{from, to, lessons{held, missed, ABSENT_UNSPECIFIED, EXCUSED, ILL, UNEXCUSED}, days{held,
    missed, …}, late, minutes_late, exempt, absences[{lesson_id, date, number, subject, code,
    label, document}]}` of days [first, last]. A day is missed as the regulation of its year says;
    it is of the kind of most of its lessons.
    """
    found = await rows(conn, schema, _OF_PUPIL, pupil=pupil_id, first=first, last=last, still=STILL)
    rules: dict[int, int] = {}
    for year in {one[4] for one in found}:
        known = await directory.regulation_of(conn, schema, year)
        rules[year] = known.day_missed_lessons if known else 0
    lessons, days = dict.fromkeys(MISSED, 0), dict.fromkeys(MISSED, 0)
    by_day: dict[date, list[str]] = {}
    year_of = {day: year for _, day, _, _, year, *_ in found}
    for _, day, _, _, _, code, _, _ in found:
        by_day.setdefault(day, []).append(code)
        if code in ABSENCES:
            lessons[code] += 1
    for day, codes in by_day.items():
        missed = [code for code in codes if code in ABSENCES]
        if day_missed(len(missed), len(codes), rules[year_of[day]]):
            days[max(MISSED, key=missed.count)] += 1
    codes = [one[5] for one in found]
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "lessons": {"held": len(found), "missed": sum(lessons.values()), **lessons},
        "days": {"held": len(by_day), "missed": sum(days.values()), **days},
        "late": codes.count(AttendanceCode.LATE),
        "minutes_late": sum(one[6] for one in found),
        "exempt": codes.count(AttendanceCode.EXEMPT_LESSON),
        "absences": [
            {
                "lesson_id": lesson_id,
                "date": day.isoformat(),
                "number": number,
                "subject": subject,
                "code": code,
                "label": label(code),
                "document": document,
            }
            for lesson_id, day, number, subject, _, code, _, document in found
            if code != AttendanceCode.PRESENT
        ],
    }
