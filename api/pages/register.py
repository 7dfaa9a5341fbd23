"""The class register as a page: months, columns and rows from the register of the API.

Works on exactly the JSON that `GET /classes/{id}/register` answers; cells are prepared here as
text and class, because a template macro for each of 1,800 cells is what costs.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from api.pages import wording
from domain.values import ATTENDANCE_LABELS, NUMERIC_MARKS, AttendanceCode

SIGNS = {str(code): sign for code, (sign, _) in ATTENDANCE_LABELS.items()}
PRESENT = str(AttendanceCode.PRESENT)
UNEXPLAINED = {str(AttendanceCode.ABSENT_UNSPECIFIED), str(AttendanceCode.UNEXCUSED)}
HEAVY = 3  # from this weight on a column is a control work to the eye
LONG = 3  # longer signs («незач») get small letters


def sheet(register: dict[str, Any], *, today: str) -> dict[str, Any]:
    """`months[{name, span}]`, `columns[…]`, `rows[…]` for templates/teacher/register.html."""
    lessons, pupils = register["lessons"], register["pupils"]
    columns = [_column(lesson, pupils, today) for lesson in lessons]
    rows = [
        {
            "number": number,
            "pupil_id": pupil["pupil_id"],
            "name": pupil["name"],
            "called": wording.called(pupil["name"]),
            "gone": bool(pupil.get("departed")),
            "cells": [_cell(pupil, lesson) for lesson in lessons],
            "average": wording.comma(pupil["weighted_average"]),
            "average_css": _average_css(pupil["weighted_average"]),
            "term_mark": pupil["term_mark"] or "",
            "term_css": _tone([pupil["term_mark"]], PRESENT) if pupil["term_mark"] else "",
        }
        for number, pupil in enumerate(pupils, 1)
    ]
    return {"months": months_of(lessons), "columns": columns, "rows": rows}


def months_of(lessons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`[{name, span}]` over the columns of these lessons."""
    return [
        {"name": wording.MONTHS[number - 1], "span": len(list(group))}
        for (_, number), group in groupby(
            wording.as_date(lesson["date"]).timetuple()[:2] for lesson in lessons
        )
    ]


def _column(lesson: dict[str, Any], pupils: list[dict[str, Any]], today: str) -> dict[str, Any]:
    marks = [mark for pupil in pupils for mark in pupil["cells"].get(lesson["lesson_id"], ())]
    (abbr, weight), _ = (
        Counter((_abbr(mark["work_type"]), str(mark["weight"])) for mark in marks).most_common(1)[0]
        if marks
        else (("", ""), 0)
    )
    when = wording.as_date(lesson["date"])
    css = [
        "heavy" if weight and float(weight) >= HEAVY else "",
        "cancelled" if lesson["status"] == "CANCELLED" else "",
        "today" if lesson["date"] == today else "",
        "todo" if _unfilled(lesson, today) else "",
    ]
    return {
        "lesson_id": lesson["lesson_id"],
        "day": when.day,
        "weekday": wording.SHORT_WEEKDAYS[when.weekday()],
        "number": lesson["number"],
        "kind": _kind(abbr, weight),
        "css": " ".join(filter(None, css)),
        "tip": _tip(lesson),
        "words": f"{wording.day_in_words(when)}, урок {lesson['number']}",
    }


def _kind(abbr: str, weight: str) -> str:
    """«КР×3»; a weight of one goes without saying."""
    words = wording.weight(weight)
    return abbr if words in {"", "1"} else f"{abbr}×{words}"


def _unfilled(lesson: dict[str, Any], today: str) -> bool:
    return lesson["date"] <= today and lesson["status"] != "CANCELLED" and not _full(lesson)


def _full(lesson: dict[str, Any]) -> bool:
    homework = lesson["homework"] or lesson["no_homework"]
    return bool(lesson["topic"] and lesson["attendance_taken"] and homework)


def _tip(lesson: dict[str, Any]) -> str:
    if lesson["status"] == "CANCELLED":
        return "Урок отменён"
    return lesson["topic"] or "Тема не записана"


def _abbr(work_type: Any) -> str:
    return str(work_type.get("abbr", "")) if isinstance(work_type, dict) else str(work_type or "")


def _cell(pupil: dict[str, Any], lesson: dict[str, Any]) -> dict[str, str]:
    marks = pupil["cells"].get(lesson["lesson_id"], ())
    code = pupil["attendance"].get(lesson["lesson_id"], PRESENT)
    values = [mark["value"] for mark in marks]
    text = " ".join(filter(None, (SIGNS[code], "/".join(values))))
    corrected = any(mark["corrected"] for mark in marks)
    comment = any(mark.get("comment") for mark in marks)
    css = [
        "c",
        _tone(values, code),
        "fix" if corrected else "",
        "note" if comment else "",
        "long" if len(text) > LONG else "",
        "off" if lesson["status"] == "CANCELLED" else "",
    ]
    signs = ["исправлено" if corrected else "", "есть комментарий" if comment else ""]
    return {
        "text": text,
        "css": " ".join(filter(None, css)),
        "description": ", ".join(filter(None, signs)),
    }


def _tone(values: list[str], code: str) -> str:
    numbers = [int(value) for value in values if value in NUMERIC_MARKS]
    if numbers:
        return f"m{max(2, min(numbers))}"
    if values:
        return "mw"
    if code == PRESENT:
        return ""
    return "mn" if code in UNEXPLAINED else "mb"


def _average_css(average: str | None) -> str:
    return "" if average is None else f"m{max(2, int(float(average) + 0.5))}"
