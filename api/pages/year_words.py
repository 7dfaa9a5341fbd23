"""What a mark of the year, of an examination or a final one follows from, in words."""

from __future__ import annotations

from typing import Any

from domain.formulas import Derived, final_mark, year_mark
from domain.journal.results import ResultKind
from domain.values import REASON_LABELS, ReasonCode


def followed(issued: dict[str, Any] | None) -> str:
    """What followed when another mark was issued instead, and why; "" when it was that one."""
    suggested = issued["suggested"] if issued else None
    if not issued or not suggested or suggested == issued["value"]:
        return ""
    code = issued["reason_code"]
    return f"выходило {suggested}" + (f": {REASON_LABELS[ReasonCode(code)]}" if code else "")


def follows(pupil: dict[str, Any], kind: ResultKind, level: int) -> Derived | None:
    if kind == "year":
        return year_mark({int(term): value for term, value in pupil["terms"].items()})
    if kind == "final":
        return final_mark(_value(pupil["year"]), _value(pupil["exam"]) or None, level)
    return None


def _value(mark: dict[str, Any] | None) -> str:
    return mark["value"] if mark else ""


def made_of(pupil: dict[str, Any], kind: ResultKind, names: list[tuple[int, str]]) -> list[str]:
    """«1 четверть — 4»: what the mark follows from, and what is missing."""
    if kind == "year":
        given = pupil["terms"]
        return [f"{name} — {given.get(str(number), 'нет')}" for number, name in names]
    if kind == "final":
        of = [f"год — {_value(pupil['year']) or 'нет'}"]
        return [*of, f"экзамен — {pupil['exam']['value']}"] if pupil["exam"] else of
    return []
