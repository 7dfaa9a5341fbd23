"""What a teacher expects of a grid (twenty conventions) and the ten traps that were fallen into
while one was tried: each has a test by name, so that none goes unnoticed when its test does.
"""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

#: convention → (file, the beginning of the test's name or, of a module's, of its sentence)
CONVENTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "1 Enter is down, Shift+Enter up, Tab right, arrows always": (
        ("browser/test_traps.py", "test_after_a_key_one_stays_and_enter_goes_down"),
    ),
    "2 a digit replaces at once, Esc restores, Del clears as an event": (
        ("browser/test_grid.py", "test_a_slip_is_corrected_at_once"),
        ("browser/test_traps.py", "test_escape_brings_back_what_stood"),
        ("browser/test_grid.py", "test_another_reason_must_be_written_down"),
    ),
    "3 saved at once, its state in sight, nothing lost": (
        ("browser/test_saving.py", "test_marks_typed_without_a_network_survive_a_reload"),
        ("browser/test_saving.py", "test_what_a_closed_tab_left_unsent"),
        ("browser/test_saving.py", "test_marks_typed_while_the_server_is_killed"),
    ),
    "4 codes of one key on either layout": (
        ("browser/test_grid.py", "test_absences_are_typed_on_the_russian_and_on_the_latin"),
        ("js/core.test.mjs", "digits are marks on any layout"),
    ),
    "5 names and dates stay, the row and column of the cell are lit": (
        ("browser/test_grid.py", "test_names_and_averages_stay_in_sight"),
    ),
    "6 the head says date, lesson, kind and weight": (
        ("api/test_pages.py", "test_a_column_says_its_date_number_type_and_weight"),
        ("browser/test_grid.py", "test_a_kind_of_work_is_chosen_at_the_cell"),
    ),
    "7 colour never alone, the palette is a choice": (
        ("browser/test_palette.py", "test_a_palette_is_chosen_once"),
        ("api/test_pages.py", "test_the_register_shows_marks_absences_and_corner_signs"),
    ),
    "8 corner signs; what is hidden from the family says so": (
        ("api/test_pages.py", "test_the_register_shows_marks_absences_and_corner_signs"),
        ("api/test_what_the_family_sees.py", "test_what_is_hidden_says_so"),
        ("api/test_what_the_family_sees.py", "test_the_family_sees_what_the_teacher_has"),
    ),
    "9 the average at the right, weighted, live; the term mark proposed": (
        ("js/model.test.mjs", "the average follows what is typed"),
        ("browser/test_grid.py", "test_the_proposed_term_mark_is_shown_with_its_trace"),
    ),
    "10 the card of a cell with its whole history": (
        ("browser/test_grid.py", "test_an_old_mark_asks_why_and_keeps_the_answer"),
        ("browser/test_grid.py", "test_a_cell_has_a_menu_by_key_and_by_mouse"),
    ),
    "11 absence is in the grid, a mark for who was away asks": (
        ("browser/test_grid.py", "test_a_mark_for_an_absent_pupil_is_asked_about"),
    ),
    "12 fill all, fill empty, clear": (
        ("browser/test_grid.py", "test_a_column_is_filled_where_it_is_empty"),
        ("browser/test_column.py", "test_a_column_is_cleared_after_a_look"),
        ("browser/test_column.py", "test_what_a_colleague_changed_meanwhile_is_left"),
        ("js/column.test.mjs", "a cleared column annuls the marks first"),
    ),
    "13 menu, order, lesson and comment by keys and by mouse": (
        ("browser/test_grid.py", "test_a_cell_has_a_menu_by_key_and_by_mouse"),
        ("browser/test_order.py", "test_the_rows_are_ordered_by_keys_and_by_mouse"),
    ),
    "14 a question mark tells the keys, letters mean nothing in a field": (
        ("browser/test_look.py", "test_keys_are_told_by_a_question_mark"),
    ),
    "15 a locked cell says why and since when, and offers to ask": (
        ("browser/test_grid.py", "test_a_settled_cell_says_since_when_and_offers_to_ask"),
    ),
    "16 who else is here; what another changed flashes and is not written over": (
        ("browser/test_grid.py", "test_who_else_has_the_page_open_is_named"),
        ("browser/test_saving.py", "test_a_mark_that_a_colleague_changed_first"),
        ("browser/test_saving.py", "test_a_mark_from_another_desk_comes_by_the_stream"),
    ),
    "17 the order of the list is sacred": (
        ("browser/test_grid.py", "test_the_sheet_shows_some_in_the_order_of_the_list"),
        ("browser/test_order.py", "test_paper_has_the_order_of_the_list"),
        ("js/order.test.mjs", "the first order is the list's"),
    ),
    "18 one pupil, one column; a grid with one stop of Tab": (
        ("browser/test_grid.py", "test_the_grid_is_one_stop_of_the_tab_key"),
        ("browser/test_grid.py", "test_a_cell_has_a_menu_by_key_and_by_mouse"),
    ),
    "19 the lesson on a telephone, by list and by desks": (
        ("browser/test_saving.py", "test_a_lesson_on_a_telephone_waits_for_the_network"),
        ("browser/test_seats.py", "test_pupils_are_seated_by_touch"),
    ),
    "20 from Excel and back with a difference; paper": (
        ("browser/test_grid.py", "test_a_column_is_pasted_from_a_spreadsheet"),
        ("api/test_gradesheet.py", "test_what_was_typed_in_excel_is_shown_then_written"),
        ("api/test_pages.py", "test_a_column_says_its_date_number_type_and_weight_and_what_is"),
    ),
}
TRAPS: dict[str, tuple[tuple[str, str], ...]] = {
    "1 a conflict stops the newer value typed meanwhile": (
        ("js/queue.test.mjs", "a conflict stops the newer value typed meanwhile"),
    ),
    "2 the queue is a person's, a page's and a tab's, and gone at signing out": (
        ("browser/test_saving.py", "test_what_a_closed_tab_left_unsent"),
        ("browser/test_saving.py", "test_signing_out_empties_what_was_kept"),
    ),
    "3 an expired session keeps the queue": (
        ("js/queue.test.mjs", "an expired session keeps everything and asks once"),
        ("browser/test_saving.py", "test_an_expired_session_asks_for_the_password"),
    ),
    "4 keys by their place": (
        ("js/core.test.mjs", "digits are marks on any layout, letters by their physical key"),
    ),
    "5 two marks of a lesson": (
        ("js/core.test.mjs", "typed text may hold two marks, a word, an absence"),
        ("browser/test_grid.py", "test_a_slash_and_a_digit_put_a_second_mark"),
    ),
    "6 after a key one stays; Enter down, at the end to the next lesson": (
        ("browser/test_traps.py", "test_after_a_key_one_stays_and_enter_goes_down"),
    ),
    "7 a label has the words that are seen": (
        ("browser/hands.py", "'label-content-name-mismatch': {enabled: true}"),
        ("browser/test_look.py", "test_a_page_has_no_barrier"),
    ),
    "8 `display: none` on the first column moves every column": (
        ("browser/test_traps.py", "test_every_column_is_as_wide_as_it_is_meant"),
    ),
    "9 cells are made in Python": (
        ("api/test_grid_cells.py", "test_the_cells_of_a_row_are_written_in_python"),
    ),
    "10 taking back is a new command, never of what another changed": (
        ("js/core.test.mjs", "every change has an inverse that restores what the cell shows"),
        ("js/core.test.mjs", "undo forgets a cell that another person changed"),
    ),
}


@pytest.mark.parametrize("said", [*CONVENTIONS, *TRAPS])
def test_each_is_held_by_a_test_that_is_there(said: str) -> None:
    for file, name in {**CONVENTIONS, **TRAPS}[said]:
        text = (TESTS / file).read_text(encoding="utf-8")
        begins = f"def {name}" if name.startswith("test_") else name
        assert begins in text, f"{said}: {file} has no {name}"


def test_none_is_left_out() -> None:
    assert [int(said.split()[0]) for said in CONVENTIONS] == list(range(1, 21))
    assert [int(said.split()[0]) for said in TRAPS] == list(range(1, 11))
