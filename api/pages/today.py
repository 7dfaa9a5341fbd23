"""The teacher's day as a page: lessons in order, what each still lacks, debts of earlier days."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from api.pages import wording

#: what a lesson may lack → (while it lacks it, once it is there)
PARTS = {
    "topic": ("нет темы", "тема"),
    "homework": ("нет ДЗ", "ДЗ"),
    "attendance": ("не отмечена посещаемость", "посещаемость"),
    "marks": ("нет отметок", "отметки"),
}


#: what every lesson must have; marks are not given on every one
DUE = frozenset({"topic", "homework", "attendance"})


def register_url(lesson: dict[str, Any], *, panel: bool) -> str:
    """The register opened at the lesson, with the panel of the lesson when `panel`."""
    query = {"subject_id": lesson["subject_id"], "lesson": lesson["lesson_id"]}
    if lesson.get("subgroup_id"):
        query["subgroup_id"] = lesson["subgroup_id"]
    if panel:
        query["panel"] = "1"
    return f"/classes/{lesson['class_id']}/register?{urlencode(query)}"


def _lesson(lesson: dict[str, Any]) -> dict[str, Any]:
    missing = lesson["missing"]
    off = lesson["status"] == "CANCELLED"
    return {
        **lesson,
        "off": off,
        "full": not off and not DUE.intersection(missing),
        "url": register_url(lesson, panel=True),
        "states": [
            {
                "text": lacking if part in missing else there,
                "css": ("warn" if part in DUE else "") if part in missing else "ok",
            }
            for part, (lacking, there) in PARTS.items()
            if not off
        ],
        "lacks": ", ".join(PARTS[part][0] for part in PARTS if part in DUE.intersection(missing)),
    }


def today_page(
    lessons: list[dict[str, Any]],
    debts: list[dict[str, Any]],
    taught: list[dict[str, Any]],
    *,
    today: date,
    at_most: int = 20,
) -> dict[str, Any]:
    """Context of templates/teacher/today.html.

    `lessons` are those of one day as `GET /lessons` answers them: today's, or the last school
    day's when there are none today; `debts` are lessons of earlier days that lack something,
    the newest first, `at_most` of them shown; `taught` are the teacher's assignments.
    """
    shown = wording.as_date(lessons[0]["date"]) if lessons else today
    weekday = wording.WEEKDAYS[shown.weekday()]
    return {
        "now": None,
        "title": "Сегодня" if shown == today else "Последний учебный день",
        "is_today": shown == today,
        "date_words": f"{weekday}, {wording.day_in_words(shown)}",
        "lessons": [_lesson(lesson) for lesson in sorted(lessons, key=lambda one: one["number"])],
        "debts": [_lesson(lesson) for lesson in debts[:at_most]],
        "journals": _journals(taught, today),
        "debts_left": max(0, len(debts) - at_most),
        "debts_words": wording.plural(len(debts), "урок", "урока", "уроков"),
    }


def _journals(taught: list[dict[str, Any]], today: date) -> list[dict[str, str]]:
    """Links to every journal page of the teacher that is in force."""
    links = {}
    for one in taught:
        if one["until"] and one["until"] <= today.isoformat():
            continue
        query = {key: one[key] for key in ("subject_id", "subgroup_id") if one[key]}
        href = f"/classes/{one['class_id']}/register?{urlencode(query)}"
        links[href] = f"{one['class_name']} · {one['subject']}"
    return [{"href": href, "text": text} for href, text in links.items()]
