"""The register under a teacher's fingers."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests import cast as c
from tests.browser.ground import TODAY, Site
from tests.browser.hands import (
    average,
    barriers,
    cell,
    classes,
    expect_saved,
    press_russian,
    stand_on,
)
from tests.browser.test_look import PHONE, fits
from tests.browser.test_standing import send

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


def test_an_absence_typed_later_leaves_the_others_of_the_lesson_as_they_were(
    register: Page, column: int
) -> None:
    stand_on(register, 0, column)
    press_russian(register, "н")
    expect_saved(register)
    stand_on(register, 1, column)
    press_russian(register, "б")
    expect_saved(register)
    register.reload()
    expect(cell(register, 0, column)).to_have_text("н")
    expect(cell(register, 1, column)).to_have_text("б")


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
    asked = register.locator("dialog.ask")
    expect(asked).to_contain_text("Изменится клеток: 2, останутся как есть: 1")
    expect(asked.locator("tr.left")).to_contain_text("«7»")
    assert not barriers(register)
    expect(cell(register, 0, column)).to_have_text("")  # nothing yet
    register.keyboard.press("Enter")
    expect(cell(register, 0, column)).to_have_text("5")
    expect(cell(register, 1, column)).to_have_text("н")
    expect(cell(register, 2, column)).to_have_text("")
    expect_saved(register)


def test_a_column_is_filled_where_it_is_empty_and_taken_back_at_once(
    register: Page, column: int
) -> None:
    stand_on(register, 1, column)
    register.keyboard.press("3")
    expect_saved(register)
    register.keyboard.press("Control+d")
    asked = register.locator("dialog.ask")
    pupils = register.locator("journal-grid tbody tr:not(.gone)").count()
    asked.get_by_label("Запись").fill("4")
    expect(asked).to_contain_text(f"Изменится клеток: {pupils - 1}, останутся как есть: 1")
    expect(asked.locator("tr.left")).to_contain_text("уже «3»")
    register.keyboard.press("Enter")
    expect(cell(register, 0, column)).to_have_text("4")
    expect(cell(register, 1, column)).to_have_text("3")
    expect_saved(register)
    register.keyboard.press("Control+z")
    expect(cell(register, 0, column)).to_have_text("")
    expect(cell(register, 1, column)).to_have_text("3")
    expect_saved(register)


def test_the_proposed_term_mark_is_shown_with_its_trace_and_taken_by_one_key(
    register: Page, column: int
) -> None:
    stand_on(register, 8, column)  # no other test writes about the ninth pupil
    register.keyboard.type("5/4/5/")
    press_russian(register, "з")
    expect_saved(register)
    told = "Отметок в среднем: 3; не считаются: зач"
    expect(average(register, 8)).to_have_attribute("title", told)
    term = register.locator("journal-grid tbody tr").nth(8).locator("td.term")
    expect(term).to_have_text("5?")
    register.keyboard.press("End")
    register.keyboard.press("ArrowRight")
    expect(term).to_be_focused()
    register.keyboard.press("F2")
    card = register.locator("#card")
    expect(card).to_contain_text(": 14,00 : 3,00 = 4,67")
    assert not barriers(register)
    register.keyboard.press("Escape")
    term.focus()
    register.keyboard.press("Space")
    expect(term).to_have_text("5")
    expect_saved(register)
    register.keyboard.press("4")
    question = register.locator("dialog.ask")
    expect(question).to_contain_text("За период: 5 → 4")
    register.keyboard.press("Escape")
    register.reload()
    expect(term).to_have_text("5")
    expect(term).to_have_class(classes("m5"))


def test_a_term_mark_issued_by_a_slip_is_taken_back_as_any_other_entry(
    register: Page, column: int
) -> None:
    stand_on(register, 5, column)  # no other test writes a term mark for the sixth pupil
    register.keyboard.type("5/4/5")
    expect_saved(register)
    term = register.locator("journal-grid tbody tr").nth(5).locator("td.term")
    expect(term).to_have_text("5?")
    register.keyboard.press("End")
    register.keyboard.press("ArrowRight")
    register.keyboard.press("Space")
    expect(term).to_have_text("5")
    expect_saved(register)
    register.keyboard.press("Control+z")
    expect(term).to_have_text("5?")
    expect_saved(register)
    register.keyboard.press("Control+y")
    expect(term).to_have_text("5")
    expect_saved(register)
    register.keyboard.press("Delete")
    expect(register.locator("dialog.ask")).to_contain_text("За период: аннулировать 5")
    register.keyboard.press("Enter")
    expect(term).to_have_text("5?")
    expect_saved(register)
    register.reload()
    expect(term).to_have_text("5?")


def test_a_settled_cell_says_since_when_and_offers_to_ask(register: Page) -> None:
    found = stand_on(register, 7, 0)  # a lesson of the beginning of September
    register.keyboard.press("4")
    expect_saved(register)
    register.keyboard.press("F2")
    expect(register.get_by_role("link", name="Попросить завуча")).to_have_count(0)
    register.evaluate("sessionStorage.clear(); localStorage.clear()")  # as on another day
    register.reload()
    expect(found).to_have_class(classes("lock"))
    stand_on(register, 7, 0)
    register.keyboard.press("5")
    card = register.locator("#card")
    expect(card).to_contain_text("Срок правки прошёл")
    assert not barriers(register)
    card.get_by_role("link", name="Попросить завуча").click()
    expect(register.locator("#ask").locator("..")).to_contain_text("Срок правки прошёл")


def test_who_else_has_the_page_open_is_named(site: Site, register: Page) -> None:
    with site.person("kira") as kira:
        kira.goto(site.algebra())
        expect(kira.locator("#here")).to_have_text("Здесь ещё: Антонова А. А.")
    register.reload()
    expect(register.locator("#here")).to_contain_text("Здесь ещё: Кириллова")


def test_a_lesson_that_has_not_been_yet_takes_no_marks(register: Page) -> None:
    last = register.locator("th.les").count() - 1
    found = stand_on(register, 0, last)
    register.keyboard.press("5")
    expect(register.locator("#toast")).to_contain_text("ещё не состоялся")
    expect(found).to_have_text("")


def test_a_cell_has_a_menu_by_key_and_by_mouse(register: Page, column: int) -> None:
    register.wait_for_load_state("networkidle")  # the menu is there as well
    stand_on(register, 3, column)
    press_russian(register, "в")
    expect(cell(register, 3, column)).to_have_text("осв")
    expect_saved(register)
    menu = register.locator("dialog.cell-menu")
    register.keyboard.press("m")
    expect(menu).to_be_visible()
    assert not barriers(register)
    register.keyboard.press("g")
    expect(register.locator("#lesson")).to_be_visible()
    register.keyboard.press("Escape")
    cell(register, 3, column).click(button="right")
    menu.get_by_role("button", name="Все уроки этого ученика").click()
    pupil = register.locator("dialog.one")
    name = pupil.locator("h2").inner_text()
    expect(pupil.locator("li").first).to_contain_text("25.09.2026")  # the last that has been
    assert not barriers(register)
    pupil.get_by_role("button", name="Следующий ученик").click()
    expect(pupil.locator("h2")).not_to_have_text(name)
    pupil.locator("li button").first.click()
    expect(register.locator("#card")).to_be_visible()
    register.keyboard.press("Escape")
    row = register.locator("journal-grid tbody tr").nth(4)
    expect(row.locator("td.c:focus")).to_have_count(1)
    cell(register, 3, column).hover()
    expect(cell(register, 3, column)).to_have_attribute("title", re.compile("освобождён от урока"))


def test_the_sheet_shows_some_in_the_order_of_the_list_and_keys_pass_over_the_others(
    register: Page, column: int
) -> None:
    register.wait_for_load_state("networkidle")
    for row in (7, 9):  # the ninth pupil has never a «2»
        stand_on(register, row, column)
        register.keyboard.press("2")
    expect_saved(register)
    who, rows = register.get_by_label("Кого показать"), register.locator("journal-grid tbody tr")
    who.select_option(label="С двойками")
    expect(rows.nth(8)).not_to_be_visible()
    stand_on(register, 7, column)
    register.keyboard.press("ArrowDown")
    expect(cell(register, 9, column)).to_be_focused()
    register.keyboard.press("ArrowUp")
    expect(cell(register, 7, column)).to_be_focused()
    assert not barriers(register)
    who.select_option(label="Весь класс")
    expect(rows.nth(8)).to_be_visible()


def test_a_kind_of_work_is_chosen_at_the_cell_and_stands_in_the_head_of_the_column(
    register: Page, column: int
) -> None:
    register.wait_for_load_state("networkidle")
    stand_on(register, 0, column)
    register.keyboard.press("m")
    menu = register.locator("dialog.cell-menu")
    palette = menu.get_by_role("group", name="Вид работы новых отметок")
    expect(palette.locator("[aria-pressed=true]")).to_have_count(1)
    assert not barriers(register)
    palette.get_by_role("button", name="Контрольная работа").click()
    head = register.locator("th.les").nth(column).locator(".kind")
    expect(head).to_have_text("К×2")
    expect(cell(register, 0, column)).to_be_focused()
    with register.expect_request("**/marks") as sent:
        register.keyboard.press("4")
    assert json.loads(sent.value.post_data or "")["marks"][0]["work_type_id"] == c.CONTROL
    expect_saved(register)


def test_who_owes_work_is_marked_in_the_list_and_shown_alone(register: Page, column: int) -> None:
    lesson = register.locator("th.les").nth(column).get_attribute("data-lesson")
    row = register.locator("journal-grid tbody tr").nth(2)
    owed = {
        "debt_id": c.an_id("долг в таблице"),
        "pupil_id": row.get_attribute("data-pupil"),
        "work_type_id": c.CONTROL,
        "due_date": (TODAY + timedelta(days=7)).isoformat(),
    }
    done = send(register, f"/lessons/{lesson}/debts", {"debts": [owed]})
    register.goto(f"{register.url}&min_position={done['position']}")
    register.wait_for_load_state("networkidle")
    expect(row.locator(".owes")).to_contain_text("долг: урок")
    assert not barriers(register)
    register.get_by_label("Кого показать").select_option(label="С долгами")
    expect(register.locator("journal-grid tbody tr:visible")).to_have_count(1)
    expect(row).to_be_visible()
    send(register, f"/lessons/{lesson}/debts/{owed['debt_id']}/resolution", {})


def test_a_debt_of_which_another_has_written_comes_and_goes_in_the_open_grid(
    site: Site, register: Page, column: int
) -> None:
    """Raised at another device by a page without scripts, closed at this one."""
    lesson = register.locator("th.les").nth(column).get_attribute("data-lesson")
    row = register.locator("journal-grid tbody tr").nth(6)
    pupil = row.get_attribute("data-pupil") or ""
    kept = register.context.storage_state()
    context = site.browser.new_context(
        base_url=site.url, storage_state=kept, java_script_enabled=False, **PHONE
    )
    plain = context.new_page()
    plain.goto(f"/classes/{c.CLASS_7A}/debts?lesson={lesson}")
    plain.get_by_label("Кто не сдал").select_option(value=pupil)
    plain.get_by_role("button", name="Записать долг").click()
    expect(plain.locator("p[role=status]")).to_have_text("Долг записан.")

    expect(row.locator(".owes")).to_contain_text("сдать до")
    stand_on(register, 6, column)
    register.keyboard.press("m")
    expect(register.get_by_role("button", name="Долг снят")).to_be_visible()
    register.keyboard.press("Escape")

    plain.get_by_role("button", name="Долг снят").first.click()
    expect(plain.locator("p[role=status]")).to_have_text("Долг снят.")
    expect(row.locator(".owes")).to_have_count(0)
    assert fits(plain, PHONE["viewport"])
    context.close()


def test_a_debt_is_raised_and_closed_in_the_menu_of_a_cell_and_can_be_taken_back(
    register: Page, column: int
) -> None:
    sign = register.locator("journal-grid tbody tr").nth(4).locator(".owes")
    raising = re.compile(r"/lessons/[^/]+/debts$")
    closing = re.compile(r"/debts/[^/]+/resolution$")
    register.wait_for_load_state("networkidle")  # the menu is there as well
    stand_on(register, 4, column)
    register.keyboard.press("m")
    expect(register.locator("dialog.cell-menu")).not_to_contain_text("Долг снят")
    register.keyboard.press("d")
    due = register.get_by_label("Сдать до")
    lesson_day = date.fromisoformat(due.get_attribute("min") or "")
    expect(due).to_have_value((lesson_day + timedelta(days=14)).isoformat())
    assert not barriers(register)
    due.fill((TODAY + timedelta(days=5)).isoformat())
    with register.expect_request(raising) as sent:
        register.keyboard.press("Enter")
    first = json.loads(sent.value.post_data or "")["debts"][0]
    assert first["due_date"] == (TODAY + timedelta(days=5)).isoformat()
    expect(cell(register, 4, column)).to_be_focused()
    expect(sign).to_contain_text(f"сдать до {TODAY + timedelta(days=5):%d.%m}")
    expect_saved(register)

    with register.expect_request(closing) as sent:
        register.keyboard.press("Control+z")
    assert first["debt_id"] in sent.value.url
    expect(sign).to_have_count(0)
    expect_saved(register)
    with register.expect_request(raising) as sent:
        register.keyboard.press("Control+y")
    again = json.loads(sent.value.post_data or "")["debts"][0]
    assert again == first | {"debt_id": again["debt_id"]}
    assert again["debt_id"] != first["debt_id"], "a closed debt does not rise again"
    expect_saved(register)

    register.reload()
    expect(sign).to_contain_text("долг")
    register.wait_for_load_state("networkidle")
    stand_on(register, 4, column)
    register.keyboard.press("m")
    assert not barriers(register)
    with register.expect_request(closing) as sent:
        register.get_by_role("button", name="Долг снят").click()
    assert again["debt_id"] in sent.value.url
    expect(sign).to_have_count(0)
    expect_saved(register)
    register.reload()
    expect(register.locator("journal-grid")).to_have_attribute("data-ready", "")
    expect(sign).to_have_count(0)


def test_the_grid_is_one_stop_of_the_tab_key(register: Page, column: int) -> None:
    stand_on(register, 1, column)
    assert register.locator("journal-grid [tabindex='0']").count() == 1
    register.keyboard.press("End")
    register.keyboard.press("Tab")
    assert not register.evaluate("document.activeElement.matches('td.c')")


def test_names_and_averages_stay_in_sight(register: Page) -> None:
    stand_on(register, 2, 3)
    expect(register.locator("tr.crow th.name")).to_have_attribute(
        "title", register.locator("tbody th.name").nth(2).get_attribute("title") or ""
    )
    expect(register.locator("th.les.ccol")).to_have_count(1)
    expect(register.locator("th.les").nth(3)).to_have_class(classes("ccol"))
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
