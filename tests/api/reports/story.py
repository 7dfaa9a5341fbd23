"""Three pupils of 7а, a quarter, everything small enough to be counted by hand.

Algebra (Anna), lessons of 2, 3, 9 and 10 September, weights 1 and 2 (a control work on the 10th):

    Ёлкин     2→3  3     –     3 (к)      3: 3·1 + 3·1 + 3·2 = 12 / 4 = 3.00
    Морозова  3    н(б)  4     4 (к)      4: 3 + 4 + 8 = 15 / 4 = 3.75
    Петров    5    4     5     5 (к)      5: 5 + 4 + 5 + 10 = 24 / 5 = 4.80

English: Boris has Ёлкин (5 5 5) and Петров (4 4 4); Galina has Морозова and gave nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from secrets import token_urlsafe
from typing import Any

import psycopg
from psycopg.sql import SQL

from domain.access import Actor
from domain.journal.control import NewRemark
from domain.journal.control_facts import Checked, JournalInspected
from domain.journal.facts import AttendanceEntry
from domain.journal.marks import NewDebt
from domain.journal.plan_facts import PlannedLesson
from domain.journal.results import NewDecision, NewResult
from domain.journal.term_marks import NewTermMark
from domain.people.facts import Name
from domain.school import MarkInput, School
from domain.values import AttendanceCode, CouncilDecision, LessonKind, ReasonCode
from tests import cast as c
from tests.api.ground import OPERATOR, SLUG, YEAR, Clock, project
from tests.domain.seventh_a import noon
from tests.ground import engine_on, request

DAY = timedelta(days=1)
SEPTEMBER_2 = date(2026, 9, 2)
AFTER = date(2026, 10, 26)  # the day of the reports
ALGEBRA = {
    SEPTEMBER_2: {c.YOLKIN: "2", c.MASHA: "3", c.PETYA: "5"},
    date(2026, 9, 3): {c.YOLKIN: "3", c.PETYA: "4"},
    date(2026, 9, 9): {c.MASHA: "4", c.PETYA: "5"},
    date(2026, 9, 10): {c.YOLKIN: "3", c.MASHA: "4", c.PETYA: "5"},
}
CONTROL_DAY = date(2026, 9, 10)
ENGLISH = {c.YOLKIN: "5", c.PETYA: "4"}
AWAY = {
    date(2026, 9, 3): [AttendanceEntry(c.MASHA, AttendanceCode.ILL)],
    date(2026, 9, 9): [
        AttendanceEntry(c.YOLKIN, AttendanceCode.UNEXCUSED),
        AttendanceEntry(c.PETYA, AttendanceCode.LATE, 5),
    ],
}
TERM_1 = {
    c.ALGEBRA: {c.YOLKIN: "3", c.MASHA: "4", c.PETYA: "5"},
    c.ENGLISH: {c.YOLKIN: "5", c.PETYA: "4", c.MASHA: "н/а"},
}
INSPECTION, REMARK = c.an_id("проверка 7а"), c.an_id("замечание о темах")
CORRECTED = c.an_id(f"{SEPTEMBER_2}{c.YOLKIN}")


def lived(url: str) -> None:
    """The quarter of 7а, its year in algebra for Petrov, one arrival; folded."""
    clock = Clock()
    with engine_on(url, clock=clock) as engine:
        numbers = count()
        school = School(
            engine,
            SLUG,
            c.SCHOOL,
            ids=lambda: c.an_id(f"story {next(numbers)}"),
            salts=lambda: token_urlsafe(16),
        )
        lessons = lessons_of(url)
        for at, answer in _days(school, lessons):
            clock.at = max(clock.at, noon(at))
            answer().result(10)
    project(url)


def lessons_of(url: str) -> dict[tuple[str, str, date], str]:
    """(subject, subgroup, day) → lesson."""
    with psycopg.connect(url) as conn:
        found = conn.execute(
            SQL(
                "SELECT subject_id::text, coalesce(subgroup_id::text, ''), date, lesson_id::text"
                " FROM school_kukarino.register_lesson"
            )
        ).fetchall()
    return {(subject, subgroup, day): lesson for subject, subgroup, day, lesson in found}


def _days(school: School, lessons: dict[tuple[str, str, date], str]) -> Iterator[tuple[date, Any]]:
    anna, boris = {"by": c.ANNA}, {"by": c.BORIS}
    for day, marks in ALGEBRA.items():
        lesson = lessons[c.ALGEBRA, "", day]
        control = day == CONTROL_DAY
        kind = LessonKind.CONTROL if control else LessonKind.LESSON
        topic = ("Дроби", kind, "Контрольная № 1" if control else "")
        yield day, does(school.record_topic, c.CLASS_7A, lesson, *topic, **anna)
        yield day, does(school.take_attendance, c.CLASS_7A, lesson, AWAY.get(day, ()), **anna)
        yield day, does(school.declare_no_homework, c.CLASS_7A, lesson, **anna)
        work = c.CONTROL if control else c.ANSWER
        column = [MarkInput(c.an_id(f"{day}{who}"), who, v, work) for who, v in marks.items()]
        yield day, does(school.give_marks, c.CLASS_7A, lesson, column, **anna)
    first = lessons[c.ALGEBRA, "", SEPTEMBER_2]
    yield (
        date(2026, 9, 11),
        does(
            school.correct_mark,
            c.CLASS_7A,
            CORRECTED,
            saw="2",
            value="3",
            reason_code=ReasonCode.TYPO,
            reason="перепутала строки",
            **anna,
        ),
    )
    debt = NewDebt(c.an_id("точка"), c.YOLKIN, c.ANSWER, date(2026, 9, 30))
    yield date(2026, 9, 11), does(school.raise_debts, c.CLASS_7A, first, [debt], **anna)
    for after in range(3):
        day = SEPTEMBER_2 + 7 * after * DAY
        lesson = lessons[c.ENGLISH, c.FIRST_HALF, day]
        column = [
            MarkInput(c.an_id(f"english {day}{who}"), who, v, c.ANSWER)
            for who, v in ENGLISH.items()
        ]
        late = day + 12 * DAY  # everything five days too late
        yield late, does(school.record_topic, c.CLASS_7A, lesson, "Времена года", **boris)
        yield late, does(school.take_attendance, c.CLASS_7A, lesson, (), **boris)
        yield late, does(school.give_marks, c.CLASS_7A, lesson, column, **boris)
    plan = [
        PlannedLesson(1, "Дроби", hours=4),
        PlannedLesson(2, "Контрольная", LessonKind.CONTROL, "Контрольная № 1", hours=2),
    ]
    place = (c.CLASS_7A, c.an_id("КТП"), c.ALGEBRA, None)
    yield date(2026, 9, 29), does(school.adopt_lesson_plan, *place, plan, **anna)
    yield date(2026, 10, 1), lambda: _arrival(school)
    yield from _ends(school)


def _arrival(school: School) -> Any:
    """Новиков comes from another school."""
    school.register_person(
        YEAR,
        c.NEWCOMER,
        "pupil",
        Name("Новиков", "Николай", born=date(2013, 5, 9), address="Можайск, Мира, 4"),
        by=OPERATOR,
        request=request(),
    ).result(10)
    order = ("17-у", date(2026, 9, 30), "Можайск, школа № 1")
    return school.enrol_pupils(
        c.CLASS_7A, (c.NEWCOMER,), date(2026, 10, 1), *order, by=OPERATOR, request=request()
    )


def _ends(school: School) -> Iterator[tuple[date, Any]]:
    anna, vera = {"by": c.ANNA}, {"by": c.VERA}
    teachers = {c.ALGEBRA: c.ANNA, c.ENGLISH: c.BORIS}
    last = date(2026, 10, 23)
    for subject, marks in TERM_1.items():
        for who, value in marks.items():
            teacher = c.GALINA if (subject, who) == (c.ENGLISH, c.MASHA) else teachers[subject]
            column = [NewTermMark(who, value)]
            yield (
                last,
                does(school.issue_term_marks, c.CLASS_7A, subject, 1, column, by=teacher),
            )
    for term in (2, 3, 4):
        column = [NewTermMark(c.PETYA, "4", reason_code=ReasonCode.OTHER)]
        place = (c.CLASS_7A, c.ALGEBRA, term)
        yield (
            last,
            does(school.issue_term_marks, *place, column, reasons={c.PETYA: "перевод"}, **anna),
        )
    year = (c.CLASS_7A, c.ALGEBRA, [NewResult(c.PETYA, "4")])
    yield last, does(school.issue_year_marks, *year, **anna)
    decided = [NewDecision(c.PETYA, CouncilDecision.PROMOTED)]
    yield (
        last,
        does(school.record_council_decisions, c.CLASS_7A, decided, "9", last, **vera),
    )
    looked = JournalInspected(
        INSPECTION, SEPTEMBER_2, last, (Checked.TOPICS, Checked.ATTENDANCE), 1, "9f" * 32
    )
    yield last, does(school.inspect_journal, c.CLASS_7A, looked, **vera)
    remark = NewRemark(REMARK, Checked.TOPICS, subject_id=c.ALGEBRA)
    words = "нет тем за октябрь"
    yield (
        last,
        does(school.open_remark, c.CLASS_7A, INSPECTION, remark, words, **vera),
    )


def does(command: Any, *arguments: Any, by: str, **named: Any) -> Any:
    """A command of a person, to be given when its day has come."""
    actor = Actor(by, c.an_id(f"session {by}"))
    return lambda: command(*arguments, by=actor, request=request(), **named)
