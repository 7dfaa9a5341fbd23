"""The register under a teacher's fingers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import (
    average,
    cell,
    classes,
    expect_saved,
    press_russian,
    stand_on,
)

pytestmark = pytest.mark.browser


def test_a_column_of_marks_is_typed_without_touching_the_mouse(register: Page, column: int) -> None:
    stand_on(register, 0, column)
    for mark in "543":
        register.keyboard.press(mark)
        register.keyboard.press("Enter")
    expect(cell(register, 3, column)).to_be_focused()
    assert [cell(register, row, column).inner_text() for row in range(3)] == ["5", "4", "3"]
    expect_saved(register)
    register.reload()
    expect(cell(register, 0, column)).to_have_text("5")
    expect(cell(register, 2, column)).to_have_text("3")


def test_absences_are_typed_on_the_russian_and_on_the_latin_layout(
    register: Page, column: int
) -> None:
    stand_on(register, 0, column)
    press_russian(register, "н")
    register.keyboard.press("Enter")
    register.keyboard.press("Comma")  # the key of «б» on a Latin layout
    register.keyboard.press("Enter")
    register.keyboard.press("j")  # the key of «о»
    expect(cell(register, 0, column)).to_have_text("н")
    expect(cell(register, 1, column)).to_have_text("б")
    expect(cell(register, 2, column)).to_have_text("о")
    register.keyboard.press("4")
    expect(cell(register, 2, column)).to_have_text("о 4")
    expect_saved(register)


def test_a_slash_and_a_digit_put_a_second_mark_beside_the_first(
    register: Page, column: int
) -> None:
    found = stand_on(register, 9, column)  # no other test writes about the tenth pupil
    register.keyboard.type("5/4")
    expect(found).to_have_text("5/4")
    expect(average(register, 9)).to_have_text("4,50")
    expect_saved(register)


def test_a_wrong_key_says_so_and_changes_nothing(register: Page, column: int) -> None:
    found = stand_on(register, 0, column)
    press_russian(register, "ф")
    expect(register.locator("#toast")).to_contain_text("«ф» — не отметка")
    expect(found).to_have_text("")


def test_a_slip_is_corrected_at_once_and_undone_by_a_new_command(
    register: Page, column: int
) -> None:
    found = stand_on(register, 0, column)
    register.keyboard.press("2")
    expect_saved(register)
    register.keyboard.press("5")
    expect(register.locator("dialog.ask")).to_have_count(0)
    expect_saved(register)
    expect(found).to_have_class(classes("m5", "fix"))
    register.keyboard.press("Control+z")
    expect(found).to_have_text("2")
    register.keyboard.press("Control+z")
    expect(found).to_have_text("")
    expect_saved(register)
    register.keyboard.press("Control+y")
    expect(found).to_have_text("2")
    expect_saved(register)


def test_an_old_mark_asks_why_and_keeps_the_answer(register: Page, column: int) -> None:
    found = stand_on(register, 0, column)
    register.keyboard.press("3")
    expect_saved(register)
    register.evaluate("sessionStorage.clear()")  # as on another day
    register.reload()
    stand_on(register, 0, column)
    register.keyboard.press("4")
    question = register.locator("dialog.ask")
    expect(question).to_contain_text("3 → 4")
    register.keyboard.press("3")  # the third reason
    register.keyboard.press("Enter")
    expect(found).to_have_text("4")
    expect(found).to_be_focused()
    expect_saved(register)
    register.keyboard.press("F2")
    register.get_by_role("button", name="История").click()
    expect(register.locator("#card .story")).to_contain_text("3 → 4")
    expect(register.locator("#card .story")).to_contain_text("пересдача")


def test_another_reason_must_be_written_down(register: Page, column: int) -> None:
    found = stand_on(register, 0, column)
    register.keyboard.press("3")
    expect_saved(register)
    register.evaluate("sessionStorage.clear()")
    register.reload()
    stand_on(register, 0, column)
    register.keyboard.press("Delete")
    question = register.locator("dialog.ask")
    expect(question).to_be_visible()
    register.keyboard.press("6")
    register.keyboard.press("Enter")
    expect(question).to_be_visible()
    question.get_by_role("textbox").fill("Работу писал другой ученик")
    register.keyboard.press("Enter")
    expect(found).to_have_text("")
    expect_saved(register)


def test_a_mark_for_an_absent_pupil_is_asked_about(register: Page, column: int) -> None:
    found = stand_on(register, 0, column)
    press_russian(register, "б")
    register.keyboard.press("5")
    question = register.locator("dialog.ask")
    expect(question).to_contain_text("болеет")
    register.keyboard.press("Escape")
    expect(found).to_have_text("б")
    register.keyboard.press("5")
    expect(question).to_be_visible()
    register.keyboard.press("Enter")
    expect(found).to_have_text("б 5")
    expect_saved(register)


def test_a_column_is_pasted_from_a_spreadsheet_and_says_what_did_not_fit(
    register: Page, column: int
) -> None:
    found = stand_on(register, 0, column)
    found.evaluate(
        """(cell, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }""",
        "5\r\nн\r\n7\r\n",
    )
    expect(cell(register, 0, column)).to_have_text("5")
    expect(cell(register, 1, column)).to_have_text("н")
    expect(cell(register, 2, column)).to_have_text("")
    expect(register.locator("#toast")).to_contain_text("не подошло: 1 («7»)")
    expect_saved(register)


def test_a_lesson_that_has_not_been_yet_takes_no_marks(register: Page) -> None:
    last = register.locator("th.les").count() - 1
    found = stand_on(register, 0, last)
    register.keyboard.press("5")
    expect(register.locator("#toast")).to_contain_text("ещё не состоялся")
    expect(found).to_have_text("")


def test_the_grid_is_one_stop_of_the_tab_key(register: Page, column: int) -> None:
    stand_on(register, 1, column)
    assert register.locator("journal-grid [tabindex='0']").count() == 1
    register.keyboard.press("End")
    register.keyboard.press("Tab")
    assert not register.evaluate("document.activeElement.matches('td.c')")


def test_names_and_averages_stay_in_sight(register: Page) -> None:
    register.set_viewport_size({"width": 800, "height": 600})
    sheet = register.locator(".sheet")
    sheet.evaluate("sheet => sheet.scrollTo(sheet.scrollWidth, 0)")
    left = sheet.bounding_box()
    name = register.locator("tbody th.name").first.bounding_box()
    shown = average(register, 0).bounding_box()
    assert left is not None
    assert name is not None
    assert shown is not None
    assert left["x"] <= name["x"] <= left["x"] + 60
    assert shown["x"] + shown["width"] <= left["x"] + left["width"] + 1
