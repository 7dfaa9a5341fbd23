"""«Положение» as pages: the clauses for everybody, the form for those who adopt another version."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.pages.regulation import CHAPTERS, EDIT
from api.pages.regulation_form import PARTS, fields_of
from domain.clauses import CLAUSES
from domain.regulation import PRESETS, Regulation
from domain.rule_table import BY_FIELD
from tests.api.ground import PASSWORD, YEAR, Clock, Desk, project
from tests.api.test_page_doors import look

At = Callable[[str], Desk]


def form_of(**changed: Any) -> dict[str, Any]:
    """What a browser sends of the form in force, with these fields typed over."""
    sent: dict[str, Any] = {"key": str(uuid4()), "do": "preview"}
    for name, value in fields_of(Regulation()).items():
        if name == "marks_needed":
            sent[f"{name}.hours"] = [*(str(hours) for hours, _ in value), "", ""]
            sent[f"{name}.marks"] = [*(str(marks) for _, marks in value), "", ""]
        else:
            sent[name] = [str(one) for one in value] if isinstance(value, tuple) else str(value)
    return sent | changed


def send(client: TestClient, person: Desk, form: dict[str, Any]) -> Response:
    """The form, as a browser sends it."""
    answer = client.post(EDIT, data=form, headers=person.cookie, follow_redirects=False)
    client.cookies.clear()
    return answer


def seal_of(page: str) -> str:
    """The seal of what was previewed."""
    [found] = re.findall(r'name="seal" value="(\w+)"', page)
    return str(found)


@pytest.mark.parametrize("login", ["zoya", "olga", "petya"])
def test_a_stranger_and_a_family_read_the_rules_and_no_figure(
    client: TestClient, desk: At, login: str
) -> None:
    page = look(client, desk(login), "/regulation")
    assert page.status_code == 200
    assert "Домашнее задание — не позднее дня урока" in page.text
    assert "до конца дня урока" in page.text
    assert "чего не хватает" not in page.text
    assert "Изменить" not in page.text
    for path in ("/regulation/history", EDIT):
        assert look(client, desk(login), path).status_code == 404


@pytest.mark.parametrize(("login", "status"), [("anna", 403), ("igor", 403), ("sveta", 403)])
def test_the_form_is_of_those_who_adopt(
    client: TestClient, desk: At, login: str, status: int
) -> None:
    person = desk(login)
    assert look(client, person, EDIT).status_code == status
    assert send(client, person, form_of(fill_days="3")).status_code == status
    assert EDIT not in look(client, person, "/regulation").text


def test_every_clause_is_in_a_chapter_and_every_number_in_a_part_of_the_form() -> None:
    for number in CLAUSES:
        assert sum(number.startswith(chapter) for chapter, _ in CHAPTERS) == 1, number
    assert sorted(name for _, names in PARTS for name in names) == sorted(BY_FIELD)


def test_the_staff_sees_figures_one_click_from_what_is_missing(
    client: TestClient, desk: At
) -> None:
    kira = desk("kira")
    page = look(client, kira, "/regulation").text
    assert all(f'id="п{number}"' in page for number in CLAUSES)
    assert "33,3 %" in page
    assert '<a href="/consents">чего не хватает: 2</a>' in page
    gaps = look(client, kira, "/regulation?show=gaps").text
    assert 'id="п1.11"' in gaps
    assert 'id="п1.4"' not in gaps


@pytest.mark.parametrize("login", ["anna", "kira", "vera", "sveta", "igor"])
def test_no_figure_links_to_a_page_that_is_closed_to_its_reader(
    client: TestClient, desk: At, login: str
) -> None:
    person = desk(login)
    page = look(client, person, "/regulation").text
    links = {unescape(one) for one in re.findall(r'<div class="figure">.*?</div>', page, re.DOTALL)}
    hrefs = {one for text in links for one in re.findall(r'href="([^"]+)"', text)}
    assert len(hrefs) > 5
    closed = {one: look(client, person, one).status_code for one in sorted(hrefs)}
    assert {one: status for one, status in closed.items() if status not in (200, 303)} == {}


def test_each_clause_shows_a_figure_or_says_why_there_is_nothing_to_count(
    client: TestClient, desk: At
) -> None:
    vera = desk("vera")
    page = look(client, vera, "/regulation").text
    for clause in re.findall(r'<li id="п.*?(?=<li id="п|</section>)', page, re.DOTALL):
        assert 'class="share' in clause or "Пока нечего считать: " in clause, clause
    idle = look(client, vera, "/regulation?show=idle").text
    assert 'id="п4.2.а-5"' in idle
    assert 'id="п1.4"' not in idle
    assert "/credentials" in look(client, vera, "/regulation?show=gaps").text


def test_the_form_shows_the_numbers_in_force_or_those_of_a_preset(
    client: TestClient, desk: At
) -> None:
    vera = desk("vera")
    assert re.search(r'name="fill_days"[^>]* value="7"', look(client, vera, EDIT).text)
    letter = look(client, vera, f"{EDIT}?preset=ap147").text
    assert re.search(r'name="fill_days"[^>]* value="1"', letter)
    assert '<option value="hour_after" selected>' in letter
    assert look(client, vera, f"{EDIT}?preset=mine").status_code == 422


def test_a_unit_agrees_with_its_number(client: TestClient, desk: At) -> None:
    page = look(client, desk("vera"), "/regulation/edit").text
    field = page.split('name="inspection_months"')[1].partition("</div>")[0]
    assert "> месяц" in field
    assert "месяцев" not in field


def test_previewed_then_adopted_by_an_order(client: TestClient, desk: At, kukarino: str) -> None:
    dina = desk("dina")
    changed = form_of(
        version="строже", fill_days="3", term_thresholds=["2,6", "3,6", "4,6"], ungraded_levels=[]
    )
    preview = send(client, dina, changed)
    assert preview.status_code == 200
    for words in ("<s>7 дней</s> → <b>3 дня</b>", "2,60 · 3,60 · 4,60", "<b>нет таких</b>"):
        assert words in preview.text
    assert len(dina.get(f"/years/{YEAR}/regulation/history").json()["versions"]) == 1

    seal = seal_of(preview.text)
    no_order = send(client, dina, changed | {"do": "adopt", "seal": seal})
    assert no_order.status_code == 422
    assert "Укажите номер приказа" in no_order.text

    adopt = changed | {"do": "adopt", "seal": seal, "order_no": "12-о"}
    assert send(client, dina, adopt).headers["location"] == "/regulation?said=adopted"
    project(kukarino)
    told = look(client, dina, "/regulation?said=adopted").text
    assert "Новая редакция принята" in told
    assert "Редакция «строже»" in told
    history = look(client, dina, "/regulation/history").text
    assert "приказ № 12-о; записано: Дмитриева Д. Д." in history
    assert "<s>7 дней</s> → <b>3 дня</b>" in history


def test_what_was_not_previewed_is_not_adopted(client: TestClient, desk: At) -> None:
    dina = desk("dina")
    first = form_of(version="строже", fill_days="3")
    seal = seal_of(send(client, dina, first).text)
    other = form_of(version="строже", fill_days="2", do="adopt", seal=seal, order_no="12-о")
    answer = send(client, dina, other)
    assert answer.status_code == 422
    assert "посмотрите ещё раз" in answer.text
    assert "<b>2 дня</b>" in answer.text

    meanwhile = {"version": "чужая", "remark_days": 9, "order_no": "11-о"}
    assert desk("vera").post(f"/years/{YEAR}/regulation", meanwhile).status_code == 200
    late = first | {"do": "adopt", "seal": seal, "order_no": "12-о"}
    assert "посмотрите ещё раз" in send(client, dina, late).text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"fill_days": "-1"}, "нужно целое число от 0 до 60"),
        ({"fill_days": "семь"}, "нужно целое число от 0 до 60"),
        ({"fill_days": ""}, "нужно целое число от 0 до 60"),
        ({"marks_needed.marks": ["7", "5", "3", "", ""]}, "по возрастанию часов"),
        ({"not_attested_share": "половина"}, "нужна доля"),
        ({"term_thresholds": ["3"]}, "нужны три числа"),
        ({"project_levels": ["12"]}, "назовите параллели"),
        ({"weighted": "может быть"}, "ответьте"),
        ({"homework_due": "x"}, "выберите одно из"),
        ({"fill_days": "3"}, "уже принято другое"),
    ],
)
def test_what_is_not_sane_comes_back_with_the_form(
    client: TestClient, desk: At, changed: dict[str, Any], words: str
) -> None:
    answer = send(client, desk("alla"), form_of(**changed))
    assert answer.status_code in {409, 422}
    assert words in answer.text
    assert "Принять по приказу" not in answer.text


def test_nothing_changed_is_nothing_to_adopt(client: TestClient, desk: At) -> None:
    page = send(client, desk("alla"), form_of()).text
    assert "все значения те же" in page
    assert "Принять по приказу" not in page


def test_the_password_is_asked_again_in_the_form(
    client: TestClient, desk: At, clock: Clock
) -> None:
    dina = desk("dina")
    clock.forward(timedelta(minutes=6))
    changed = form_of(version="строже", fill_days="3")
    preview = send(client, dina, changed).text
    assert "Ваш пароль, ещё раз" in preview
    adopt = changed | {"do": "adopt", "seal": seal_of(preview), "order_no": "12-о"}
    assert send(client, dina, adopt | {"password": "не тот пароль"}).status_code == 401
    assert send(client, dina, adopt | {"password": PASSWORD}).status_code == 303


def test_presets_of_the_page_are_those_of_the_domain(client: TestClient, desk: At) -> None:
    page = look(client, desk("alla"), EDIT).text
    assert all(f'href="/regulation/edit?preset={name}"' in page for name in PRESETS)
