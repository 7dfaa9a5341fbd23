"""The traps of a grid that were fallen into before this one was built: docs/decisions/0010."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.ground import Site
from tests.browser.hands import cell, classes, expect_saved, stand_on

pytestmark = pytest.mark.browser


def test_after_a_key_one_stays_and_enter_goes_down_and_at_the_end_to_the_next_lesson(
    register: Page, column: int
) -> None:
    last = register.locator("journal-grid tbody tr").count() - 1
    first = stand_on(register, 0, column)
    register.keyboard.press("4")
    expect(first).to_be_focused()  # no jump that Excel's Enter would double
    register.keyboard.press("Enter")
    expect(cell(register, 1, column)).to_be_focused()
    register.keyboard.press("Shift+Enter")
    expect(first).to_be_focused()
    register.keyboard.press("Tab")
    expect(cell(register, 0, column + 1)).to_be_focused()
    register.keyboard.press("Shift+Tab")
    expect(first).to_be_focused()
    register.keyboard.press("Control+ArrowDown")
    expect(cell(register, last, column)).to_be_focused()
    register.keyboard.press("Enter")
    expect(cell(register, 0, column + 1)).to_be_focused()
    expect_saved(register)


def test_escape_brings_back_what_stood_in_the_cell_and_touches_no_other(
    register: Page, column: int
) -> None:
    register.wait_for_load_state("networkidle")
    found = stand_on(register, 0, column)
    register.keyboard.press("3")
    expect_saved(register)
    register.keyboard.press("Enter")
    below = cell(register, 1, column)
    register.keyboard.press("Escape")  # nothing was typed here
    expect(found).to_have_text("3")
    register.keyboard.press("2")
    register.keyboard.press("5")
    expect(below).to_have_text("5")
    register.keyboard.press("Escape")
    expect(below).to_have_text("")
    expect(below).to_be_focused()
    expect(found).to_have_text("3")
    register.keyboard.press("ArrowUp")
    register.keyboard.press("5")
    expect_saved(register)
    expect(found).to_have_class(classes("m5"))
    register.keyboard.press("Escape")
    expect(found).to_have_text("3")
    register.keyboard.press("/")
    register.keyboard.press("Escape")  # only the second mark is thought better of
    expect(found).to_have_text("3")
    expect_saved(register)


@pytest.mark.parametrize("width", [1366, 360])
def test_every_column_is_as_wide_as_it_is_meant_though_a_telephone_shows_no_numbers(
    site: Site, width: int
) -> None:
    """`display: none` on the cells of the first column would move every `<col>` by one."""
    with site.person("anna", viewport={"width": width, "height": 740}) as page:
        page.goto(site.algebra())
        expect(page.locator("journal-grid[data-ready]")).to_be_visible()
        strange = page.evaluate(
            """() => {
              const width = (one) => one.getBoundingClientRect().width;
              const table = document.querySelector(".jr");
              const meant = [...table.querySelectorAll("col")]
                .map((col) => parseFloat(getComputedStyle(col).width));
              return [...table.tBodies[0].rows[0].cells]
                .map((one, at) => [one.className, width(one), meant[at]])
                .filter(([, is, should]) => Math.abs(is - should) > 1.5);
            }"""
        )
        assert strange == []
        name = page.locator("tbody th.name").first.bounding_box()
        assert name is not None
        assert name["width"] > 100
        left = page.locator("thead th.les").first.bounding_box()
        mark = cell(page, 0, 0).bounding_box()
        assert left is not None
        assert mark is not None
        assert abs(left["x"] - mark["x"]) < 1
