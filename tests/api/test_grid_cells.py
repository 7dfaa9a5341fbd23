"""Cells of the class grid as HTML."""

from __future__ import annotations

from api.pages.register import drawn


def test_what_people_named_is_escaped_in_a_cell() -> None:
    written = drawn([{"css": "c m5", "description": 'из 7"а"', "text": "<b>5"}])
    assert written == (
        '<td class="c m5" role="gridcell" tabindex="-1" aria-description="из 7&quot;а&quot;">'
        "&lt;b&gt;5</td>"
    )


def test_an_empty_cell_describes_nothing() -> None:
    empty = drawn([{"css": "c", "description": "", "text": ""}])
    assert empty == '<td class="c" role="gridcell" tabindex="-1"></td>'
