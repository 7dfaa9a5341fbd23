"""Decisions about a new timetable in the middle of a year: what is still to come is planned anew.

What has been written about stays, and so does what the office has added, moved or cancelled itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from domain.calendar import Calendar, ExpectedLesson, Term, TimetableEntry, expected_lessons
from domain.fact import Fact
from domain.journal import lessons
from domain.journal.plan_facts import LessonsWithdrawn
from domain.journal.state import Journal, Lesson, slot

#: Ids in one fact: about 40 bytes each, far under the cap of stored bytes.
IDS_PER_FACT = 1_000

Week = Callable[[date], Sequence[TimetableEntry]]


def reschedule(
    journal: Journal,
    calendar: Calendar,
    week: Week,
    since: date,
    today: date,
    new_id: Callable[[], str],
) -> list[Fact]:
    """Plan the lessons of the days from `since` on anew, those after today.

    calendar: of the class's grade level; week: the timetable in force on a day. Terms without any
    scheduled lesson stay so: `schedule_lessons` is theirs.
    """
    first = max(since, today + timedelta(days=1))
    written = lessons.written_about(journal) | {m.lesson_id for m in journal.marks.values()}
    replaceable = {
        number: lesson
        for number, lesson in journal.lessons.items()
        if lesson.scheduled
        and not lesson.cancelled
        and lesson.date >= first
        and not journal.is_closed(lesson.date)
        and number not in written
    }
    expected: list[tuple[Term, ExpectedLesson]] = [
        (term, one)
        for term in calendar.terms
        if term.ends >= first and _is_scheduled(journal, term)
        for one in expected_lessons(calendar, week, term)
        if one.date >= first and not journal.is_closed(one.date)
    ]
    wanted = {_key(one) for _, one in expected}
    gone = {number for number, lesson in replaceable.items() if _same(lesson) not in wanted}
    ordered = sorted(gone, key=lambda number: (journal.lessons[number].date, number))
    facts: list[Fact] = [
        LessonsWithdrawn(first, tuple(ordered[start : start + IDS_PER_FACT]))
        for start in range(0, len(ordered), IDS_PER_FACT)
    ]
    for term in calendar.terms:
        of_term = [one for of, one in expected if of is term]
        facts += lessons.schedule_lessons(journal, term.number, of_term, new_id, without=gone)
    return facts


def _is_scheduled(journal: Journal, term: Term) -> bool:
    return any(
        lesson.scheduled and term.starts <= lesson.date <= term.ends
        for lesson in journal.lessons.values()
    )


def _key(one: ExpectedLesson) -> tuple[str, str, str, str]:
    entry = one.entry
    place = slot(one.date, entry.number, entry.subgroup_id)
    return (place, entry.subject_id, entry.teacher_id, entry.room)


def _same(lesson: Lesson) -> tuple[str, str, str, str]:
    place = slot(lesson.date, lesson.number, lesson.subgroup_id)
    return (place, lesson.subject_id, lesson.teacher_id, lesson.room)
