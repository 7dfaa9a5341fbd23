"""Nothing typed is lost: a busy server, no network, a reload, an expired session, a rival."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.hands import cell, classes, expect_saved, stand_on

pytestmark = pytest.mark.browser

WRITES = "**/api/v1/lessons/*/marks"
SYNC = "#sync"


def busy(route: Route) -> None:
    """The server asks to come back in a second."""
    route.fulfill(
        status=503, headers={"Retry-After": "1"}, content_type="application/problem+json", body="{}"
    )


def test_a_busy_server_is_asked_again_with_the_same_key(register: Page, column: int) -> None:
    keys: list[str] = []

    def once(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            busy(route)
        else:
            route.continue_()

    register.route(WRITES, once)
    stand_on(register, 0, column)
    register.keyboard.press("5")
    expect(register.locator(SYNC)).to_have_text("Сервер занят · ждут отправки: 1")
    expect_saved(register)
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_marks_typed_without_a_network_survive_a_reload(register: Page, column: int) -> None:
    register.route(WRITES, lambda route: route.abort())
    stand_on(register, 0, column)
    register.keyboard.press("5")
    register.keyboard.press("Enter")
    register.keyboard.press("4")
    expect(register.locator(SYNC)).to_have_text("Нет связи · ждут отправки: 2")
    register.on("dialog", lambda dialog: dialog.accept())  # «покинуть страницу?»
    register.reload()
    expect(cell(register, 0, column)).to_have_text("5")
    expect(cell(register, 0, column)).to_have_class(classes("wait"))
    register.unroute(WRITES)
    register.locator(SYNC).click()
    expect_saved(register)
    register.reload()
    expect(cell(register, 1, column)).to_have_text("4")


def test_what_a_closed_tab_left_unsent_is_taken_over_by_the_next(
    register: Page, column: int
) -> None:
    register.route(WRITES, lambda route: route.abort())
    stand_on(register, 0, column)
    register.keyboard.press("5")
    expect(register.locator(SYNC)).to_have_text("Нет связи · ждут отправки: 1")
    address, context = register.url, register.context
    register.close()
    another = context.new_page()
    another.goto(address)
    expect(cell(another, 0, column)).to_have_text("5")
    expect_saved(another)
    another.reload()
    expect(cell(another, 0, column)).to_have_text("5")


def test_an_expired_session_asks_for_the_password_and_goes_on(
    register: Page, column: int, go_for_tea: Callable[[], None], password: str
) -> None:
    go_for_tea()
    stand_on(register, 0, column)
    register.keyboard.press("5")
    dialog = register.locator("#password-dialog")
    expect(dialog).to_contain_text("Записи не потеряны")
    expect(register.locator(SYNC)).to_have_text("Войдите снова · ждут отправки: 1")
    expect(dialog.get_by_label("Логин")).to_have_value("anna")
    dialog.get_by_label("Пароль").fill("не тот пароль")
    register.keyboard.press("Enter")
    expect(dialog.locator(".error")).not_to_be_empty()
    dialog.get_by_label("Пароль").fill(password)
    register.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()
    expect_saved(register)
    register.reload()
    expect(cell(register, 0, column)).to_have_text("5")


def test_a_mark_that_a_colleague_changed_first_is_shown_and_not_overwritten(
    register: Page, column: int
) -> None:
    found = stand_on(register, 0, column)
    register.keyboard.press("3")
    expect_saved(register)
    mark_id = mark_of(register, 0, column)
    correct_elsewhere(register, mark_id, saw="3", value="4")
    register.keyboard.press("5")
    expect(register.locator(SYNC)).to_have_text("Кто-то успел раньше: 1")
    expect(found).to_have_text("4")
    expect(found).to_have_class(classes("conflict"))
    register.keyboard.press("Enter")
    card = register.locator("#card")
    expect(card).to_contain_text("Сейчас: 3 → 4")
    expect(card).to_contain_text("Вы исправляли на 5")
    register.get_by_role("button", name="Оставить как есть").click()
    expect_saved(register)
    expect(found).to_have_text("4")


def test_signing_out_empties_what_was_kept_for_the_person(register: Page, column: int) -> None:
    register.route(WRITES, lambda route: route.abort())
    stand_on(register, 0, column)
    register.keyboard.press("5")
    expect(register.locator(SYNC)).to_have_text("Нет связи · ждут отправки: 1")
    assert register.evaluate("Object.keys(localStorage).length") == 1
    register.on("dialog", lambda dialog: dialog.accept())
    register.get_by_role("button", name="Выйти").click()
    register.wait_for_url("**/sign-in")
    assert register.evaluate("Object.keys(localStorage).length") == 0


def test_a_page_left_alone_asks_for_nothing_so_that_the_session_may_end(register: Page) -> None:
    register.clock.install()
    register.reload()
    expect(register.locator("journal-grid[data-ready]")).to_be_visible()
    register.evaluate(
        """() => {
          const usual = window.fetch;
          window.asked = 0;
          window.fetch = (...request) => { window.asked += 1; return usual(...request); };
        }"""
    )
    register.clock.run_for(60_000)
    attended = register.evaluate("asked")
    assert attended >= 2
    register.clock.run_for(60 * 60_000)
    assert register.evaluate("asked") <= attended + 3  # two minutes after the last key at most


def mark_of(page: Page, row: int, column: int) -> str:
    """The id of the mark in a cell, as the API tells it."""
    api = page.locator("journal-grid").get_attribute("data-api")
    register = json.loads(page.request.get(f"{origin(page)}{api}").text())
    lesson = register["lessons"][column]["lesson_id"]
    [mark] = register["pupils"][row]["cells"][lesson]
    return str(mark["mark_id"])


def correct_elsewhere(page: Page, mark_id: str, *, saw: str, value: str) -> None:
    """The same teacher at another desk."""
    answer = page.evaluate(
        """async ([url, body]) => (await fetch(url, {method: "POST", body: JSON.stringify(body),
          headers: {"content-type": "application/json", "idempotency-key": crypto.randomUUID()},
        })).status""",
        [
            f"/api/v1/marks/{mark_id}/corrections",
            {"saw": saw, "value": value, "reason_code": "APPEAL"},
        ],
    )
    assert answer == 200


def origin(page: Page) -> str:
    """«http://127.0.0.1:1234»."""
    return str(page.evaluate("location.origin"))
