"""A pupil is found from anywhere: by the beginning of a name, by who may know of that pupil."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from projections.directory.search import matches, words_of
from tests.api.ground import Desk
from tests.api.test_page_doors import look
from tests.cast import CLASS_7A, PETYA, YOLKIN

At = Callable[[str], Desk]


@pytest.mark.parametrize(
    ("asked", "name", "expected"),
    [
        ("ел", "Ёлкин Егор", True),
        ("Ёл", "Елкин Егор", True),
        ("иван ив", "Иванов Иван Петрович", True),
        ("петр иван", "Иванов Иван Петрович", True),  # in whatever order
        ("иван иванов", "Иванов Сергей Петрович", False),  # no part of a name twice
        ("преоб", "Черкасов-Преображенский Константин", True),
        ("петр и", "Петров Иван", True),  # an initial beside a word
        ("анов", "Иванов Иван", False),  # the beginning only
    ],
)
def test_a_name_is_found_by_its_beginnings(asked: str, name: str, *, expected: bool) -> None:
    assert matches(name, words_of(asked)) is expected


@pytest.mark.parametrize("asked", ["", " ", "п", "п и", "%%", "12", "--"])
def test_less_than_two_letters_ask_for_nobody(asked: str) -> None:
    assert words_of(asked) == ()


def search(client: TestClient, person: Desk, asked: str) -> Response:
    return client.post("/search", data={"q": asked}, headers=person.cookie)


def found(client: TestClient, person: Desk, asked: str) -> list[tuple[str, str]]:
    """Names found and, after each, its links."""
    answer = search(client, person, asked)
    assert answer.status_code == 200, answer.text
    shape = r'<strong>([^<]+)|href="(/[^"]+)">[^<]+<span class="sr">: '
    return re.findall(shape, answer.text)


def test_everybody_finds_whom_one_may_know(client: TestClient, desk: At, kukarino: str) -> None:
    for stranger in ("olga", "petya", "tanya"):
        hidden = search(client, desk(stranger), "петр")
        assert hidden.status_code == 404
        assert 'action="/search"' not in look(client, desk(stranger), "/account").text
    assert found(client, desk("boris"), "петр п") == [
        ("Петров Пётр", ""),
        ("", f"/classes/{CLASS_7A}/register"),
    ]
    links = [href for _, href in found(client, desk("kira"), "елк") if href]
    assert links[0].startswith(f"/pupils/{YOLKIN}/diary/")
    closed = search(client, desk("vera"), "ёлкин").text
    assert "дневник закрыт: нет согласия семьи" in closed
    assert f"/pupils/{YOLKIN}/diary/" not in closed
    assert f"/pupils/{PETYA}/diary/" in search(client, desk("vera"), "петр").text
    assert found(client, desk("igor"), "морозова")[1][1] == f"/classes/{CLASS_7A}/past"
    with psycopg.connect(kukarino) as conn:
        [*lines] = conn.execute(
            "SELECT subject, basis FROM school_kukarino.access_log WHERE act = 'search' ORDER BY at"
        ).fetchall()
    assert (PETYA, "teacher") == lines[0]
    assert (YOLKIN, "deputy") in lines


def test_a_program_finds_whom_its_owner_may_know(desk: At, kukarino: str) -> None:
    there = "/pupils/search"
    assert desk("olga").post(there, {"q": "петр"}).status_code == 404
    [petya] = desk("boris").post(there, {"q": "петр п"}).json()["pupils"]
    assert (petya["pupil_id"], petya["class_name"], petya["diary"]) == (PETYA, "7а", False)
    assert desk("vera").post(there, {"q": "петр"}).json()["pupils"][0]["diary"] is True
    assert desk("vera").post(there, {"q": "ёлкин"}).json()["pupils"][0]["diary"] is False
    assert desk("vera").post(there, {"q": "п"}).json() == {"pupils": [], "more": 0}
    with psycopg.connect(kukarino) as conn:
        looked = conn.execute(
            "SELECT subject FROM school_kukarino.access_log WHERE act = 'search' ORDER BY at, id"
        ).fetchall()
    assert looked[0] == (PETYA,)  # whom one has found is a line of the access log
