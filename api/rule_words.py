"""Values of the regulation in a teacher's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.russian import comma, plural
from domain.rule_kinds import Choice, Flag, Levels, MarksByHours, Thresholds, Whole
from domain.rule_table import Rule

NO_LEVELS = "нет таких"


def words(rule: Rule, value: Any) -> str:
    """«7 дней», «до конца дня урока», «2,50 · 3,50 · 4,50»."""
    kind = rule.kind
    if isinstance(kind, Whole):
        return kind.none if kind.none and value == 0 else plural(value, *kind.unit)
    if isinstance(kind, Choice):
        return kind.names.get(value, str(value))
    if isinstance(kind, Flag):
        return kind.yes if value else kind.no
    if isinstance(kind, Levels):
        return levels(value) or NO_LEVELS
    if isinstance(kind, Thresholds):
        return " · ".join(map(comma, value))
    if isinstance(kind, MarksByHours):
        return "; ".join(
            f"{plural(hours, 'час', 'часа', 'часов')} — {marks}" for hours, marks in value
        )
    return comma(value) if rule.field != "version" else str(value)


def levels(value: Sequence[int]) -> str:
    """«1», «5–9», «1, 3–4»."""
    parts: list[str] = []
    for first in value:
        if first - 1 in value:
            continue
        last = first
        while last + 1 in value:
            last += 1
        parts.append(str(first) if first == last else f"{first}–{last}")
    return ", ".join(parts)
