"""The diary week as a page: today open, what is new, what was corrected and why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from api.pages import file_words, wording
from domain.values import ABSENCES, REASON_LABELS, WORD_MARKS, AttendanceCode, ReasonCode

NEW_FOR = timedelta(hours=36)
DAY_OFF = {
    "VACATION": "Каникулы",
    "HOLIDAY": "Праздничный день",
    "WEEKEND": "Выходной",
}


def diary_page(
    diary: dict[str, Any],
    histories: dict[str, list[dict[str, Any]]],
    *,
    monday: date,
    now: datetime,
    zone: str,
    before: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Context of templates/family/diary.html from `GET /pupils/{id}/diary/weeks/{monday}`.

    `histories` holds `GET /marks/{mark_id}/history` of the corrected marks of the week; `now` is
    an aware moment; `before` is the week before, whose homework may be for this one.
    """
    here = wording.local(now, zone).date()
    days = [_day(one, histories, now=now, today=here, zone=zone) for one in diary["days"]]
    lessons = [lesson for one in days for lesson in one["lessons"]]
    corrected = [
        {"subject": lesson["subject"], "date": lesson["date"], **mark}
        for lesson in lessons
        for mark in lesson["marks"]
        if mark["change"]
    ]
    fresh = [
        {"subject": lesson["subject"], "date": lesson["date"], **mark}
        for lesson in lessons
        for mark in lesson["marks"]
        if mark["fresh"] and not mark["change"]
    ]
    return {
        "pupil": wording.called(wording.name_of(diary["pupil"])),
        "class_name": wording.name_of(diary["class"]),
        "week": wording.week_in_words(monday),
        "previous": (monday - timedelta(days=7)).isoformat(),
        "following": (monday + timedelta(days=7)).isoformat(),
        "this_week": wording.monday_of(here) == monday,
        "days": days,
        "fresh": sorted(fresh, key=lambda mark: mark["given_at"], reverse=True),
        "corrected": corrected,
        "due": _due([*(before["days"] if before else ()), *diary["days"]], here),
        "as_of": wording.moment(now, zone),
    }


def _day(
    one: dict[str, Any],
    histories: dict[str, list[dict[str, Any]]],
    *,
    now: datetime,
    today: date,
    zone: str,
) -> dict[str, Any]:
    when = wording.as_date(one["date"])
    lessons = [_lesson(lesson, one["date"], histories, now, zone) for lesson in one["lessons"]]
    return {
        "date": one["date"],
        "words": f"{wording.WEEKDAYS[when.weekday()].capitalize()}, {wording.day_in_words(when)}",
        "today": when == today,
        "tomorrow": when == today + timedelta(days=1),
        "rest": "" if lessons else DAY_OFF.get(one["kind"].upper(), "Уроков нет"),
        "lessons": lessons,
        "marks": [mark for lesson in lessons for mark in lesson["marks"]],
        "missed": sum(lesson["missed"] for lesson in lessons),
    }


def _lesson(
    lesson: dict[str, Any],
    when: str,
    histories: dict[str, list[dict[str, Any]]],
    now: datetime,
    zone: str,
) -> dict[str, Any]:
    attendance = lesson["attendance"] or {}
    times = [str(lesson[key])[:5] for key in ("starts_at", "ends_at") if lesson.get(key)]
    return {
        "number": lesson["number"],
        "date": when,
        "subject": wording.name_of(lesson["subject"]),
        "time": "–".join(times),
        "teacher": wording.name_of(lesson.get("substituted_by") or lesson["teacher"]),
        "substituted": bool(lesson.get("substituted_by")),
        "room": wording.room(lesson.get("room")),
        "off": lesson["status"] == "CANCELLED",
        "topic": lesson["topic"] or "",
        "homework": lesson["homework"],
        "no_homework": lesson["no_homework"],
        "files": [file_words.told(one) for one in lesson.get("files", ())],
        "attendance": "" if attendance.get("code") in {None, "PRESENT"} else attendance["label"],
        "late": attendance.get("code") == AttendanceCode.LATE,
        "missed": attendance.get("code") in ABSENCES,
        "marks": [_mark(mark, histories, now, zone) for mark in lesson["marks"]],
    }


