"""Form 7: «Информационное письмо для родителей»: of a pupil, or one for each of a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from domain.formulas import average, weighted_average
from domain.refusals import NotFound
from domain.values import AttendanceCode
from projections.reports import marks, presence
from projections.reports.ground import YEAR, Ground, staying
from projections.reports.marks import Current
from projections.reports.paper import Column, Line, Part, Report

FORM = "letter"
TITLE = "Информационное письмо для родителей"
MANY = 10  # marks; more are told as «5×3, 4×2»
COLUMNS = (
    Column("name", "Предмет", width=26, pinned=True),
    Column("marks", "Отметки"),
    Column("average", "Ср. балл", "figure", width=9),
    Column("missed", "Пропущено уроков", "count", width=10),
    Column("term", "Отметка за период", "mark", width=10),
)
SIGNS = ("Классный руководитель", "С письмом ознакомлен(а)")


async def build(ground: Ground) -> Report:
    """A page for every pupil. Raises NotFound."""
    of, term, last, everybody = await ground.class_in_term()
    pupils = staying(everybody)
    wanted = ground.asked.pupil_id
    chosen = [one for one in pupils if wanted in (None, one.pupil_id)]
    if not chosen:
        raise NotFound("pupil.unknown", "Такого ученика в классе нет.")
    names = (await marks.subjects(ground, of.class_id)).get(of.class_id, {})
    given = await marks.of_period(ground, of.class_id)
    current = await marks.current(ground, term.starts, last, of.class_id, pupil_id=wanted)
    away = await presence.attendance(ground, of.class_id, term.starts, last)
    own: dict[tuple[str, str], list[Current]] = {}
    for one in current:
        own.setdefault((one.pupil_id, one.subject_id), []).append(one)
    mean = weighted_average if ground.rules.weighted else average
    parts = []
    for pupil in chosen:
        lines = []
        for subject, name in names.items():
            got = own.get((pupil.pupil_id, subject), [])
            mark = given.get((of.class_id, subject, pupil.pupil_id))
            missed = away.missed(pupil.pupil_id, subject)
            if got or mark or missed.held:
                figure = mean(one.item for one in got).value or None
                lines.append(
                    Line((name, listed(one.value for one in got), figure, missed.missed, mark))
                )
        every = away.missed(pupil.pupil_id)
        ill = every.lessons[AttendanceCode.ILL]
        parts.append(
            Part(
                COLUMNS,
                tuple(lines),
                f"{pupil.name}, {of.name}",
                (
                    (
                        f"Уважаемые родители! Сообщаем об успехах вашего ребёнка: {term.name},"
                        f" с {term.starts:%d.%m.%Y} по {last:%d.%m.%Y}."
                    ),
                ),
                (
                    (
                        f"Пропущено уроков: {every.missed} из {every.held}, по болезни: {ill};"
                        f" полных дней: {every.days_missed}; опозданий: {every.late}."
                    ),
                ),
                "Отметок и пропусков за эти дни нет.",
                new_page=True,
            )
        )
    weights = "с учётом веса работ" if ground.rules.weighted else "без веса работ"
    return Report(
        FORM,
        TITLE,
        (("Класс", of.name), ("Период", term.name), ("Классный руководитель", of.teacher)),
        tuple(parts),
        ground.position,
        ground.moment,
        (
            f"Средний балл — {weights}, по числовым отметкам.",
            *(() if ground.asked.term != YEAR else ("Отметка за период — годовая.",)),
        ),
        SIGNS,
    )


def listed(values: Iterable[str]) -> str:
    """«5, 4, 5»; many as «5×3, 4×2», the best first."""
    known = list(values)
    if len(known) <= MANY:
        return ", ".join(known)
    return ", ".join(
        f"{value}×{count}" for value, count in sorted(Counter(known).items(), reverse=True)
    )
