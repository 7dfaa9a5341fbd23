"""docs/scheduler.md shows the table of jobs as the code has it; keys and words are in order."""

from __future__ import annotations

import re

from scheduler.periods import Every
from scheduler.timetable import TIMETABLE
from tests.house.scheduler_page import PAGE, page


def test_the_table_is_that_of_the_code() -> None:
    assert PAGE.read_text("utf-8") == page(PAGE.read_text("utf-8")), (
        "python -m tests.house.scheduler_page"
    )


def test_every_line_has_a_name_of_its_own_and_words_for_people() -> None:
    names = [line.name for line in TIMETABLE]

    assert len(set(names)) == len(names)
    for line in TIMETABLE:
        assert re.fullmatch(r"[a-z][a-z_]+", line.name)
        for words in (line.title, line.counts):
            assert re.search("[а-яё]", words), line.name
        assert not line.title.endswith(".")


def test_only_who_looks_again_and_again_keeps_no_diary() -> None:
    for line in TIMETABLE:
        if line.watches:
            assert isinstance(line.when, Every), line.name
        if isinstance(line.when, Every) and line.when.seconds < 600:
            assert line.watches, f"{line.name}: a run every few seconds is no history"
            assert not line.by_hand
