"""A bundle that somebody else has made: measured, unpacked, and held against the specification.

Everything that is wrong is told with its file and its row; a bundle with errors is not used.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from api.imports.findings import Findings
from api.oneroster.columns import FILES, MANIFEST, TABLES, VERSION, Column
from domain.refusals import Invalid

MOST_UNPACKED = 64 * 1024 * 1024  # bytes
MOST_FILES = 60
LONGEST_ID = 256
_ID = re.compile(r"[A-Za-z0-9./@_\-]+")
_YEAR = re.compile(r"\d{4}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Row:
    """A row of a file by its columns; `number` counts the header as the first."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


Tables = dict[str, list[Row]]


def read_bundle(data: bytes, findings: Findings) -> Tables:
    """The tables of a bundle. Raises Invalid for what is no bundle of OneRoster 1.2 at all."""
    files = _unpacked(data)
    if MANIFEST not in files:
        inside = next((name for name in files if name.endswith("/" + MANIFEST)), None)
        raise Invalid(
            "oneroster.manifest",
            f"Файлы лежат в папке ({inside}): упакуйте их без неё."
            if inside
            else "Это не набор OneRoster: в нём нет manifest.csv.",
        )
    modes = _modes(files[MANIFEST], findings)
    tables: Tables = {}
    for name in FILES:
        there, mode = f"{name}.csv" in files, modes.get(name, "absent")
        if mode == "absent":
            if there:
                findings.notice(
                    "oneroster.absent", f"{name}.csv не назван в manifest.csv и не читается"
                )
        elif not there:
            findings.error("oneroster.missing", f"manifest.csv называет {name}.csv, а его нет")
        elif name not in TABLES:
            findings.notice("oneroster.unused", f"{name}.csv не читается: журналу он не нужен")
        else:
            tables[name] = _table(name, files[f"{name}.csv"], findings)
    _check_targets(tables, findings)
    return tables


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Files of the zip by name, measured while they are read. Raises Invalid."""
    files: dict[str, bytes] = {}
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = [one for one in packed.infolist() if one.filename.endswith(".csv")]
            if len(members) > MOST_FILES:
                raise Invalid("oneroster.files", f"В наборе больше {MOST_FILES} файлов.")
            for member in members:
                with packed.open(member) as part:
                    files[member.filename] = content = part.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise Invalid(
                        "import.zip_bomb",
                        f"Набор при распаковке больше {MOST_UNPACKED // 1024 // 1024} МБ.",
                    )
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        raise Invalid("oneroster.zip", "Это не архив .zip, или он повреждён.") from None
    return files


def _rows(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("oneroster.encoding", f"{name}: файл не в UTF-8.") from None
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            if any(cells):
                yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise Invalid("oneroster.csv", f"{name}: это не CSV ({error}).") from None


def _modes(content: bytes, findings: Findings) -> dict[str, str]:
    """file → how it is meant, as the manifest says. Raises Invalid for another version."""
    rows = list(_rows(MANIFEST, content))
    if not rows or rows[0][1][:2] != ["propertyName", "value"]:
        raise Invalid("oneroster.manifest", "manifest.csv: ждём столбцы propertyName и value.")
    said = {cells[0]: (number, cells[1]) for number, cells in rows[1:] if len(cells) > 1}
    _, version = said.get("oneroster.version", (0, ""))
    if version != VERSION:
        raise Invalid(
            "oneroster.version",
            f"Набор версии {version or '—'}: читается OneRoster {VERSION}.",
        )
    modes = {}
    for name in FILES:
        number, mode = said.get(f"file.{name}", (0, "absent"))
        if mode == "delta":
            findings.error(
                "oneroster.delta",
                f"manifest.csv: {name}.csv передан изменениями (delta), нужен полный набор (bulk)",
                number,
            )
        elif mode not in ("absent", "bulk"):
            findings.error("oneroster.mode", f"manifest.csv: file.{name} — bulk или absent", number)
        modes[name] = mode
    return modes


def _table(name: str, content: bytes, findings: Findings) -> list[Row]:
    rows = _rows(f"{name}.csv", content)
    _, header = next(rows, (1, []))
    columns = {one.name: one for one in TABLES[name]}
    for needed in (one.name for one in TABLES[name] if one.needed):
        if needed not in header:
            raise Invalid("oneroster.columns", f"{name}.csv: нет столбца {needed}.")
    strange = [one for one in header if one not in columns and not one.startswith("metadata.")]
    if strange:
        findings.notice("oneroster.column", f"{name}.csv: не читаются {', '.join(strange)}")
    found, seen = [], dict[str, int]()
    for number, cells in rows:
        row = Row(number, dict(zip(header, cells, strict=False)))
        for column in columns.values():
            _check(name, column, row, findings)
        known = row["sourcedId"]
        if known in seen:
            findings.error(
                "oneroster.twice", f"{name}.csv: sourcedId «{known}» уже был", seen[known], number
            )
        seen[known] = number
        found.append(row)
    return found


def _check(name: str, column: Column, row: Row, findings: Findings) -> None:
    said = row[column.name]
    if not said:
        if column.needed:
            findings.error("oneroster.empty", f"{name}.csv: {column.name} не указан", row.number)
        return
    wrong = _wrong(column, said)
    if wrong:
        findings.error(
            "oneroster.value", f"{name}.csv: {column.name} «{said[:60]}» — {wrong}", row.number
        )


def _wrong(column: Column, said: str) -> str:
    """What is wrong with a value; "" when nothing is."""
    kind = column.kind
    if isinstance(kind, tuple):
        # the specification lets everybody extend its lists
        return "" if said in kind or said.startswith("ext:") else f"одно из: {', '.join(kind)}"
    if kind == "id":
        return "" if _ID.fullmatch(said) and len(said) <= LONGEST_ID else "не похоже на sourcedId"
    if kind == "ids":
        ids = [one.strip() for one in said.split(",")]
        return "" if all(map(_ID.fullmatch, ids)) else "не похоже на список sourcedId"
    if kind == "flag":
        return "" if said in ("true", "false") else "true или false"
    if kind == "year":
        return "" if _YEAR.fullmatch(said) else "год из четырёх цифр"
    if kind == "number":
        return "" if _NUMBER.fullmatch(said) else "число"
    try:
        if kind == "date":
            date.fromisoformat(said)
        elif kind == "moment":
            datetime.fromisoformat(said)
    except ValueError:
        return "дата вида 2026-09-01" if kind == "date" else "момент вида 2026-09-01T09:00:00Z"
    return ""


def _check_targets(tables: Tables, findings: Findings) -> None:
    """Every id of another row is there, in a file that is there."""
    known = {name: {row["sourcedId"] for row in rows} for name, rows in tables.items()}
    for name, rows in tables.items():
        for column in TABLES[name]:
            if not column.target:
                continue
            targets = known.get(column.target, set())
            for row in rows:
                for one in filter(None, map(str.strip, row[column.name].split(","))):
                    if one not in targets:
                        findings.error(
                            "oneroster.reference",
                            f"{name}.csv: {column.name} «{one[:60]}» — такого нет"
                            f" в {column.target}.csv",
                            row.number,
                        )
