"""Access in a browser: a code at the door, the password asked again, sessions, tokens, factors."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.api.telephone import Telephone
from tests.browser.ground import Site, recent_columns
from tests.browser.hands import barriers, cell, expect_saved, stand_on

pytestmark = pytest.mark.browser

SYNC = "#sync"


def confirm(page: Page, password: str) -> Locator:
    """Answer the dialog that asks for the password again."""
    dialog = page.locator("#password-dialog")
    expect(dialog).to_contain_text("Подтвердите, что это вы")
    expect(dialog.get_by_label("Логин")).not_to_be_visible()
    dialog.get_by_label("Пароль").fill(password)
    page.keyboard.press("Enter")
    return dialog


def test_a_correction_of_another_day_asks_for_the_password_and_is_not_lost(
    site: Site, register: Page, password: str
) -> None:
    place = recent_columns(register)[4]  # not a lesson of today
    stand_on(register, 0, place)
    register.keyboard.press("5")
    expect_saved(register)
    site.clock.forward(timedelta(minutes=6))
    register.evaluate("sessionStorage.clear()")
    register.reload()
    expect(register.locator("journal-grid[data-ready]")).to_be_visible()
    stand_on(register, 0, place)
    register.keyboard.press("4")
    expect(register.locator("dialog.ask")).to_be_visible()
    register.keyboard.press("Enter")
    expect(register.locator(SYNC)).to_have_text("Нужен пароль · ждут отправки: 1")
    dialog = confirm(register, "не тот пароль")
    expect(dialog.locator(".error")).to_have_text("Логин или пароль не подходит.")
    register.keyboard.press("Escape")
    register.locator(SYNC).click()  # thought better of it, and again

    confirm(register, password)

    expect_saved(register)
    register.reload()
    expect(cell(register, 0, place)).to_have_text("4")


def test_a_second_factor_from_first_sight_to_the_next_sign_in(site: Site, password: str) -> None:
    with site.person("kira") as page:
        page.goto("/account")
        page.get_by_role("button", name="Включить второй фактор").click()
        key = page.locator(".key").inner_text()
        telephone = Telephone(b32decode(key.replace(" ", "")), site.clock)
        page.get_by_label("Код, который оно показывает").fill("000000")
        page.get_by_role("button", name="Включить").click()
        expect(page.locator("#confirm-factor .error")).to_contain_text("Код не подходит")
        assert not barriers(page)
        page.get_by_label("Код, который оно показывает").fill(telephone.code())
        page.get_by_role("button", name="Включить").click()
        codes = page.locator(".secrets code")
        expect(codes).to_have_count(8)
        paper = codes.first.inner_text()
        page.get_by_role("button", name="Сохранено").click()
        expect(page.get_by_text("Запасных кодов осталось: 8")).to_be_visible()

        page.get_by_role("button", name="Выйти", exact=True).click()
        page.get_by_label("Логин").fill("kira")
        page.get_by_label("Пароль").fill(password)
        page.get_by_role("button", name="Войти").click()
        code = page.get_by_label("Код из приложения")
        expect(code).to_be_focused()
        code.fill(paper)
        page.keyboard.press("Enter")
        expect(page.locator("header.top .who")).to_be_visible()


def test_a_token_is_shown_once_and_revoked(site: Site) -> None:
    with site.person("boris") as page:
        page.goto("/account")
        page.get_by_text("Новый ключ").click()
        page.get_by_label("Для чего").fill("сводка для завуча")
        page.get_by_role("button", name="Выдать ключ").click()
        expect(page.locator(".secrets code")).to_contain_text("lt_")
        page.get_by_role("button", name="Сохранено").click()
        row = page.locator("li", has_text="сводка для завуча")
        expect(row).to_contain_text("читать дневники")
        row.get_by_role("button", name="Отозвать").click()
        expect(row).not_to_be_visible()


def test_another_session_is_seen_and_ended(site: Site) -> None:
    with site.person("tanya") as here, site.person("tanya") as there:
        here.goto("/account")
        expect(here.locator("#sessions + .rows li")).to_have_count(2)
        here.get_by_role("button", name="Закончить", exact=True).click()
        expect(here.locator("#sessions + .rows li")).to_have_count(1)
        there.goto("/")
        expect(there.get_by_role("button", name="Войти")).to_be_visible()


def test_after_tea_the_page_of_access_asks_before_it_acts(
    site: Site, password: str, go_for_tea: Callable[[], None]
) -> None:
    with site.person("olga") as page:
        page.goto("/account")
        go_for_tea()  # the family's session lives on, the password is old
        page.get_by_role("button", name="Включить второй фактор").click()
        confirm(page, password)
        expect(page.locator(".enrol .qr")).to_be_visible()
