"""The class register as a page: months, columns and rows from the register of the API.

Works on exactly the JSON that `GET /classes/{id}/register` answers; cells are prepared here as
text and class, and written here as HTML, because a template for each of 1,800 cells is what costs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import groupby
from types import MappingProxyType
from typing import Any

from api.pages import wording
from domain.values import ATTENDANCE_LABELS, NUMERIC_MARKS, AttendanceCode
from projections.terms import Owed

SIGNS = {str(code): sign for code, (sign, _) in ATTENDANCE_LABELS.items()}
PRESENT = str(AttendanceCode.PRESENT)
UNEXPLAINED = {str(AttendanceCode.ABSENT_UNSPECIFIED), str(AttendanceCode.UNEXCUSED)}
HEAVY = 3  # from this weight on a column is a control work to the eye
LONG = 3  # longer signs («незач») get small letters


def sheet(
    register: dict[str, Any],
    *,
    today: str,
    editable_from: str = "",
    settled_before: str = "",
    owed: Mapping[str, Sequence[Owed]] = MappingProxyType({}),
) -> dict[str, Any]:
    """`months[{name, span}]`, `columns[…]`, `rows[…]` for templates/teacher/register_parts.html.

    Marks of lessons before `editable_from` are no more the teacher's to change; of a pupil whose
    term mark stands, not those of lessons before `settled_before` either. owed: pupil → the work
    that is still owed.
    """
    lessons, pupils = register["lessons"], register["pupils"]
    kinds = _kinds(pupils)
    columns = [_column(lesson, kinds.get(lesson["lesson_id"]), today) for lesson in lessons]
    empty = {
        lesson["lesson_id"]: _shown((), PRESENT, off=lesson["status"] == "CANCELLED")
        for lesson in lessons
    }
    days = {lesson["date"]: lesson["lesson_id"] for lesson in lessons}
    brought = {pupil["pupil_id"]: _brought(pupil, days) for pupil in pupils}
    since = {
        pupil["pupil_id"]: max(editable_from, settled_before if pupil["term_mark"] else "")
        for pupil in pupils
    }
    rows = [
        {
            "number": number,
            "pupil_id": pupil["pupil_id"],
            "name": pupil["name"],
            "called": wording.called(pupil["name"]),
            "owes": "; ".join(
                f"урок {wording.day(one.day)}, сдать до {wording.day(one.due)}"
                for one in owed.get(pupil["pupil_id"], ())
            ),
            "debts": " ".join("/".join(map(str, one)) for one in owed.get(pupil["pupil_id"], ())),
            "gone": bool(pupil.get("departed")),
            "editable_from": since[pupil["pupil_id"]],
            "brought": brought[pupil["pupil_id"]].pop("", ""),
            "cells": _cells(
                pupil, lessons, empty, brought[pupil["pupil_id"]], since[pupil["pupil_id"]]
            ),
            "average": wording.comma(pupil["weighted_average"]),
            "average_css": _average_css(pupil["weighted_average"]),
            "term_mark": pupil["term_mark"] or "",
            "term_css": _tone([pupil["term_mark"]], PRESENT) if pupil["term_mark"] else "",
        }
        for number, pupil in enumerate(pupils, 1)
    ]
    return {"months": months_of(lessons), "columns": columns, "rows": rows}


#: of a pupil and of a lesson, what stands in the table already or is asked for by no script
NEEDLESS = frozenset(
    {"average", "weighted_average", "term_mark", "departed", "teacher_id", "room", "subgroup_id"}
)


def handed(register: dict[str, Any]) -> dict[str, Any]:
    """The register as it lies in the page for its scripts: as the API answers, but without what no
    script reads and without what is empty, which is absent to them. A third of the bytes.
    """
    return {
        "lessons": [_told(lesson) for lesson in register["lessons"]],
        "pupils": [
            {
                **_told(pupil),
                "cells": {
                    lesson_id: [_plain(mark) for mark in marks]
                    for lesson_id, marks in pupil["cells"].items()
                },
                "attendance": pupil["attendance"],
            }
            for pupil in register["pupils"]
        ],
    }


def _plain(mark: dict[str, Any]) -> dict[str, Any]:
    """Most marks have no comment and were never corrected; of hundreds each microsecond counts."""
    if mark["comment"] or mark["corrected"]:
        return mark
    return {
        "mark_id": mark["mark_id"],
        "value": mark["value"],
        "weight": mark["weight"],
        "work_type_id": mark["work_type_id"],
        "work_type": mark["work_type"],
    }


def _told(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if value and name not in NEEDLESS}


def months_of(lessons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`[{name, span}]` over the columns of these lessons."""
    return [
        {"name": wording.MONTHS[number - 1], "span": len(list(group))}
        for (_, number), group in groupby(
            wording.as_date(lesson["date"]).timetuple()[:2] for lesson in lessons
        )
    ]


def _kinds(pupils: list[dict[str, Any]]) -> dict[str, Counter[tuple[str, str]]]:
    """lesson → how many of its marks are of each kind of work and weight."""
    found: dict[str, Counter[tuple[str, str]]] = {}
    for pupil in pupils:
        for lesson_id, marks in pupil["cells"].items():
            if lesson_id not in found:
                found[lesson_id] = Counter()
            for mark in marks:
                found[lesson_id][_abbr(mark["work_type"]), str(mark["weight"])] += 1
    return found


