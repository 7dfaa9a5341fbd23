"""A whole column at once: cleared, taken back, and what stays of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.ground import Site
from tests.browser.hands import (
    barriers,
    cell,
    classes,
    expect_saved,
    press_russian,
    stand_on,
)
from tests.browser.test_standing import send

pytestmark = pytest.mark.browser

WRITES = re.compile(r"/api/v1/lessons/[^/]+/(annulments|attendance|marks)$")


def written(page: Page, column: int) -> None:
    """A five, a four beside a three, somebody ill, somebody late: saved."""
    stand_on(page, 0, column)
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    page.keyboard.type("4/3")
    page.keyboard.press("Enter")
    press_russian(page, "б")
    page.keyboard.press("Enter")
    press_russian(page, "о")
    expect_saved(page)


def texts(page: Page, column: int) -> list[str]:
    """What the first four cells say."""
    return [cell(page, row, column).inner_text() for row in range(4)]


def test_a_column_is_cleared_after_a_look_and_comes_back_as_one_step(
    register: Page, column: int
) -> None:
    register.wait_for_load_state("networkidle")
    written(register, column)
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and WRITES.search(request.url):
            sent.append(request.url.rpartition("/")[2])

    register.on("request", note)
    stand_on(register, 1, column)
    register.keyboard.press("Shift+Delete")
    asked = register.locator("dialog.ask")
    expect(asked).to_contain_text("Будет убрано: отметок 3, записей о посещаемости 2")
    expect(asked.get_by_label("Запись")).to_be_disabled()
    expect(asked.locator("tbody tr").nth(1)).to_contain_text("4/3")
    assert not barriers(register)
    assert texts(register, column) == ["5", "4/3", "б", "о"]  # nothing yet
    expect(asked.get_by_role("button", name="Убрать: 5")).to_be_focused()
    register.keyboard.press("Enter")
    expect(register.locator("#toast")).to_contain_text("Убрано: 5. Ctrl+Z — вернуть всё сразу")
    expect(cell(register, 1, column)).to_be_focused()
    expect_saved(register)
    assert texts(register, column) == ["", "", "", ""]
    assert sorted(sent) == ["annulments", "attendance"], "a request for each kind of entry"

    register.locator("#toast").get_by_role("button", name="Вернуть").click()
    expect(cell(register, 0, column)).to_have_text("5")
    expect_saved(register)
    register.keyboard.press("Control+y")
    expect(cell(register, 0, column)).to_have_text("")
    register.keyboard.press("Control+z")
    expect(cell(register, 0, column)).to_have_text("5")
    expect_saved(register)
    assert sorted(texts(register, column)[1].split("/")) == ["3", "4"]
    register.reload()
    expect(cell(register, 0, column)).to_have_text("5")
    assert texts(register, column)[2:] == ["б", "о"]


def test_marks_of_another_day_are_cleared_with_one_reason_for_all(
    register: Page, column: int
) -> None:
    register.wait_for_load_state("networkidle")
    written(register, column)
    register.evaluate("sessionStorage.clear()")  # as on another day
    register.reload()
    register.wait_for_load_state("networkidle")
    stand_on(register, 0, column)
    register.keyboard.press("m")
    register.keyboard.press("x")
    asked = register.locator("dialog.ask.broad")
    expect(asked).to_contain_text("Отметок, о которых нужно сказать почему: 3")
    register.keyboard.press("Enter")
    why = register.locator("dialog.ask:not(.broad)")
    expect(why).to_contain_text("Аннулировать отметку и ещё 4. Почему?")
    register.keyboard.press("Escape")  # thought better of it
    expect(why).to_have_count(0)
    assert texts(register, column) == ["5", "4/3", "б", "о"]
    expect(register.locator("#toast")).not_to_contain_text("Убрано")

    stand_on(register, 0, column)
    register.keyboard.press("Shift+Delete")
    register.keyboard.press("Enter")
    register.keyboard.press("2")
    register.keyboard.press("Enter")
    expect_saved(register)
    assert texts(register, column) == ["", "", "", ""]


def test_what_a_colleague_changed_meanwhile_is_left_and_said(
    site: Site, register: Page, column: int
) -> None:
    register.wait_for_load_state("networkidle")
    written(register, column)
    lesson = register.locator("th.les").nth(column).get_attribute("data-lesson")
    pupils = register.locator("journal-grid tbody tr")
    ill = pupils.nth(2).get_attribute("data-pupil")
    register.route(WRITES, lambda route: route.abort())  # no network
    stand_on(register, 0, column)
    register.keyboard.press("Shift+Delete")
    register.keyboard.press("Enter")
    expect(register.locator("#sync")).to_have_text("Нет связи · ждут отправки: 5")
    with site.person("anna") as other:
        entry = {"pupil_id": ill, "code": "EXCUSED"}
        send(other, f"/lessons/{lesson}/attendance", {"entries": [entry], "others_stay": True})
    register.unroute(WRITES)
    register.locator("#sync").click()
    expect(register.locator("#sync")).to_have_text("Кто-то успел раньше: 1")
    expect(cell(register, 2, column)).to_have_class(classes("conflict"))
    expect(cell(register, 2, column)).to_have_text("у")
    assert [texts(register, column)[row] for row in (0, 1, 3)] == ["", "", ""]
    stand_on(register, 2, column)
    register.keyboard.press("Enter")
    card = register.locator("#card")
    expect(card).to_contain_text("Посещаемость уже изменили")
    card.get_by_role("button", name="Оставить как есть").click()
    expect_saved(register)


def test_a_settled_cell_of_the_column_stays_and_says_why(register: Page) -> None:
    register.wait_for_load_state("networkidle")
    stand_on(register, 7, 0)  # a lesson of the beginning of September
    register.keyboard.press("4")
    expect_saved(register)
    register.evaluate("sessionStorage.clear(); localStorage.clear()")  # as on another day
    register.reload()
    register.wait_for_load_state("networkidle")
    stand_on(register, 8, 0)
    press_russian(register, "н")
    register.keyboard.press("Shift+Delete")
    asked = register.locator("dialog.ask")
    expect(asked).to_contain_text(
        "Будет убрано: отметок 0, записей о посещаемости 1; останется клеток: 1"
    )
    expect(asked.locator("tr.left")).to_contain_text("«4»: Срок правки прошёл")
    assert not barriers(register)
