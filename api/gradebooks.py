"""Any gradebook as a table: one row per mark, with the mark of its term, for judging forecasts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from api.imports import cells
from api.imports.findings import Findings
from api.imports.tables import Column, Row, Table, read_table
from domain.forecast.gradebook import Gradebook, Line
from domain.forecast.parameters import profile_key
from domain.forecast.tally import CONTROL, INDEPENDENT, ORAL, Given
from domain.refusals import Invalid

MAX_ROWS = 5_000_000
COLUMNS = (
    Column("pupil", ("Ученик", "pupil", "student", "pupil_id", "student_id", "ФИО")),
    Column("subject", ("Предмет", "subject", "course")),
    Column("date", ("Дата", "date", "day")),
    Column("mark", ("Отметка", "mark", "grade", "score", "Оценка")),
    Column("weight", ("Вес", "weight")),
    Column("term_mark", ("Отметка за период", "term mark", "term_mark", "Итог", "final")),
    Column("term", ("Период", "term", "Четверть", "period")),
    Column("class", ("Класс", "class", "group", "section")),
    Column("work", ("Вид работы", "work", "work_type", "category")),
)
NEEDED = (("pupil",), ("subject",), ("date",), ("mark",), ("term_mark",))

#: how one school year may be cut into terms, by (month, day) of the first days; the coarsest that
#: gives a pupil one term mark in a subject and term is taken
_CUTS: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = (
    ("год", ()),
    ("полугодие", ((1, 1),)),
    ("триместр", ((12, 1), (3, 1))),
    ("четверть", ((11, 3), (1, 1), (3, 25))),
)
_SCHOOL_YEAR_FROM = 8  # August: a year begins with its September
_AGREES = 0.98
_WORDS = ((CONTROL, ("контр", "экзам", "диктант", "тест", "control", "exam", "test")),)
_OWN = ("сам", "практ", "лаб", "проек", "quiz", "lab")


class Percents(NamedTuple):
    """From which percent a mark is 5, 4 and 3, for gradebooks of 0–100."""

    five: Decimal
    four: Decimal
    three: Decimal

    def mark(self, percent: Decimal) -> int:
        """The mark."""
        return 2 + sum(percent >= border for border in self)


class _Read(NamedTuple):
    day: date
    term: str
    class_id: str
    subject: str
    pupil: str
    given: Given
    mark: str


def read_gradebook(path: Path, percents: Percents | None = None) -> Gradebook:
    """Read .csv or .xlsx. Marks that are no numbers (н/а, зач, н) are passed over.

    Raises Invalid with the number of the row for what cannot be read.
    """
    table = read_table(path.read_bytes(), COLUMNS, NEEDED, Findings(), max_rows=MAX_ROWS)
    read = [one for row in table if (one := _read(row, table, percents))]
    if not read:
        raise Invalid("gradebook.empty", "В таблице нет ни одной числовой отметки.")
    name = (lambda one: one.term) if table.has("term") else _cut(read)
    days: dict[str, list[date]] = defaultdict(list)
    for one in read:
        days[name(one)].append(one.day)
    spans = {term: (min(found), max(found)) for term, found in days.items()}
    read.sort(key=lambda one: (spans[name(one)], name(one)))
    return Gradebook(_line(one, name(one), spans[name(one)]) for one in read)


def _line(one: _Read, term: str, span: tuple[date, date]) -> Line:
    since, until = span
    gone = ((one.day - since).days + 1) / ((until - since).days + 1)
    level = re.match(r"\d*", one.class_id)
    profile = profile_key(one.subject, level.group() if level else "")
    return Line(term, one.class_id, one.subject, profile, one.pupil, gone, one.given, one.mark)


def _read(row: Row, table: Table, percents: Percents | None) -> _Read | None:
    try:
        value = _number(row.text("mark"), percents)
        if value is None:
            return None
        weight = cells.decimal(row.cell("weight")) if row.text("weight") else Decimal(1)
        if weight <= 0:
            return None
        kind = _kind(row.text("work")) if table.has("work") else _by_weight(weight)
        return _Read(
            cells.day(row.cell("date")),
            row.text("term"),
            row.text("class"),
            row.text("subject"),
            row.text("pupil"),
            Given(value, round(weight * 100), kind),
            _term_mark(row.text("term_mark"), percents),
        )
    except ValueError as fault:
        raise Invalid("gradebook.row", f"Строка {row.number}: {fault}.") from None


def _number(written: str, percents: Percents | None) -> int | None:
    """Hundredths of a mark from 2 to 5; «4-» is 4, a 1 is a 2; None for what is no number."""
    found = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*[+\-−–]?", written)
    if found is None:
        return None
    number = Decimal(found[1].replace(",", "."))
    if percents is not None:
        return 100 * percents.mark(number)
    if number > 5:  # noqa: PLR2004 - the best mark
        raise ValueError(f"отметка «{written}» больше 5: для процентов задайте --percent 90/75/50")
    return int(100 * max(number, Decimal(2)))


def _term_mark(written: str, percents: Percents | None) -> str:
    number = _number(written, percents)
    if number is not None:
        return str(min(max(int(number / 100 + 0.5), 2), 5))
    return "н/а" if cells.mark(written) == "н/а" else ""


def _kind(work: str) -> int:
    folded = work.casefold()
    for kind, words in _WORDS:
        if any(word in folded for word in words):
            return kind
    return INDEPENDENT if any(word in folded for word in _OWN) else ORAL


def _by_weight(weight: Decimal) -> int:
    return ORAL if weight <= 1 else INDEPENDENT if weight <= 2 else CONTROL  # noqa: PLR2004


def _cut(read: Sequence[_Read]) -> Callable[[_Read], str]:
    """How a table without a column of terms is cut into them."""
    for _, borders in _CUTS:

        def name(one: _Read, borders: tuple[tuple[int, int], ...] = borders) -> str:
            year = one.day.year - (one.day.month < _SCHOOL_YEAR_FROM)
            starts = sorted(
                date(year + (month < _SCHOOL_YEAR_FROM), month, day) for month, day in borders
            )
            number = 1 + sum(start <= one.day for start in starts)
            return f"{year}/{year + 1 - 2000:02d}" + (f", {number}" if borders else "")

        marks: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for one in read:
            marks[name(one), one.subject, one.pupil].add(one.mark)
        if sum(len(found) == 1 for found in marks.values()) >= _AGREES * len(marks):
            return name
    raise Invalid(
        "gradebook.terms",
        "Отметки за период меняются внутри четверти: добавьте столбец «Период».",
    )
