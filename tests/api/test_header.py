"""The header: every section of a person once, gathered where they are many, the open one marked."""

from __future__ import annotations

from itertools import pairwise

import pytest

from api.pages import viewer


def texts(roles: list[str], current: str = "") -> list[str]:
    """What stands in the row of the header."""
    return [one["text"] or one["links"][0]["text"] for one in viewer.menu(roles, current)]


def test_many_sections_are_gathered_with_home_first() -> None:
    assert texts(["deputy"]) == [
        *("Главное", "Изменения", "Контроль", "Итоги", "Класс", "Доступ", "Школа"),
    ]
    assert texts(["teacher"])[:2] == ["Сегодня", "Мои долги"]


def test_a_few_sections_stand_in_a_row() -> None:
    assert texts(["pupil"]) == ["Дневник", "Отметки", "Уведомления", "Положение"]
    assert texts(["auditor"])[0] == "Журнал на дату"


def test_a_section_that_is_alone_in_its_group_stands_for_itself() -> None:
    alone = next(one for one in viewer.menu(["class_teacher"], "") if not one["text"])
    assert len(alone["links"]) == 1
    assert "Пропуски" in texts(["class_teacher"])


@pytest.mark.parametrize("role", viewer.SECTIONS)
def test_every_section_of_a_role_is_in_the_header_once(role: str) -> None:
    shown = [link["href"] for one in viewer.menu([role], "") for link in one["links"]]
    assert sorted(shown) == sorted(one.href for one in viewer.SECTIONS[role])


def test_sections_of_two_roles_are_one_header() -> None:
    shown = [
        link["href"] for one in viewer.menu(["deputy", "teacher"], "") for link in one["links"]
    ]
    assert shown[0] == "/"
    assert all(left != right for left, right in pairwise(sorted(shown)))


def test_the_open_section_and_its_group_are_marked() -> None:
    found = viewer.menu(["deputy"], "/inspections")
    assert [one["text"] for one in found if one["current"]] == ["Контроль"]
    marked = [link["href"] for one in found for link in one["links"] if link["current"]]
    assert marked == ["/inspections"]


def test_every_group_is_one_of_the_header() -> None:
    known = {one.group for sections in viewer.SECTIONS.values() for one in sections}
    assert known - {""} == set(viewer.GROUPS)
