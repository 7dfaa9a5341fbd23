"""The Open University Learning Analytics Dataset as classes of a school (CC BY 4.0)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from api.imports.datasets import (
    DataSet,
    Result,
    Sheet,
    class_lists,
    mark_of,
    marks_sheet,
    rows_of,
    school_day,
    year_opened,
)
from domain.calendar import Calendar, Term

_MAX_WEIGHT_PERCENT = 100  # of OULAD; the scale of the journal ends at 10

_OULAD_WORKS = {
    "TMA": "Работа с проверкой преподавателя",
    "CMA": "Компьютерный тест",
    "Exam": "Экзамен",
}


def oulad(folder: Path, school_id: str, zone: str) -> DataSet:
    """173,912 dated, weighted scores of 22 presentations; 90/75/50 % are 5, 4 and 3.

    Day 0 of a presentation is 1 September of its year. Weight is a tenth of the percents. A score
    of no weight does not count, so it is зач/незач; a missing score is н/а.
    """
    students: dict[tuple[str, str], list[str]] = defaultdict(list)
    lengths: dict[tuple[str, str], int] = {}
    for row in rows_of(folder / "oulad_students.csv"):
        presentation = (row["code_module"], row["code_presentation"])
        students[presentation].append(row["id_student"])
        lengths[presentation] = int(row["module_presentation_length"])
    scores: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows_of(folder / "oulad_assessments.csv"):
        scores[row["code_module"], row["code_presentation"]].append(row)
    years = {int(code[:4]) for _, code in students}
    calendars = {year: _whole_year(year) for year in years}
    sheets: list[Sheet] = []
    for year in sorted(years):
        taught = sorted(one for one in students if int(one[1][:4]) == year)
        sheets += class_lists(year, {_letter(*one): students[one] for one in taught}, _module)
        for presentation in taught:
            name, calendar = _letter(*presentation), calendars[year]
            places = _oulad_places(scores[presentation], lengths[presentation], calendar)
            results = (_oulad_result(row, places) for row in scores[presentation])
            sheets.append(marks_sheet(year, name, _module(name), results))
    return DataSet(
        tuple(
            year_opened(calendars[y], _OULAD_WORKS.values(), school_id, zone) for y in sorted(years)
        ),
        tuple(sheets),
        sum(map(len, scores.values())),
    )


def _letter(module: str, presentation: str) -> str:
    return f"{module}-{presentation}"


def _module(letter: str) -> str:
    return f"Модуль {letter.split('-', maxsplit=1)[0]}"


def _oulad_places(
    scores: Iterable[Mapping[str, str]], length: int, calendar: Calendar
) -> dict[str, tuple[date, int]]:
    """Day and lesson number of each assessment; an exam without a date is on the last day."""
    due = {
        row["id_assessment"]: int(float(row["date"])) if row["date"] else length for row in scores
    }
    taken: dict[date, int] = defaultdict(int)
    places = {}
    for assessment in sorted(due, key=lambda one: (due[one], one)):
        day = school_day(calendar, date(calendar.year, 9, 1) + timedelta(days=due[assessment]))
        taken[day] += 1
        places[assessment] = (day, taken[day])
    return places


def _oulad_result(row: Mapping[str, str], places: Mapping[str, tuple[date, int]]) -> Result:
    percent = Decimal(row["score"]) if row["score"] else None
    weight = Decimal(row["weight"]) * 10 / _MAX_WEIGHT_PERCENT
    if percent is None:
        value = "н/а"
    elif weight:
        value = mark_of(percent, 90, 75, 50)
    else:
        value = "зач" if percent >= 50 else "незач"  # noqa: PLR2004 - the threshold of a 3
    work = _OULAD_WORKS[row["assessment_type"]]
    day, number = places[row["id_assessment"]]
    return Result(
        row["id_student"],
        day,
        number,
        value,
        work,
        f"{weight:.2f}" if weight else "",
        f"{work} {row['id_assessment']}",
        "Перезачтено из прежнего курса" if row["is_banked"] == "1" else "",
    )


def _whole_year(year: int) -> Calendar:
    """One term without vacations: distance courses know none."""
    return Calendar(year, (Term(1, "Учебный год", date(year, 9, 1), date(year + 1, 6, 30)),))
