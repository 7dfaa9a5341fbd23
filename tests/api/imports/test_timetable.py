"""Plans of timetables and of КТП."""

from __future__ import annotations

from datetime import date

import pytest

from api.imports.lesson_plan import plan_lessons
from api.imports.plan import AdoptLessonPlan, AdoptTimetable
from api.imports.timetable import plan_timetable
from domain.calendar import TimetableEntry
from domain.journal.plan_facts import PlannedLesson
from domain.values import LessonKind
from tests.api.imports.a_school import ALGEBRA, CLASS_7A, KIM, codes, csv_of, school, texts

HEAD = "Класс;День недели;Урок;Предмет;Учитель;Кабинет"
PLAN = "Класс;Предмет;№ урока;Тема;Вид урока;Название работы;Домашнее задание;Часы"


def test_a_week_of_a_class_is_adopted_whole() -> None:
    rows = ["7а;Вторник;1;Алгебра;Ким Олег Юрьевич;214", "7 А;пт;2;алгебра;Ким О. Ю.;"]
    plan = plan_timetable(csv_of(HEAD, *rows), school())
    assert plan.errors == 0, texts(plan)
    assert plan.operations == (
        AdoptTimetable(
            row=2,
            class_ref=CLASS_7A,
            since=date(2025, 9, 1),
            entries=(
                TimetableEntry(2, 1, ALGEBRA, KIM, None, "214"),
                TimetableEntry(5, 2, ALGEBRA, KIM),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("9я;Вторник;1;Алгебра;Ким Олег Юрьевич;", "import.class"),
        ("7а;Вторник;1;Латынь;Ким Олег Юрьевич;", "import.subject"),
        ("7а;Вчера;1;Алгебра;Ким Олег Юрьевич;", "import.weekday"),
        ("7а;Вторник;первый;Алгебра;Ким Олег Юрьевич;", "import.number"),
        ("7а;Вторник;1;Алгебра;Чужой Иван Иванович;", "import.teacher"),
    ],
)
def test_what_a_timetable_cannot_mean_is_told_by_its_row(row: str, code: str) -> None:
    plan = plan_timetable(csv_of(HEAD, row), school())
    assert codes(plan) == {code}
    assert plan.findings[0].rows == (2,)


def test_a_plan_of_lessons_is_numbered_by_the_file_and_the_same_for_ever() -> None:
    rows = ["7а;Алгебра;1;Дроби;;;§ 1;2", "7а;Алгебра;2;Повторение;Контрольная;КР № 1;;"]
    first, second = (plan_lessons(csv_of(PLAN, *rows), school()) for _ in range(2))
    assert first.errors == 0, texts(first)
    assert first.hash == second.hash
    [one] = first.operations
    assert isinstance(one, AdoptLessonPlan)
    assert (one.class_ref, one.subject_ref, one.subgroup_ref) == (CLASS_7A, ALGEBRA, None)
    assert one.lessons == (
        PlannedLesson(1, "Дроби", homework="§ 1", hours=2),
        PlannedLesson(2, "Повторение", LessonKind.CONTROL, "КР № 1"),
    )


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("7а;Алгебра;2;Дроби;;;;", "import.number"),
        ("7а;Алгебра;1;Дроби;Танцы;;;", "import.kind"),
        ("7а;Латынь;1;Дроби;;;;", "import.subject"),
        ("7а;Алгебра;1;Дроби;;;;много", "import.number"),
    ],
)
def test_what_a_plan_cannot_mean_is_told_by_its_row(row: str, code: str) -> None:
    assert codes(plan_lessons(csv_of(PLAN, row), school())) == {code}