def _column(
    lesson: dict[str, Any], kinds: Counter[tuple[str, str]] | None, today: str
) -> dict[str, Any]:
    abbr, weight = kinds.most_common(1)[0][0] if kinds else ("", "")
    when = wording.as_date(lesson["date"])
    css = [
        "heavy" if weight and float(weight) >= HEAVY else "",
        "cancelled" if lesson["status"] == "CANCELLED" else "",
        "today" if lesson["date"] == today else "",
        "todo" if _unfilled(lesson, today) else "",
        "filed" if lesson.get("files") else "",
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
    lines = [lesson["topic"] or "Тема не записана"]
    whole = (one for one in lesson["homework"] or () if not one.get("individual_for"))
    if one := next(whole, None):
        lines.append(f"Задание на {wording.day(one['due_date'])}: {one['text']}")
    elif lesson["no_homework"]:
        lines.append("Не задано")
    if files := lesson.get("files"):
        lines.append(wording.plural(len(files), "файл", "файла", "файлов"))
    return "\n".join(lines)


def _abbr(work_type: Any) -> str:
    return str(work_type.get("abbr", "")) if isinstance(work_type, dict) else str(work_type or "")


def drawn(cells: Iterable[dict[str, str]]) -> str:
    """The cells of a row of the grid, as HTML that is safe to write."""
    return "".join([_td(one["css"], one["description"], one["text"]) for one in cells])


@lru_cache(maxsize=4_096)
def _td(css: str, description: str, text: str) -> str:
    """Text and description are escaped; the classes are of this module."""
    told = f' aria-description="{escape(description)}"' if description else ""
    return f'<td class="{css}"{told}>{escape(text)}</td>'


def _cells(
    pupil: dict[str, Any],
    lessons: list[dict[str, Any]],
    empty: dict[str, Shown],
    brought: dict[str, str],
    editable_from: str,
) -> list[dict[str, str]]:
    """`[{text, css, description}]`, each a dictionary of its own. Most of a page is empty."""
    marks, codes, late = pupil["cells"], pupil["attendance"], pupil.get("late", {})
    cells = []
    for lesson in lessons:
        number = lesson["lesson_id"]
        if number in brought:
            cells.append(_carried_cell(brought[number]))
        else:
            shown = (
                _cell(marks.get(number, ()), codes.get(number, PRESENT), lesson, editable_from)
                if number in marks or number in codes
                else empty[number]
            )
            text, css, description = shown
            if number in late:
                minutes = f"опоздал на {late[number]} мин"
                description = f"{description}, {minutes}" if description else minutes
            cells.append({"text": text, "css": css, "description": description})
    return cells


#: text, css, description
Shown = tuple[str, str, str]


def _cell(
    marks: Sequence[dict[str, Any]], code: str, lesson: dict[str, Any], editable_from: str
) -> Shown:
    corrected = comment = False
    for mark in marks:
        corrected = corrected or mark["corrected"]
        comment = comment or bool(mark.get("comment"))
    return _shown(
        tuple([mark["value"] for mark in marks]),
        code,
        corrected=corrected,
        comment=comment,
        settled=bool(marks) and lesson["date"] < editable_from,
        off=lesson["status"] == "CANCELLED",
    )


@lru_cache(maxsize=4_096)
def _shown(
    values: tuple[str, ...],
    code: str,
    *,
    corrected: bool = False,
    comment: bool = False,
    settled: bool = False,
    off: bool = False,
) -> Shown:
    text = " ".join(filter(None, (SIGNS[code], "/".join(values))))
    css = [
        "c",
        _tone(values, code),
        "fix" if corrected else "",
        "note" if comment else "",
        "lock" if settled else "",
        "long" if len(text) > LONG else "",
        "off" if off else "",
    ]
    signs = [
        "исправлено" if corrected else "",
        "есть комментарий" if comment else "",
        "срок правки прошёл" if settled else "",
    ]
    return text, " ".join(filter(None, css)), ", ".join(filter(None, signs))


def _brought(pupil: dict[str, Any], days: dict[str, str]) -> dict[str, str]:
    """Marks that came with a transfer: lesson of the same day → «5/4, из 7б», where the pupil has
    nothing of this class; "" → those of days on which this class had no lesson.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for mark in pupil.get("carried", ()):
        lesson_id = days.get(mark["date"], "")
        if lesson_id in pupil["cells"] or lesson_id in pupil["attendance"]:
            lesson_id = ""
        of_class = found.setdefault(lesson_id, {})
        of_class.setdefault(mark["from_class"]["name"] or "", []).append(mark["value"])
    return {
        lesson_id: ", ".join(f"{'/'.join(values)}, из {name}" for name, values in of.items())
        for lesson_id, of in found.items()
    }


def _carried_cell(words: str) -> dict[str, str]:
    values = words.partition(",")[0]
    css = f"c brought {_tone(values.split('/'), PRESENT)}"
    where = words.partition(", ")[2]
    return {"text": values, "css": css, "description": f"перенесено {where}, там и исправляется"}


def _tone(values: Sequence[str], code: str) -> str:
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
