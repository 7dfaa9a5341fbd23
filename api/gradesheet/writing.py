"""A page of the journal as .xlsx, to be changed and brought back.

What the journal knows of it goes along in a hidden row (which page, as of which position, which
lesson a column is of) and a hidden column (which pupil a row is of); what stood in the cells is
not trusted to the file: it is read again as of that position.
"""

from __future__ import annotations

import io
from collections import Counter
from datetime import date, datetime, time
from typing import Any

import msgspec
import xlsxwriter

SHEET = "Журнал"
FORM = "letopis-register-1"
#: rows of the sheet, as a person counts them
MARKER_ROW, HEAD_ROW, WORK_ROW, FIRST_ROW = 3, 4, 5, 6
#: columns before the lessons: the pupil's id, the number, the name
BEFORE = 3
HELP = (
    "Меняйте отметки под датами: 5, 4, 3, 2, 1, н/а, осв, зач, незач; две отметки — через косую"
    " черту: 5/4. Строка «Вид работы» — для новых отметок. Посещаемость отмечается на уроке."
)
_BOX: dict[str, Any] = {
    "border": 1,
    "valign": "vcenter",
    "font_name": "Times New Roman",
    "font_size": 11,
}
_HEAD: dict[str, Any] = {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#EEEEEE"}
#: as text, or Excel makes a day of «5/4»
_MARK: dict[str, Any] = {"align": "center", "num_format": "@"}
_LOOKS: dict[str, dict[str, Any]] = {
    "head": _HEAD,
    "mark": _MARK,
    "name": {},
    "off": _MARK | {"bg_color": "#F0F0F0"},
}


class Marker(msgspec.Struct, frozen=True, array_like=True):
    """Which page of the journal a sheet is of, and as of which position of the log."""

    form: str
    class_id: str
    subject_id: str
    subgroup_id: str | None
    term: int
    position: int


def sheet_xlsx(
    page: dict[str, Any], work_types: list[dict[str, Any]], marker: Marker, *, school: str
) -> bytes:
    """The workbook of what `projections.register.page` answers. The same page, the same bytes."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    moment = date.fromisoformat(page["as_of"]["moment"][:10])
    title = " · ".join((page["class"]["name"], page["subject"]["name"], page["term"]["name"]))
    created = {"title": title, "company": school, "created": _noon(moment)}
    book.set_properties(created)
    looks = {name: book.add_format(_BOX | look) for name, look in _LOOKS.items()}
    sheet = book.add_worksheet(SHEET)
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, HELP)
    _head(sheet, page, work_types, marker, looks)
    for at, pupil in enumerate(page["pupils"]):
        _row(sheet, FIRST_ROW - 1 + at, at + 1, pupil, page["lessons"], looks)
    last = BEFORE + len(page["lessons"])
    sheet.set_row(MARKER_ROW - 1, None, None, {"hidden": True})
    sheet.set_column(0, 0, None, None, {"hidden": True})
    sheet.set_column(1, 1, 4)
    sheet.set_column(2, 2, 34)
    sheet.set_column(BEFORE, max(BEFORE, last - 1), 7)
    sheet.set_column(last, last, 9)
    sheet.freeze_panes(FIRST_ROW - 1, BEFORE)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    book.close()
    return file.getvalue()


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))


def _head(
    sheet: Any,
    page: dict[str, Any],
    work_types: list[dict[str, Any]],
    marker: Marker,
    looks: dict[str, Any],
) -> None:
    sheet.write_string(MARKER_ROW - 1, 0, msgspec.json.encode(marker).decode())
    for column, text in ((1, "№"), (2, "Ученик")):
        sheet.write_string(HEAD_ROW - 1, column, text, looks["head"])
    sheet.write_string(WORK_ROW - 1, 1, "", looks["head"])
    sheet.write_string(WORK_ROW - 1, 2, "Вид работы", looks["head"])
    days = Counter(one["date"] for one in page["lessons"])
    for at, lesson in enumerate(page["lessons"], BEFORE):
        day = f"{date.fromisoformat(lesson['date']):%d.%m}"
        words = f"{day} ({lesson['number']})" if days[lesson["date"]] > 1 else day
        sheet.write_string(MARKER_ROW - 1, at, lesson["lesson_id"])
        sheet.write_string(HEAD_ROW - 1, at, words, looks["head"])
        sheet.write_string(WORK_ROW - 1, at, _work(lesson, page, work_types), looks["head"])
        if lesson["topic"]:
            sheet.write_comment(HEAD_ROW - 1, at, lesson["topic"])
    if work_types and page["lessons"]:
        names = [one["abbr"] for one in work_types]
        if len(",".join(names)) < 250:  # noqa: PLR2004 - what Excel takes of a list
            sheet.data_validation(
                *(WORK_ROW - 1, BEFORE, WORK_ROW - 1, BEFORE + len(page["lessons"]) - 1),
                {"validate": "list", "source": names, "error_type": "warning"},
            )
    sheet.write_string(HEAD_ROW - 1, BEFORE + len(page["lessons"]), "Средний", looks["head"])
    sheet.write_string(WORK_ROW - 1, BEFORE + len(page["lessons"]), "", looks["head"])


def _work(lesson: dict[str, Any], page: dict[str, Any], work_types: list[dict[str, Any]]) -> str:
    """What new marks of the lesson are for: as most there are, else the school's first kind."""
    there = Counter(
        mark["work_type"]
        for pupil in page["pupils"]
        for mark in pupil["cells"].get(lesson["lesson_id"], ())
    )
    if there:
        return str(there.most_common(1)[0][0] or "")
    return str(work_types[0]["abbr"]) if work_types else ""


def _row(
    sheet: Any,
    row: int,
    number: int,
    pupil: dict[str, Any],
    lessons: list[dict[str, Any]],
    looks: dict[str, Any],
) -> None:
    sheet.write_string(row, 0, pupil["pupil_id"])
    sheet.write_number(row, 1, number, looks["name"])
    sheet.write_string(row, 2, pupil["name"], looks["name"])
    for at, lesson in enumerate(lessons, BEFORE):
        values = "/".join(one["value"] for one in pupil["cells"].get(lesson["lesson_id"], ()))
        look = looks["off" if lesson["status"] == "CANCELLED" else "mark"]
        if values:
            sheet.write_string(row, at, values, look)
        else:
            sheet.write_blank(row, at, None, look)
    average = pupil["weighted_average"]
    last = BEFORE + len(lessons)
    if average is None:
        sheet.write_blank(row, last, None, looks["name"])
    else:
        sheet.write_number(row, last, float(average), looks["name"])
