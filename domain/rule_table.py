"""The table of what a school may set in its regulation: clause, label and kind of every number.

One rule per field of `Regulation`; those of its parts are named with a dot (`retention.journals`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from domain.regulation import HOMEWORK_DUE, RATES_OF
from domain.rule_kinds import (
    Choice,
    Flag,
    Kind,
    Levels,
    MarksByHours,
    Share,
    Thresholds,
    Whole,
    Words,
)

_DAYS = ("день", "дня", "дней")
_MARKS = ("отметка", "отметки", "отметок")
_YEARS = ("год", "года", "лет")

#: preset → its words
PRESET_NAMES = {
    "seed": "положение школы",
    "ap147": "письмо АП-147/07",
    "fop704": "ФОП 2025",
}


class Rule(NamedTuple):
    """A number of the regulation. `clauses`: those it belongs to, the first one owns it."""

    field: str
    clauses: tuple[str, ...]
    label: str
    kind: Kind


def _whole(least: int, most: int, unit: tuple[str, str, str], none: str = "") -> Whole:
    return Whole(least, most, unit, none)


#: in the order of the form
RULES: tuple[Rule, ...] = (
    Rule("version", ("1.1",), "Название редакции", Words(100)),
    Rule("preset", ("1.1",), "На чём основана", Choice(PRESET_NAMES)),
    Rule(
        "fill_days",
        ("4.2.а-3", "4.2.а-1"),
        "Посещаемость и отметки: не позднее чем через",
        _whole(0, 60, _DAYS, "в день урока"),
    ),
    Rule(
        "written_work_days",
        ("4.2.а-3",),
        "Отметки за контрольную работу: не позднее чем через",
        _whole(0, 60, _DAYS, "в день работы"),
    ),
    Rule("homework_due", ("4.2.а-4", "4.2.а-1"), "Домашнее задание и тема", Choice(HOMEWORK_DUE)),
    Rule("no_homework_levels", ("4.2.а-4",), "Параллели без домашних заданий", Levels()),
    Rule(
        "edit_window_days",
        ("4.3-2", "2.2.5"),
        "Учитель сам исправляет отметку: не позднее чем через",
        _whole(0, 365, _DAYS, "в день урока"),
    ),
    Rule(
        "late_corrections",
        ("4.3-2", "2.2.5"),
        "Правка отметки позже срока",
        Flag("проходит с пометкой «позже срока»", "не проходит: нужен запрос завучу"),
    ),
    Rule("ungraded_levels", ("1.10",), "Параллели без отметок", Levels()),
    Rule(
        "term_thresholds", ("1.10",), "Отметка за период: 3, 4, 5 со среднего балла", Thresholds()
    ),
    Rule(
        "weighted",
        ("1.10",),
        "Средний балл",
        Flag("с учётом веса работ", "простой, без веса работ"),
    ),
    Rule(
        "min_marks",
        ("1.10", "4.2.а-1"),
        "Без отметки за период, если отметок меньше",
        _whole(1, 20, _MARKS),
    ),
    Rule("marks_needed", ("4.2.а-1",), "Накопляемость: отметок за период", MarksByHours()),
    Rule("not_attested_share", ("1.10",), "«н/а», если пропущено уроков не меньше", Share()),
    Rule(
        "debts_block_closing",
        ("4.3-2",),
        "Незакрытая «точка»",
        Flag("не даёт закрыть период", "не мешает закрыть период"),
    ),
    Rule(
        "absence_reason_days",
        ("4.2.г-3",),
        "Причина пропуска: не позднее чем через",
        _whole(0, 60, _DAYS, "в день пропуска"),
    ),
    Rule(
        "unexplained_weeks",
        ("4.2.г-3",),
        "Неделя, в которой остались пропуски без причины",
        Flag("подтверждается с пометкой", "не подтверждается, пока причин нет"),
    ),
    Rule(
        "day_missed_lessons",
        ("4.2.г-3",),
        "Пропущенный день: пропущено уроков не меньше",
        _whole(0, 15, ("урок", "урока", "уроков"), "всех уроков дня"),
    ),
    Rule(
        "remark_days",
        ("4.2.а-6",),
        "Ответ на замечание: не позднее чем через",
        _whole(0, 60, _DAYS, "в тот же день"),
    ),
    Rule(
        "inspection_months",
        ("5.2", "4.2.б-1"),
        "Каждый журнал проверяется не реже раза в",
        _whole(1, 12, ("месяц", "месяца", "месяцев")),
    ),
    Rule(
        "answer_days",
        ("4.1.б", "2.2.4"),
        "Ответ на вопрос: не позднее чем через",
        _whole(1, 60, _DAYS),
    ),
    Rule(
        "service_days",
        ("2.2.1",),
        "Решение по заявлению о муниципальной услуге: не позднее чем через",
        _whole(1, 60, _DAYS),
    ),
    Rule("project_levels", ("4.2.а-5",), "Параллели с защитой проекта", Levels()),
    Rule(
        "small_class",
        ("1.12",),
        "Семьям не показывают средние по классу, где учеников меньше",
        _whole(2, 40, ("ученик", "ученика", "учеников")),
    ),
    Rule("rates_of", ("2.2.7",), "Успеваемость, качество и СОУ: от скольких", Choice(RATES_OF)),
    Rule("ratings", ("1.12", "2.2.7"), "Рейтинг учеников", Flag("составляется", "не составляется")),
    Rule("marks_alert_share", ("4.1.в",), "Уведомление, если отметок из нужных меньше", Share()),
    Rule("missed_alert_share", ("4.1.в",), "Уведомление, если пропущено не меньше", Share()),
    Rule(
        "red_flags.burst_changes",
        ("4.3-2",),
        "Много исправлений подряд: не меньше",
        _whole(2, 1_000, ("исправление", "исправления", "исправлений")),
    ),
    Rule(
        "red_flags.burst_minutes",
        ("4.3-2",),
        "… за",
        _whole(1, 1_440, ("минута", "минуты", "минут")),
    ),
    Rule(
        "red_flags.day_from",
        ("4.3-2",),
        "Ночные исправления: раньше",
        _whole(0, 23, ("час", "часа", "часов")),
    ),
    Rule("red_flags.day_until", ("4.3-2",), "… и с", _whole(1, 24, ("час", "часа", "часов"))),
    Rule(
        "red_flags.upward_changes",
        ("4.3-2",),
        "Исправления вверх за один вход: не меньше",
        _whole(2, 1_000, ("исправление", "исправления", "исправлений")),
    ),
    Rule(
        "red_flags.suggestion_gap",
        ("4.3-2",),
        "Отметка за период отличается от предложенной не меньше чем на",
        _whole(1, 4, ("балл", "балла", "баллов")),
    ),
    Rule("retention.journals", ("5.3", "1.2"), "Журналы хранятся", _whole(1, 100, _YEARS)),
    Rule(
        "retention.summary_sheets", ("5.3",), "Сводные ведомости хранятся", _whole(1, 100, _YEARS)
    ),
    Rule("retention.access_log", ("1.12",), "Кто что смотрел: хранится", _whole(1, 100, _YEARS)),
    Rule(
        "retention.consents",
        ("4.2.г-1",),
        "Согласие хранится после окончания",
        _whole(1, 100, _YEARS),
    ),
)
BY_FIELD: Mapping[str, Rule] = {rule.field: rule for rule in RULES}
