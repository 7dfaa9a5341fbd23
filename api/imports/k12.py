"""Gradebooks of online science courses as classes of a school (data-edu/dataedu, CC BY 4.0)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from api.imports.datasets import (
    DataSet,
    Result,
    class_lists,
    mark_of,
    marks_sheet,
    rows_of,
    year_opened,
)
from domain.calendar import Calendar, Term

_K12_YEAR = 2015
_K12_WORKS = {"Hw": "Домашняя работа", "Qz": "Тест", "Em": "Экзамен", "": "Работа на уроке"}
_K12_COURSES = {
    "AnPhA": "Анатомия и физиология",
    "BioA": "Биология",
    "FrScA": "Криминалистика",
    "OcnA": "Океанология",
    "PhysA": "Физика",
}


def k12(folder: Path, school_id: str, zone: str) -> DataSet:
    """Gradebooks of 26 online sections of 2015/16; 95/80/60 % of the points are 5, 4 and 3.

    The data have no usable dates: items follow each other over the school days of their term.
    Totals and progress checks are sums of other items and are left out, and so are empty scores.
    """
    sections: dict[str, list[dict[str, str]]] = defaultdict(list)
    people: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows_of(folder / "gradebook-2015-16.csv", "latin-1"):
        people[row["CourseSectionOrigID"]][row["Bb_UserPK"]] = None
        if row["Gradebook_Type"] == "N" and _percent(row) is not None:
            sections[row["CourseSectionOrigID"]].append(row)
    calendar = _two_terms(_K12_YEAR)
    lists = {section: list(people[section]) for section in sorted(people)}
    sheets = class_lists(_K12_YEAR, lists, _course)
    for section in sorted(sections):
        places = _k12_places(sections[section], calendar, 2 if "-S2" in section else 1)
        results = (_k12_result(row, places) for row in sections[section])
        sheets.append(marks_sheet(_K12_YEAR, section, _course(section), results))
    opened = year_opened(calendar, _K12_WORKS.values(), school_id, zone)
    return DataSet((opened,), tuple(sheets), sum(map(len, sections.values())))


def _course(section: str) -> str:
    return _K12_COURSES[section.split("-", maxsplit=1)[0]]


def _percent(row: Mapping[str, str]) -> Decimal | None:
    """Percent of the points, or None when nothing was earned or nothing could be."""
    earned, possible = row["Points_Earned"], row["Points_Possible"]
    if earned in ("", "NULL") or possible in ("", "NULL") or not Decimal(possible):
        return None
    return Decimal(earned) * 100 / Decimal(possible)


def _k12_places(
    rows: Iterable[Mapping[str, str]], calendar: Calendar, term: int
) -> dict[str, tuple[date, int]]:
    positions = sorted({row["Item_Position"] for row in rows}, key=int)
    period = calendar.term(term)
    days = list(calendar.school_days(period)) if period else []
    taken: dict[date, int] = defaultdict(int)
    places = {}
    for at, position in enumerate(positions):
        day = days[at * len(days) // len(positions)]
        taken[day] += 1
        places[position] = (day, taken[day])
    return places


def _k12_result(row: Mapping[str, str], places: Mapping[str, tuple[date, int]]) -> Result:
    percent = _percent(row) or Decimal(0)
    day, number = places[row["Item_Position"]]
    work = _K12_WORKS[row["Grade_Category"]]
    topic = f"Задание {row['Item_Position']}: {' '.join(row['Gradebook_Item'].split())}"
    return Result(
        row["Bb_UserPK"], day, number, mark_of(percent, 95, 80, 60), work, "", topic[:500]
    )


def _two_terms(year: int) -> Calendar:
    return Calendar(
        year,
        (
            Term(1, "I полугодие", date(year, 9, 1), date(year, 12, 25)),
            Term(2, "II полугодие", date(year + 1, 1, 11), date(year + 1, 5, 31)),
        ),
    )
