"""Figures of how journals are filled: what was to be written about lessons, and was it in time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date, timedelta

from domain.calendar import local_date
from domain.duties import Duty, Status, Verdict, day_ends
from domain.regulation import HOMEWORK_DUE
from domain.weeks import week_of
from projections import compliance
from projections.compliance import Judged
from projections.figures.figure import Conn, Context, Figure
from projections.sql import row

WEEK = timedelta(days=6)
NO_LESSONS = "уроков, о которых нужно записывать, в эти дни не было"
_SETTLED = (Status.ON_TIME, Status.LATE, Status.MISSING)
_IN_DIARY = (Duty.ATTENDANCE, Duty.HOMEWORK)


async def homework(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.а: homework (or «не задано») of the last week."""
    what = f"домашних заданий записано {HOMEWORK_DUE[context.regulation.homework_due]}"
    return await _of(conn, schema, context, "4.2.а-4", what, (Duty.HOMEWORK,), context.week)


async def topics(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.а: topics of the last week."""
    what = f"тем уроков записано {HOMEWORK_DUE[context.regulation.homework_due]}"
    return await _of(conn, schema, context, "4.2.а-2", what, (Duty.TOPIC,), context.week)


async def attendance(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.а: attendance and marks of the last seven days whose deadline is over."""
    what = "записей о посещаемости и отметках сделано в срок"
    duties = (Duty.ATTENDANCE, Duty.MARKS)
    return await _of(conn, schema, context, "4.2.а-3", what, duties, _due(context))


async def marked(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.а: groups that had graded lessons in the last week and marks in it."""
    found = await _judged(conn, schema, context, context.week)
    groups = compliance.unmarked(found, context.now)
    good = sum(not one.without for one in groups)
    text = f"журналов, в которых есть отметки {_days(*context.week)}"
    return Figure("4.2.а-3", text, good, len(groups), "/compliance/marks", NO_LESSONS)


async def everything(conn: Conn, schema: str, context: Context) -> Figure:
    """4.2.а: all records of the last seven days whose deadline is over."""
    what = "всех записей об уроках сделано в срок"
    return await _of(conn, schema, context, "4.2.а-1", what, tuple(Duty), _due(context))


async def filled(conn: Conn, schema: str, context: Context) -> Figure:
    """1.7: teachers with a subject in a class who filled the journal in the last week."""
    monday, sunday = context.week
    found = await _judged(conn, schema, context, (monday, sunday))
    lines = [one.line for one in found]
    groups = compliance.groups(lines, day_ends(sunday, context.zone), context.now)
    asked = [one for one in groups if one.filled.status in _SETTLED]
    good = len(asked) - len(compliance.unfilled(asked))
    text = f"журналов «учитель, класс, предмет» заполняли {_days(monday, sunday)}"
    return Figure("1.7", text, good, len(asked), _page(monday), NO_LESSONS)


async def at_once(conn: Conn, schema: str, context: Context) -> Figure:
    """2.1: what was to be written about lessons of the last week and was in diaries that day."""
    found = await _judged(conn, schema, context, context.week)
    asked = [
        (one.line.date, verdict.recorded_at)
        for one in found
        for verdict in one.verdicts.values()
        if verdict.status in _SETTLED
    ]
    good = sum(at is not None and local_date(at, context.zone) <= day for day, at in asked)
    text = f"записей об уроках попало в дневник в день урока {_days(*context.week)}"
    return Figure("2.1", text, good, len(asked), _page(context.week[0]), NO_LESSONS)


async def whole(conn: Conn, schema: str, context: Context) -> Figure:
    """1.8: lessons of the last week of which the diary has everything that is asked for."""
    found = [
        one
        for one in await _judged(conn, schema, context, context.week)
        if any(of.status is not Status.NOT_REQUIRED for of in one.verdicts.values())
    ]
    good = sum(all(map(_told, one.verdicts.values())) for one in found)
    text = f"уроков {_days(*context.week)} в дневнике целиком: тема, задание, посещаемость, отметки"
    return Figure("1.8", text, good, len(found), _page(context.week[0]), NO_LESSONS)


async def by_subject(conn: Conn, schema: str, context: Context) -> Figure:
    """2.2.11: subjects of classes of the last week with attendance and homework in the diary."""
    told: dict[tuple[str, str], set[Duty]] = {}
    for one in await _judged(conn, schema, context, context.week):
        of = told.setdefault((one.line.class_id, one.line.subject_id), set())
        of |= {duty for duty in _IN_DIARY if _told(one.verdicts[duty])}
    good = sum(len(of) == len(_IN_DIARY) for of in told.values())
    text = f"предметов классов, где {_days(*context.week)} есть и посещаемость, и задание"
    return Figure("2.2.11", text, good, len(told), _page(context.week[0]), NO_LESSONS)


def _told(verdict: Verdict) -> bool:
    """It is in the diary by now, late or in time; or nobody asks for it."""
    return verdict.recorded_at is not None or verdict.status is Status.NOT_REQUIRED


async def in_order(conn: Conn, schema: str, context: Context) -> Figure:
    """4.1.д: teachers of lessons of the last week with nothing late and nothing missing."""
    found = await _judged(conn, schema, context, context.week)
    by_teacher = compliance.counted_by(found, lambda line: line.teacher_id).values()
    asked = [one for one in by_teacher if one.status is not Status.NOT_REQUIRED]
    good = sum(one.status not in (Status.LATE, Status.MISSING) for one in asked)
    text = f"учителей без опозданий и пропусков {_days(*context.week)}"
    return Figure("4.1.д", text, good, len(asked), _page(context.week[0]), NO_LESSONS)


async def checked(conn: Conn, schema: str, context: Context) -> Figure:
    """1.6: weeks of the year with lessons whose check is closed."""
    found = await row(
        conn,
        schema,
        "SELECT count(*) FILTER (WHERE k.monday IS NOT NULL), count(*) FROM (SELECT DISTINCT"
        " date_trunc('week', l.date)::date AS monday FROM {s}.compliance_lesson l"
        " JOIN {s}.directory_class c USING (class_id) WHERE c.year = %(year)s"
        " AND l.date <= %(until)s) w LEFT JOIN {s}.compliance_check k"
        " ON k.year = %(year)s AND k.monday = w.monday",
        year=context.year,
        until=context.week[1],
    )
    good, total = found or (0, 0)
    text = "прошедших недель с закрытой проверкой"
    return Figure("1.6", text, good, total, "/compliance", "недель с уроками ещё не прошло")


async def _of(
    conn: Conn,
    schema: str,
    context: Context,
    clause: str,
    what: str,
    duties: Iterable[Duty],
    days: tuple[date, date],
) -> Figure:
    counts = compliance.counted(await _judged(conn, schema, context, days))
    asked = {status: sum(counts.of(duty, status) for duty in duties) for status in _SETTLED}
    total = sum(asked.values())
    text = f"{what} {_days(*days)}"
    return Figure(clause, text, asked[Status.ON_TIME], total, _page(days[0]), NO_LESSONS)


async def _judged(
    conn: Conn, schema: str, context: Context, days: tuple[date, date]
) -> list[Judged]:
    """Lessons of some days as they stand now; several figures are of the same days."""
    key = f"filling {days[0]}"
    if key not in context.kept:
        book = await compliance.book(conn, schema, context.year, *days)
        context.kept[key] = await asyncio.to_thread(compliance.judge, book.lines, context.now)
    found: list[Judged] = context.kept[key]
    return found


def _due(context: Context) -> tuple[date, date]:
    """The last seven days whose records are due by now."""
    rules = context.regulation
    last = context.today - timedelta(days=max(rules.fill_days, rules.written_work_days) + 1)
    return last - WEEK, last


def _days(since: date, until: date) -> str:
    return f"за {since:%d.%m}–{until:%d.%m}"


def _page(day: date) -> str:
    return f"/compliance?week={week_of(day)}"
