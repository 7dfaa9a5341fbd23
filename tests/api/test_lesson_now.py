"""Which lesson is going on: by the bells of the day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from api.pages.lesson_now import going_on
from domain.bells import Bells
from domain.calendar import Bell

BELLS = Bells(usual=(Bell(1, "08:30", "09:15"), Bell(2, "09:25", "10:10")))


def lesson(number: int, status: str = "SCHEDULED") -> dict[str, Any]:
    return {"class_id": "7а", "date": "2026-09-25", "number": number, "status": status}


@pytest.mark.parametrize(
    ("at", "number", "coming"),
    [
        ("08:10", None, 1),
        ("08:20", 1, 1),  # in the break
        ("09:14", 1, 1),
        ("09:15", 2, 2),
        ("10:09", 2, 2),
        ("10:10", None, None),
        ("23:55", None, None),  # ten minutes later is another day
    ],
)
def test_the_lesson_of_the_moment(at: str, number: int | None, coming: int | None) -> None:
    now = datetime.fromisoformat(f"2026-09-25T{at}")
    lessons = [lesson(2), lesson(1)]
    for wanted, found in (
        (number, going_on(lessons, BELLS, now)),
        (coming, going_on(lessons, BELLS, now, coming=True)),
    ):
        assert (found and found["number"]) == wanted


def test_a_cancelled_lesson_and_one_without_a_bell_are_not_going_on() -> None:
    now = datetime.fromisoformat("2026-09-25T08:40")
    assert going_on([lesson(1, "CANCELLED"), lesson(9)], BELLS, now, coming=True) is None
    assert going_on([lesson(1)], None, now) is None
