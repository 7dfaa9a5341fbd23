"""«Проверки и замечания», «Замечания мне» and the sheet of inspections, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from projections.projector import Projector
from tests.api.ground import Clock, Desk
from tests.api.test_grants import settled
from tests.api.test_inspections import ANSWER, INSPECTION, NUMBER, OPENED, REMARK, topic
from tests.api.test_page_doors import look
from tests.cast import ALGEBRA, CLASS_7A

At = Callable[[str], Desk]
PAGE = f"/inspections/{NUMBER}"


def send(client: TestClient, person: Desk, path: str, **fields: Any) -> Response:
    """A form as a browser sends it."""
    answer = client.post(
        path,
        data={"key": str(uuid4())} | fields,
        headers={**person.cookie, "accept": "text/html"},
        follow_redirects=False,
    )
    client.cookies.clear()
    return answer


def follow(client: TestClient, person: Desk, answer: Response) -> str:
    """The page to which a form leads; it waits for what was written."""
    assert answer.status_code == 303, answer.text
    position = re.search(r"letopis_position=(\d+)", answer.headers["set-cookie"])
    assert position
    cookie = f"{person.cookie['cookie']}; letopis_position={position[1]}"
    page = client.get(answer.headers["location"], headers={"cookie": cookie, "accept": "text/html"})
    client.cookies.clear()
    assert page.status_code == 200
    return page.text


@pytest.fixture
def opened(desk: At, projector: Projector) -> At:
    vera = desk("vera")
    vera.post("/inspections", INSPECTION)
    settled(vera, vera.post(f"/inspections/{NUMBER}/remarks", OPENED))
    return desk


@pytest.mark.parametrize(
    ("login", "status"), [("zoya", 404), ("olga", 404), ("petya", 404), ("anna", 403)]
)
def test_the_pages_of_control_are_the_administrations(
    client: TestClient, opened: At, login: str, status: int
) -> None:
    other = opened(login)
    for path in ("/inspections", PAGE):
        assert look(client, other, path).status_code == status
    assert look(client, other, f"/classes/{CLASS_7A}/inspections").status_code == 404
    assert send(client, other, f"/remarks/{REMARK}/acceptance").status_code == status
    assert send(client, other, "/inspections").status_code == status


def test_the_deputy_notes_an_inspection_and_opens_a_remark_from_a_lesson(
    client: TestClient, desk: At, projector: Projector
) -> None:
    vera = desk("vera")
    days = {"class_id": CLASS_7A, "since": "2026-09-01", "until": "2026-09-02"}
    nothing = send(client, vera, "/inspections", **days)
    assert nothing.status_code == 422
    assert "Отметьте, что проверено" in nothing.text

    done = send(client, vera, "/inspections", **days, checked=["TOPICS", "HOMEWORK"])
    page = follow(client, vera, done)
    assert "Проверка журнала 7а" in page
    there = done.headers["location"]
    lessons = look(client, vera, f"{there}?subject_id={ALGEBRA}").text
    assert "нет темы" in lessons
    lesson = re.search(r"lesson_id=([0-9a-f-]{36})", lessons)
    assert lesson
    chosen = look(client, vera, f"{there}?subject_id={ALGEBRA}&lesson_id={lesson[1]}").text
    assert "Алгебра, урок 02.09.2026" in chosen
    about = {"subject_id": ALGEBRA, "lesson_id": lesson[1], "kind": "TOPICS"}
    empty = send(client, vera, f"{there}/remarks", **about, text=" ")
    assert (empty.status_code, "Напишите словами" in empty.text) == (422, True)

    page = follow(client, vera, send(client, vera, f"{there}/remarks", **about, text="нет темы"))

    assert "Антонова А. А." in page
    assert "ответить до 09.09.2026" in page


def test_the_teacher_answers_by_one_button_and_the_deputy_closes(
    client: TestClient, opened: At
) -> None:
    anna, vera = opened("anna"), opened("vera")
    page = look(client, anna, "/remarks").text
    assert "тема не записана" in page
    assert "Записей после замечания пока нет" in page
    position = topic(anna)
    page = look(client, anna, "/remarks").text
    assert "Устранено этими записями" in page
    assert f'value="{position}" checked' in page

    answer = send(client, anna, f"/remarks/{REMARK}/resolution", positions=[str(position)])
    assert "Ждут решения" in follow(client, anna, answer)
    waiting = look(client, vera, "/inspections").text
    assert "Устранено, снять" in waiting
    back = send(client, vera, f"/remarks/{REMARK}/return", text="тема другого урока")
    assert "Открытые замечания" in follow(client, vera, back)
    assert "тема другого урока" in look(client, anna, "/remarks").text
    settled(anna, anna.post(ANSWER, {"text": "исправила"}))
    follow(client, vera, send(client, vera, f"/remarks/{REMARK}/acceptance"))

    sheet = look(client, vera, f"/classes/{CLASS_7A}/inspections").text
    assert "темы и КТП" in sheet
    assert "02.09.2026, Веденеева В. В." in sheet
    assert "объяснение" in sheet


def test_the_table_says_which_months_are_without_an_inspection(
    client: TestClient, opened: At, clock: Clock
) -> None:
    assert "В этом месяце проверены все." in look(client, opened("vera"), "/inspections").text
    clock.forward(timedelta(days=65))

    page = look(client, opened("dina"), "/inspections").text

    assert "Без проверки остались: 1" in page
    assert "просрочено на" in page
    assert "Записать проверку" in page
    assert "Записать проверку" not in look(client, opened("alla"), "/inspections").text


def test_a_form_sent_twice_is_carried_out_once(
    client: TestClient, desk: At, projector: Projector
) -> None:
    vera, key = desk("vera"), str(uuid4())
    days = {"class_id": CLASS_7A, "since": "2026-09-01", "until": "2026-09-02"}
    for _ in range(2):
        done = send(client, vera, "/inspections", **days, checked=["TOPICS"], key=key)
        follow(client, vera, done)
    assert len(vera.get("/inspections").json()["inspections"]) == 1
