"""Inspections and remarks in a browser: noted, opened from a lesson, answered, closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.ground import Site
from tests.browser.hands import barriers

pytestmark = pytest.mark.browser

WORDS = "Тема урока не записана, домашнее задание тоже"
NARROW = {"width": 360, "height": 740}


def fits(page: Page) -> bool:
    """Nothing sticks out at the side."""
    width: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return width


def test_from_the_inspection_to_the_closed_remark(site: Site) -> None:
    with site.person("vera") as page:
        page.goto("/inspections")
        page.get_by_label("Класс", exact=True).select_option(label="7а")
        page.get_by_label("темы и КТП").check()
        page.get_by_role("button", name="Записать проверку").click()
        page.get_by_label("Предмет").select_option(label="Алгебра")
        page.get_by_role("button", name="Показать уроки").click()
        page.wait_for_url("**/inspections/*")
        assert barriers(page) == []
        page.get_by_role("link", name="Замечание к уроку").first.click()
        page.get_by_label("Что исправить").fill(WORDS)
        page.get_by_role("button", name="Записать замечание").click()
        expect(page.locator(".remarks")).to_contain_text(WORDS)
    with site.person("anna", viewport=NARROW) as page:
        page.goto("/remarks")
        expect(page.locator(".remarks")).to_contain_text(WORDS)
        assert fits(page)
        page.get_by_label("Словами").fill("Урока не было, перенесён")
        page.get_by_role("button", name="Ответить").click()
        expect(page.get_by_role("heading", name="Ждут решения")).to_be_visible()
    with site.person("vera") as page:
        page.goto("/inspections")
        assert barriers(page) == []
        page.get_by_role("button", name="Устранено, снять").click()
        expect(page.get_by_text("Ничего не ждёт.")).to_be_visible()


def test_the_pages_are_legible_for_everybody(site: Site) -> None:
    for login, path in (("vera", "/inspections"), ("anna", "/remarks")):
        for scheme in ("light", "dark"):
            with site.person(login, viewport=NARROW, color_scheme=scheme) as page:
                page.goto(path)
                assert barriers(page) == [], (path, scheme)
                assert fits(page), (path, scheme)


def test_a_question_is_asked_and_answered(site: Site) -> None:
    words = "Можно ли переписать контрольную?"
    with site.person("olga", viewport=NARROW) as page:
        page.goto("/questions")
        page.get_by_label("Кому").select_option(index=2)
        page.get_by_role("textbox", name="Вопрос").fill(words)
        assert barriers(page) == []
        assert fits(page)
        page.get_by_role("button", name="Спросить").click()
        expect(page.locator(".talk")).to_contain_text(words)
        other = page.locator("h1").inner_text()
    assert other == "Антонова А. А."
    with site.person("anna", viewport=NARROW, color_scheme="dark") as page:
        page.goto("/questions")
        page.get_by_role("link", name="Петрова О.").click()
        page.get_by_label("Ваши слова").fill("Да, в среду")
        assert barriers(page) == []
        assert fits(page)
        page.get_by_role("button", name="Отправить").click()
        expect(page.locator(".talk .own")).to_contain_text("Да, в среду")


def test_the_books_of_the_office_are_legible_for_everybody(site: Site) -> None:
    for login, path in (("vera", "/trainings"), ("sveta", "/service-requests")):
        with site.person(login, viewport=NARROW, color_scheme="dark") as page:
            page.goto(path)
            assert barriers(page) == [], path
            assert fits(page), path
