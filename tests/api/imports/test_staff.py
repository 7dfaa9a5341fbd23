"""Plans of staff lists."""

from __future__ import annotations

from datetime import date

import pytest

from api.imports.plan import (
    AppointClassTeacher,
    AppointStaff,
    AssignTeacher,
    IntroduceSubject,
)
from api.imports.staff import plan_staff
from domain.values import Role
from tests.api.imports.a_school import (
    CLASS_7A,
    FIXTURES,
    KIM,
    codes,
    csv_of,
    empty_school,
    school,
    texts,
)


def test_a_staff_list_appoints_and_assigns() -> None:
    plan = plan_staff((FIXTURES / "staff-libreoffice.xlsx").read_bytes(), school())
    new = {one.name: one.ref for one in plan.operations if isinstance(one, IntroduceSubject)}
    since = date(2025, 9, 1)
    assert plan.errors == 0, texts(plan)
    assert set(new) == {"Геометрия", "Информатика"}
    assert [one for one in plan.operations if isinstance(one, AssignTeacher)] == [
        AssignTeacher(row=3, class_ref=CLASS_7A, person_ref=KIM, subject_ref=ref, since=since)
        for ref in [new["Геометрия"]]
    ] + [
        AssignTeacher(
            row=4, class_ref=CLASS_7A, person_ref=KIM, subject_ref=new["Информатика"], since=since
        )
    ]
    assert AppointClassTeacher(row=3, class_ref=CLASS_7A, person_ref=KIM, since=since) in (
        plan.operations
    )
    roles = [one.role for one in plan.operations if isinstance(one, AppointStaff)]
    assert roles == [Role.SECRETARY]  # the deputy and the teacher are appointed already
    assert "Строки 3 и 4: строки с одним ФИО — об одном сотруднике." in texts(plan, "notice")


def test_a_staff_list_read_twice_changes_nothing_more() -> None:
    rows = ["Ким Олег Юрьевич;Учитель;Алгебра;7а", "Орлова Вера Павловна;Завуч;;"]
    plan = plan_staff(csv_of("ФИО;Должность;Предмет;Классы", *rows), school())
    assert (plan.operations, plan.unchanged) == ((), 2)


@pytest.mark.parametrize(
    ("post", "roles"),
    [
        ("Директор", [Role.DIRECTOR]),
        ("Зам. директора по ВР", [Role.DEPUTY]),
        ("завуч, учитель физики", [Role.DEPUTY, Role.TEACHER]),
        ("Учитель; секретарь", [Role.TEACHER, Role.SECRETARY]),
        ("Администратор ЭЖ", [Role.ADMINISTRATOR]),
        ("Ревизор", [Role.AUDITOR]),
    ],
)
def test_posts_are_read_as_schools_write_them(post: str, roles: list[Role]) -> None:
    plan = plan_staff(csv_of("ФИО\tДолжность", f"Лев Ия\t{post}"), empty_school())
    assert [one.role for one in plan.operations if isinstance(one, AppointStaff)] == roles


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Лев Ия;Водитель;;", "import.role"),
        ("Лев Ия;;;", "import.role"),
        ("Лев Ия;Учитель;Алгебра;9а", "import.class"),
        ("Лев Ия;Учитель;;7а", "import.subject"),
        ("Лев Ия;Классный руководитель;;", "import.homeroom"),
        ("Лев;Учитель;;", "import.name"),
    ],
)
def test_a_row_of_a_staff_list_that_cannot_be_read_says_why(row: str, code: str) -> None:
    plan = plan_staff(csv_of("ФИО;Должность;Предмет;Классы", row), school())
    assert codes(plan) == {code}
