"""Foreign tables: which of their columns are ours, as a person has said or as their layout says.

No list of «formats of systems»: what nobody can verify is assigned by hand once, and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from api.imports.cells import Cell, fold, text

#: (number as Excel shows it, cells)
Numbered = tuple[int, Sequence[Cell]]


class Layout(msgspec.Struct, frozen=True):
    """How a person reads a foreign table.

    columns: title key → key of our column, "" for one that is not read; always: key of our column →
    the same text in every row, of a table that has no such column.
    """

    columns: dict[str, str] = {}
    always: dict[str, str] = {}


class Sample(NamedTuple):
    """A column of a foreign table: its title as it stands, some cells, what it is taken for ("":
    nothing).
    """

    title: str
    title_key: str
    cells: list[str]
    key: str


#: what stands above a table, «Класс: 8А», or before its value, «Класс | 8А»
_ABOVE = {
    "класс": "class",
    "предмет": "subject",
    "ученик": "full",
    "учащийся": "full",
    "обучающийся": "full",
    "учитель": "teacher",
}
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{2}|\d{4}))?\.?")
_NEW_YEAR_MONTH = 8
_MONTHS = (
    *("январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь"),
    *("октябрь", "ноябрь", "декабрь"),
)
_MONTH = {name: number for number, name in enumerate(_MONTHS, 1)}
_PEOPLE = {"ученик", "учащийся", "обучающийся", "фио", "ф.и.о.", "фио ученика", "фамилия имя"}
_SUBJECTS = {"предмет", "дисциплина", "учебный предмет"}
#: words of attendance in a cell of marks: they belong to the lesson, not to the marks
AWAY = frozenset("н нп уп б п о оп от ув осв. .".split())
_LONG = ("class", "full", "subject", "date", "value")
TITLES = ("Класс", "ФИО", "Предмет", "Дата урока", "Отметка")


class Unfolded(NamedTuple):
    """Marks of a sheet whose columns are days, one a row; how many cells tell of attendance."""

    rows: list[Numbered]
    away: int


def unfold(grid: Sequence[Sequence[Cell]], year: int) -> Unfolded | None:
    """A journal page (pupils down, days across) or a pupil's report (subjects down, days across, as
    «Отчёт об успеваемости и посещаемости ученика» has it) as rows of `TITLES`. None for any other
    table. year: of its September, for days without one.
    """
    said: dict[str, str] = {}
    days: dict[int, date] = {}
    down, at = "", 0
    rows: list[Numbered] = []
    away = 0
    months: Sequence[Cell] = ()
    for number, cells in enumerate(grid, 1):
        found = _days(cells, months, year)
        months = cells if any(fold(text(cell)) in _MONTH for cell in cells) else ()
        if months:
            down, at = _down(cells) or (down, at)
        elif found:
            days = found
            down, at = _down(cells) or (down, at)
        elif heading := dict(_headings(cells)):
            said |= heading
        elif days and down and at < len(cells) and (who := text(cells[at])):
            head = said | {down: who}
            for place, on in days.items():
                for one in _marks(cells[place] if place < len(cells) else ""):
                    if one in AWAY:
                        away += 1
                        continue
                    line = head | {"date": f"{on:%d.%m.%Y}", "value": one}
                    rows.append((number, [line.get(key, "") for key in _LONG]))
    return Unfolded(rows, away) if days and down else None


def _headings(cells: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    """«Класс: 8А» and the like; the value may stand in the next cell that is not empty."""
    texts = [one for one in map(text, cells) if one]
    for place, one in enumerate(texts):
        before, colon, value = one.partition(":")
        key = _ABOVE.get(fold(before)) if colon else None
        if key and (value.strip() or place + 1 < len(texts)):
            yield key, value.strip() or texts[place + 1]


def _down(cells: Sequence[Cell]) -> tuple[str, int] | None:
    """What stands at the left of the days, and in which column."""
    for place, cell in enumerate(cells):
        title = fold(text(cell))
        if title in _SUBJECTS:
            return "subject", place
        if title in _PEOPLE:
            return "full", place
    return None


def _days(cells: Sequence[Cell], months: Sequence[Cell], year: int) -> dict[int, date]:
    """Place → day, of a row of days; under a row of months, their numbers are days."""
    found: dict[int, date] = {}
    month = 0
    for place, cell in enumerate(cells):
        if months:
            above = fold(text(months[place])) if place < len(months) else ""
            month = _MONTH.get(above, month)
            words = text(cell)
            on = _on(int(words), month, year) if month and words.isdecimal() else None
        else:
            on = _day(cell, year)
        if on is not None:
            found[place] = on
    return found if len(found) > 1 or months else {}


def _day(cell: Cell, year: int) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    known = _DAY.fullmatch(text(cell)) if isinstance(cell, str) else None
    if known is None:
        return None
    day, month, of = int(known[1]), int(known[2]), known[3]
    if of is None:
        return _on(day, month, year)
    try:
        return date(int(of) + (2000 if len(of) == 2 else 0), month, day)  # noqa: PLR2004 - «25»
    except ValueError:
        return None


def _on(day: int, month: int, year: int) -> date | None:
    """The day of the school year that began in September of a year."""
    try:
        return date(year if month >= _NEW_YEAR_MONTH else year + 1, month, day)
    except ValueError:
        return None


def _marks(cell: Cell) -> list[str]:
    """«5/4», «5 4», «н 4»: what stands in one cell. «н/а» is a mark of the scale."""
    words = text(cell).casefold()
    whole = words.replace("н/а", "н\u2215а")
    return [one.replace("\u2215", "/") for one in re.split(r"[\s/,;]+", whole) if one]
