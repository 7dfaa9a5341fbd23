"""A report as .xlsx: a sheet with all its parts, numbers as numbers, frozen names, print set up.

The same report gives the same bytes. Text is written as text: nothing in it becomes a formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from math import ceil
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from api.documents.cells import decimal, source, turned
from domain.values import NUMERIC_MARKS
from projections.reports import Cell, Column, Part, Report

_WIDE = 100  # characters: landscape beyond
_SHEET = 180  # characters that can still be read on one sheet; more go to the next one
_LINE, _LETTER = 13.5, 6.4  # points: a line of a row, a letter of an upright head
_NARROW = 1.2  # letters in the room of a character, by which Excel measures columns
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "align": "left", "indent": 1},
    "mark": {"align": "center"},
    "count": {"num_format": "0"},
    "figure": {"num_format": "0.00"},
    "percent": {"num_format": "0.00"},
    "day": {"num_format": "dd.mm.yyyy", "align": "center"},
    "moment": {"num_format": "dd.mm.yyyy hh:mm", "align": "center"},
}
_HEAD = {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#EEEEEE"}
_BOX = {"border": 1, "valign": "vcenter", "font_name": "Times New Roman", "font_size": 10}


def report_xlsx(report: Report, *, school: str, zone: str) -> bytes:
    """The workbook."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    local = report.moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)
    book.set_properties({"title": report.title, "company": school, "created": local})
    _Sheet(book, report, zone).draw(school)
    book.close()
    return file.getvalue()


class _Sheet:
    """One sheet under the pen; `_row` is the next free row."""

    def __init__(self, book: Any, report: Report, zone: str) -> None:
        self._book, self._report, self._zone = book, report, zone
        self._sheet = book.add_worksheet("Отчёт")
        self._formats: dict[tuple[Any, ...], Any] = {}
        self._wide: dict[int, int] = {}  # characters by column
        self._row = 0

    def draw(self, school: str) -> None:
        """Everything, top to bottom."""
        report, sheet = self._report, self._sheet
        self._say(report.title, bold=True, font_size=14)
        self._say(school)
        for label, value in report.heads:
            if value:
                self._say(f"{label}: {value}")
        self._widths()
        for part in report.parts:
            self._row += 1
            self._part(part)
        self._row += 1
        for words in (
            *report.notes,
            source(report.position, report.moment, self._zone),
        ):
            self._say(words, italic=True)
        wide = sum(self._wide.values())
        if wide > _WIDE:
            sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(ceil(wide / _SHEET) or 1, 0)
        sheet.set_footer("&C&P из &N")

    def _part(self, part: Part) -> None:
        if part.title:
            self._say(part.title, bold=True, font_size=12)
        for words in part.words:
            self._say(words)
        if part.columns and not part.lines:
            self._say(part.empty, italic=True)
        if part.lines:
            self._head(part.columns)
            if len(self._report.parts) == 1:
                self._keep(part.columns)
            for line in part.lines:
                self._line(part, line.cells, line.kind)
        for words in part.notes:
            self._say(words, italic=True)

    def _keep(self, columns: tuple[Column, ...]) -> None:
        """The head of the only table and its names stay: on the screen and on every sheet."""
        names = sum(one.pinned for one in columns)
        self._sheet.freeze_panes(self._row, names)
        rows = 2 if any(one.group for one in columns) else 1
        self._sheet.repeat_rows(self._row - rows, self._row - 1)
        if names:
            self._sheet.repeat_columns(0, names - 1)

    def _tall(self, texts: Iterable[tuple[int, str]]) -> None:
        """Room for every line of the row: not every program makes it by itself. texts: those that
        may be broken, with the characters that there are for each.
        """
        lines = max((len(wrap(text, int(wide * _NARROW))) for wide, text in texts), default=1)
        if lines > 1:
            self._sheet.set_row(self._row, lines * _LINE)

    def _head(self, columns: tuple[Column, ...]) -> None:
        two = any(one.group for one in columns)
        if two:
            at, over = 0, []
            for group, run in groupby(columns, key=lambda one: one.group):
                span = len(list(run))
                if group and span > 1:
                    last = at + span - 1
                    self._sheet.merge_range(self._row, at, self._row, last, group, self._of(_HEAD))
                else:
                    for after in range(span):
                        self._sheet.write_string(self._row, at + after, group, self._of(_HEAD))
                over.append((sum(self._wide[at + n] for n in range(span)), group))
                at += span
            self._tall(over)
            self._row += 1
        upright = turned(columns)
        for at, one in enumerate(columns):
            look = _HEAD | ({"rotation": 90} if upright and one.kind == "mark" else {})
            self._sheet.write_string(self._row, at, one.title, self._of(look))
        if upright:
            letters = max(map(_upright, (one.title for one in columns if one.kind == "mark")))
            self._sheet.set_row(self._row, letters * _LETTER)
        else:
            self._tall((self._wide[at], one.title) for at, one in enumerate(columns))
        self._row += 1

    def _line(self, part: Part, cells: tuple[Cell, ...], kind: str) -> None:
        bold = {"bold": True, "bg_color": "#F6F6F6"} if kind else {}
        if kind == "part":
            last = len(part.columns) - 1
            look = self._of({**bold, "align": "left"})
            text = str(cells[0] or "")
            if last:
                self._sheet.merge_range(self._row, 0, self._row, last, text, look)
            else:
                self._sheet.write_string(self._row, 0, text, look)
        else:
            for at, (cell, column) in enumerate(zip(cells, part.columns, strict=True)):
                self._cell(at, cell, column, self._of({**_FORMATS[column.kind], **bold}))
            texts = enumerate(zip(cells, part.columns, strict=True))
            self._tall(
                (self._wide[at], str(cell))
                for at, (cell, one) in texts
                if cell and one.kind == "text"
            )
        self._row += 1

    def _cell(self, at: int, cell: Cell, column: Column, look: Any) -> None:
        sheet, row = self._sheet, self._row
        if cell is None or cell == "":
            sheet.write_blank(row, at, None, look)
        elif column.kind == "day":
            sheet.write_datetime(row, at, date.fromisoformat(str(cell)), look)
        elif column.kind == "moment":
            local = datetime.fromisoformat(str(cell)).astimezone(ZoneInfo(self._zone))
            sheet.write_datetime(row, at, local.replace(tzinfo=None), look)
        elif (
            isinstance(cell, int)
            or decimal(cell, column)
            or (column.kind == "mark" and cell in NUMERIC_MARKS)
        ):
            sheet.write_number(row, at, float(cell), look)
        else:
            sheet.write_string(row, at, str(cell), look)

    def _say(self, words: str, **look: Any) -> None:
        plain = {"font_name": "Times New Roman", "font_size": 10} | look
        self._sheet.write_string(self._row, 0, words, self._of(plain, boxed=False))
        self._row += 1

    def _widths(self) -> None:
        """Columns as wide as the widest of any part asks for."""
        for part in self._report.parts:
            for at, one in enumerate(part.columns):
                self._wide[at] = max(self._wide.get(at, 0), one.characters or 30)
        for at, width in self._wide.items():
            self._sheet.set_column(at, at, width + 1)

    def _of(self, look: dict[str, Any], *, boxed: bool = True) -> Any:
        """The format, made once."""
        whole = _BOX | look if boxed else look
        key = tuple(sorted(whole.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(whole)
        return self._formats[key]


def _upright(title: str) -> int:
    """Letters that an upright title of two lines needs above each other."""
    return max([len(title) // 2 + 3, *map(len, title.split())])
