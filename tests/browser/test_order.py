"""Another order of the rows: a way of looking, the list itself stays as it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.ground import Site, recent_columns
from tests.browser.hands import average, barriers, cell, classes, expect_saved, stand_on

pytestmark = pytest.mark.browser

NUMBERS = "journal-grid tbody td.no"


def numbers(page: Page) -> list[int]:
    """Of the list, in the order shown."""
    return [int(text) for text in page.locator(NUMBERS).all_inner_texts()]


def two_averages(page: Page, column: int) -> None:
    """The third pupil has the highest average, the fifth the lowest; the others have none."""
    for row, mark in ((2, "5"), (4, "2"), (6, "3")):
        stand_on(page, row, column)
        page.keyboard.press(mark)
    expect_saved(page)


def test_the_rows_are_ordered_by_keys_and_by_mouse_and_come_back(
    register: Page, column: int
) -> None:
    register.wait_for_load_state("networkidle")
    two_averages(register, column)
    listed = numbers(register)
    assert listed == sorted(listed)
    stand_on(register, 4, column)
    register.keyboard.press("m")
    register.keyboard.press("o")
    asked = register.locator("dialog.ask")
    expect(asked).to_contain_text("На бумаге — всегда по списку")
    assert not barriers(register)
    register.keyboard.press("3")
    register.keyboard.press("Enter")
    said = register.locator("journal-grid > p[role=status]")
    expect(said).to_contain_text("Порядок: по среднему, сначала низкий")
    assert numbers(register)[:3] == [5, 7, 3]
    assert numbers(register)[3:] == [number for number in listed if number not in {5, 7, 3}]
    expect(cell(register, 0, column)).to_be_focused()  # the same pupil
    expect(register.locator("tbody tr").first).to_have_attribute("aria-rowindex", "3")
    assert not barriers(register)

    head = register.locator("thead th.avg")
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert numbers(register)[:3] == [3, 7, 5]
    register.get_by_role("button", name="Вернуть по списку").click()
    assert numbers(register) == listed
    expect(said).not_to_be_visible()
    expect(cell(register, 4, column)).to_be_focused()


def test_entering_and_taking_back_follow_the_order_that_is_shown(
    site: Site, register: Page, column: int
) -> None:
    other = recent_columns(register)[next(site.taken)]
    register.wait_for_load_state("networkidle")
    two_averages(register, column)
    register.locator("thead th.avg").get_by_role("button").click()
    stand_on(register, 0, other)
    register.keyboard.press("5")
    register.keyboard.press("Enter")
    register.keyboard.press("4")
    register.keyboard.press("Enter")
    expect(cell(register, 2, other)).to_be_focused()
    expect(average(register, 0)).not_to_have_text("2,00")
    assert numbers(register)[:2] == [5, 7]  # it does not jump under the fingers
    expect_saved(register)
    register.keyboard.press("Control+z")
    expect(cell(register, 1, other)).to_have_text("")
    expect(cell(register, 1, other)).to_be_focused()
    register.keyboard.press("Control+z")
    expect_saved(register)
    register.keyboard.press("Shift+Delete")  # a column is spoken of in the order of the list
    expect(register.locator("dialog.ask.broad")).to_be_visible()
    assert numbers(register)[:3] == [1, 2, 3]
    register.keyboard.press("Escape")

    register.locator("thead th.avg").get_by_role("button").click()
    register.reload()
    assert numbers(register)[:3] == [1, 2, 3]


def test_paper_has_the_order_of_the_list(register: Page, column: int) -> None:
    register.wait_for_load_state("networkidle")
    two_averages(register, column)
    register.locator("thead th.avg").get_by_role("button").click()
    stand_on(register, 1, column)
    register.evaluate(
        """selector => addEventListener("beforeprint", () => {
          window.printed = [...document.querySelectorAll(selector)].map((one) => +one.textContent);
        })""",
        NUMBERS,
    )
    register.pdf()
    printed = register.evaluate("window.printed")
    assert printed == sorted(printed)
    assert numbers(register)[:2] == [5, 7]
    expect(cell(register, 1, column)).to_be_focused()
    register.emulate_media(media="print")
    corners = """heads => heads.filter(
      (head) => getComputedStyle(head, "::before").display !== "none").length"""
    assert register.locator("th.les button").evaluate_all(corners) == 0, "signs would fly away"


def test_the_term_marks_follow_their_pupils(register: Page, column: int) -> None:
    register.wait_for_load_state("networkidle")
    two_averages(register, column)
    terms = register.locator("tbody td.term")
    register.locator("thead th.avg").get_by_role("button").click()
    stand_on(register, 0, register.locator("th.les").count() - 1)
    register.keyboard.press("ArrowRight")
    expect(terms.nth(0)).to_be_focused()
    register.keyboard.press("ArrowDown")
    expect(terms.nth(1)).to_be_focused()
    register.keyboard.press("F2")
    name = register.locator("tbody th.name").nth(1).get_attribute("title") or ""
    expect(register.locator("#card h2")).to_have_text(name)


def test_who_only_reads_orders_the_rows_as_well(site: Site, register: Page, column: int) -> None:
    two_averages(register, column)
    with site.person("vera") as vera:
        vera.goto(site.algebra())
        head = vera.locator("thead th.avg").get_by_role("button")
        expect(average(vera, 6)).not_to_be_empty()  # the last mark has come
        head.focus()  # no menu of a cell there
        vera.keyboard.press("Enter")
        assert numbers(vera)[0] == 5
        assert not barriers(vera)
        vera.get_by_role("button", name="Вернуть по списку").click()
        assert numbers(vera)[0] == 1


def test_a_comment_is_written_with_keys_only(register: Page, column: int) -> None:
    register.wait_for_load_state("networkidle")
    found = stand_on(register, 8, column)
    register.keyboard.press("5")
    expect_saved(register)
    register.keyboard.press("m")
    register.keyboard.press("c")
    expect(register.get_by_label("Комментарий к отметке")).to_be_focused()
    register.keyboard.type("рассуждает вслух")
    register.keyboard.press("Enter")
    expect(found).to_have_class(classes("note"))
    expect(found).to_be_focused()
    expect_saved(register)
