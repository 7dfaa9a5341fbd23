"""Red flags over HTTP and as a page: strangers first, then from the flag to the fact and a word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.auth.sessions import hash_of
from domain.access import Actor
from domain.journal.facts import AttendanceEntry
from domain.school import MarkInput
from domain.values import AttendanceCode, Origin
from projections.projector import Projector
from tests.api.ground import OPERATOR, SLUG, Clock, Desk, school_behind
from tests.api.telephone import refusal
from tests.api.test_grants import EVERYTHING, GRANT, settled
from tests.api.test_page_doors import heading, look
from tests.cast import ANNA, ANSWER, CLASS_7A, CLASS_7B, PETYA, an_id
from tests.ground import request

At = Callable[[str], Desk]
MARK = an_id("отметка отсутствующему")
WORD = "Работа сдана на перемене."


@pytest.fixture
def absent(client: TestClient, desk: At, projector: Projector) -> str:
    """Anna has given a mark to somebody who was not there; the name of the flag."""
    anna, school = desk("anna"), school_behind(client)
    lesson = anna.get("/lessons").json()["lessons"][0]["lesson_id"]
    by = Actor(ANNA, "s")
    given = [MarkInput(MARK, PETYA, "5", ANSWER)]
    first = school.give_marks(CLASS_7A, lesson, given, by=by, request=request()).result(10)
    ill = [AttendanceEntry(PETYA, AttendanceCode.ILL)]
    last = school.take_attendance(CLASS_7A, lesson, ill, by=by, request=request()).result(10)
    assert desk("vera").get("/session", min_position=last.position).status_code == 200
    return f"F8-{first.position}"


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("zoya", 404),
        ("olga", 404),
        ("petya", 404),
        ("anna", 403),
        ("kira", 403),
        ("sveta", 403),
    ],
)
def test_flags_are_not_a_teachers_nor_a_familys(
    client: TestClient, desk: At, absent: str, login: str, status: int
) -> None:
    other = desk(login)

    assert other.get("/red-flags").status_code == status
    assert other.get("/trail", class_id=CLASS_7A, flag=absent).status_code in {403, 404}
    assert other.get("/trail", class_id=CLASS_7A, flag="F8").status_code in {403, 404}
    assert look(client, other, "/signals").status_code == status
    if login != "sveta":
        said = other.post(f"/red-flags/{absent}/review", {"word": WORD})
        assert said.status_code == status


def test_from_the_flag_to_the_fact_and_back_with_a_word(desk: At, absent: str) -> None:
    vera = desk("vera")

    [flag] = vera.get("/red-flags").json()["items"]

    assert (flag["flag"], flag["code"], flag["severity"]) == (absent, "F8", "medium")
    assert flag["sentence"].endswith("Петров Пётр: стоит «5», а на уроке отсутствие")
    assert flag["by"] == {"person_id": ANNA, "name": "Антонова Анна Андреевна"}
    assert (flag["pupil"]["pupil_id"], flag["mark_id"]) == (PETYA, MARK)
    assert (flag["status"], flag["reviews"]) == ("open", [])
    trail = vera.get("/trail", flag=absent).json()["items"]
    assert {one["position"] for one in trail} == set(flag["positions"])
    assert {one["kind"] for one in trail} == {"mark-given", "attendance-taken"}

    settled(vera, vera.post(f"/red-flags/{absent}/review", {"word": WORD}))

    assert vera.get("/red-flags", status="open").json()["items"] == []
    [seen] = desk("igor").get("/red-flags", status="answered").json()["items"]
    assert [one["word"] for one in seen["reviews"]] == [None]
    [answered] = vera.get("/red-flags", status="answered", flag="F8", by=ANNA).json()["items"]
    assert answered["reviews"][0]["word"] == WORD
    assert answered["reviews"][0]["by"]["name"].startswith("Веденеева")
    assert vera.get("/red-flags", flag="F2").json()["items"] == []
    assert vera.get("/red-flags", flag="F2").json()["counts"] == {}


def test_who_may_look_into_a_flag(desk: At, absent: str) -> None:
    word = {"word": WORD}

    secretary = desk("sveta").post(f"/red-flags/{absent}/review", word)
    assert refusal(secretary) == (403, "access.administration_only")
    administrator = desk("alla").post(f"/red-flags/{absent}/review", word)
    assert refusal(administrator) == (403, "access.administration_only")
    unknown = desk("vera").post("/red-flags/F8-1/review", word)
    assert refusal(unknown) == (404, "flag.unknown")
    assert desk("vera").post("/red-flags/F12-1/review", word).status_code == 404
    assert desk("vera").post(f"/red-flags/{absent}/review", {"word": "да"}).status_code == 422


def test_an_auditor_sees_those_of_the_open_journals(desk: At, absent: str) -> None:
    vera, igor = desk("vera"), desk("igor")
    assert [one["flag"] for one in igor.get("/red-flags").json()["items"]] == [absent]

    settled(vera, vera.post(f"/grants/{EVERYTHING}/ending", {"on": "2026-09-02"}))
    assert igor.get("/red-flags").status_code == 404

    settled(vera, vera.post("/grants", GRANT))  # 7б alone
    answer = igor.get("/red-flags").json()
    assert (answer["items"], answer["counts"]) == ([], {})
    assert igor.get("/red-flags", class_id=CLASS_7A).json()["items"] == []
    assert GRANT["class_ids"] == [CLASS_7B]


def test_the_page_tells_calmly_leads_to_the_facts_and_keeps_the_word(
    client: TestClient, desk: At, absent: str
) -> None:
    vera = desk("vera")

    page = look(client, vera, "/signals")

    assert heading(page) == "Сигналы"
    assert "повод спросить, а не обвинение" in page.text
    assert "Петров Пётр: стоит «5», а на уроке отсутствие." in page.text
    assert "Антонова А. А." in page.text
    assert f'href="/trail?flag={absent}"' in page.text
    assert 'href="/signals" aria-current="page"' in page.text.replace("'", '"')
    assert f'data-review="{absent}"' in page.text
    trail = look(client, vera, f"/trail?flag={absent}").text
    assert f"сигнал {absent}: отметка стоит ученику" in trail

    settled(vera, vera.post(f"/red-flags/{absent}/review", {"word": WORD}))

    assert "Неразобранных сигналов нет." in look(client, vera, "/signals").text
    answered = look(client, vera, "/signals?status=answered").text
    assert WORD in answered
    assert "Веденеева В. В." in answered
    assert 'data-review="' not in look(client, desk("alla"), "/signals?status=all").text


def test_a_sign_in_that_is_still_known_is_told_and_its_place(
    client: TestClient, desk: At, projector: Projector, clock: Clock
) -> None:
    """Half past eleven in the evening, in a browser."""
    clock.forward(timedelta(hours=11, minutes=30))
    anna = desk("anna")
    lesson = anna.get("/lessons").json()["lessons"][0]["lesson_id"]
    mark = {"mark_id": MARK, "pupil_id": PETYA, "value": "5", "work_type_id": ANSWER}
    settled(anna, anna.post(f"/lessons/{lesson}/marks", {"marks": [mark]}))

    [flag] = desk("vera").get("/red-flags").json()["items"]

    assert (flag["code"], flag["count"]) == ("F4", 1)
    assert [one["new"] for one in flag["sign_ins"]] == [True]
    assert desk("igor").get("/red-flags").json()["items"][0]["sign_ins"] == []


def test_two_sign_ins_at_one_address_are_one_place(
    client: TestClient, desk: At, projector: Projector, kukarino: str
) -> None:
    """Back and forth within minutes: shown once the two came from two addresses."""
    first, second, vera = desk("anna"), Desk(client, "anna"), desk("vera")
    lesson = first.get("/lessons").json()["lessons"][0]["lesson_id"]
    for n, where in enumerate((first, second, first)):
        mark = {"mark_id": an_id(f"отметка {n}"), "pupil_id": PETYA, "value": "5"}
        body = {"marks": [mark | {"work_type_id": ANSWER}]}
        settled(first, where.post(f"/lessons/{lesson}/marks", body))
    assert vera.get("/red-flags").json()["items"] == []

    with psycopg.connect(kukarino) as conn:
        conn.execute(
            f"UPDATE school_{SLUG}.session SET ip = '192.0.2.17' WHERE token_hash = %s",
            (hash_of(second.cookie["cookie"].partition("=")[2]),),
        )

    [flag] = vera.get("/red-flags").json()["items"]
    assert (flag["code"], flag["count"]) == ("F10", 3)
    assert {one["address"] for one in flag["sign_ins"]} == {"127.0.0.1", "192.0.2.17"}


def test_an_import_is_of_nobody_at_a_desk(
    client: TestClient, desk: At, projector: Projector
) -> None:
    vera, anna = desk("vera"), desk("anna")
    lesson = anna.get("/lessons").json()["lessons"][0]["lesson_id"]
    school = school_behind(client)
    machine = Actor(OPERATOR.person_id, "import", Origin.IMPORT, operator=True)
    given: list[Any] = [MarkInput(MARK, PETYA, "5", ANSWER)]
    last = school.give_marks(CLASS_7A, lesson, given, by=machine, request=request()).result(10)
    vera.get("/session", min_position=last.position)

    items = vera.get("/red-flags").json()["items"]

    assert {one["code"] for one in items} == {"F3", "F11"}
    assert {one["by"]["name"] for one in items} == {""}
    assert all("загрузкой из файла" in one["sentence"] for one in items)
    assert "командная строка сервера" in look(client, vera, "/signals").text
