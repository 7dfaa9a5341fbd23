"""«Мои долги» and «Заполнение журналов» as pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient

from projections.compliance import VACANT
from tests.api.ground import OPERATOR, Clock, Desk, project, school_behind
from tests.api.test_compliance import MONDAY_NIGHT, WEEK, close_weeks, fill
from tests.api.test_page_doors import look
from tests.cast import ALGEBRA, ANNA, BORIS, CLASS_7A, an_id
from tests.domain.seventh_a import SEPTEMBER_1
from tests.ground import request

At = Callable[[str], Desk]
PAGES = (
    "/debts",
    "/compliance",
    f"/compliance/teachers/{ANNA}",
    "/compliance/terms",
    "/compliance/delays",
    "/compliance/marks",
    "/compliance/plans",
)


@pytest.mark.parametrize("path", [*PAGES, "/availability"])
@pytest.mark.parametrize(
    ("login", "status"), [("zoya", 404), ("olga", 404), ("petya", 404), ("sveta", 403)]
)
def test_a_stranger_sees_nothing_of_it(
    client: TestClient, desk: At, login: str, status: int, path: str
) -> None:
    found = look(client, desk(login), path).status_code
    assert found == (200 if (login, path) == ("sveta", "/availability") else status)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_drawn_for_a_teacher_and_for_the_deputy(
    client: TestClient, desk: At, path: str
) -> None:
    for login in ("anna", "vera"):
        answer = look(client, desk(login), path)
        assert answer.status_code == 200, answer.text


def test_a_sheet_of_a_colleague_is_refused(client: TestClient, desk: At) -> None:
    page = look(client, desk("anna"), f"/compliance/teachers/{BORIS}")
    assert page.status_code == 403
    assert "Это сроки другого учителя" in page.text


def test_without_debts_the_page_says_when_some_appear(
    client: TestClient, desk: At, kukarino: str
) -> None:
    anna = desk("anna")
    lesson = fill(anna, kukarino)
    assert "домашнее задание</span> сегодня до 23:59" in look(client, anna, "/debts").text
    anna.post(f"/lessons/{lesson}/no-homework")
    project(kukarino)
    assert "долгов нет" in look(client, anna, "/debts").text


def test_debts_that_can_still_be_in_time_come_first_and_lead_to_the_lesson(
    client: TestClient, desk: At, kukarino: str, clock: Clock
) -> None:
    lesson = fill(desk("anna"), kukarino)
    clock.forward(timedelta(days=1))
    page = look(client, desk("anna"), "/debts").text
    assert page.index("Ещё можно вовремя") < page.index("Срок прошёл")
    assert "просрочено на" in page
    hrefs = [unescape(one) for one in re.findall(r'href="([^"]+panel=1[^"]*)"', page)]
    assert any(f"lesson={lesson}" in one for one in hrefs)
    assert look(client, desk("anna"), hrefs[0]).status_code == 200


def test_what_lies_in_a_closed_term_is_no_more_asked_for_but_told(
    client: TestClient, desk: At, kukarino: str, clock: Clock
) -> None:
    fill(desk("anna"), kukarino)
    clock.forward(timedelta(days=1))
    assert "Прежние дни заполнены (за 60 дней)" not in look(client, desk("anna"), "/").text
    closing = desk("vera").post(f"/classes/{CLASS_7A}/terms/1/closing")
    assert closing.status_code == 200, closing.text
    project(kukarino)
    page = look(client, desk("anna"), "/debts").text
    assert "Период закрыт" in page
    assert "Заполнить" not in page
    assert "он открывает период снова по приказу" in page
    assert "Прежние дни заполнены (за 60 дней)" in look(client, desk("anna"), "/").text


def test_an_open_week_is_told_to_be_the_teachers(client: TestClient, desk: At) -> None:
    page = look(client, desk("vera"), f"/compliance?week={WEEK}").text
    assert "Неделя ещё у учителей" in page
    assert "Антонова" not in page


def test_a_week_of_vacation_is_told_to_be_without_lessons(
    client: TestClient, desk: At, kukarino: str, clock: Clock
) -> None:
    """Its check is never closed: the page would promise for ever that it soon will be."""
    close_weeks(client, kukarino, clock)
    clock.at = datetime(2026, 11, 3, 9, tzinfo=UTC)
    page = look(client, desk("vera"), "/compliance").text  # the week that is over: the last one
    assert "26–31 октября" in page
    assert "На этой неделе уроков нет" in page
    assert "Неделя ещё у учителей" not in page
    assert "Последняя закрытая неделя" in page


def test_lessons_of_who_was_released_are_a_gap_that_the_deputy_sees(
    client: TestClient, desk: At, kukarino: str, clock: Clock
) -> None:
    assignment = an_id(f"{ANNA}/{ALGEBRA}")
    school_behind(client).release_teacher(
        CLASS_7A, assignment, SEPTEMBER_1, by=OPERATOR, request=request()
    ).result(10)
    project(kukarino)
    close_weeks(client, kukarino, clock)
    page = look(client, desk("vera"), f"/compliance?week={WEEK}").text
    assert "Антонова" not in page
    assert "без учителя" in page
    links = [unescape(one) for one in re.findall(r'href="(/compliance\?[^"]+duty=[^"]+)"', page)]
    gap = next(one for one in links if VACANT in one and "topic" in one)
    assert "7а · Алгебра" in look(client, desk("vera"), gap).text
    sheet = look(client, desk("vera"), f"/compliance/teachers/{VACANT}?from=2026-09-01")
    assert "без учителя" in sheet.text


def test_from_a_number_to_its_lessons_and_from_there_to_the_register(
    client: TestClient, desk: At, kukarino: str, clock: Clock
) -> None:
    lesson = fill(desk("anna"), kukarino)
    close_weeks(client, kukarino, clock)
    vera = desk("vera")
    page = look(client, vera, f"/compliance?week={WEEK}").text
    assert "Неделя ещё у учителей" not in page
    links = [unescape(one) for one in re.findall(r'href="(/compliance\?[^"]+duty=[^"]+)"', page)]
    first = next(one for one in links if "homework" in one and "missing" in one and ANNA in one)
    listed = look(client, vera, first).text
    assert "Домашнее задание: нет записи" in listed
    [register] = {
        unescape(one) for one in re.findall(r'href="(/classes/[^"]+)"', listed) if lesson in one
    }
    assert look(client, vera, register).status_code == 200


@pytest.mark.parametrize("by", ["teachers", "classes", "subjects"])
def test_numbers_of_a_cell_are_as_many_lessons(
    client: TestClient, desk: At, kukarino: str, clock: Clock, by: str
) -> None:
    fill(desk("anna"), kukarino)
    close_weeks(client, kukarino, clock)
    vera = desk("vera")
    page = look(client, vera, f"/compliance?week={WEEK}&by={by}").text
    cells = re.findall(
        r'href="(/compliance\?[^"]+)#lessons"><span class="sr">[^<]*</span>(?:\D* )?(\d+)</a>', page
    )
    assert len(cells) >= 3
    for href, count in cells:
        listed = look(client, vera, unescape(href)).text
        section = listed[listed.index('id="lessons"') :]
        assert section.count("\u2011й урок") == int(count), href


def test_the_sheet_is_printed_with_the_place_of_each_record(
    client: TestClient, desk: At, kukarino: str, clock: Clock
) -> None:
    fill(desk("anna"), kukarino)
    clock.at = MONDAY_NIGHT
    page = look(client, desk("anna"), f"/compliance/teachers/{ANNA}").text
    assert "Ведомость учителя" in page
    assert "нет записи" in page
    assert "По записям журнала до №" in page
    assert f"/api/v1/compliance/teachers/{ANNA}/sheet?" in page


def test_availability_says_what_is_measured(client: TestClient, desk: At) -> None:
    page = look(client, desk("vera"), "/availability").text
    assert "За этот месяц измерений нет" in page
    assert "Сеть школы и провайдер отсюда не видны" in page


def test_the_pages_are_in_the_sections(client: TestClient, desk: At) -> None:
    assert 'href="/debts"' in look(client, desk("anna"), "/").text
    assert 'href="/compliance"' in look(client, desk("vera"), "/trail").text
