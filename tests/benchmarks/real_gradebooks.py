"""Two public sets of dated marks as gradebooks; the conversions are those of `letopis import`."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from domain.forecast.gradebook import Gradebook, Line
from domain.forecast.plan import Plan, Work
from domain.forecast.tally import CONTROL, INDEPENDENT, ORAL, Given

_FEW = 3  # results; with fewer there is no final mark to speak of
_KINDS = {"Hw": ORAL, "": ORAL, "Qz": INDEPENDENT, "Em": CONTROL}


def _mark(percent: float, five: float, four: float, three: float) -> int:
    return 200 + 100 * sum(percent >= border for border in (five, four, three))


def _final(marks: list[tuple[float, Given]]) -> str:
    mean = sum(g.mark * g.weight for _, g in marks) / sum(g.weight for _, g in marks)
    return str(2 + sum(mean >= border for border in (250, 350, 450)))


def oulad(folder: Path) -> Gradebook:
    """Presentations of 2013 and 2014 as terms; weights a tenth of the percents, exams included.

    The plan of a course is its table of assessments: day and weight, known before it begins.
    """
    lengths = {}
    with (folder / "oulad_students.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["code_module"], row["code_presentation"])
            lengths[key] = int(row["module_presentation_length"])
    found: dict[tuple[str, str, str], list[tuple[float, Given]]] = defaultdict(list)
    works: dict[tuple[str, str], dict[str, Work]] = defaultdict(dict)
    with (folder / "oulad_assessments.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            weight = round(float(row["weight"]) * 10)
            if row["score"] and weight:
                module, term = row["code_module"], row["code_presentation"]
                kind = ORAL if weight <= 100 else INDEPENDENT if weight <= 200 else CONTROL
                given = Given(_mark(float(row["score"]), 90, 75, 50), weight, kind)
                gone = int(row["date_submitted"]) / lengths[module, term]
                found[term, module, row["id_student"]].append((gone, given))
                due = int(row["date"]) / lengths[module, term] if row["date"] else 1.0
                works[f"{module}-{term}", module][row["id_assessment"]] = Work(due, weight, kind)
    plans = {key: Plan(tuple(sorted(of.values()))) for key, of in works.items()}
    lines = (
        Line(term, f"{module}-{term}", module, module, pupil, gone, given, _final(marks))
        for (term, module, pupil), marks in sorted(found.items())
        if len(marks) >= _FEW
        for gone, given in marks
    )
    return Gradebook(lines, plans)


def k12(folder: Path) -> Gradebook:
    """Sections of one school year; the order of the items stands for their days."""
    found: dict[tuple[str, str], list[tuple[int, Given]]] = defaultdict(list)
    positions: dict[str, set[int]] = defaultdict(set)
    for section, pupil, position, given in _k12_rows(folder):
        found[section, pupil].append((position, given))
        positions[section].add(position)
    order = {
        section: {one: (n + 0.5) / len(of) for n, one in enumerate(sorted(of))}
        for section, of in positions.items()
    }
    return Gradebook(
        Line("2015/16", section, course, course, pupil, order[section][at], given, mark)
        for (section, pupil), marks in sorted(found.items())
        if len(marks) >= _FEW
        for course in [section.split("-", maxsplit=1)[0]]
        for mark in [_final([(0.0, given) for _, given in marks])]
        for at, given in marks
    )


def _k12_rows(folder: Path) -> Iterator[tuple[str, str, int, Given]]:
    path = folder / "gradebook-2015-16.csv"
    with path.open(encoding="latin-1", newline="") as file:
        for row in csv.DictReader(file):
            earned, possible = row["Points_Earned"], row["Points_Possible"]
            if row["Gradebook_Type"] != "N" or {earned, possible} & {"", "NULL"}:
                continue
            if float(possible):
                percent = 100 * float(earned) / float(possible)
                given = Given(_mark(percent, 95, 80, 60), 100, _KINDS[row["Grade_Category"]])
                section, pupil = row["CourseSectionOrigID"], row["Bb_UserPK"]
                yield section, pupil, int(row["Item_Position"]), given
