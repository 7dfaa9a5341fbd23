"""The .xlsx reader, with the guards that a file from outside needs."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from api.imports.cells import Cell
from domain.refusals import Invalid

MAX_UNPACKED_BYTES = 128 * 1024 * 1024
MAX_CELLS = 4_000_000  # the reader lays a sheet out as a full rectangle in memory

#: Cells that hold something: `<c …/>` is only a style, however far from the table it stands.
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^<>]*?)?(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s(?:[^<>]*?\s)?r\s*=\s*[\"'](\d+)[\"']")
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]+)(\d+)[\"']")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_xlsx(data: bytes, *, max_rows: int) -> tuple[list[list[Cell]], str, list[str]]:
    """Rows of the first visible sheet that is not empty (row 1 is index 0), how they were read,
    and the names of other sheets that hold something.

    Values are as calamine gives them; formulas come with their stored result. Raises Invalid.
    """
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(_unpacked(data, max_rows))) as book:
            shown = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet
                and sheet.visible == SheetVisibleEnum.Visible
            ]
            sheets = [book.get_sheet_by_name(name) for name in shown]
            filled = [sheet for sheet in sheets if sheet.height]
            if not filled:
                raise Invalid("import.empty", "В файле нет заполненных листов.")
            rows: list[list[Cell]] = [list(row) for row in filled[0].to_python(False)]
    except CalamineError as error:
        raise _broken() from error
    return rows, f"Excel, лист «{filled[0].name}»", [sheet.name for sheet in filled[1:]]


def _broken() -> Invalid:
    return Invalid("import.broken_xlsx", "Файл .xlsx повреждён: откройте его и сохраните заново.")


def refuse_old_excel(data: bytes) -> None:
    """Raises Invalid for .xls and for an .xlsx with a password (both are OLE files)."""
    if data.startswith(_OLD_EXCEL):
        raise Invalid(
            "import.old_excel",
            "Это старый .xls или книга с паролем: сохраните её как .xlsx без пароля.",
        )


def _unpacked(data: bytes, max_rows: int) -> bytes:
    """The same book without compression, so that the reader meets nothing we have not measured."""
    left = MAX_UNPACKED_BYTES
    plain = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(plain, "w") as stored:
            if "xl/workbook.xml" not in packed.namelist():
                raise Invalid("import.not_excel", "Это не книга Excel (.xlsx).")
            for member in packed.infolist():
                if not member.filename.endswith((".xml", ".rels")):
                    continue  # pictures and macros are none of our business
                with packed.open(member) as part:
                    content = part.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise Invalid(
                        "import.zip_bomb",
                        "Файл .xlsx при распаковке слишком велик: "
                        f"больше {MAX_UNPACKED_BYTES // 1024 // 1024} МБ.",
                    )
                if member.filename.startswith("xl/worksheets/"):
                    _measure(content, max_rows)
                stored.writestr(member.filename, content)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise _broken() from error  # RuntimeError: an encrypted member
    return plain.getvalue()


def _measure(sheet: bytes, max_rows: int) -> None:
    """Refuse a sheet whose farthest cell would make the rectangle enormous. Raises Invalid."""
    last_row = last_column = 1
    for column, row in _places(sheet):
        last_row, last_column = max(last_row, row), max(last_column, column)
    if last_row > max_rows:
        raise Invalid(
            "import.too_many_rows",
            f"На листе больше {max_rows} строк (последняя — {last_row}): "
            "удалите лишние строки или разделите файл.",
        )
    if last_row * last_column > MAX_CELLS:
        raise Invalid(
            "import.too_many_columns",
            f"Лист слишком широк: {last_column} столбцов × {last_row} строк.",
        )


def _places(sheet: bytes) -> Iterator[tuple[int, int]]:
    """Column and row of each filled cell; cells without an address stand in their row."""
    unplaced = 0
    for cell in _CELL.finditer(sheet):
        if (found := _PLACE.search(cell[1] or b"")) is None:
            unplaced += 1
            continue
        column = 0
        for letter in found[1].upper()[:4]:
            column = column * 26 + letter - 64
        yield column, int(found[2][:9])
    if unplaced:
        yield unplaced, 1  # at the worst all of them in one row
        for row in _ROW.finditer(sheet):
            yield 1, int(row[1][:9])
