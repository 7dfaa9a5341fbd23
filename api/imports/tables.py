"""A file as a table: a header found by the names of its columns, and rows with their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from api.imports.cells import Cell, fold, text
from api.imports.csvfile import read_csv
from api.imports.findings import Findings
from api.imports.layout import TITLES, Layout, Sample, Unfolded, unfold
from api.imports.xlsxfile import read_xlsx, refuse_old_excel
from domain.refusals import Invalid

MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_ROWS = 200_000
AS_IT_STANDS = Layout()
_SAMPLED, _SHOWN = 20, 3  # rows looked at, cells shown of a column that is to be assigned
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
    """One row of the file; `number` is what Excel shows at its left, `tag` tells apart what one row
    of the file says several times (a mark a day).
    """

    __slots__ = ("_always", "_cells", "_places", "number", "tag")

    def __init__(
        self,
        number: int,
        cells: Sequence[Cell],
        places: Mapping[str, list[int]],
        always: Mapping[str, str] | None = None,
        tag: str = "",
    ) -> None:
        self.number = number
        self.tag = tag or str(number)
        self._cells = cells
        self._places = places
        self._always = always or {}

    def cells(self, key: str) -> list[Cell]:
        """Cells of every column with this key, left to right; short rows are padded with "". Of a
        column that the file has not: what was said of every row.
        """
        if key not in self._places and key in self._always:
            return [self._always[key]]
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

    def __init__(self, source: str, keys: Iterable[str], rows: list[Row]) -> None:
        self.source = source
        self.rows = rows
        self._keys = frozenset(keys)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def has(self, key: str) -> bool:
        """Whether the file has such a column."""
        return key in self._keys


def read_table(
    data: bytes,
    columns: Sequence[Column],
    needed: Sequence[tuple[str, ...]],
    findings: Findings,
    *,
    layout: Layout = AS_IT_STANDS,
    of_year: int | None = None,
    max_rows: int = MAX_ROWS,
) -> Table:
    """Read an .xlsx or CSV file whose kind is told by its content, not by its name.

    `needed` lists alternatives: of each tuple at least one column key must be there. Columns that
    are not used become notices. layout: how a person reads the file; of_year: it may be a page
    whose columns are days of the school year (marks). Raises Invalid when this is no such table.
    """
    grid, source, others = _grid(data, max_rows)
    if others:
        names = ", ".join(f"«{name}»" for name in others)
        findings.notice("import.other_sheets", f"прочитан только первый лист, остались: {names}")
    unfolded = unfold(grid, of_year) if of_year is not None else None
    if unfolded is not None:
        return _unfolded(unfolded, source, columns, needed, findings, layout)
    at, places = _header(grid, columns, layout)
    _check_header(grid[at], at + 1, columns, places, needed, findings, layout)
    rows = [
        Row(number, cells, places, layout.always)
        for number, cells in enumerate(grid[at + 1 :], start=at + 2)
        if any(text(cell) for cell in cells)
    ]
    return _table(source, {*places, *layout.always}, rows)


def _table(source: str, keys: Iterable[str], rows: list[Row]) -> Table:
    if not rows:
        raise Invalid("import.empty", "Под заголовком таблицы нет ни одной строки.")
    return Table(source, keys, rows)


def _unfolded(
    found: Unfolded,
    source: str,
    columns: Sequence[Column],
    needed: Sequence[tuple[str, ...]],
    findings: Findings,
    layout: Layout,
) -> Table:
    """Marks of a page whose columns are days; what it does not say is said for all of them."""
    _, places = _header([TITLES], columns, AS_IT_STANDS)
    filled = {
        key: where
        for key, where in places.items()
        if any(text(cells[place]) for _, cells in found.rows for place in where)
    }
    _check_header(TITLES, 1, columns, filled, needed, findings, layout)
    if found.away:
        findings.notice(
            "import.attendance",
            f"пропуски и опоздания ({found.away}) не читаются: они стоят в уроке, а не в отметках",
        )
    rows = [
        Row(number, cells, filled, layout.always, f"{number}.{place}")
        for place, (number, cells) in enumerate(found.rows)
    ]
    return _table(f"{source}, столбцы — дни", {*filled, *layout.always}, rows)


def survey(data: bytes, columns: Sequence[Column], layout: Layout = AS_IT_STANDS) -> list[Sample]:
    """Columns of a file, each with its first cells and what it is taken for: to be assigned.

    Raises Invalid for what is no table.
    """
    grid, _, _ = _grid(data, MAX_ROWS)
    at, places = _header(grid, columns, layout)
    if not places:  # the first row that is as full as any
        heads = grid[:_HEADER_WITHIN]
        full = [sum(isinstance(cell, str) and bool(text(cell)) for cell in row) for row in heads]
        at = full.index(max(full, default=0)) if full else 0
    keys = {place: key for key, where in places.items() for place in where}
    below = grid[at + 1 : at + 1 + _SAMPLED]
    return [
        Sample(
            text(cell),
            title_key(text(cell)),
            [text(row[place]) for row in below if place < len(row) and text(row[place])][:_SHOWN],
            keys.get(place, ""),
        )
        for place, cell in enumerate(grid[at] if grid else ())
        if text(cell)
    ]


def _grid(data: bytes, max_rows: int) -> tuple[Sequence[Sequence[Cell]], str, list[str]]:
    """All cells, how they were read, and the names of other sheets. Raises Invalid."""
    if not data.strip():
        raise Invalid("import.empty", "Файл пуст.")
    if len(data) > MAX_FILE_BYTES:
        raise Invalid(
            "import.too_large", f"Файл больше {MAX_FILE_BYTES // 1024 // 1024} МБ: разделите его."
        )
    refuse_old_excel(data)
    if data.startswith(b"PK\x03\x04"):
        return read_xlsx(data, max_rows=max_rows)
    return *read_csv(data, max_rows=max_rows), []


def title_key(title: str) -> str:
    """A column title for comparing: «№ урока», «Номер урока» and «N урока» are one."""
    plain = re.sub(r"№|\bno?\b\.?", "номер ", fold(title))
    return " ".join(re.sub(r"[^\w']+", " ", plain).split())


def _header(
    grid: Sequence[Sequence[Cell]], columns: Sequence[Column], layout: Layout
) -> tuple[int, dict[str, list[int]]]:
    """Index of the row that names the most columns, and the places of the columns in it."""
    by_key = {column.key: column for column in columns}
    known: dict[str, Column | None] = {
        title_key(title): column for column in columns for title in column.titles
    }
    known |= {title: by_key.get(key) for title, key in layout.columns.items()}
    best, best_places = 0, dict[str, list[int]]()
    for at, cells in enumerate(grid[:_HEADER_WITHIN]):
        places: dict[str, list[int]] = {}
        for place, cell in enumerate(cells):
            if column := _known(cell, known):
                places.setdefault(column.key, []).append(place)
        if len(places) > len(best_places):
            best, best_places = at, places
    return best, best_places


def _known(cell: Cell, known: Mapping[str, Column | None]) -> Column | None:
    key = title_key(cell) if isinstance(cell, str) else ""
    if key in known:
        return known[key]
    unnumbered = known.get(re.sub(r" ?\d+$", "", key))
    return unnumbered if unnumbered and unnumbered.many else None


def _check_header(
    header: Sequence[Cell],
    number: int,
    columns: Sequence[Column],
    places: Mapping[str, list[int]],
    needed: Sequence[tuple[str, ...]],
    findings: Findings,
    layout: Layout,
) -> None:
    by_key = {column.key: column for column in columns}
    missing = [
        " или ".join(f"«{by_key[key].titles[0]}»" for key in alternatives)
        for alternatives in needed
        if not any(key in places or layout.always.get(key) for key in alternatives)
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
            if layout.columns.get(title_key(title)) == "":
                continue  # a person has said so
            findings.notice("import.column_unknown", f"столбец «{title}» не знаком и не читается")
