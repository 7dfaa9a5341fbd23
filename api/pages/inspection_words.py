"""Inspections and remarks in a school's words."""

from __future__ import annotations

from datetime import date
from typing import Any

from api.pages import wording
from domain.journal.control_facts import CHECKED_LABELS, Checked
from domain.journal.inspecting import Duty, Span
from projections.control import Inspection, Remark

#: how a journal stands in a month → its tag, a sign and words
STATES: dict[str, tuple[str, str, str]] = {
    Duty.INSPECTED: ("ok", "✓", "проверен"),
    Duty.DUE: ("warn", "ещё нет", "в этом месяце ещё не проверен"),
    Duty.MISSING: ("bad", "нет", "не проверен"),
    Duty.AHEAD: ("", "", "месяц не начался"),
    Duty.NOT_REQUIRED: ("", "—", "уроков нет, проверка не требуется"),
}
SHORT_MONTHS = (
    *("янв", "фев", "мар", "апр", "май", "июн"),
    *("июл", "авг", "сен", "окт", "ноя", "дек"),
)
#: what happened to a remark → words
STEPS = {
    "opened": "записано",
    "resolved": "ответ",
    "returned": "возвращено",
    "accepted": "снято",
}


def month(span: Span) -> str:
    """«сен», or «сен–окт» where the regulation says so."""
    first, last = SHORT_MONTHS[span.first.month - 1], SHORT_MONTHS[span.last.month - 1]
    return first if first == last else f"{first}–{last}"


def checked_words(checked: Any) -> str:
    """«темы и КТП, посещаемость»."""
    return ", ".join(CHECKED_LABELS[Checked(one)] for one in checked)


def inspection_line(one: Inspection, zone: str) -> dict[str, Any]:
    """An inspection for a page."""
    everything = len(one.checked) == len(Checked)
    return {
        "inspection_id": one.inspection_id,
        "class_id": one.class_id,
        "class_name": one.class_name,
        "at": wording.moment(one.at, zone),
        "day": wording.day(wording.local(one.at, zone).date()),
        "by": wording.short_name(one.by),
        "days": f"{wording.day(one.since)} — {wording.day(one.until)}",
        "checked": "всё" if everything else checked_words(one.checked),
        "all_checked": checked_words(one.checked),
        "subjects": ", ".join(one.subjects) or "все предметы",
        "remarks": wording.plural(one.remarks, "замечание", "замечания", "замечаний")
        if one.remarks
        else "без замечаний",
        "open": one.open_remarks,
        "position": wording.grouped(one.checked_position),
        "hash": one.hash,
    }


def remark_card(one: Remark, today: date, zone: str) -> dict[str, Any]:
    """A remark for a page."""
    where = [one.class_name, one.subject or ""]
    if one.lesson_date:
        where.append(f"урок {wording.day(one.lesson_date)}")
    days = wording.plural((today - one.due_date).days, "день", "дня", "дней")
    answered, accepted = one.last("resolved"), one.last("accepted")
    return {
        "remark_id": one.remark_id,
        "inspection": one.inspection_id,
        "class_name": one.class_name,
        "subject": one.subject or "классное руководство",
        "where": ", ".join(filter(None, where)),
        "lesson": wording.day(one.lesson_date),
        "lesson_url": _lesson_url(one),
        "kind": CHECKED_LABELS[Checked(one.kind)],
        "teacher_id": one.teacher_id,
        "teacher": wording.short_name(one.teacher),
        "text": one.steps[0].text or "Слова стёрты.",
        "state": one.state,
        "due": wording.day(one.due_date),
        "overdue": one.overdue(today),
        "late": f"просрочено на {days}" if one.overdue(today) else "",
        "answered_by": answered.by_id if answered else "",
        "answered": wording.day(wording.local(answered.at, zone).date()) if answered else "",
        "records": len(answered.positions) if answered else 0,
        "positions": [wording.grouped(position) for position in answered.positions]
        if answered
        else [],
        "accepted": wording.day(wording.local(accepted.at, zone).date()) if accepted else "",
        "accepted_by": wording.short_name(accepted.by) if accepted else "",
        "steps": [
            {
                "words": STEPS[step.kind],
                "at": wording.moment(step.at, zone),
                "by": wording.short_name(step.by),
                "text": step.text,
                "records": wording.plural(len(step.positions), "запись", "записи", "записей")
                if step.positions
                else "",
            }
            for step in one.steps
        ],
    }


def _lesson_url(one: Remark) -> str:
    if one.subject_id is None:
        return f"/classes/{one.class_id}/register"
    lesson = f"&lesson={one.lesson_id}" if one.lesson_id else ""
    return f"/classes/{one.class_id}/register?subject_id={one.subject_id}{lesson}"
