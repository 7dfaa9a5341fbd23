"""Every page by eye and by rule: no barrier, no sideways scroll on a phone, one language."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import cast as c
from tests.browser.ground import Site
from tests.browser.hands import barriers

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 780},
    "has_touch": True,
    "is_mobile": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1366, "height": 800}}
DARK: dict[str, Any] = {**DESK, "color_scheme": "dark"}
PAGES = [
    ("anna", "/"),
    ("anna", f"/classes/{c.CLASS_7A}/register?subject_id={c.ALGEBRA}"),
    ("anna", "/password"),
    ("anna", "/account"),
    ("petya", "/account"),
    ("anna", "/no-such-page"),
    ("olga", "/diary"),
    ("petya", "/diary"),
    ("kira", f"/classes/{c.CLASS_7A}/credentials"),
    ("alla", "/credentials"),
    ("alla", "/staff/credentials"),
    ("kira", f"/classes/{c.CLASS_7A}/consents"),
    ("kira", f"/classes/{c.CLASS_7A}/consents/{c.PETYA}/{c.OLEG}"),
    ("vera", "/consents"),
    ("vera", "/trail"),
    ("anna", "/regulation"),
    ("vera", "/regulation/edit?preset=ap147"),
    ("vera", "/regulation/history"),
    ("vera", f"/classes/{c.CLASS_7A}/register?subject_id={c.ALGEBRA}"),
    ("anna", "/debts"),
    ("anna", "/compliance?week=2026-W38&duty=topic&status=missing"),
    ("anna", f"/compliance/teachers/{c.ANNA}?from=2026-09-01&to=2026-09-25"),
    ("vera", "/compliance?week=2026-W38"),
    ("vera", "/compliance/terms"),
    ("vera", "/availability"),
]


@pytest.fixture(params=["desk", "dark", "phone"])
def device(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A desk by day, a desk by night, a phone."""
    return {"desk": DESK, "dark": DARK, "phone": PHONE}[request.param]


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_a_page_has_no_barrier(site: Site, device: dict[str, Any], login: str, path: str) -> None:
    with site.person(login, **device) as page:
        page.goto(path)
        assert not barriers(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= device["viewport"]["width"], "the page scrolls sideways"


def test_the_sign_in_page_has_no_barrier(site: Site, device: dict[str, Any]) -> None:
    context = site.browser.new_context(base_url=site.url, **device)
    page = context.new_page()
    page.goto("/sign-in")
    assert not barriers(page)
    context.close()


def test_dialogs_have_no_barrier(register: Page, column: int) -> None:
    register.locator("th.les button").nth(column).click()
    expect(register.locator("#lesson")).to_be_visible()
    assert not barriers(register)
    register.keyboard.press("Escape")
    register.locator("td.c").nth(column).click()
    register.keyboard.press("F2")
    expect(register.locator("#card")).to_be_visible()
    assert not barriers(register)


def test_a_deputy_sees_the_register_and_cannot_write(site: Site) -> None:
    with site.person("vera", **DESK) as page:
        page.goto(site.algebra())
        expect(page.locator(".past")).to_contain_text("Только чтение")
        expect(page.locator("#sync")).to_have_count(0)


def test_a_stranger_reads_that_there_is_no_such_class(site: Site) -> None:
    with site.person("zoya", **DESK) as page:
        answer = page.goto(site.algebra())
        assert answer is not None
        assert answer.status == 404
        expect(page.locator("h1")).to_have_text("Такой страницы нет")


def test_who_is_not_signed_in_returns_to_the_page_after_the_password(site: Site) -> None:
    context = site.browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/trail?kind=mark-corrected")
    page.get_by_label("Логин").fill("vera")
    page.get_by_label("Пароль").fill(site.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/trail?kind=mark-corrected")
    context.close()


def test_a_wrong_password_is_said_in_russian(site: Site) -> None:
    context = site.browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Логин").fill("vera")
    page.get_by_label("Пароль").fill("не тот")
    page.keyboard.press("Enter")
    expect(page.locator(".error")).to_have_text("Логин или пароль не подходит.")
    context.close()
