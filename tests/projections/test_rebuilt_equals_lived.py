"""Bet (b): whatever happens, folding again from nothing gives what was lived; and a past page is
what was shown then.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from domain.bells import Schedule
from domain.calendar import Bell, Calendar, Term, TimetableEntry
from domain.journal.day_changes import Room
from domain.journal.facts import LessonAdded
from domain.journal.term_marks import NewTermMark
from domain.office.bell_facts import DayBellsChanged
from domain.regulation import PRESETS
from domain.school import ReasonInput
from domain.values import AttendanceCode, ReasonCode
from projections.replay import replay
from tests.ground import CALENDAR, YEAR, number, request
from tests.projections.lateness import judged, told
from tests.projections.life import Life, life

VALUES = ("5", "4", "3", "2", "н/а")
CODES = tuple(AttendanceCode)


class Year:
    """A year of one school: each method does something that a school does, if it may."""

    def __init__(self, at: Life, dice: random.Random) -> None:
        self.at, self.dice = at, dice
        self.marks: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.shown: list[dict[str, Any]] = []

    def one(self, things: Any) -> Any:
        return self.dice.choice(list(things))

    def name(self) -> str:
        return f"{self.at.slug}/{self.dice.random()}"

    def lesson(self) -> str:
        return str(self.one(self.at.lessons))

    def pupil(self) -> str:
        return str(self.one([*self.at.pupils, self.at.newcomer]))

    def person(self) -> str:
        staff = (self.at.anna, self.at.boris, self.at.tanya)
        return str(self.one([*self.at.pupils, *(who.person_id for who in staff), self.at.mother]))

    def gives_a_mark(self) -> None:
        name, value = self.name(), self.one(VALUES)
        comment = self.one(("", "", "Молодец!"))
        if self.at.may(lambda: self.at.mark(self.lesson(), self.pupil(), value, name, comment)):
            self.marks[name] = value

    def corrects_a_mark(self) -> None:
        if self.marks:
            name, value = self.one(self.marks), self.one(VALUES)
            saw = self.marks[name]
            if self.at.may(lambda: self.at.correct(name, saw, value, self.one(("", "ошибка")))):
                self.marks[name] = value

    def annuls_a_mark(self) -> None:
        if self.marks:
            name = self.one(self.marks)
            self.at.may(
                lambda: self.at.school.annul_mark(
                    self.at.class_id,
                    number(name),
                    saw=self.marks[name],
                    reason_code=ReasonCode.OTHER,
                    by=self.at.anna,
                    request=request(),
                )
            )

    def comments_on_a_mark(self) -> None:
        if self.marks:
            self.at.may(
                lambda: self.at.school.comment_mark(
                    self.at.class_id,
                    number(self.one(self.marks)),
                    f"Слово {self.dice.random()}",
                    by=self.at.anna,
                    request=request(),
                )
            )

    def records_a_topic(self) -> None:
        topic, title = self.one(("Дроби", "Проценты")), self.one(("", "", "Работа № 1"))
        self.at.may(lambda: self.at.topic(self.lesson(), topic, title))

    def takes_attendance(self) -> None:
        codes = {f"p{n}": self.one(CODES) for n in range(5) if self.dice.random() < 0.4}
        self.at.may(lambda: self.at.attendance(self.lesson(), **codes))

    def explains_absences(self) -> None:
        since = self.one((date(2026, 11, 9), date(2026, 11, 20)))
        reason = ReasonInput(
            self.pupil(),
            self.one(CODES),
            self.one(((), (self.lesson(),))),
            since,
            date(2026, 11, 23),
            self.one(("", "справка")),
        )
        self.at.may(
            lambda: self.at.school.set_absence_reasons(
                self.at.class_id, [reason], by=self.at.galina, request=request()
            )
        )

    def signs_a_week(self) -> None:
        self.at.may(
            lambda: self.at.school.confirm_attendance_week(
                self.at.class_id,
                self.one((date(2026, 11, 9), date(2026, 11, 16))),
                by=self.at.galina,
                request=request(),
            )
        )

    def assigns_homework(self) -> None:
        only = [self.pupil()] if self.dice.random() < 0.3 else []
        name = self.one((self.name(), f"{self.at.slug}/homework"))
        text, due = f"Задача {self.dice.randrange(3)}", date(2026, 12, 7)
        self.at.may(lambda: self.at.homework(self.lesson(), name, text, due, *only))

    def assigns_nothing(self) -> None:
        self.at.may(
            lambda: self.at.school.declare_no_homework(
                self.at.class_id, self.lesson(), by=self.at.anna, request=request()
            )
        )

    def hands_out(self) -> None:
        lesson, name = self.lesson(), self.name()
        if self.at.may(lambda: self.at.hand_out(lesson, name)):
            self.files[name] = lesson

    def takes_away(self) -> None:
        if self.files:
            name = self.one(self.files)
            self.at.may(lambda: self.at.take_away(self.files[name], name))

    def renames(self) -> None:
        self.at.may(lambda: self.at.rename(self.person(), f"Новиков-{self.dice.randrange(9)}"))

    def erases_a_person(self) -> None:
        self.at.may(lambda: self.at.erase(self.person()))

    def erases_a_text(self) -> None:
        texts = self.at.vault(str(self.one(("comment", "homework", "absence", "title", "scan"))))
        if texts:
            payload, subject = self.one(texts)
            self.at.may(
                lambda: self.at.school.erase_payloads(
                    YEAR, subject, [payload], "акт 2", by=self.at.office, request=request()
                )
            )

    def enrols(self) -> None:
        since = self.one((date(2026, 11, 11), date(2026, 11, 24)))
        self.at.may(
            lambda: self.at.school.enrol_pupils(
                self.one((self.at.class_id, self.at.other_class)),
                [self.pupil()],
                since,
                by=self.at.office,
                request=request(),
            )
        )

    def lets_go(self) -> None:
        self.at.may(
            lambda: self.at.school.depart_pupil(
                self.at.class_id,
                self.pupil(),
                self.one((date(2026, 11, 18), date(2026, 11, 26))),
                "7-у",
                by=self.at.office,
                request=request(),
            )
        )

    def transfers(self) -> None:
        self.at.may(
            lambda: self.at.school.transfer_pupil(
                self.at.class_id,
                self.at.other_class,
                self.pupil(),
                date(2026, 11, 25),
                "8-у",
                by=self.at.office,
                request=request(),
            )
        )

    def splits(self) -> None:
        pupils = self.dice.sample(self.at.pupils, 4)
        since = self.one((date(2026, 9, 1), date(2026, 11, 23)))
        self.at.may(lambda: self.at.split(pupils[:2], pupils[2:], since))

    def adds_a_lesson(self) -> None:
        half = self.one((None, *self.at.halves))
        subject = self.at.english if half else self.at.ground.subject_id
        class_id = self.one((self.at.class_id, self.at.class_id, self.at.other_class))
        lesson = LessonAdded(
            number(self.name()),
            self.one((date(2026, 11, 12), date(2026, 11, 23), date(2026, 11, 26))),
            self.dice.randrange(2, 8),
            subject,
            self.one((self.at.anna, self.at.boris)).person_id,
            half,
            "21",
        )
        if self.at.may(
            lambda: self.at.school.add_lesson(
                class_id, lesson, by=self.at.office, request=request()
            )
        ):
            self.at.lessons.append(lesson.lesson_id)

    def moves_a_lesson(self) -> None:
        day = self.one((date(2026, 11, 19), date(2026, 11, 24)))
        self.at.may(
            lambda: self.at.school.move_lesson(
                self.at.class_id,
                self.lesson(),
                day,
                self.dice.randrange(1, 8),
                by=self.at.office,
                request=request(),
            )
        )

    def cancels_a_lesson(self) -> None:
        self.at.may(
            lambda: self.at.school.cancel_lesson(
                self.at.class_id, self.lesson(), "Карантин", by=self.at.office, request=request()
            )
        )

    def substitutes(self) -> None:
        self.at.may(lambda: self.at.substitute(date(2026, 11, 23), date(2026, 11, 27), self.name()))

    def moves_the_term(self) -> None:
        first, second = CALENDAR.terms
        starts = self.one((date(2026, 11, 9), date(2026, 11, 16)))
        calendar = Calendar(YEAR, (first, Term(2, second.name, starts, second.ends)))
        self.at.may(
            lambda: self.at.school.change_calendar(
                calendar, "9-к", by=self.at.office, request=request()
            )
        )

    def adopts_another_week(self) -> None:
        week = [
            TimetableEntry(
                self.dice.randrange(1, 6), 1, self.at.ground.subject_id, self.at.anna.person_id
            )
        ]
        since = self.one((date(2026, 11, 23), date(2026, 12, 1)))
        self.at.may(
            lambda: self.at.school.adopt_timetable(
                *(YEAR, self.at.class_id, since, week), by=self.at.office, request=request()
            )
        )

    def changes_a_room(self) -> None:
        lesson = self.lesson()
        known = self.at.school.engine.world(self.at.slug).journal(self.at.class_id).lessons
        if lesson in known:
            self.at.may(
                lambda: self.at.school.change_day(
                    *(self.at.class_id, known[lesson].date),
                    [Room(lesson, self.one(("12", "зал", "")))],
                    "Ремонт",
                    by=self.at.office,
                    request=request(),
                )
            )

    def rings_otherwise(self) -> None:
        by: dict[str, Any] = {"by": self.at.office}
        day = self.one((date(2026, 11, 12), date(2026, 11, 25)))
        hour = self.one(("08", "14"))
        bells = (Bell(1, f"{hour}:00", f"{hour}:40"),)
        schedules = [Schedule("Обычная", bells), Schedule("Вторая", bells, 2)]
        self.one(
            (
                lambda: self.at.school.adopt_bells(YEAR, day, schedules, **by, request=request()),
                lambda: self.at.school.assign_shift(
                    YEAR, self.at.class_id, self.one((1, 2)), day, **by, request=request()
                ),
                lambda: self.at.school.change_day_bells(
                    YEAR, DayBellsChanged(day, bells, "40-у"), **by, request=request()
                ),
            )
        )().result(10)

    def adopts_other_rules(self) -> None:
        rules = PRESETS[self.one(PRESETS)]
        self.at.may(
            lambda: self.at.school.adopt_regulation(
                YEAR, rules, "7-о", by=self.at.office, request=request()
            )
        )

    def issues_a_term_mark(self) -> None:
        mark = NewTermMark(self.pupil(), self.one(VALUES), "4.20")
        self.at.may(
            lambda: self.at.school.issue_term_marks(
                self.at.class_id,
                self.at.ground.subject_id,
                2,
                [mark],
                by=self.at.anna,
                request=request(),
            )
        )

    def annuls_a_term_mark(self) -> None:
        self.at.may(
            lambda: self.at.school.annul_term_mark(
                self.at.class_id,
                self.pupil(),
                self.at.ground.subject_id,
                2,
                saw=self.one(VALUES),
                reason_code=ReasonCode.WRONG_PUPIL,
                reason="не тому",
                by=self.one((self.at.anna, self.at.office)),
                request=request(),
            )
        )

    def goes_on(self) -> None:
        self.at.clock.go(hours=self.one((1, 20)))

    # The projector --------------------------------------------------------------------------

    def folds(self) -> None:
        self.at.fold(self.dice.randrange(1, 12))

    def restarts_the_projector(self) -> None:
        self.at.restart()

    def crashes_between_fold_and_commit(self) -> None:
        """A projector that dies has folded nothing: the next one starts from the rows."""
        with self.at.projector.transaction(force_rollback=True):
            self.at.fold(5)
        self.at.restart()

    def looks_at_the_page(self) -> None:
        self.at.fold_all(self.dice.randrange(1, 50))
        self.shown.append(self.at.page())

    def does(self) -> list[Callable[[], None]]:
        """Everything that may happen; what a day is full of comes more often."""
        often = [self.gives_a_mark, self.takes_attendance, self.records_a_topic, self.folds]
        rare = [
            getattr(self, name)
            for name in vars(Year)
            if not name.startswith("_")
            and name not in ("one", "name", "lesson", "pupil", "person", "does")
        ]
        return [*often * 3, *rare]


def bare(page: dict[str, Any]) -> dict[str, Any]:
    """A page without what the vault may have forgotten since, and the order that follows names."""
    pupils = []
    for pupil in sorted(page["pupils"], key=lambda one: str(one["pupil_id"])):
        cells = {
            lesson: [{**mark, "comment": None} for mark in marks]
            for lesson, marks in pupil["cells"].items()
        }
        pupils.append({**pupil, "name": None, "cells": cells})
    lessons = [
        {
            **lesson,
            "homework": [
                {**one, "text": None} if one["individual_for"] else one
                for one in lesson["homework"]
            ],
            "files": [{**one, "name": None, "url": None} for one in lesson["files"]],
        }
        for lesson in page["lessons"]
    ]
    return {**page, "pupils": pupils, "lessons": lessons}


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.integers(20, 90))
def test_rebuilt_equals_lived_and_the_past_stays_as_it_was_shown(
    database: str, dice: random.Random, steps: int
) -> None:
    with life(database, f"s{uuid4().hex[:12]}") as at:
        year = Year(at, dice)
        for _ in range(steps):
            step = year.one(year.does())
            note(step.__name__)
            step()
        at.fold_all()
        report = replay(at.projector, at.schema)
        assert report.agrees, report.differences
        assert report.tables["diary_v1"] > 0
        assert told(at) == judged(at)
        for shown in year.shown:
            assert bare(at.page(shown["as_of"]["position"])) == bare(shown)


def test_a_lesson_that_moves_once_its_marks_are_annulled_is_folded_alike_in_any_batches(
    database: str,
) -> None:
    with life(database) as at:
        lesson = at.lessons[0]
        at.must(at.mark(lesson, at.pupils[0], "2", "mark"))
        at.must(
            at.school.annul_mark(
                at.class_id,
                number("mark"),
                saw="2",
                reason_code=ReasonCode.OTHER,
                by=at.anna,
                request=request(),
            )
        )
        at.must(
            at.school.move_lesson(
                at.class_id, lesson, date(2026, 11, 24), 3, by=at.office, request=request()
            )
        )
        at.fold_all(1)
        assert replay(at.projector, at.schema).agrees


def test_a_pupil_of_two_classes_in_a_week_has_the_class_of_the_lessons_in_any_batches(
    database: str,
) -> None:
    with life(database) as at:
        at.must(
            at.school.transfer_pupil(
                at.class_id,
                at.other_class,
                at.pupils[0],
                date(2026, 11, 26),
                "8-у",
                by=at.office,
                request=request(),
            )
        )
        at.fold_all(1)
        report = replay(at.projector, at.schema)
        assert report.agrees, report.differences
        week = at.week(at.pupils[0])
        assert week is not None
        assert week["class"]["name"] == "7а"
