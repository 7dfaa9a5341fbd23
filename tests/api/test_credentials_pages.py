"""«Доступ»: forms without a script, for the class teacher and for the administrator."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pypdf import PdfReader

from tests.api.ground import PASSWORD, Clock, Desk
from tests.api.test_page_doors import heading, look
from tests.cast import CLASS_7A, GALINA, OLGA, PETYA, YOLKIN

At = Callable[[str], Desk]
TABLE = f"/classes/{CLASS_7A}/credentials"


def send(client: TestClient, by: Desk, path: str, /, **fields: str) -> Response:
    """A form as a browser sends it."""
    form = {"key": str(uuid4()), **fields}
    return client.post(path, data=form, headers=by.cookie, follow_redirects=False)


def line(client: TestClient, person: Desk, of: str, path: str = TABLE) -> str:
    """What the page says of somebody, without markup."""
    found = re.search(rf'<li[^>]*id="{of}">(.*?)</li>', look(client, person, path).text, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


@pytest.mark.parametrize(("login", "status"), [("zoya", 404), ("olga", 404), ("anna", 403)])
def test_the_page_of_a_class_is_its_class_teachers(
    client: TestClient, desk: At, login: str, status: int
) -> None:
    person = desk(login)

    assert look(client, person, TABLE).status_code == status
    assert send(client, person, TABLE, person=PETYA).status_code == status
    assert look(client, person, "/staff/credentials").status_code in {403, 404}
    assert send(client, person, "/staff/credentials", person=PETYA).status_code in {403, 404}


def test_a_class_teacher_is_led_to_the_own_class(client: TestClient, desk: At) -> None:
    kira = desk("kira")

    assert look(client, kira, "/credentials").headers["location"] == TABLE
    assert heading(look(client, kira, TABLE)) == "Доступ к дневнику: 7а"
    assert "Петрова Ольга" in look(client, kira, TABLE).text


def test_the_administrator_chooses_a_class_or_the_staff(client: TestClient, desk: At) -> None:
    alla = desk("alla")

    chooser = look(client, alla, "/credentials").text
    assert TABLE in chooser
    assert heading(look(client, alla, "/staff/credentials")) == "Сотрудники: доступ"
    slips = send(client, alla, "/staff/credentials", person=GALINA)
    assert "galkina.gg" in PdfReader(io.BytesIO(slips.content)).pages[0].extract_text()


def test_slips_are_printed_handed_out_and_signed_for(client: TestClient, desk: At) -> None:
    kira = desk("kira")

    slips = send(client, kira, TABLE, person=PETYA)

    assert slips.headers["content-type"] == "application/pdf"
    assert slips.headers["cache-control"] == "no-store"
    assert "petya" in PdfReader(io.BytesIO(slips.content)).pages[0].extract_text()
    printed = line(client, kira, PETYA)
    assert "листок напечатан" in printed
    assert "02.09.2026 12:00 , Кириллова К. К." in printed
    answer = send(client, kira, TABLE, signed=f"{PETYA} {OLGA}")
    assert answer.headers["location"] == f"{TABLE}#{PETYA}"
    assert "выдан под подпись" in line(client, kira, PETYA)
    assert "Петрова О." in line(client, kira, PETYA)


def test_a_form_sent_twice_does_not_print_twice(client: TestClient, desk: At) -> None:
    kira, key = desk("kira"), str(uuid4())
    send(client, kira, TABLE, person=YOLKIN, key=key)

    again = send(client, kira, TABLE, person=YOLKIN, key=key)

    assert again.status_code == 409
    assert "показать их ещё раз нельзя" in again.text


def test_the_form_asks_again_who_it_is(client: TestClient, desk: At, clock: Clock) -> None:
    kira = desk("kira")
    assert 'name="password"' not in look(client, kira, TABLE).text
    clock.forward(timedelta(minutes=6))
    assert 'name="password"' in look(client, kira, TABLE).text

    wrong = send(client, kira, TABLE, person=YOLKIN, password="не тот")
    assert wrong.status_code == 422
    assert "Логин или пароль не подходит" in wrong.text
    assert "не выдан" in line(client, kira, YOLKIN)

    slips = send(client, kira, TABLE, person=YOLKIN, password=PASSWORD)
    assert slips.headers["content-type"] == "application/pdf"
    assert "letopis=" in slips.headers["set-cookie"]


def test_nobody_chosen_is_said_on_the_page(client: TestClient, desk: At) -> None:
    answer = send(client, desk("kira"), TABLE)

    assert answer.status_code == 422
    assert "Отметьте, кому выдать листки." in answer.text


def test_a_form_of_another_site_is_refused(client: TestClient, desk: At) -> None:
    headers = desk("kira").cookie | {"sec-fetch-site": "cross-site"}
    answer = client.post(TABLE, data={"person": YOLKIN, "key": str(uuid4())}, headers=headers)

    assert answer.status_code == 403
