"""A line of the trail as a sentence to a family."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from domain.journal.outcome_facts import DELIVERY_LABELS, Delivery
from domain.notices import Kind
from domain.values import ATTENDANCE_LABELS, REASON_LABELS, AttendanceCode, ReasonCode

Item = Mapping[str, Any]

ENDING = (
    "Ваше согласие на дневник закончится меньше чем через месяц."
    " Продлить его можно у классного руководителя."
)

LETTER = (
    "Классный руководитель прислал родителям письмо об успехах:"
    " оно на странице «Посещаемость и итоги»."
)


def sentence(about: Kind, item: Item | None) -> str:
    """«Алгебра, 28.11: было 4, стало 3 (пересдача)» of an item of the trail; a plain word of a
    line that the trail does not have.
    """
    if about is Kind.CONSENT_ENDING:
        return ENDING
    if item is None:
        return "Подробности — в дневнике."
    kind = item["kind"]
    if kind.endswith("parent-report-sent"):
        return _letter(item)
    tell = next((words for ending, words in _ENDINGS if kind.endswith(ending)), _value)
    return f"{_place(item)}: {tell(item)}"


def _place(item: Item) -> str:
    subject = (item["subject"] or {}).get("name") or "Без предмета"
    if item["lesson_date"] is None:
        return str(subject)
    return f"{subject}, {date.fromisoformat(item['lesson_date']):%d.%m}"


def _mark(item: Item) -> str:
    """«отметка за период», of a lesson just «отметка»."""
    names = {"term": "за период", "year": "за год", "exam": "за экзамен", "final": "итоговая"}
    return f"отметка {names.get(item['kind'].partition('-')[0], '')}".strip()


def _result(item: Item) -> str:
    return f"{_mark(item)} {item['value']}"


def _letter(item: Item) -> str:
    if item["value"] == DELIVERY_LABELS[Delivery.PAPER]:
        return "Классный руководитель передал родителям письмо об успехах на бумаге."
    return LETTER


def _value(item: Item) -> str:
    return f"отметка {item['value']}" + _said(item["comment"])


def _corrected(item: Item) -> str:
    was, now = item["old_value"] or "–", item["value"] or "–"
    mark = _mark(item)
    return f"{mark}: было {was}, стало {now}{_why(item)}".removeprefix("отметка: ")


def _annulled(item: Item) -> str:
    return f"{_mark(item)} {item['old_value'] or item['value'] or ''} снята{_why(item)}"


def _away(item: Item) -> str:
    return ATTENDANCE_LABELS[AttendanceCode(item["value"])][1]


def _away_now(item: Item) -> str:
    was = item["old_value"] and ATTENDANCE_LABELS[AttendanceCode(item["old_value"])][1]
    return _away(item) + (f" (было: {was})" if was else "")


def _homework(item: Item) -> str:
    return f"задано: {item['value'] or 'см. дневник'}"


def _comment(item: Item) -> str:
    return f"«{item['comment']}»" if item["comment"] else "комментарий учителя — в дневнике"


def _said(comment: str | None) -> str:
    return f". Учитель: «{comment}»" if comment else ""


def _why(item: Item) -> str:
    code, text = item["reason_code"], item["reason"]
    label = REASON_LABELS[ReasonCode(code)] if code and code != ReasonCode.OTHER else ""
    words = ", ".join(filter(None, (label, text)))
    return f" ({words})" if words else ""


#: the ending of a kind → its words; the first that fits
_ENDINGS: tuple[tuple[str, Callable[[Item], str]], ...] = (
    ("attendance-corrected", _away_now),
    ("attendance-taken", _away),
    ("homework-assigned", _homework),
    ("homework-corrected", _homework),
    ("commented", _comment),
    ("comment-corrected", _comment),
    ("annulled", _annulled),
    ("corrected", _corrected),
    ("mark-given", _value),
    ("-issued", _result),
    ("-recorded", _result),
)
