"""Mornings of the staff: what each is reminded of before the day begins.

A reminder lives until the next morning's, which says it anew while it is still so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.calendar import Calendar
from domain.duties import day_ends
from domain.journal.inspecting import Duty, Span, duty, spans
from domain.reminding import term_ending
from domain.values import Role
from projections import classroom, compliance, consents, control, directory
from projections.asking import Conn
from projections.compliance import Lack
from projections.reminders import Reminder
from scheduler.work import Work

LAST_DAYS = timedelta(days=10)  # of a span of months: then inspecting becomes urgent
CONSENTS_END = timedelta(days=30)
A_WEEK = timedelta(days=7)
MOST_LINES = 8  # of one reminder


class Said(NamedTuple):
    """What somebody is reminded of, before it has a length of life."""

    person_id: str
    key: str
    parts: tuple[str, ...]
    href: str


def remind_of_absences(work: Work) -> Mapping[str, int]:
    """Class teachers: absences without a reason for too long, weeks that are not signed (4.2.г)."""

    async def read(conn: Conn, schema: str) -> tuple[list[Said], list[Said]]:
        today = work.today
        year = await directory.school_year_of(conn, schema, today)
        if year is None:
            return [], []
        teachers = await directory.class_teachers(conn, schema, year, today)
        late: dict[tuple[str, str], list[classroom.Overdue]] = {}
        for one in await classroom.overdue(conn, schema, year, today):
            late.setdefault((one.class_id, one.class_name), []).append(one)
        monday = today - timedelta(days=today.weekday())
        open_weeks = await classroom.unsigned(conn, schema, year, monday - A_WEEK, monday)
        return [
            _absences(teachers[class_id], class_id, name, found)
            for (class_id, name), found in late.items()
            if class_id in teachers
        ], [
            _unsigned(teachers[class_id], class_id, name, week)
            for class_id, name, week in open_weeks
            if class_id in teachers
        ]

    reasons, weeks = work.ask(read)
    return _told(work, {"absence_reasons": reasons, "attendance_week": weeks})


def _absences(teacher: str, class_id: str, name: str, found: list[classroom.Overdue]) -> Said:
    since = min(one.since for one in found)
    lessons = sum(one.lessons for one in found)
    text = f"Пропуски без причины: {name}"
    more = f"учеников {len(found)}, уроков {lessons}, самый ранний {since:%d.%m.%Y}"
    return Said(teacher, class_id, (text, more), "/absences")


def _unsigned(teacher: str, class_id: str, name: str, monday: date) -> Said:
    sunday = monday + timedelta(days=6)
    text = f"Посещаемость за неделю не подтверждена: {name}"
    return Said(teacher, class_id, (text, f"{monday:%d.%m}–{sunday:%d.%m.%Y}"), "/absences")


def remind_of_consents(work: Work) -> Mapping[str, int]:
    """Class teachers: consents that end within a month."""

    async def read(conn: Conn, schema: str) -> list[Said]:
        today = work.today
        year = await directory.school_year_of(conn, schema, today)
        if year is None:
            return []
        teachers = await directory.class_teachers(conn, schema, year, today)
        found = await consents.ending(conn, schema, year, today, today + CONSENTS_END)
        return [
            Said(
                teachers[class_id],
                class_id,
                (f"Скоро закончатся согласия: {name}", f"{count}, первое — {first:%d.%m.%Y}"),
                f"/classes/{class_id}/consents",
            )
            for class_id, name, count, first in found
            if class_id in teachers
        ]

    return _told(work, {"consents_end": work.ask(read)})


def remind_of_inspections(work: Work) -> Mapping[str, int]:
    """Deputies: journals that nobody has looked at, when the month nears its end (4.2.б, 5.2)."""

    async def read(conn: Conn, schema: str) -> list[Said]:
        today = work.today
        year = await directory.school_year_of(conn, schema, today)
        rules = year and await directory.regulation_of(conn, schema, year)
        opened = year and await directory.calendar_of(conn, schema, year)
        if not year or not rules or not opened:
            return []
        span = next(
            (one for one in spans(year, rules.inspection_months) if one.covers(today)), None
        )
        if span is None or today < span.last - LAST_DAYS:
            return []
        names = await _uninspected(conn, schema, year, opened[0], span, work)
        if not names:
            return []
        text = f"Проверить журналы до {span.last:%d.%m.%Y}: осталось {len(names)}"
        deputies = await directory.holders_of(conn, schema, Role.DEPUTY, today)
        key = span.first.isoformat()
        return [Said(one, key, (text, _few(names)), "/inspections") for one in deputies]

    return _told(work, {"inspections": work.ask(read)})


async def _uninspected(
    conn: Conn, schema: str, year: int, calendar: Calendar, span: Span, work: Work
) -> list[str]:
    """Names of classes whose journal is to be inspected in the span and was not."""
    zone, days = ZoneInfo(work.zone), dict[str, list[date]]()
    for one in await control.inspections(conn, schema, control.Wanted(year=year)):
        days.setdefault(one.class_id, []).append(one.at.astimezone(zone).date())
    first = await control.first_lessons(conn, schema, year)
    return [
        one["name"]
        for one in await directory.classes(conn, schema, year, work.today)
        if duty(
            calendar.of(one["grade_level"]),
            span,
            days.get(one["class_id"], ()),
            first.get(one["class_id"]),
            work.today,
        )
        is Duty.DUE
    ]


def remind_of_the_term(work: Work) -> Mapping[str, int]:
    """Teachers: a term ends soon, and pupils have too few marks, or debts are open."""
    marks, debts = [], []
    for (teacher, ends), of_teacher in work.ask(lambda c, s: _lacks(c, s, work)).items():
        few = [
            _line(one, f"меньше {one.needed} у {len(one.short)}") for one in of_teacher if one.short
        ]
        owed = [_line(one, str(len(one.debts))) for one in of_teacher if one.debts]
        until, key = f"Период кончается {ends:%d.%m.%Y}", ends.isoformat()
        if few:
            text = f"{until}, а отметок не хватает"
            marks.append(Said(teacher, key, (text, *few[:MOST_LINES]), "/compliance/terms"))
        if owed:
            text = f"{until}, а у учеников остались долги"
            debts.append(Said(teacher, key, (text, *owed[:MOST_LINES]), "/compliance/terms"))
    return _told(work, {"term_marks": marks, "term_debts": debts})


def _line(one: Lack, what: str) -> str:
    return f"{one.class_name}, {one.subject}: {what}"


async def _lacks(conn: Conn, schema: str, work: Work) -> dict[tuple[str, date], list[Lack]]:
    """(teacher, the last day of the term) → groups that lack marks or have debts."""
    today = work.today
    year = await directory.school_year_of(conn, schema, today)
    rules = year and await directory.regulation_of(conn, schema, year)
    opened = year and await directory.calendar_of(conn, schema, year)
    if not year or not rules or not opened:
        return {}
    classes = [
        (one["class_id"], one["grade_level"])
        for one in await directory.classes(conn, schema, year, today)
    ]
    spans_ending = compliance.spans(opened[0], classes, lambda own: term_ending(own, today))
    found: dict[tuple[str, date], list[Lack]] = {}
    for term, lack in await compliance.lacks_of(
        conn, schema, year, spans_ending, rules, work.now, today
    ):
        if (lack.short or lack.debts) and lack.teacher_id != compliance.VACANT:
            found.setdefault((lack.teacher_id, term.ends), []).append(lack)
    return found


def _told(work: Work, by_kind: Mapping[str, Iterable[Said]]) -> Mapping[str, int]:
    """Remind until the next morning; what is no more so is withdrawn."""
    until = day_ends(work.today + timedelta(days=1), work.zone)
    new = gone = 0
    for kind, said in by_kind.items():
        them = [Reminder(o.person_id, kind, o.key, o.parts, o.href, until) for o in said]
        gone += work.keep_only(kind, them)
        new += work.remind(*them)
    return {"напоминаний новых": new, "напоминаний снято": gone}


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_LINES])
    return f"{shown} и ещё {len(names) - MOST_LINES}" if len(names) > MOST_LINES else shown
