"""The class teacher's room in a browser: a week explained and signed, results, a family's year."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests import cast as c
from tests.browser.ground import TODAY, Site
from tests.browser.hands import barriers
from tests.browser.test_standing import send

pytestmark = pytest.mark.browser

WEEK = f"/classes/{c.CLASS_7A}/absences/2026-W39"
OUTCOMES = f"/classes/{c.CLASS_7A}/outcomes"
YEAR = f"/pupils/{c.PETYA}/year"
PHONE = {"viewport": {"width": 360, "height": 740}}
#: away from all eight lessons of a day
A_WHOLE_DAY = """const day = document.querySelector(".day"), chip = day.querySelector(".pick");
for (let lesson = 0; lesson < 6; lesson += 1) day.append(chip.cloneNode(true));"""
DARK: dict[str, Any] = {"color_scheme": "dark"}


def fits(page: Page) -> None:
    """Nothing sticks out to the side; no barrier."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    assert barriers(page) == []


def lessons() -> list[str]:
    """The extra algebra lessons of this week."""
    days = [TODAY - timedelta(days=back) for back in range(5)]
    return [c.an_id(f"{day}/{number}") for day in sorted(days) for number in (5, 6)]


def test_a_week_is_explained_by_a_button_and_signed(site: Site) -> None:
    with site.person("anna") as page:
        for lesson in lessons():
            away = {"pupil_id": c.PETYA, "code": "ABSENT_UNSPECIFIED"}
            late = {"pupil_id": c.MASHA, "code": "LATE", "minutes_late": 5}
            send(page, f"/lessons/{lesson}/attendance", {"entries": [away, late]})
    with site.person("olga", **PHONE) as page:
        page.goto(YEAR)
        page.get_by_text("Предупредить об отсутствии").click()
        page.get_by_label("Классному руководителю").fill("температура с утра")
        page.get_by_role("button", name="Предупредить").click()
        expect(page.locator(".said")).to_contain_text("Предупреждение записано")
        fits(page)
    with site.person("kira", viewport={"width": 1366, "height": 800}) as page:
        page.goto(WEEK)
        expect(page.get_by_text("температура с утра")).to_be_visible()
        row = page.locator("li", has_text="Петров Пётр")
        expect(row.locator(".tag.bad")).to_have_text(f"без причины: {len(lessons())}")
        row.get_by_label("Документ или слова").fill("справка № 12")
        fits(page)
        row.get_by_role("button", name="Болезнь").click()
        expect(page.locator(".said")).to_have_text("Причина записана.")
        page.get_by_role("button", name="Подтвердить неделю").click()
        expect(page.locator(".signed .tag.ok")).to_have_text("подтверждено")
    with site.person("kira", **PHONE, **DARK) as page:
        page.goto(WEEK)
        fits(page)
        page.evaluate(A_WHOLE_DAY)
        fits(page)


def test_results_of_a_class_are_recorded_and_reach_the_family(site: Site) -> None:
    with site.person("anna") as page:
        about = {"pupil_id": c.PETYA, "subject_id": c.ALGEBRA}
        words = {"comment_id": str(uuid4()), "comment": "Рассуждает вслух и доказывает"}
        done = send(page, f"/classes/{c.CLASS_7A}/pupil-comments", words | about)
        comments = f"/classes/{c.CLASS_7A}/subjects/{c.ALGEBRA}/comments"
        page.goto(f"{comments}?min_position={done['position']}")
        expect(page.get_by_text("Рассуждает вслух и доказывает").first).to_be_visible()
        fits(page)
    with site.person("kira", viewport={"width": 1366, "height": 800}) as page:
        page.goto(OUTCOMES)
        page.get_by_label("Уровень, Петров Пётр").first.select_option(label="повышенный")
        page.get_by_role("button", name="Записать уровни").click()
        expect(page.locator(".said")).to_have_text("Уровни записаны.")
        page.get_by_text("Записать защиту").first.click()
        fits(page)
    with site.person("kira", **PHONE, **DARK) as page:
        page.goto(OUTCOMES)
        fits(page)
    with site.person("olga", **PHONE, **DARK) as page:
        page.goto(YEAR)
        expect(page.get_by_text("повышенный")).to_be_visible()
        expect(page.get_by_text("Рассуждает вслух и доказывает")).to_be_visible()
        fits(page)
