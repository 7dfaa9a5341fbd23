"""What a red flag is called, how heavy it is, and where to look first (school-journal.md §5.7).

A flag is a question, never a verdict: each of these has an innocent explanation, and the words say
which. Pure data; `projections.redflags` folds the flags, doors only print them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Code = Literal["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11"]
Severity = Literal["high", "medium", "low"]


class Kind(NamedTuple):
    """One kind of flag: what is odd, how heavy, and what it may be when all is well."""

    title: str
    severity: Severity
    advice: str


#: severity → words for a person
SEVERITIES: dict[Severity, str] = {
    "high": "посмотреть первым делом",
    "medium": "уточнить у учителя",
    "low": "к сведению",
}

KINDS: dict[Code, Kind] = {
    "F1": Kind(
        "Отметки за день, когда урок не отмечен проведённым",
        "high",
        "Урок мог пройти, а тему и посещаемость просто не внесли. Спросите, что это был за урок.",
    ),
    "F2": Kind(
        "Текущая отметка изменена после отметки за период",
        "high",
        "Бывает, когда работу пересдали в последний день. Посмотрите причину исправления.",
    ),
    "F3": Kind(
        "Записи того, у кого нет назначения на этот урок",
        "high",
        "Чаще всего приказ внесён задним числом или отметки загружены из файла.",
    ),
    "F4": Kind(
        "Много изменений подряд или записи ночью",
        "high",
        "Учитель мог заполнять журнал поздно. Уточните, он ли это был: пароль могли узнать.",
    ),
    "F5": Kind(
        "Много исправлений вверх за один вход",
        "high",
        "Так бывает после переписанной контрольной. Иначе уточните, сам ли учитель исправлял.",
    ),
    "F6": Kind(
        "Отметка за период расходится с предложенной, причины нет",
        "medium",
        "Решает учитель, но причина должна быть записана.",
    ),
    "F7": Kind(
        "Запись внесена намного позже урока",
        "medium",
        "Учитель мог болеть. Семьи узнали об отметке с большим опозданием.",
    ),
    "F8": Kind(
        "Отметка стоит ученику, которого на уроке не было",
        "medium",
        "Работу могли сдать позже или перепутали строку.",
    ),
    "F9": Kind(
        "Отметки за урок без темы",
        "low",
        "Тему, скорее всего, забыли записать.",
    ),
    "F10": Kind(
        "Под одним именем работали с двух мест сразу",
        "high",
        "Телефон и компьютер одного учителя — это нормально. Если мест два, смените пароль.",
    ),
    "F11": Kind(
        "Отметки ставил не учитель, а администрация",
        "high",
        "Загрузка из другого журнала — дело обычное. Урок, замену на который человек назначил"
        " себе сам, проверяет кто-то другой.",
    ),
}
CODES: tuple[Code, ...] = tuple(KINDS)


def flag_id(code: str, position: int) -> str:
    """The name of a flag: its kind, and the position of the fact with which it began."""
    return f"{code}-{position}"


def flag_of(name: str) -> tuple[Code, int] | None:
    """Kind and position of a flag's name, or None when it is no such name."""
    code, _, position = name.partition("-")
    number = position if position.isascii() and position.isdecimal() and len(position) < 19 else ""  # noqa: PLR2004 - bigint
    found = next((one for one in CODES if one == code), None)
    return (found, int(number)) if found and number else None
