"""A file as a table: a header found by the names of its columns, and rows with their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from api.imports.cells import Cell, fold, text
from api.imports.csvfile import read_csv
from api.imports.findings import Findings
from api.imports.xlsxfile import read_xlsx, refuse_old_excel
from domain.refusals import Invalid

MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_ROWS = 200_000
_HEADER_WITHIN = 20  # rows; above the header stand titles such as «Список 7а класса»


class Column(msgspec.Struct, frozen=True):
    """A column we understand. `titles[0]` is how messages call it, the others are synonyms.

    `many` columns may occur several times («Родитель 1», «Родитель 2»): digits at the end of a
    title do not count for them. A column with `dropped` is recognised, not kept, and says why.
    """

    key: str
    titles: tuple[str, ...]
    many: bool = False
    dropped: str = ""


class Row:
    """One row of the file; `number` is what Excel shows at its left."""

    __slots__ = ("_cells", "_places", "number")

    def __init__(self, number: int, cells: Sequence[Cell], places: Mapping[str, list[int]]) -> None:
        self.number = number
        self._cells = cells
        self._places = places

    def cells(self, key: str) -> list[Cell]:
        """Cells of every column with this key, left to right; short rows are padded with ""."""
        return [
            self._cells[place] if place < len(self._cells) else ""
            for place in self._places.get(key, ())
        ]

    def cell(self, key: str) -> Cell:
        """The raw cell, "" when the column is absent or the row too short."""
        return next(iter(self.cells(key)), "")

    def text(self, key: str) -> str:
        """The cell as one line of clean text."""
        return text(self.cell(key))


class Table:
    """Rows under a found header. `source` says in Russian how the file was read."""

    def __init__(self, source: str, places: Mapping[str, list[int]], rows: list[Row]) -> None:
        self.source = source
        self.rows = rows
        self._places = places

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def has(self, key: str) -> bool:
        """Whether the file has such a column."""
        return key in self._places


def read_table(
    data: bytes,
    columns: Sequence[Column],
    needed: Sequence[tuple[str, ...]],
    findings: Findings,
    *,
    max_rows: int = MAX_ROWS,
) -> Table:
    """Read an .xlsx or CSV file whose kind is told by its content, not by its name.

    `needed` lists alternatives: of each tuple at least one column key must be there. Columns that
    are not used become notices. Raises Invalid when this is no such table at all.
    """
    if not data.strip():
        raise Invalid("import.empty", "Файл пуст.")
    if len(data) > MAX_FILE_BYTES:
        raise Invalid(
            "import.too_large", f"Файл больше {MAX_FILE_BYTES // 1024 // 1024} МБ: разделите его."
        )
    refuse_old_excel(data)
    others: list[str] = []
    if data.startswith(b"PK\x03\x04"):
        grid, source, others = read_xlsx(data, max_rows=max_rows)
    else:
        grid, source = read_csv(data, max_rows=max_rows)
    if others:
        names = ", ".join(f"«{name}»" for name in others)
        findings.notice("import.other_sheets", f"прочитан только первый лист, остались: {names}")
    at, places = _header(grid, columns)
    _check_header(grid[at], at + 1, columns, places, needed, findings)
    rows = [
        Row(number, cells, places)
        for number, cells in enumerate(grid[at + 1 :], start=at + 2)
        if any(text(cell) for cell in cells)
    ]
    if not rows:
        raise Invalid("import.empty", "Под заголовком таблицы нет ни одной строки.")
    return Table(source, places, rows)


def title_key(title: str) -> str:
    """A column title for comparing: «№ урока», «Номер урока» and «N урока» are one."""
    plain = re.sub(r"№|\bno?\b\.?", "номер ", fold(title))
    return " ".join(re.sub(r"[^\w']+", " ", plain).split())


def _header(
    grid: Sequence[Sequence[Cell]], columns: Sequence[Column]
) -> tuple[int, dict[str, list[int]]]:
    """Index of the row that names the most columns, and the places of the columns in it."""
    known = {title_key(title): column for column in columns for title in column.titles}
    best, best_places = 0, dict[str, list[int]]()
    for at, cells in enumerate(grid[:_HEADER_WITHIN]):
        places: dict[str, list[int]] = {}
        for place, cell in enumerate(cells):
            if column := _known(cell, known):
                places.setdefault(column.key, []).append(place)
        if len(places) > len(best_places):
            best, best_places = at, places
    return best, best_places


def _known(cell: Cell, known: Mapping[str, Column]) -> Column | None:
    key = title_key(cell) if isinstance(cell, str) else ""
    if column := known.get(key):
        return column
    unnumbered = known.get(re.sub(r" ?\d+$", "", key))
    return unnumbered if unnumbered and unnumbered.many else None


def _check_header(
    header: Sequence[Cell],
    number: int,
    columns: Sequence[Column],
    places: Mapping[str, list[int]],
    needed: Sequence[tuple[str, ...]],
    findings: Findings,
) -> None:
    by_key = {column.key: column for column in columns}
    missing = [
        " или ".join(f"«{by_key[key].titles[0]}»" for key in alternatives)
        for alternatives in needed
        if not any(key in places for key in alternatives)
    ]
    if missing:
        raise Invalid(
            "import.columns",
            f"Не найдены столбцы: {', '.join(missing)}. Заголовок таблицы должен стоять "
            f"в одной из первых {_HEADER_WITHIN} строк файла.",
        )
    for key, where in places.items():
        if len(where) > 1 and not by_key[key].many:
            raise Invalid(
                "import.columns",
                f"Строка {number}: столбец «{by_key[key].titles[0]}» встречается дважды.",
            )
        if reason := by_key[key].dropped:
            title = text(header[where[0]])
            findings.notice("import.column_dropped", f"столбец «{title}» не читается: {reason}")
    used = {place for where in places.values() for place in where}
    for place, cell in enumerate(header):
        if place not in used and (title := text(cell)):
            findings.notice("import.column_unknown", f"столбец «{title}» не знаком и не читается")