def _mark(
    mark: dict[str, Any], histories: dict[str, list[dict[str, Any]]], now: datetime, zone: str
) -> dict[str, Any]:
    given = datetime.fromisoformat(mark["given_at"])
    change = _change(histories.get(mark["mark_id"], ()), zone) if mark["corrected"] else None
    work = mark["work_type"] or {}
    value = str(mark["value"])
    return {
        "mark_id": mark["mark_id"],
        "value": value,
        "css": "mw" if value in WORD_MARKS else f"m{value}",
        "work": wording.work(wording.name_of(work), mark.get("title")),
        "weight": wording.weight(mark["weight"]),
        "comment": mark.get("comment") or "",
        "given_at": mark["given_at"],
        "given": wording.moment(given, zone),
        "fresh": now - given < NEW_FOR,
        "change": change,
    }


def _change(history: Any, zone: str) -> dict[str, str] | None:
    """The last correction of a mark in words, or None when the history tells of none."""
    changes = [entry for entry in history if entry.get("old_value") and entry.get("value")]
    if not changes:
        return None
    last = changes[-1]
    return {
        "was": last["old_value"],
        "became": last["value"],
        "why": reason_words(last),
        "when": wording.moment(last["recorded_at"], zone),
        "by": wording.name_of(last.get("by")),
    }


def reason_words(entry: dict[str, Any]) -> str:
    """«пересдача», «апелляция (по заявлению)»: the code in words and what was written."""
    code, text = entry.get("reason_code"), str(entry.get("reason") or "").rstrip(".")
    label = REASON_LABELS[ReasonCode(code)] if code else ""
    if not label or (code == ReasonCode.OTHER and text):
        return text
    return f"{label} ({text})" if text else label


def reading(
    signed: list[dict[str, Any]],
    diary: dict[str, Any],
    *,
    guardian: str,
    over: bool,
    zone: str,
) -> dict[str, Any]:
    """Who has signed the week as read: `{signed[{by, when, older}], ask, again, over, position}`.

    guardian: who may sign it, "" for everybody else; a week without lessons asks nobody. over: its
    last days have come, and the signature is waited for.
    """
    position = diary["as_of"]["position"]
    own = next((one for one in signed if one["guardian_id"] == guardian), None)
    held = any(one["lessons"] for one in diary["days"])
    return {
        "over": over,
        "signed": [
            {
                "by": wording.short_name(one["by"]),
                "when": wording.moment(one["at"], zone),
                "older": one["position"] < position,
            }
            for one in signed
        ],
        "ask": bool(guardian) and held and (own is None or own["position"] < position),
        "again": own is not None,
        "position": position,
    }


def _due(days: list[dict[str, Any]], today: date) -> dict[str, Any]:
    """Homework for the next day that has any, still without ticks; on Friday that is Monday, if the
    week shows it.
    """
    items: dict[str, list[dict[str, Any]]] = {}
    for one in days:
        for lesson in one["lessons"]:
            for homework in lesson["homework"]:
                items.setdefault(homework["due_date"][:10], []).append(
                    {
                        "homework_id": homework["homework_id"],
                        "subject": wording.name_of(lesson["subject"]),
                        "text": homework["text"],
                        "files": [file_words.told(one) for one in homework["attachments"]],
                        "done": False,
                        "others": [],
                    }
                )
    tomorrow = today + timedelta(days=1)
    coming = sorted(due for due in items if due >= tomorrow.isoformat())
    if not coming:
        return {"words": "", "homework": [], "ticks": False, "done": 0}
    words = (
        "на завтра"
        if coming[0] == tomorrow.isoformat()
        else f"на {wording.day_in_words(coming[0])}"
    )
    return {"words": words, "homework": items[coming[0]], "ticks": False, "done": 0}
