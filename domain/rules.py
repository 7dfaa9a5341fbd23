"""The numbers of the regulation: which clause each is of, what it is called, what may be put in.

One rule per field of `Regulation`; those of its parts are named with a dot (`retention.journals`).
What is not sane is refused by name before it is adopted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from domain.refusals import Conflict, Invalid
from domain.regulation import HOMEWORK_DUE, PRESETS, Regulation
from domain.rule_kinds import (
    Choice,
    Flag,
    Kind,
    Levels,
    MarksByHours,
    NotSaneError,
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


class Change(NamedTuple):
    """A number that differs between two regulations."""

    rule: Rule
    old: Any
    new: Any


class Amendment(NamedTuple):
    """What is to be different: everything as in a preset (None: as it is now), then these values.

    values: field → value, fields as in `RULES`.
    """

    values: Mapping[str, Any]
    preset: str | None = None

    def of(self, now: Regulation) -> Regulation:
        """The regulation that is meant. Raises Invalid."""
        if self.preset is not None:
            now = preset_of(self.preset)
        return made(of_fields(now) | dict(self.values))


def preset_of(name: str) -> Regulation:
    """A preset by its name. Raises Invalid."""
    found = PRESETS.get(name)
    if found is None:
        known = ", ".join(f"«{one}»" for one in PRESETS)
        raise Invalid("regulation.preset", f"Готовой редакции «{name}» нет. Есть: {known}.")
    return found


def value_of(regulation: Regulation, field: str) -> Any:
    """The value of a field of `RULES`."""
    value: Any = regulation
    for part in field.split("."):
        value = getattr(value, part)
    return value


def of_fields(regulation: Regulation) -> dict[str, Any]:
    """field → value, in the order of `RULES`."""
    return {rule.field: value_of(regulation, rule.field) for rule in RULES}


def made(fields: Mapping[str, Any]) -> Regulation:
    """A sane regulation of all its fields, as `of_fields` names them. Raises Invalid.

    The refusal is called after the field: `regulation.fill_days`.
    """
    if unknown := sorted(fields.keys() - BY_FIELD.keys()):
        raise Invalid("regulation.unknown_field", f"Такого правила нет: {', '.join(unknown)}.")
    parts: dict[str, dict[str, Any]] = {"": {}}
    for rule in RULES:
        part, _, name = rule.field.rpartition(".")
        try:
            value = rule.kind.tidied(fields[rule.field])
        except NotSaneError as fault:
            raise _refusal(rule, str(fault)) from None
        parts.setdefault(part, {})[name] = value
    whole = parts.pop("")
    kinds = {one.name: one.type for one in msgspec.structs.fields(Regulation)}
    regulation = Regulation(**whole, **{name: kinds[name](**of) for name, of in parts.items()})
    if regulation.red_flags.day_until <= regulation.red_flags.day_from:
        raise _refusal(BY_FIELD["red_flags.day_until"], "ночь начинается позже, чем кончается")
    return regulation


def tidied(regulation: Regulation) -> Regulation:
    """The regulation with its values as they are kept. Raises Invalid for what is not sane."""
    return made(of_fields(regulation))


def changes(old: Regulation, new: Regulation) -> list[Change]:
    """What differs, in the order of `RULES`."""
    return [
        Change(rule, value_of(old, rule.field), value_of(new, rule.field))
        for rule in RULES
        if value_of(old, rule.field) != value_of(new, rule.field)
    ]


def require_free_version(known: Mapping[str, Regulation], new: Regulation) -> None:
    """A version names one regulation for ever; `known`: version → what was adopted under its name.

    Raises Conflict.
    """
    if known.get(new.version, new) != new:
        raise Conflict(
            "regulation.version_taken",
            f"Под названием «{new.version}» уже принято другое. Дайте редакции новое название.",
            field="version",
        )


def of_clause(clause: str) -> list[Rule]:
    """The numbers that belong to a clause."""
    return [rule for rule in RULES if clause in rule.clauses]


def _refusal(rule: Rule, what: str) -> Invalid:
    name = rule.field.rpartition(".")[2]
    return Invalid(f"regulation.{name}", f"«{rule.label}»: {what}.", field=rule.field)
