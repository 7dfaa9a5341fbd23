"""What one cell of somebody else's table means: text, a day, a number, a mark."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from api.months import MONTHS_OF

#: What a spreadsheet or a CSV file can put into a cell; an empty cell is "".
Cell = str | int | float | bool | date | datetime | time | timedelta

_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_DOTTED = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?: ?г\.?)?(?: \d{1,2}:\d{2}(?::\d{2})?)?"
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}.*)?")
_WORDED = re.compile(r"(\d{1,2}) ([а-я]+) (\d{4})(?: ?г(?:ода|\.)?)?")
_RUSSIAN = re.compile("[а-яА-ЯёЁ]")
_LATIN = re.compile("[a-zA-Z]")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")

#: Excel counts days from here; the 29 February 1900 it believes in is behind every school.
_EXCEL_ZERO = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 18_264, 73_050  # 1950-01-01 … 2099-12-31

_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_APOSTROPHES = "\u2018\u2019\u02bc`"
_SIGNS = str.maketrans(dict.fromkeys(_HYPHENS, "-") | dict.fromkeys(_APOSTROPHES, "'"))

#: Latin capitals and small letters that look like Russian ones, and what a person meant.
_LOOKALIKES = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")


def text(cell: Cell) -> str:
    """The cell as one line of text: NBSP and runs of spaces are one space, Unicode is NFC.

    A whole number that a spreadsheet keeps as a float loses its «.0»; a day is ДД.ММ.ГГГГ.
    """
    if isinstance(cell, str):
        shown = _INVISIBLE.sub("", cell) if _INVISIBLE.search(cell) else cell
        return " ".join(unicodedata.normalize("NFC", shown).split())
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, (date, datetime)):
        return f"{cell.day:02}.{cell.month:02}.{cell.year}"
    return str(cell)


@lru_cache(maxsize=8_192)
def fold(words: str) -> str:
    """A key for comparing: case, Ё/Е, kinds of hyphen and apostrophe do not matter.

    Latin letters that look Russian are taken for Russian ones in words that hold Russian letters.
    """
    folded = []
    for word in text(words).casefold().replace("ё", "е").split(" "):
        plain = word.translate(_SIGNS)
        folded.append(plain.translate(_LOOKALIKES) if _has_russian(plain) else plain)
    return " ".join(folded)


def _has_russian(word: str) -> bool:
    return _RUSSIAN.search(word) is not None


def is_mixed(words: str) -> bool:
    """Whether some word mixes Russian and Latin letters («Cидоров» with a Latin C)."""
    return any(_has_russian(word) and _LATIN.search(word) is not None for word in words.split())


def russian_lookalikes(words: str) -> str:
    """Latin letters that look Russian become Russian («7A» typed on the other layout)."""
    return words.translate(_LOOKALIKES)


def day(cell: Cell) -> date:
    """A day: a date cell, ДД.ММ.ГГГГ, ДД.ММ.ГГ (20ГГ), ISO, «1 сентября 2025 г.», Excel's number.

    Raises ValueError with a Russian reason.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    written = text(cell)
    try:
        return _written_day(written)
    except ValueError as error:
        reason = str(error) if str(error).startswith("дата") else f"дата «{written}» не существует"
        raise ValueError(reason) from None


def _written_day(written: str) -> date:
    if found := _DOTTED.fullmatch(written):
        a_day, a_month, a_year = (int(part) for part in found.groups())
        return date(a_year if a_year > 99 else 2000 + a_year, a_month, a_day)  # noqa: PLR2004
    if found := _ISO.fullmatch(written):
        return date(*(int(part) for part in found.groups()))
    if (found := _WORDED.fullmatch(written.lower())) and found[2] in MONTHS_OF:
        return date(int(found[3]), MONTHS_OF.index(found[2]) + 1, int(found[1]))
    if _NUMBER.fullmatch(written):
        serial = int(Decimal(written.replace(",", ".")))
        if _FIRST_SERIAL <= serial <= _LAST_SERIAL:
            return _EXCEL_ZERO + timedelta(days=serial)
    if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{2,4}", written):
        raise ValueError(f"дата «{written}» неоднозначна: напишите ДД.ММ.ГГГГ")
    raise ValueError(f"дата «{written}» не читается: напишите ДД.ММ.ГГГГ, например 01.09.2025")


def decimal(cell: Cell) -> Decimal:
    """A number with a decimal comma or point. Raises ValueError with a Russian reason."""
    written = text(cell).replace(" ", "")
    try:
        if _NUMBER.fullmatch(written):
            return Decimal(written.replace(",", "."))
    except InvalidOperation:
        pass
    raise ValueError(f"«{text(cell)}» не число")


def whole(cell: Cell) -> int:
    """A whole number («3», 3.0, «3 урок»). Raises ValueError with a Russian reason."""
    written = re.sub(r" ?(?:-?й)? ?урок$|\.$", "", text(cell).lower())
    if not re.fullmatch(r"\d{1,4}", written):
        raise ValueError(f"«{text(cell)}» не целое число")
    return int(written)


_MARK_WORDS = {
    "н/а": "н/а",
    "осв": "осв",
    "освобожден": "осв",
    "освобождена": "осв",
    "зач": "зач",
    "зачет": "зач",
    "незач": "незач",
    "незачет": "незач",
    "н/зач": "незач",
}


def mark(cell: Cell) -> str:
    """A mark in the journal's spelling when it has one («Н\\А», «зачёт», 5.0), else as written."""
    written = text(cell)
    folded = fold(written).replace("\\", "/").replace(" ", "").rstrip(".")
    return _MARK_WORDS.get(folded, written)
