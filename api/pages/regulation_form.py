"""The form of another regulation: every number as a field, and what the form has brought."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any

import msgspec
from starlette.datastructures import FormData

from api.russian import plural
from domain.regulation import Regulation
from domain.rule_kinds import (
    LEVELS,
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
from domain.rule_table import RULES, Rule
from domain.rules import value_of

#: rows of «часов — отметок»: more than any school has
ROWS = 5
#: title of a part of the form → the fields of it
PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Редакция", ("version", "preset")),
    (
        "Сроки учителя",
        (
            "fill_days",
            "homework_due",
            "written_work_days",
            "edit_window_days",
            "late_corrections",
            "remark_days",
        ),
    ),
    ("Каких классов касается", ("no_homework_levels", "ungraded_levels", "project_levels")),
    (
        "Отметка за период",
        (
            "weighted",
            "term_thresholds",
            "min_marks",
            "marks_needed",
            "not_attested_share",
            "debts_block_closing",
        ),
    ),
    ("Посещаемость", ("absence_reason_days", "unexplained_weeks", "day_missed_lessons")),
    ("Контроль", ("inspection_months", "answer_days", "service_days", "small_class")),
    ("Отчёты", ("rates_of", "ratings", "marks_alert_share", "missed_alert_share")),
    (
        "На что обратить внимание",
        tuple(rule.field for rule in RULES if rule.field.startswith("red_flags.")),
    ),
    ("Хранение", tuple(rule.field for rule in RULES if rule.field.startswith("retention."))),
)
_NAMES = {
    Whole: "whole",
    Share: "share",
    Choice: "choice",
    Flag: "flag",
    Levels: "levels",
    Thresholds: "thresholds",
    MarksByHours: "table",
    Words: "words",
}


def parts_of(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The form's parts with their fields: field → value as in `RULES`, or as it was typed."""
    rules = {rule.field: rule for rule in RULES}
    return [
        {"title": title, "fields": [_field(rules[name], values[name]) for name in names]}
        for title, names in PARTS
    ]


def fields_of(regulation: Regulation) -> dict[str, Any]:
    """field → value of a regulation."""
    return {rule.field: value_of(regulation, rule.field) for rule in RULES}


def brought(form: FormData) -> dict[str, Any]:
    """field → value of everything the form has brought: what cannot be read stays as typed, and
    the domain refuses it by its name.
    """
    return {rule.field: _read(rule.kind, rule.field, form) for rule in RULES}


def seal(place: int, values: Mapping[str, Any]) -> str:
    """What was previewed: these values after the version that was adopted at `place`."""
    return sha256(msgspec.json.encode([place, sorted(values.items())])).hexdigest()


def _field(rule: Rule, value: Any) -> dict[str, Any]:
    kind = rule.kind
    return {
        "name": rule.field,
        "id": rule.field.replace(".", "-"),
        "label": rule.label.removeprefix("… "),
        "clauses": ", ".join(rule.clauses),
        "kind": _NAMES[type(kind)],
        "value": value,
        "rows": [*value, *[("", "")] * (ROWS - len(value))]
        if isinstance(kind, MarksByHours)
        else (),
        "options": _options(kind),
        "levels": list(LEVELS),
        "least": kind.least if isinstance(kind, Whole) else None,
        "most": kind.most if isinstance(kind, Whole | Words) else None,
        "unit": _unit(kind.unit, value) if isinstance(kind, Whole) else "",
        "none": kind.none if isinstance(kind, Whole) else "",
    }


def _unit(forms: tuple[str, str, str], value: Any) -> str:
    """The unit after its number: 1 месяц, 3 дня; of what is no number, the usual form."""
    number = str(value)
    return plural(int(number), *forms).partition(" ")[2] if number.isdecimal() else forms[2]


def _options(kind: Kind) -> list[tuple[Any, str]]:
    if isinstance(kind, Choice):
        return list(kind.names.items())
    return [(True, kind.yes), (False, kind.no)] if isinstance(kind, Flag) else []


def _read(kind: Kind, name: str, form: FormData) -> Any:
    text = str(form.get(name, "")).strip()
    if isinstance(kind, Whole):
        return _whole(text)
    if isinstance(kind, Share):
        return text.replace(",", ".")
    if isinstance(kind, Flag):
        return {"True": True, "False": False}.get(text, text)
    if isinstance(kind, Levels):
        return tuple(_whole(str(one)) for one in form.getlist(name))
    if isinstance(kind, Thresholds):
        return tuple(str(one).strip().replace(",", ".") for one in form.getlist(name))
    if isinstance(kind, MarksByHours):
        hours, marks = (
            [str(one).strip() for one in form.getlist(f"{name}.{part}")]
            for part in ("hours", "marks")
        )
        rows = zip(hours, marks, strict=False)
        return tuple((_whole(one), _whole(other)) for one, other in rows if one or other)
    return text


def _whole(text: str) -> int | str:
    with suppress(ValueError):
        return int(text) if text.isascii() else text
    return text
