"""A sheet that comes back: which page it is of, and what its cells say. Pure, and suspicious."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import NamedTuple

import msgspec

from api.gradesheet.writing import BEFORE, FIRST_ROW, FORM, MARKER_ROW, WORK_ROW, Marker
from api.imports import cells
from api.imports.cells import Cell
from api.imports.xlsxfile import read_xlsx, refuse_old_excel
from domain.refusals import Invalid

MOST_ROWS = 300
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s[^<>]*?\br\s*=\s*[\"']([A-Za-z]{1,3}\d{1,7})[\"'][^<>]*>\s*<(?:\w+:)?f[\s/>]"
)


class Filled(NamedTuple):
    """A cell of the sheet: its address («D7»), whose and of which lesson, and what it says."""

    address: str
    pupil_id: str
    lesson_id: str
    said: str
    spoiled: str  # why nothing can be read from it; "" when it can


class Sheet(NamedTuple):
    """What came back. `works`: lesson → the kind of work of its new marks, as it is written."""

    marker: Marker
    works: dict[str, str]
    filled: list[Filled]


def read_sheet(data: bytes) -> Sheet:
    """The sheet of an .xlsx. Raises Invalid for what is no such sheet, has formulas, or is more
    than a class could fill.
    """
    refuse_old_excel(data)
    if not data.startswith(b"PK"):
        raise Invalid("import.not_excel", "Это не книга Excel (.xlsx).")
    rows, _, _ = read_xlsx(data, max_rows=MOST_ROWS)  # measures before it unpacks
    _refuse_formulas(data)
    marker = _marker(rows)
    lessons = {
        at: cells.text(cell)
        for at, cell in enumerate(rows[MARKER_ROW - 1])
        if at >= BEFORE and cells.text(cell)
    }
    if len(set(lessons.values())) < len(lessons):
        raise Invalid("sheet.columns", "Столбец урока стоит в таблице дважды: выгрузите её заново.")
    works = {lesson: cells.text(_at(rows, WORK_ROW - 1, at)) for at, lesson in lessons.items()}
    return Sheet(marker, works, list(_filled(rows, lessons)))


def _refuse_formulas(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                found = _FORMULA.search(book.read(name))
                if found:
                    raise Invalid(
                        "sheet.formula",
                        f"В ячейке {found[1].decode()} формула. Отметки вводят числом или словом.",
                    )


def _marker(rows: list[list[Cell]]) -> Marker:
    said = cells.text(_at(rows, MARKER_ROW - 1, 0))
    try:
        marker = msgspec.json.decode(said, type=Marker)
    except (msgspec.DecodeError, msgspec.ValidationError):
        marker = None
    if marker is None or marker.form != FORM:
        raise Invalid(
            "sheet.strange",
            "Это не страница журнала из Летописи: выгрузите её и правьте этот файл, не удаляя"
            " скрытых строк и столбцов.",
        )
    return marker


def _filled(rows: list[list[Cell]], lessons: dict[int, str]) -> Iterator[Filled]:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[FIRST_ROW - 1 :], FIRST_ROW):
        pupil = cells.text(row[0]) if row else ""
        if not pupil:
            stray = next((at for at in lessons if at < len(row) and cells.text(row[at])), None)
            if stray is not None:
                raise Invalid(
                    "sheet.nobody",
                    f"Строка {number}: неизвестно, чья она. Новых учеников зачисляют в классе.",
                )
            continue
        if pupil in seen:
            raise Invalid(
                "sheet.twice", f"Строки {seen[pupil]} и {number} — об одном и том же ученике."
            )
        seen[pupil] = number
        for at, lesson in lessons.items():
            cell = row[at] if at < len(row) else ""
            yield Filled(f"{_letters(at)}{number}", pupil, lesson, cells.text(cell), _spoiled(cell))


def _spoiled(cell: Cell) -> str:
    if isinstance(cell, date | datetime | time):
        return "Excel превратил запись в дату: введите отметки через пробел, например «5 4»"
    return ""


def _at(rows: list[list[Cell]], row: int, column: int) -> Cell:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def _letters(column: int) -> str:
    """«A» of 0, «AA» of 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
