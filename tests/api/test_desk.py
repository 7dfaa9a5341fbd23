"""«Главное»: numbers of the administration, each with its list."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.pages.desk import REQUESTS, _words
from projections.projector import Projector
from tests.api.ground import Desk
from tests.api.test_page_doors import look
from tests.api.test_terms import mark
from tests.cast import PETYA

At = Callable[[str], Desk]


@pytest.mark.parametrize(
    ("login", "status"), [("zoya", 404), ("olga", 404), ("petya", 404), ("anna", 403)]
)
def test_the_desk_is_the_administrations(
    client: TestClient, desk: At, login: str, status: int
) -> None:
    assert look(client, desk(login), "/desk").status_code == status


def numbers(page: str) -> dict[str, str]:
    """What a number is of → the number."""
    found = re.findall(r'<b class="num">([^<]*)</b><span class="words">([^<]*)</span>', page)
    return {words: value for value, words in found}


def test_every_number_of_the_deputy_opens_its_list(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna, vera = desk("anna"), desk("vera")
    position = mark(anna, "5")
    marks = desk("olga").get(f"/pupils/{PETYA}/marks", min_position=position).json()["marks"]
    why = {"saw": "5", "value": "4", "reason_code": "TYPO"}
    done = anna.post(f"/marks/{marks[0]['mark_id']}/corrections", why).json()

    answer = look(client, vera, f"/desk?min_position={done['position']}")
    shown = numbers(answer.text)
    assert shown["отметка исправлена"] == "1"
    assert shown["запросов на исправление"] == "0"
    assert set(shown) >= {"журналов не заполнено", "сигналов без ответа"}
    for href in re.findall(r'<a class="card [^"]*" href="([^"]+)"', answer.text):
        assert look(client, vera, href.replace("&amp;", "&")).status_code == 200, href


@pytest.mark.parametrize(
    ("number", "words"), [(0, "запросов"), (1, "запрос"), (3, "запроса"), (12, "запросов")]
)
def test_a_number_of_the_desk_has_words_that_go_with_it(number: int, words: str) -> None:
    assert _words(number, *REQUESTS) == f"{words} на исправление"


def test_the_secretary_sees_only_numbers_whose_lists_open(client: TestClient, desk: At) -> None:
    sveta = desk("sveta")
    answer = look(client, sveta, "/desk")
    assert "запросов на исправление" not in numbers(answer.text)
    for href in re.findall(r'<a class="card [^"]*" href="([^"]+)"', answer.text):
        assert look(client, sveta, href.replace("&amp;", "&")).status_code == 200, href
