"""«Отметки» of a pupil: all subjects of a term, and one with its chart and «что будет, если»."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from fastapi.testclient import TestClient

from api.pages.mark_chart import chart
from api.pages.wording import work
from domain.formulas import Item
from projections.projector import Projector
from tests.api.ground import Desk
from tests.api.test_page_doors import heading, look
from tests.api.test_terms import mark
from tests.cast import ALGEBRA, PETYA, an_id

At = Callable[[str], Desk]
ALL = f"/pupils/{PETYA}/marks"
ONE = f"{ALL}/{ALGEBRA}"


@pytest.mark.parametrize("path", [ALL, ONE])
@pytest.mark.parametrize(("login", "status"), [("zoya", 404), ("oleg", 403), ("anna", 403)])
def test_marks_are_of_the_family_and_who_reads_the_diary(
    client: TestClient, desk: At, path: str, login: str, status: int
) -> None:
    assert look(client, desk(login), path).status_code == status


def test_a_family_sees_every_mark_its_average_and_what_another_would_do(
    client: TestClient, desk: At, projector: Projector
) -> None:
    position = mark(desk("anna"), "3", "3", "зач", control="4")
    olga = desk("olga")

    listed = look(client, olga, f"{ALL}?min_position={position}").text
    assert "Алгебра" in listed
    assert "3,50" in listed
    assert ONE in listed

    answer = look(client, olga, ONE)
    assert heading(answer) == "Алгебра"
    page = " ".join(answer.text.split())
    assert "Сейчас средний балл 3,50: по положению школы это" in page
    assert "не хватает пятёрок: 8 (вес 1), балл станет 4,50" in page
    assert "<polyline" in page

    asked = look(client, olga, f"{ONE}?add=5:1.00&add=2:1.00&add=7:1.00&add=5:900").text
    # (14 + 5 + 2) / 6; what is no mark of a known weight is passed over
    assert 'балл будет <b class="num">3,50</b>' in " ".join(asked.split())
    assert look(client, olga, f"{ALL}/{an_id('нет такого')}").status_code == 404


def test_the_menu_leads_a_family_to_its_marks(client: TestClient, desk: At) -> None:
    for login in ("olga", "petya"):
        answer = client.get("/marks", headers=desk(login).cookie, follow_redirects=False)
        assert answer.headers["location"] == ALL
    assert look(client, desk("anna"), "/marks").status_code == 404


def test_a_chart_is_drawn_of_numbers_and_of_the_average_after_each() -> None:
    since, until = date(2026, 9, 1), date(2026, 9, 11)
    marks = [
        Item("5", "1.00", since),
        Item("зач", "1.00", date(2026, 9, 3)),
        Item("2", "2.00", date(2026, 9, 6)),
    ]
    drawn = chart(marks, since, until, weighted=True)
    assert drawn is not None
    assert [point["value"] for point in drawn["points"]] == ["5", "2"]
    first, second = (pair.split(",") for pair in drawn["line"].split())
    assert (float(first[1]), float(second[1])) == (10.0, 88.7)  # 5,00 and then 3,00
    assert float(second[0]) == (drawn["left"] + drawn["right"]) / 2  # the sixth of eleven days
    assert chart(marks[:2], since, until, weighted=True) is None


def test_a_one_is_not_drawn_outside_of_the_picture() -> None:
    day = date(2026, 9, 1)
    drawn = chart([Item("1", "1.00", day)] * 2, day, day, weighted=False)
    assert drawn is not None
    assert max(point["y"] for point in drawn["points"]) < drawn["height"]
    assert [line["value"] for line in drawn["grid"]] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("kind", "title", "words"),
    [
        ("Контрольная работа", "Контрольная работа № 3", "Контрольная работа № 3"),
        ("Контрольная работа", "Углы", "Контрольная работа Углы"),
        ("Ответ на уроке", None, "Ответ на уроке"),
        (None, "Углы", "Углы"),
    ],
)
def test_a_work_is_not_named_twice(kind: str | None, title: str | None, words: str) -> None:
    assert work(kind, title) == words
