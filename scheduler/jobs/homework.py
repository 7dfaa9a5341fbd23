"""Homework of today that nobody has recorded, while a reminder still helps (clause 4.2.а)."""

from __future__ import annotations

from collections.abc import Mapping

from domain.duties import Duty, Status
from domain.reminding import homework_from
from projections import compliance, directory
from projections.asking import Conn
from projections.compliance import Line
from projections.reminders import Reminder
from scheduler.work import Work

HOMEWORK = "homework"


def remind_of_homework(work: Work) -> Mapping[str, int]:
    """Who has held a lesson today and has not said what is for home, while it is not too late."""
    lacking = []
    for teacher, lines in _lacking(work).items():
        due = max(one.lesson.due.day_due for one in lines)
        places = [f"{one.class_name}, {one.subject}, {one.number}-й урок" for one in lines]
        text = "За сегодня не записано домашнее задание (или «не задано»)"
        key = work.today.isoformat()
        lacking.append(Reminder(teacher, HOMEWORK, key, (text, *places), "/", due))
    gone = work.keep_only(HOMEWORK, lacking)
    return {"учителям напомнено": work.remind(*lacking), "напоминаний снято": gone}


def _lacking(work: Work) -> dict[str, list[Line]]:
    """teacher → today's lessons that lack homework and whose time to remind has come."""

    async def lessons(conn: Conn, schema: str) -> list[Line]:
        year = await directory.school_year_of(conn, schema, work.today)
        rules = year and await directory.regulation_of(conn, schema, year)
        if not year or not rules:
            return []
        book = await compliance.book(conn, schema, year, work.today, work.today)
        return [
            one
            for one in book.lines
            if homework_from(one.lesson.due, rules.homework_due) <= work.now
            and one.lesson.verdict(Duty.HOMEWORK, work.now).status is Status.PENDING
        ]

    found: dict[str, list[Line]] = {}
    for one in work.ask(lessons):
        if one.teacher_id != compliance.VACANT:
            found.setdefault(one.teacher_id, []).append(one)
    return found
