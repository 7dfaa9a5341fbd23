"""«Сигналы» in a browser: read on any screen, followed to the records, looked into with a word."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests import cast as c
from tests.browser.ground import TODAY, Site
from tests.browser.hands import barriers
from tests.browser.test_standing import send

pytestmark = pytest.mark.browser

TELEPHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
EARLIER = c.an_id(f"{TODAY - timedelta(days=10)}/5")
LESSON = c.an_id(f"{TODAY}/5")
WORD = "Тему забыли записать, урок был."


@pytest.fixture(scope="module")
def odd(site: Site) -> Site:
    """Marks for a lesson that nothing else says was held, and for a pupil who was not there."""

    def mark(page: Page, lesson: str, pupil: str, value: str) -> None:
        given = {"mark_id": str(uuid4()), "pupil_id": pupil, "value": value}
        given |= {"work_type_id": c.ANSWER}
        send(page, f"/lessons/{lesson}/marks", {"marks": [given]})

    with site.person("anna") as page:
        mark(page, EARLIER, c.PETYA, "4")
        mark(page, EARLIER, c.MASHA, "5")
        mark(page, LESSON, c.YOLKIN, "5")
        send(page, f"/lessons/{LESSON}/topic", {"topic": "Дроби", "kind": "LESSON"})
        absent = {"pupil_id": c.YOLKIN, "code": "ILL"}
        send(page, f"/lessons/{LESSON}/attendance", {"entries": [absent]})
    return site


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, TELEPHONE])
def test_the_page_is_for_everybody(odd: Site, scheme: str, size: dict[str, int]) -> None:
    with odd.person("vera", viewport=size, color_scheme=scheme) as page:
        page.goto("/signals")
        expect(page.locator("section.card")).to_have_count(2)
        page.get_by_text("Разобрать", exact=True).first.click()
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_from_the_signal_to_the_records_and_back_with_a_word(odd: Site) -> None:
    with odd.person("vera") as page:
        page.goto("/trail")
        page.get_by_role("button", name="Контроль").click()
        page.get_by_role("link", name="Сигналы").click()
        line = page.locator("li", has_text="ни тема, ни посещаемость не записаны")
        line.get_by_role("link", name="Открыть 2 записи").click()
        expect(page.locator(".trail li")).to_have_count(2)
        page.go_back()
        line.get_by_text("Разобрать", exact=True).click()
        line.get_by_label("Что выяснилось").fill(WORD)
        line.get_by_role("button", name="Разобрано").click()
        expect(page.locator("section.card")).to_have_count(1)
        page.get_by_role("link", name="Разобраны", exact=True).click()
        expect(page.locator(".review")).to_contain_text(WORD)
