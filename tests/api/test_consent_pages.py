"""«Согласия» by hand, without a script: classes, the checklist of a class, the form, the blank."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pypdf import PdfReader

from tests.api.ground import Desk
from tests.api.papers import PAPER, PDF
from tests.api.test_audit_pages import plain
from tests.api.test_page_doors import heading, look
from tests.cast import ANNA, CLASS_7A, CLASS_7B, MASHA, OLEG, OLGA, PETYA

pytestmark = pytest.mark.usefixtures("projector")

At = Callable[[str], Desk]
CLASS = f"/classes/{CLASS_7A}/consents"
OF_OLEG = f"{CLASS}/{PETYA}/{OLEG}"
OF_OLGA = f"{CLASS}/{PETYA}/{OLGA}"
OWN = {"sec-fetch-site": "same-origin", "accept": "text/html"}
FILLED = {
    "purpose": "diary",
    "since": "2026-09-01",
    "child_address": "Лесная, 4",
    "child_document": "II-АБ № 123456",
    "signer_address": "Лесная, 4",
    "signer_document": "46 12 654321",
    "ground": "отец",
}


def fields(answer: Response) -> dict[str, str]:
    """What the form of a page holds."""
    inputs = re.findall(r'<input [^>]*?name="(\w+)"[^>]*?value="([^"]*)"', answer.text)
    areas = re.findall(r'<textarea [^>]*?name="(\w+)"[^>]*>([^<]*)</textarea>', answer.text)
    return dict(inputs) | dict(areas)


def send(
    client: TestClient, person: Desk, path: str, filled: dict[str, Any], scan: bytes | None = None
) -> Response:
    """Press the button of a form."""
    files = {"scan": ("../../x.php", scan, "text/html")} if scan is not None else None
    headers = OWN | person.cookie
    answer = client.post(path, data=filled, files=files, headers=headers, follow_redirects=False)
    client.cookies.clear()
    return answer


def followed(client: TestClient, person: Desk, answer: Response) -> Response:
    """The page that a form leads to, with what was just written."""
    assert answer.status_code == 303, plain(answer)
    [position] = re.findall(r"letopis_position=(\d+)", answer.headers["set-cookie"])
    cookie = {"cookie": f"{person.cookie['cookie']}; letopis_position={position}"}
    return client.get(answer.headers["location"], headers=OWN | cookie)


@pytest.mark.parametrize("path", ["/consents", CLASS, OF_OLEG, f"{OF_OLEG}/blank"])
@pytest.mark.parametrize("login", ["zoya", "olga", "petya"])
def test_who_does_not_work_here_learns_of_no_page(
    client: TestClient, desk: At, login: str, path: str
) -> None:
    assert look(client, desk(login), path).status_code == 404


def test_a_colleague_is_told_whose_business_it_is(client: TestClient, desk: At) -> None:
    answer = look(client, desk("anna"), CLASS)

    assert answer.status_code == 403
    assert "Согласия ведут классный руководитель" in plain(answer)
    assert send(client, desk("anna"), OF_OLEG, FILLED).status_code == 403
    assert look(client, desk("anna"), "/consents").status_code == 404


def test_the_class_teacher_comes_to_the_own_class_at_once(client: TestClient, desk: At) -> None:
    answer = look(client, desk("kira"), "/consents")

    assert (answer.status_code, answer.headers["location"]) == (303, CLASS)
    assert '<a href="/consents"' in look(client, desk("kira"), "/").text


def test_the_deputy_sees_the_gaps_of_every_class(client: TestClient, desk: At) -> None:
    answer = look(client, desk("vera"), "/consents")

    assert heading(answer) == "Согласия по классам"
    assert f'href="/classes/{CLASS_7A}/consents?purpose=diary&amp;show=none"' in answer.text
    assert "7а, нет согласия: 2" in answer.text
    assert "7а, есть: 1" in answer.text
    assert f"/classes/{CLASS_7B}/consents" in answer.text


def test_the_checklist_says_how_each_family_stands_and_can_be_narrowed(
    client: TestClient, desk: At
) -> None:
    kira = desk("kira")
    whole, lacking = look(client, kira, CLASS), look(client, kira, f"{CLASS}?show=none")

    assert "Петрова Ольга" in plain(whole)
    assert "Нет согласия 3" in plain(whole)
    assert "Петрова Ольга" not in plain(lacking)
    assert "представитель ещё не связан с учеником" in plain(lacking)
    assert f"{CLASS}/{MASHA}" not in lacking.text


def test_a_consent_with_its_paper_is_recorded_by_the_form(client: TestClient, desk: At) -> None:
    kira = desk("kira")
    opened = fields(look(client, kira, OF_OLEG))

    shown = followed(client, kira, send(client, kira, OF_OLEG, opened | FILLED, PDF))

    assert "Согласие записано." in plain(shown)
    [newest, *_] = kira.get(f"/pupils/{PETYA}/consents").json()["consents"]
    path = f"/pupils/{PETYA}/consents/{newest['position']}"
    assert (newest["guardian_id"], newest["paper"], newest["scan"]) == (OLEG, True, True)
    assert f'href="/api/v1{path}/scan"' in shown.text
    paper = kira.get(f"{path}/paper").json()["paper"]
    assert paper["child"] == {
        "name": "Петров Пётр",
        "address": "Лесная, 4",
        "document": "II-АБ № 123456",
    }
    assert (paper["operator"], paper["ground"]) == ("Кукаринская школа", "отец")
    assert paper.keys() == PAPER.keys()
    assert kira.get(f"{path}/scan").content == PDF


def test_pressing_twice_records_once(client: TestClient, desk: At) -> None:
    kira = desk("kira")
    filled = fields(look(client, kira, OF_OLEG)) | FILLED

    first, second = (send(client, kira, OF_OLEG, filled, PDF) for _ in range(2))

    assert first.headers["set-cookie"] == second.headers["set-cookie"]
    followed(client, kira, second)
    assert len(kira.get(f"/pupils/{PETYA}/consents").json()["consents"]) == 2


def test_without_addresses_and_a_scan_the_consent_alone_is_recorded(
    client: TestClient, desk: At
) -> None:
    kira = desk("kira")
    opened = fields(look(client, kira, OF_OLEG))

    shown = followed(client, kira, send(client, kira, OF_OLEG, opened | {"purpose": "diary"}, b""))

    assert "бумага не внесена" in plain(shown)
    assert "Внести бумагу: Петров Олег" in shown.text

    again = fields(look(client, kira, OF_OLEG))
    brought = followed(client, kira, send(client, kira, OF_OLEG, again | FILLED))
    assert "Заменить бумагу: Петров Олег" in brought.text  # it is there already, and not missing


@pytest.mark.parametrize(
    ("change", "scan", "words"),
    [
        ({}, b"<svg/>", "Такой файл не принимается"),
        ({"ground": ""}, None, "В согласии не заполнено: основание"),
        ({"since": "завтра"}, None, "С какого дня: нужна дата"),
        ({"signed_on": "2026-12-31"}, None, "Дата подписи ещё не наступила"),
        ({"until": "2026-08-01"}, None, "Конец согласия раньше начала"),
    ],
)
def test_what_is_refused_comes_back_with_the_form_and_what_was_typed(
    client: TestClient, desk: At, change: dict[str, str], scan: bytes | None, words: str
) -> None:
    kira = desk("kira")
    opened = fields(look(client, kira, OF_OLEG))

    answer = send(client, kira, OF_OLEG, opened | FILLED | change, scan)

    assert answer.status_code == 422
    assert words in plain(answer)
    assert fields(answer)["signer_document"] == "46 12 654321"


def test_a_photograph_of_ten_megabytes_is_refused_in_words(client: TestClient, desk: At) -> None:
    answer = send(client, desk("kira"), OF_OLEG, FILLED | {"key": str(uuid4())}, bytes(10_000_000))

    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")


def test_a_consent_is_taken_back_by_one_button(client: TestClient, desk: At) -> None:
    kira = desk("kira")
    page = look(client, kira, CLASS)
    assert f'action="{OF_OLGA}/withdrawal"' in page.text
    pressed = {"purpose": "diary", "key": str(uuid4())}

    shown = followed(client, kira, send(client, kira, f"{OF_OLGA}/withdrawal", pressed))

    assert "Отзыв записан: доступ закрыт." in plain(shown)
    week = desk("olga").get(f"/pupils/{PETYA}/diary/weeks/2026-08-31")
    assert (week.status_code, week.json()["code"]) == (403, "consent.required")


def test_a_page_of_another_site_cannot_press_it(client: TestClient, desk: At) -> None:
    """ASVS V3.5.1."""
    pressed = {"purpose": "diary", "key": str(uuid4())}
    headers = {"sec-fetch-site": "cross-site"} | desk("kira").cookie

    answer = client.post(f"{OF_OLGA}/withdrawal", data=pressed, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "request.cross_site")


def test_a_family_of_no_such_people_has_no_form(client: TestClient, desk: At) -> None:
    kira = desk("kira")

    assert look(client, kira, f"{CLASS}/{MASHA}/{OLEG}").status_code == 404
    assert look(client, kira, f"{CLASS}/{PETYA}/{ANNA}/blank").status_code == 404
    assert look(client, kira, f"/classes/{CLASS_7B}/consents").status_code == 404
    pressed = {"purpose": "telegram", "key": "x"}
    assert send(client, kira, f"{OF_OLGA}/withdrawal", pressed).status_code == 404


def test_the_blank_has_the_names_filled_in_and_every_point_of_the_law(
    client: TestClient, desk: At
) -> None:
    answer = look(client, desk("kira"), f"{OF_OLGA}/blank?purpose=email")

    assert answer.headers["content-disposition"] == (
        'attachment; filename="blank-soglasiya-email.pdf"'
    )
    read = PdfReader(BytesIO(answer.content))
    [sheet] = read.pages
    text = re.sub(r"\s+", " ", sheet.extract_text())
    for words in (
        "Кукаринская школа",
        "Петров Пётр, 7а",
        "Петрова Ольга",
        "Оператор",
        "Цель",
        "Перечень данных",
        "по поручению",
        "Действия с данными",
        "Срок и отзыв",
        "подпись",
    ):
        assert words in text, words
