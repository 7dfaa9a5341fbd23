"""Form 13: «Средний балл учителя», «Итоговые отметки», «Рейтинг» (off unless the rules say so)."""

from __future__ import annotations

from decimal import Decimal

from domain.formulas import Item, Mean, average, group_average, tally, weighted_average
from domain.refusals import Forbidden
from projections.reports import marks
from projections.reports.ground import Ground, staying
from projections.reports.marks import Current
from projections.reports.paper import NAME, NUMBER, Cell, Column, Line, Part, Report, numbered

TEACHERS, FINALS, RATING = "teacher_averages", "final_marks", "rating"
TEACHERS_TITLE = "Средний балл учителя"
FINALS_TITLE = "Итоговые отметки"
RATING_TITLE = "Рейтинг класса"
TEACHER_COLUMNS = (
    Column("teacher", "Учитель", width=24),
    Column("subject", "Предмет"),
    Column("classes", "Классы", width=16),
    Column("count", "Отметок", "count", width=9),
    Column("average", "Средний балл текущих", "figure", width=10),
    Column("term_count", "Отметок за период", "count", width=10),
    Column("term_average", "Средний балл за период", "figure", width=11),
)


async def teachers(ground: Ground) -> Report:
    """A line for every teacher and subject, or those of one teacher."""
    term = ground.period()
    last = ground.last_day(term)
    known = await marks.teachings(ground, term.starts, last)
    names = await marks.subjects(ground)
    classes = {one.class_id: one.name for one in await ground.classes()}
    given = await marks.of_period(ground)
    by_lesson: dict[tuple[str, str], list[Current]] = {}
    for one in await marks.current(ground, term.starts, last):
        if one.teacher_id is not None:
            by_lesson.setdefault((one.teacher_id, one.subject_id), []).append(one)
    titles: dict[tuple[str, str], tuple[str, str]] = {}
    places: dict[tuple[str, str], set[str]] = {}
    for own in known:
        subject = names.get(own.class_id, {}).get(own.subject_id)
        if subject is not None and ground.asked.teacher_id in (None, own.teacher_id):
            titles[own.teacher_id, own.subject_id] = own.teacher, subject
            places.setdefault((own.teacher_id, own.subject_id), set()).add(own.class_id)
    rows: list[tuple[Cell, ...]] = []
    for key, (teacher, subject) in titles.items():
        current = [one.item for one in by_lesson.get(key, [])]
        pupils = {one.pupil_id for one in by_lesson.get(key, [])}
        mean = _mean(ground, current)
        results = [
            value
            for (of_class, of_subject, pupil), value in given.items()
            if of_subject == key[1] and of_class in places[key] and pupil in pupils
        ]
        whole = group_average(tally(results))
        told = ", ".join(classes[one] for one in classes if one in places[key])
        figures = (mean.counted, mean.value or None, whole.counted, whole.value or None)
        rows.append((teacher, subject, told, *figures))
    rows.sort(key=lambda one: (_sorted(str(one[0])), str(one[1])))
    return Report(
        TEACHERS,
        TEACHERS_TITLE,
        (("Период", term.name),),
        (Part(TEACHER_COLUMNS, tuple(Line(one) for one in rows), empty="Учителей нет."),),
        ground.position,
        ground.moment,
        (
            "Текущие — отметки уроков этого учителя; за период — отметки тех же учеников.",
            f"Средний балл текущих — {_how(ground)}.",
        ),
        ("Заместитель директора",),
    )


async def finals(ground: Ground) -> Report:
    """The last word on every subject of the year: the final mark, else the year's."""
    of = await ground.school_class()
    year = ground.period(of.grade_level)
    pupils = (await ground.pupils(year.starts, year.ends, of.class_id)).get(of.class_id, [])
    names = (await marks.subjects(ground, of.class_id)).get(of.class_id, {})
    found = await marks.results(ground, of.class_id)
    decisions = await marks.council(ground, of.class_id)
    columns = (
        NUMBER,
        NAME,
        *(Column(subject, name, "mark") for subject, name in names.items()),
        Column("average", "Средний балл", "figure", width=9),
        Column("council", "Решение педсовета", width=24),
    )
    lines = []
    for number, one in enumerate(pupils, 1):
        places = [(of.class_id, subject, one.pupil_id) for subject in names]
        own = [found["final"].get(place) or found["year"].get(place) for place in places]
        mean = average(Item(value) for value in own if value).value or None
        lines.append(Line((number, one.name, *own, mean, decisions.get(one.pupil_id))))
    return Report(
        FINALS,
        FINALS_TITLE,
        (("Класс", of.name), ("Период", year.name), ("Классный руководитель", of.teacher)),
        (Part(columns, tuple(lines)),),
        ground.position,
        ground.moment,
        ("Итоговая отметка, а где её нет — годовая.",),
        ("Классный руководитель", "Директор"),
    )


async def rating(ground: Ground) -> Report:
    """Pupils by the average of their marks of the period. Raises Forbidden unless allowed."""
    if not ground.rules.ratings:
        raise Forbidden("report.off", "Рейтинг учеников положением школы не составляется.")
    of, term, _, everybody = await ground.class_in_term()
    pupils = staying(everybody)
    given = await marks.of_period(ground, of.class_id)
    rows: list[tuple[Cell, ...]] = []
    for one in pupils:
        own = [value for (_, _, who), value in given.items() if who == one.pupil_id]
        mean = average(Item(value) for value in own)
        if mean.counted:
            rows.append((one.name, mean.counted, mean.value))
    rows.sort(key=lambda one: -Decimal(str(one[2])))
    columns = (
        NUMBER,
        NAME,
        Column("count", "Отметок", "count", width=9),
        Column("average", "Средний балл", "figure", width=9),
    )
    return Report(
        RATING,
        RATING_TITLE,
        (("Класс", of.name), ("Период", term.name)),
        (Part(columns, numbered(rows), empty="Отметок за период нет."),),
        ground.position,
        ground.moment,
        ("Семьям рейтинг не показывают (п. 1.12).",),
    )


def _mean(ground: Ground, items: list[Item]) -> Mean:
    return (weighted_average if ground.rules.weighted else average)(items)


def _how(ground: Ground) -> str:
    return "с учётом веса работ" if ground.rules.weighted else "без веса работ"


def _sorted(name: str) -> str:
    return name.lower().replace("ё", "е\uffff")
