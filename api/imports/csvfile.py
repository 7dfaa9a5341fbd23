"""CSV as Russian Excel and other programs write it: three encodings, three delimiters."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from api.imports.cells import Cell
from domain.refusals import Invalid

MAX_COLUMNS = 200
_SAMPLE = 50  # records looked at when the delimiter is guessed
_PLAUSIBLE = 0.9  # share of the letters beyond ASCII that have to be Russian or typographic

_RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_TYPOGRAPHIC = frozenset("«»„“”‘’–—…№·•°§±\u00a0\u00ad")
_DELIMITER_NAMES = {";": "точка с запятой", ",": "запятая", "\t": "табуляция"}


def decoded(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises Invalid when it is none of those we know."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16", "UTF-16"), "UTF-16"
    if data.startswith(codecs.BOM_UTF8):
        return _strictly(data, "utf-8-sig", "UTF-8"), "UTF-8 с BOM"
    if b"\0" in data:
        raise Invalid("import.not_a_table", "Это не таблица CSV: в файле двоичные данные.")
    try:
        return data.decode(), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        words = data.decode("cp1251")
    except UnicodeDecodeError:
        raise _unknown_encoding() from None
    if not _is_plausible(words):
        raise _unknown_encoding()
    return words, "Windows-1251"


def _strictly(data: bytes, codec: str, name: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        raise Invalid("import.encoding", f"Файл начат как {name}, но дальше повреждён.") from None


def _unknown_encoding() -> Invalid:
    return Invalid(
        "import.encoding",
        "Кодировка файла не распознана (ждём UTF-8 или Windows-1251). "
        "Откройте файл в Excel и сохраните как «CSV UTF-8» или .xlsx.",
    )


def _is_plausible(words: str) -> bool:
    """Whether text read as cp1251 looks Russian: DOS text gives signs, КОИ-8 swaps the cases."""
    beyond = Counter(letter for letter in words if letter > "\x7f")
    russian = sum(n for letter, n in beyond.items() if letter.lower() in _RUSSIAN)
    typographic = sum(n for letter, n in beyond.items() if letter in _TYPOGRAPHIC)
    if russian + typographic < _PLAUSIBLE * beyond.total():
        return False
    swapped = len(re.findall(r"\b[а-яё][А-ЯЁ]+\b", words))
    return swapped <= len(re.findall(r"\b[А-ЯЁ]?[а-яё]+\b", words))


def read_csv(data: bytes, *, max_rows: int) -> tuple[list[list[Cell]], str]:
    """All records (row 1 of the file is index 0, blank rows are []) and how they were read.

    A row is what Excel shows as a row: a quoted line break stays inside it. Raises Invalid.
    """
    words, encoding = decoded(data)
    declared = re.match(r"sep=([;,\t])\r?\n", words)
    if declared:  # Excel obeys this line and does not show it
        words = words[declared.end() :]
    delimiter = declared[1] if declared else _delimiter(words)
    rows: list[list[Cell]] = []
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=delimiter, strict=True)
    try:
        for record in reader:
            rows.append(list(record))
            if len(rows) > max_rows:
                raise Invalid(
                    "import.too_many_rows",
                    f"В файле больше {max_rows} строк: разделите его на части.",
                )
            if len(record) > MAX_COLUMNS:
                raise Invalid(
                    "import.too_many_columns",
                    f"Строка {len(rows)}: больше {MAX_COLUMNS} столбцов.",
                )
    except csv.Error as error:
        raise Invalid(
            "import.broken_csv",
            f"Строка {len(rows) + 1}: запись CSV повреждена (проверьте кавычки).",
        ) from error
    return rows, f"CSV, {encoding}, разделитель — {_DELIMITER_NAMES[delimiter]}"


def _delimiter(words: str) -> str:
    """The delimiter that makes the most regular table of the first records."""
    return max(_DELIMITER_NAMES, key=lambda delimiter: _regularity(words, delimiter))


def _regularity(words: str, delimiter: str) -> tuple[float, int]:
    widths: Counter[int] = Counter()
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                widths[len(record)] += 1
            if widths.total() == _SAMPLE:
                break
    except csv.Error:
        return (0.0, 0)
    if not widths:
        return (0.0, 0)
    width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]))
    return (count / widths.total() if width > 1 else 0.0, width)
