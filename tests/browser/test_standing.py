"""«Особый доступ» and «Подозрение» in a browser: opened, broken, suspected, put right."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Page, expect

from domain.calendar import Bell, Calendar, Term
from domain.office.facts import ClassFormed, Subject, YearOpened
from domain.regulation import Regulation
from domain.school import School
from tests import cast as c
from tests.api.ground import HASHED, OPERATOR, SLUG
from tests.browser.ground import AFTERNOON, TODAY, Site
from tests.browser.hands import barriers
from tests.ground import engine_on, request

pytestmark = pytest.mark.browser

OLD_CLASS = c.an_id("7а былого года")
LESSON = c.an_id(f"{TODAY}/5")
SEND = """async ([path, body]) => {
  const answer = await fetch(`/api/v1${path}`, {
    method: "POST", body: JSON.stringify(body),
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
  });
  return [answer.status, await answer.json()];
}"""
#: asked again while the projector has not got there within the two seconds of a request
FOLDED = """async (position) => {
  for (let n = 0; n < 30; n += 1) {
    if ((await fetch(`/api/v1/session?min_position=${position}`)).ok) return true;
  }
  return false;
}"""
WHY = "ребёнка ищет полиция, нужен последний урок"


def send(page: Page, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """A request of the page itself."""
    status, said = page.evaluate(SEND, [path, body])
    assert status < 300, said
    return dict(said)


def test_journals_are_opened_and_closed_by_the_deputy(site: Site) -> None:
    with site.person("vera") as page:
        page.goto("/grants")
        page.get_by_text("Открыть журналы").click()
        page.get_by_label("Приказ №").fill("77-у")
        page.get_by_label("7б").check()
        page.get_by_role("button", name="Открыть", exact=True).click()
        line = page.locator("li", has_text="77-у")
        expect(line).to_contain_text("7б")
        expect(line.locator(".tag")).to_have_text("открыто")
        assert barriers(page) == []
        line.get_by_role("button", name="Закрыть сегодня").click()
        expect(line.locator(".tag")).to_have_text("закончился")


def test_a_closed_diary_is_opened_with_a_reason_and_the_director_checks_it(site: Site) -> None:
    with site.person("vera") as page:
        page.goto(f"/grants?class_id={c.CLASS_7A}")
        page.get_by_label("Ученик", exact=True).select_option(label="Морозова Мария")
        page.get_by_label("Зачем").fill(WHY)
        page.get_by_role("button", name="Открыть на полчаса").click()
        page.get_by_role("link", name="Открыть дневник").click()
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("body")).to_contain_text("Морозова")
    with site.person("dina") as page:
        page.goto("/trail")
        page.get_by_role("link", name="Проверить, зачем").click()
        expect(page.locator("#glass")).to_contain_text(WHY)
        assert barriers(page) == []
        page.get_by_role("button", name="Проверено").click()
        expect(page.locator("#glass")).to_contain_text("проверено 25.09.2026")
        expect(page.get_by_text("Проверить, зачем")).to_have_count(0)


def test_marks_of_another_hand_go_back_by_one_button(site: Site) -> None:
    pupils = (c.PETYA, c.MASHA, c.YOLKIN)
    with site.person("alla") as page:
        send(page, f"/people/{c.ANNA}/account", {"login": "anna"})
    own_password(site)
    with site.person("anna") as page:
        marks = [
            {"mark_id": str(uuid4()), "pupil_id": one, "value": "5", "work_type_id": c.ANSWER}
            for one in pupils
        ]
        send(page, f"/lessons/{LESSON}/marks", {"marks": marks})
        spoilt = {"saw": "5", "value": "4", "reason_code": "TYPO"}
        send(page, f"/marks/{marks[0]['mark_id']}/corrections", spoilt)
    with site.person("vera") as page:
        page.goto("/grants")
        page.get_by_label("Чей пароль").select_option(label="Антонова Анна Андреевна")
        page.get_by_role("button", name="Дальше").click()
        page.get_by_role("button", name="Закрыть вход: пароль узнали").click()
        page.get_by_text("Да, закрыть вход").click()
        page.get_by_label("Пояснение").fill("ученик знает пароль")
        page.get_by_role("button", name="Готово").click()
        expect(page.locator(".tag", has_text="не разобрано: 4")).to_be_visible()
    with site.person("alla") as page:
        send(page, f"/people/{c.ANNA}/account", {"login": "anna"})
    own_password(site)
    with site.person("anna") as page:
        page.goto(f"/people/{c.ANNA}/suspicion")
        page.locator("[data-all]").first.check()
        expect(page.locator("#chosen")).to_have_text("Отмечено: 4")
        assert barriers(page) == []
        page.get_by_role("button", name="вернуть отметки, как были").click()
        expect(page.locator(".card .tag", has_text="исправлено: 4")).to_be_visible()


def own_password(site: Site) -> None:
    """Anna has changed the one-time password for the one of the cast."""
    with psycopg.connect(site.database) as conn:
        conn.execute(
            f"UPDATE school_{SLUG}.account SET hash = %s, must_change = false, good_until = NULL"
            " WHERE login = 'anna'",
            (HASHED,),
        )


def an_old_year(database: str) -> int:
    """A school year of long ago with an empty class; answers its position."""
    term = Term(1, "1 четверть", date(2001, 9, 1), date(2001, 10, 25))
    bells = (Bell(1, "08:30", "09:15"),)
    subjects = (Subject(c.ALGEBRA, "Алгебра"),)
    opened = YearOpened(
        c.SCHOOL, "Europe/Moscow", Calendar(2001, (term,)), bells, Regulation(), subjects
    )
    formed, by = ClassFormed(OLD_CLASS, 7, "а"), dict[str, Any](by=OPERATOR)
    with engine_on(database, clock=lambda: AFTERNOON) as engine:
        school = School(
            engine,
            SLUG,
            c.SCHOOL,
            ids=lambda: str(uuid4()),
            salts=lambda: secrets.token_urlsafe(16),
        )
        for answer in (
            school.open_year(opened, **by, request=request()),
            school.form_class(2001, formed, **by, request=request()),
        ):
            position = answer.result(10).position
    return position


def test_a_director_archives_an_old_year_with_the_buttons_of_the_page(site: Site) -> None:
    position = an_old_year(site.database)
    with site.person("dina", color_scheme="dark") as page:
        assert page.evaluate(FOLDED, position)
        page.goto("/archive")
        old = page.locator("section", has=page.get_by_role("heading", name="2001/2002"))
        expect(old).to_contain_text("открыт")
        old.get_by_label("Сдать год в архив по приказу №").fill("80-У")
        if old.get_by_label("Знаю, что не всё доделано").count():
            old.get_by_label("Знаю, что не всё доделано").check()
        old.get_by_role("button", name="Сдать 2001/2002 год в архив").click()
        expect(old).to_contain_text("приказ № 80-У")
        assert barriers(page) == []
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") == 360

        old.get_by_role("button", name="Составить файлы").click()
        expect(page.locator("body")).to_contain_text("ещё не под печатью")  # nothing is sealed here
        old.get_by_role("link", name="Исправить по акту").click()
        page.get_by_label("Класс").select_option("7а")
        page.get_by_role("button", name="Показать").click()
        expect(page.get_by_label("Класс")).to_have_value(OLD_CLASS)
        assert barriers(page) == []
        # nothing is offered that the archive would refuse
        for place in ("year", "terms/1"):
            page.goto(f"/classes/{OLD_CLASS}/{place}")
            expect(page.get_by_text("Год в архиве: записи не меняют")).to_be_visible()
            expect(page.get_by_role("link", name="пояснение по акту")).to_be_visible()
            for offer in ("Закрыть период", "Открыть период", "Записать решения педсовета"):
                expect(page.get_by_text(offer, exact=True)).to_have_count(0)
            assert barriers(page) == []
