"""«Рассадка» and the lesson on a telephone by desks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import cast as c
from tests.browser.ground import TODAY, Site
from tests.browser.hands import barriers

pytestmark = pytest.mark.browser

LESSON = c.an_id(f"{TODAY}/5")
HELD = f"/classes/{c.CLASS_7A}/lessons/{LESSON}"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


def seat(page: Page, number: str) -> str:
    """Who sits there, as the plan says."""
    return page.locator(f"[data-seat='{number}']").inner_text().replace("\n", " ").strip()


def test_pupils_are_seated_by_touch_and_the_lesson_is_held_by_desks(site: Site) -> None:
    with site.person("anna", **PHONE) as page:
        page.goto(HELD)
        expect(page.get_by_role("button", name="По партам")).not_to_be_visible()  # nobody sits yet
        page.get_by_role("link", name="Рассадить по партам…").tap()
        expect(page.locator("#seats[data-ready]")).to_be_visible()
        assert not barriers(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        standing = page.locator(".pool button")
        first = standing.nth(0).inner_text().split()[0]
        second = standing.nth(1).inner_text().split()[0]
        standing.nth(0).tap()
        page.locator("[data-seat='1-2-1'] button").tap()
        standing.nth(0).tap()  # who was the second
        page.locator("[data-seat='3-1-2'] button").tap()
        page.locator("[data-seat='1-2-1'] button").tap()  # they change places
        page.locator("[data-seat='3-1-2'] button").tap()
        assert seat(page, "3-1-2").startswith(first)
        assert seat(page, "1-2-1").startswith(second)
        page.get_by_role("button", name="Записать рассадку").tap()
        expect(page.get_by_text("Рассадка записана.")).to_be_visible()
        assert seat(page, "3-1-2").startswith(first)

        page.get_by_role("link", name="К уроку").tap()
        names = page.locator("#now li .name")
        expect(names.first).to_contain_text(first)
        page.get_by_role("button", name="По партам").tap()
        expect(page.locator("#now ul.desks")).to_be_visible()
        expect(names.nth(0)).to_contain_text(first)  # at the first desk
        expect(names.nth(1)).to_contain_text(second)
        standing_box = page.locator("#now li.standing").first.bounding_box()
        seated_box = page.locator("#now li:not(.standing)").nth(1).bounding_box()
        assert standing_box is not None
        assert seated_box is not None
        assert standing_box["y"] > seated_box["y"], "who has no seat is below"
        assert not barriers(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.locator("#now li button").nth(1).tap()
        page.locator("#big [data-mark='4']").tap()
        expect(page.locator("#now li .signs").nth(1)).to_have_text("4")
        expect(page.locator("#sync")).to_have_text("Всё сохранено")

        page.reload()
        expect(page.locator("#now ul.desks")).to_be_visible()  # this telephone remembers
        page.get_by_role("button", name="По списку").tap()
        expect(names.nth(1)).to_contain_text(second)
        expect(page.locator("#now ul.desks")).to_have_count(0)


def test_pupils_are_seated_with_keys_only(site: Site) -> None:
    with site.person("anna", viewport={"width": 1366, "height": 800}) as page:
        page.goto(f"{HELD}/seats")
        expect(page.locator("#seats[data-ready]")).to_be_visible()
        away = page.get_by_role("button", name="Убрать с места")
        for _ in range(page.locator(".plan [data-pupil]").count()):  # of another test
            page.locator(".plan [data-pupil]").first.click()
            away.click()
        one = page.locator(".pool button").first
        name = one.inner_text().split()[0]
        one.focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-seat='1-1-1'] button")).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert seat(page, "2-2-1").startswith(name)
        expect(page.locator(".pool button").first).to_be_focused()  # and on to the next
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        expect(page.locator("[aria-pressed=true]")).to_have_count(0)
        page.get_by_role("button", name="Остальных по порядку").click()
        expect(page.locator("#seated")).to_contain_text("Рассажено 10 из 10")
        assert not barriers(page)


def test_without_scripts_seats_are_numbers(site: Site) -> None:
    with site.person("anna") as signed:
        state = signed.context.storage_state()
    context = site.browser.new_context(
        base_url=site.url, java_script_enabled=False, storage_state=state
    )
    page = context.new_page()
    page.goto(f"{HELD}/seats")
    row = page.locator(".numbers tr[data-pupil]").nth(2)
    name = row.locator("th").inner_text()
    for part, number in (("ряд", "2"), ("парта", "5"), ("место", "1")):
        row.get_by_label(f"{name}: {part}").fill(number)
    page.get_by_role("button", name="Записать рассадку").click()
    expect(page.get_by_text("Рассадка записана.")).to_be_visible()
    expect(page.locator("[data-seat='2-5-1']")).to_have_text(name)
    context.close()
