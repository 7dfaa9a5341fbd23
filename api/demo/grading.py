"""Marks with the statistics of real gradebooks, and term marks by the school's thresholds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from api.demo.chance import Chance
from api.demo.curriculum import KIND_LEVEL, SubjectPlan, Work
from api.demo.population import Child
from domain.regulation import Regulation

WITHIN, ITEM = 0.72, 0.38  # standard deviations of a mark and of a lesson
_CUTS = ((2.42, "2"), (3.38, "3"), (4.32, "4"))
_PUSH, _TEACHER, _SAVED, _NEARLY = 0.05, 0.06, 0.6, 2.2
_KIND_SHARE, _KIND_ITEM = 0.55, 0.5

COMMENTS = (
    "Тема понята хорошо, так держать.",
    "Нужно повторить правило: ошибки одни и те же.",
    "Ответ уверенный, с примерами.",
    "Работа выполнена аккуратно.",
    "Спешка: потерян знак в двух задачах.",
    "Заметен прогресс по сравнению с прошлой неделей.",
    "Домашнее задание сделано не полностью.",
    "Активная работа на уроке.",
    "Стоит поработать над оформлением.",
    "Выразительное чтение, молодец.",
    "Материал усвоен, но ответ неполный.",
    "Жду на консультации в четверг.",
)

WHY_ANOTHER = (
    "Итоговая контрольная написана увереннее, чем текущие работы.",
    "Учтена динамика: последние отметки выше первых.",
    "Учтена олимпиада и работа на кружке.",
)


class Given(msgspec.Struct):
    """A mark in the journal as it stands now; `touched`: it has a history already; `own`: given by
    the teacher of the lesson, who may come back to it: who stood in that day may not.
    """

    mark_id: str
    lesson_id: str
    pupil_id: str
    value: str
    weight: str
    by: str
    day: int  # ordinal of the lesson's day
    at: int
    own: bool = True
    touched: bool = False
    annulled: bool = False


def item(chance: Chance, subject: SubjectPlan) -> float:
    """How hard this lesson's questions are."""
    return chance.normal(0, ITEM) * (_KIND_ITEM if subject.level > KIND_LEVEL else 1)


def mark(chance: Chance, child: Child, subject: SubjectPlan, work: Work, hardness: float) -> str:
    """A mark of a pupil for a work."""
    level = child.levels[subject.key] * (_KIND_SHARE if subject.level > KIND_LEVEL else 1)
    latent = subject.level + level + hardness + work.offset + chance.normal(0, WITHIN)
    for cut, value in _CUTS:
        if latent < cut:
            return value
    return "5"


def average(marks: Iterable[Given]) -> Decimal | None:
    """The weighted mean, two places, half up; None when there is nothing to average."""
    total, weights = Decimal(0), Decimal(0)
    for one in marks:
        if not one.annulled and one.value.isdigit():
            weight = Decimal(one.weight)
            total += weight * int(one.value)
            weights += weight
    if not weights:
        return None
    return (total / weights).quantize(Decimal("0.01"), ROUND_HALF_UP)


def term_mark(chance: Chance, regulation: Regulation, marks: list[Given]) -> tuple[str, str, bool]:
    """Term mark, the average in sight, and whether it is not the suggested one. A teacher is a
    little kinder than the thresholds.
    """
    mean = average(marks)
    if mean is None or sum(not m.annulled for m in marks) < regulation.min_marks:
        return "н/а", str(mean) if mean is not None else "", False
    felt = float(mean) + _PUSH + chance.normal(0, _TEACHER)
    value = 2 + sum(felt >= float(threshold) for threshold in regulation.term_thresholds)
    hopeless = float(mean) <= _NEARLY
    if value == 2 and not hopeless and chance.happens(_SAVED):  # noqa: PLR2004 - the mark
        value = 3
    suggested = 2 + sum(mean >= Decimal(threshold) for threshold in regulation.term_thresholds)
    return str(value), str(mean), value != suggested


def by_pupil(marks: Iterable[Given]) -> dict[str, list[Given]]:
    """pupil → marks, in order."""
    found: dict[str, list[Given]] = defaultdict(list)
    for one in marks:
        found[one.pupil_id].append(one)
    return found
