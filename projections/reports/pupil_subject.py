"""Form 8: «Успеваемость ученика по предмету» and «Динамика среднего балла»."""

from __future__ import annotations

from collections.abc import Iterable

from domain.figures import hidden_below
from domain.formulas import Mean, average, weighted_average
from domain.refusals import NotFound
from projections.reports import marks
from projections.reports.ground import Ground
from projections.reports.marks import Current
from projections.reports.paper import Column, Line, Part, Report

FORM = "pupil_subject"
TITLE = "Успеваемость ученика по предмету"
MARK_COLUMNS = (
    Column("work", "Вид работы", width=20),
    Column("topic", "Тема"),
    Column("day", "Дата", "day"),
    Column("given", "Выставлена", "moment"),
    Column("weight", "Вес", "figure", width=6),
    Column("mark", "Отметка", "mark", width=9),
)
WAY_COLUMNS = (
    Column("day", "На дату", "day"),
    Column("count", "отметок", "count", "Ученик", 9),
    Column("average", "ср. балл", "figure", "Ученик", 9),
    Column("class_count", "отметок", "count", "Класс", 9),
    Column("class_average", "ср. балл", "figure", "Класс", 9),
)


async def build(ground: Ground) -> Report:
    """Marks of a term or the year, and the average after each day of them. Raises NotFound."""
    of, term, last, pupils = await ground.class_in_term()
    pupil = next((one for one in pupils if one.pupil_id == ground.asked.pupil_id), None)
    if pupil is None:
        raise NotFound("pupil.unknown", "Такого ученика в классе нет.")
    subject_id = ground.asked.subject_id
    name = (await marks.subjects(ground, of.class_id)).get(of.class_id, {}).get(subject_id or "")
    if name is None:
        raise NotFound("subject.unknown", "Такого предмета в классе нет.")
    place = (ground, term.starts, last, of.class_id)
    own = await marks.current(*place, pupil_id=pupil.pupil_id, subject_id=subject_id, given=True)
    every = await marks.current(*place, subject_id=subject_id)
    given = (await marks.of_period(ground, of.class_id)).get(
        (of.class_id, subject_id or "", pupil.pupil_id), ""
    )
    return Report(
        FORM,
        TITLE,
        (
            ("Ученик", pupil.name),
            ("Класс", of.name),
            ("Предмет", name),
            ("Период", term.name),
            ("Отметка за период", given),
        ),
        (
            Part(
                MARK_COLUMNS,
                tuple(
                    Line(
                        (
                            one.work,
                            one.topic,
                            one.day.isoformat(),
                            one.given_at.isoformat() if one.given_at else None,
                            one.weight,
                            one.value,
                        )
                    )
                    for one in own
                ),
                "Отметки",
                empty="Отметок за эти дни нет.",
            ),
            Part(
                WAY_COLUMNS,
                tuple(_way(ground, own, every)),
                "Динамика среднего балла",
                notes=(
                    (
                        f"Средний по классу семьям не показан, если отметки есть меньше чем у"
                        f" {ground.rules.small_class} учеников (п. 1.12)."
                    ),
                ),
                empty="Числовых отметок за эти дни нет.",
            ),
        ),
        ground.position,
        ground.moment,
        ("Средний балл — от начала периода до даты включительно.",),
    )


def _way(ground: Ground, own: list[Current], every: list[Current]) -> Iterable[Line]:
    for day in sorted({one.day for one in own}):
        mine = _mean(ground, (one for one in own if one.day <= day))
        theirs = [one for one in every if one.day <= day]
        mean = _mean(ground, theirs)
        pupils = len({one.pupil_id for one in theirs})
        figure: str | None = mean.value
        if ground.asked.family:
            figure = hidden_below(pupils, mean.value, ground.rules)
        if mine.counted:
            count = mean.counted if figure is not None else None
            yield Line((day.isoformat(), mine.counted, mine.value, count, figure or None))


def _mean(ground: Ground, found: Iterable[Current]) -> Mean:
    mean = weighted_average if ground.rules.weighted else average
    return mean(one.item for one in found)
