"""Form 1: «Сводная ведомость учёта успеваемости» of a class, for a year or for a term."""

from __future__ import annotations

from domain.calendar import Term
from domain.formulas import (
    Item,
    Tally,
    average,
    group_average,
    pass_rate,
    quality_rate,
    tally,
)
from projections.reports import marks
from projections.reports.ground import YEAR, Ground, Pupil, SchoolClass, staying
from projections.reports.paper import NAME, NUMBER, Cell, Column, Line, Part, Report

FORM = "summary_sheet"
ROMAN = ("", "I", "II", "III", "IV", "V", "VI")
TITLE = "Сводная ведомость учёта успеваемости"
SIGNS = ("Классный руководитель", "Заместитель директора")
_EXAM_LEVEL = 9


async def build(ground: Ground) -> Report:
    """The year with its council's decisions, or a term with averages. Raises NotFound."""
    of = await ground.school_class()
    term = ground.period(of.grade_level)
    pupils = (await ground.pupils(term.starts, term.ends, of.class_id)).get(of.class_id, [])
    names = (await marks.subjects(ground, of.class_id)).get(of.class_id, {})
    draw = _year if ground.asked.term == YEAR else _term
    part, notes = await draw(ground, of, term, pupils, names)
    return Report(
        FORM,
        TITLE,
        (("Класс", of.name), ("Период", term.name), ("Классный руководитель", of.teacher)),
        (part,),
        ground.position,
        ground.moment,
        (
            *notes,
            "Выбывшие показаны с днём выбытия; в показатели они не входят.",
            ground.denominator,
        ),
        SIGNS,
    )


async def _year(
    ground: Ground, of: SchoolClass, year: Term, pupils: list[Pupil], names: dict[str, str]
) -> tuple[Part, tuple[str, ...]]:
    terms = ground.terms(of.grade_level)
    own, brought = (
        await marks.term_marks(ground, of.class_id),
        await marks.brought(ground, of.class_id),
    )
    results = await marks.results(ground, of.class_id)
    decisions = await marks.council(ground, of.class_id)
    teachers = marks.teachers_of(await marks.teachings(ground, year.starts, year.ends, of.class_id))
    exams = of.grade_level >= _EXAM_LEVEL or bool(results["exam"])
    kinds = [("year", "год"), *([("exam", "экз."), ("final", "итог")] if exams else [])]
    columns = [NUMBER, NAME]
    for subject, name in names.items():
        group = f"{name} ({teachers.get((of.class_id, subject), 'учителя нет')})"
        columns += [
            Column(f"{subject}:{one.number}", ROMAN[one.number], "mark", group, 4) for one in terms
        ]
        columns += [Column(f"{subject}:{kind}", title, "mark", group, 5) for kind, title in kinds]
    columns.append(Column("council", "Решение педсовета", width=26))
    lines = []
    for number, pupil in enumerate(pupils, 1):
        cells: list[Cell] = [number, _name(pupil)]
        for subject in names:
            place = (of.class_id, subject, pupil.pupil_id)
            cells += [
                own.get(one.number, {}).get(place) or brought.get(one.number, {}).get(place)
                for one in terms
            ]
            cells += [results[kind].get(place) for kind, _ in kinds]
        lines.append(Line((*cells, decisions.get(pupil.pupil_id))))
    return Part(tuple(columns), tuple(lines), empty="В классе никого нет."), ()


async def _term(
    ground: Ground, of: SchoolClass, term: Term, pupils: list[Pupil], names: dict[str, str]
) -> tuple[Part, tuple[str, ...]]:
    given = (await marks.term_marks(ground, of.class_id)).get(term.number, {})
    columns = (
        NUMBER,
        NAME,
        *(Column(subject, name, "mark") for subject, name in names.items()),
        Column("average", "Средний балл", "figure", width=9),
    )
    lines = [
        Line(
            (
                number,
                _name(pupil),
                *(own := [given.get((of.class_id, one, pupil.pupil_id)) for one in names]),
                average(Item(value) for value in own if value).value or None,
            )
        )
        for number, pupil in enumerate(pupils, 1)
    ]
    here = [one.pupil_id for one in staying(pupils)]
    by_subject = [tally(given.get((of.class_id, one, who)) for who in here) for one in names]
    every = tally(given.get((of.class_id, one, who)) for one in names for who in here)
    return Part(columns, (*lines, *_footer(by_subject, every, ground.rules.rates_of))), (
        "Средний балл — по числовым отметкам за период, два знака, половина вверх.",
    )


def _footer(by_subject: list[Tally], every: Tally, rates_of: str) -> list[Line]:
    columns = [*by_subject, every]

    def line(title: str, *cells: Cell) -> Line:
        return Line((None, title, *cells), "total")

    counts = (
        ("отметок «5»", "n5"),
        ("отметок «4»", "n4"),
        ("отметок «3»", "n3"),
        ("отметок «2»", "n2"),
        ("н/а", "not_attested"),
        ("освобождены", "exempt"),
        ("без отметки", "unmarked"),
    )
    return [
        line("Средний балл", *(group_average(one).value or None for one in columns)),
        *(line(title, *(getattr(one, name) for one in columns)) for title, name in counts),
        line("Успеваемость, %", *(pass_rate(one, rates_of).value or None for one in columns)),
        line("Качество, %", *(quality_rate(one, rates_of).value or None for one in columns)),
    ]


def _name(pupil: Pupil) -> str:
    left = f" (выбыл(а) {pupil.until:%d.%m.%Y})" if pupil.until else ""
    return pupil.name + left
