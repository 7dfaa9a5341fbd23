"""Pages of the provable log without their doors: strips, sheets of paper, words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.pages import changes, slider, statement, wording

ZONE = "Europe/Moscow"
PUPIL: dict[str, Any] = {
    "pupil_id": "p1",
    "name": "Петров Иван",
    "cells": {},
    "attendance": {},
    "average": None,
    "weighted_average": None,
    "term_mark": None,
}


def a_lesson(number: int, **more: Any) -> dict[str, Any]:
    """One of many lessons, a day each."""
    return {
        "lesson_id": f"l{number}",
        "date": (date(2026, 9, 1) + timedelta(days=number)).isoformat(),
        "number": 1,
        "kind": None,
        "topic": f"Тема {number}",
        "title": None,
        "homework": [],
        "no_homework": False,
        "attendance_taken": True,
        "status": "HELD",
    } | more


def a_moment(at: str, position: int, kind: str, *, corrections: bool = False) -> dict[str, Any]:
    """A line of `trail.moments`."""
    by = {"person_id": "t1", "name": "Антонова Анна Андреевна"}
    return {"at": at, "position": position, "kind": kind, "by": by, "corrections": corrections}


FOUND = [  # the newest first, as the trail answers
    a_moment("2026-10-02T09:00:00+00:00", 9, "mark-corrected", corrections=True),
    a_moment("2026-09-02T09:00:00+00:00", 7, "mark-given"),
    a_moment("2026-09-02T09:00:00+00:00", 6, "mark-given"),
    a_moment("2026-09-01T09:00:00+00:00", 2, "lessons-scheduled"),
]


def test_what_was_written_at_once_is_one_moment() -> None:
    moments = slider.moments_of(FOUND, ZONE)
    assert [one.position for one in moments] == [2, 7, 9]
    assert [one.fixed for one in moments] == [False, False, True]
    assert moments[1].words == "2 сентября 2026, 12:00:00 — отметка и ещё 1, Антонова А. А."
    assert moments[0].words.endswith("уроки по расписанию, Антонова А. А.")


@pytest.mark.parametrize(
    ("moment", "step"),
    [
        (None, 3),
        (datetime(2026, 8, 1, tzinfo=UTC), 0),
        (datetime(2026, 9, 2, 9, tzinfo=UTC), 2),
        (datetime(2026, 9, 2, 8, 59, 59, tzinfo=UTC), 1),
    ],
)
def test_a_moment_stands_on_the_last_change_before_it(moment: datetime | None, step: int) -> None:
    assert slider.reached(slider.moments_of(FOUND, ZONE), moment) == step


def test_a_correction_is_taller_than_an_entry_and_months_have_names() -> None:
    strip = slider.strip(slider.moments_of(FOUND, ZONE))
    assert strip["fixes"] == "M1000 20v-20"
    assert strip["entries"] == "M333.3 20v-8M666.7 20v-8"
    assert [one["name"] for one in strip["months"]] == ["сентябрь"]  # no room after October's tick


def test_a_long_term_is_cut_into_sheets_of_about_the_same_width() -> None:
    shown = {"lessons": [a_lesson(number) for number in range(70)], "pupils": [PUPIL]}
    parts = statement.sheets(shown)
    assert [len(part["columns"]) for part in parts] == [24, 24, 22]
    assert [part["last"] for part in parts] == [False, False, True]
    for part in parts:
        assert sum(month["span"] for month in part["months"]) == len(part["columns"])
        assert all(len(row["cells"]) == len(part["columns"]) for row in part["rows"])


def test_a_term_without_lessons_is_one_sheet_with_the_names() -> None:
    [part] = statement.sheets({"lessons": [], "pupils": [PUPIL]})
    assert part["last"]
    assert [row["called"] for row in part["rows"]] == ["Петров Иван"]


def test_the_right_hand_page_keeps_what_is_said_to_one_pupil_to_itself() -> None:
    given = {"homework_id": "h", "due_date": "2026-09-05", "individual_for": []}
    own = given | {"text": "пересдать зачёт", "individual_for": ["p1"]}
    shown = {
        "lessons": [
            a_lesson(0, title="Работа № 1", homework=[given | {"text": "§ 12"}, own]),
            a_lesson(1, no_homework=True),
            a_lesson(2, status="CANCELLED"),
        ]
    }
    first, second, third = statement.lessons(shown)
    assert (first["topic"], first["homework"]) == ("Работа № 1: Тема 0", "на 05.09: § 12")
    assert second["homework"] == "не задано"
    assert third["topic"] == "урок отменён"


@pytest.mark.parametrize(
    ("field", "before", "after", "words"),
    [
        ("topic", None, "Дроби", "тема записана: «Дроби»"),
        ("topic", "Дроби", "Проценты", "тема «Дроби» → «Проценты»"),
        ("date", "2026-09-14", "2026-09-15", "дата 14.09.2026 → 15.09.2026"),
        ("number", 1, 3, "номер урока 1 → 3"),
        ("attendance_taken", False, True, "посещаемость отмечена"),
        ("homework", [], [{"text": "§ 12"}], "задание записано"),
        ("room", "21", None, "кабинет «21» → пусто"),
        ("kind", "LESSON", "CONTROL", "изменён вид урока"),
    ],
)
def test_a_change_of_a_lesson_in_words(field: str, before: Any, after: Any, words: str) -> None:
    changed = {"field": field, "before": before, "after": after}
    shown: dict[str, Any] = {"lessons": [], "pupils": []}
    found = {
        "pupils": [],
        "cells": [],
        "lessons": [{**a_lesson(1), "change": "changed", "fields": [changed]}],
    }
    drawn = changes.compared(shown, shown, found, everything=False)
    assert drawn["columns"] == []
    assert changes.lesson_in_words(found["lessons"][0]) == {
        "which": "02.09.2026, урок 1",
        "what": words,
    }


def test_who_left_and_what_was_cancelled_stay_on_the_page_of_the_difference() -> None:
    mark = {"mark_id": "m", "value": "4", "weight": "1.00", "work_type": "О", "corrected": False}
    left = PUPIL | {"pupil_id": "p2", "name": "Белов Артём", "cells": {"l1": [mark]}}
    before = {"lessons": [a_lesson(1), a_lesson(2)], "pupils": [PUPIL, left]}
    after = {"lessons": [a_lesson(1)], "pupils": [PUPIL]}
    cell = {"pupil": {"pupil_id": "p2"}, "lesson": {"lesson_id": "l1"}}
    gone = {"lesson_id": "l2", "change": "removed"}
    drawn = changes.compared(before, after, {"cells": [cell], "lessons": [gone]}, everything=False)
    assert [row["name"] for row in drawn["rows"]] == ["Петров Иван", "Белов Артём"]
    was = drawn["rows"][1]["cells"][0]
    assert (was["was"], was["text"], was["changed"]) == ("4", "", True)
    assert "moved" in drawn["columns"][1]["css"]
    assert drawn["changed_words"] == "1 клетка изменилась"


def test_large_numbers_are_read_in_groups() -> None:
    assert wording.grouped(1_234_567) == "1\u00a0234\u00a0567"


def test_the_clock_of_a_school_is_told_as_the_country_tells_it() -> None:
    noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
    clocks = ("Europe/Moscow", "Asia/Yekaterinburg", "Europe/Kaliningrad")
    assert [wording.clock_of(zone, noon) for zone in clocks] == [
        "московское",
        "московское +2 ч",
        "московское −1 ч",
    ]
