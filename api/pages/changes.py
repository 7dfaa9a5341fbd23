"""What changed on a page of the journal between two moments: the grid with both, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from api.pages import wording
from api.pages.opening import Opened
from api.pages.register import months_of, sheet
from api.pages.trail import CHANGES, sentence, short_kind

MOST_LINES = 300
LESSON_CHANGES = {
    "added": "урок добавлен",
    "removed": "урока больше нет в этом периоде",
    "cancelled": "урок отменён",
}
#: field of a lesson → (it was empty, it was something else)
FIELDS = {
    "date": ("", "дата {}"),
    "number": ("", "номер урока {}"),
    "topic": ("тема записана: {}", "тема {}"),
    "title": ("название работы: {}", "название работы {}"),
    "attendance_taken": ("посещаемость отмечена", ""),
    "homework": ("задание записано", "задание изменено"),
    "files": ("файлы приложены", "файлы другие"),
    "no_homework": ("«не задано»", "снято «не задано»"),
    "room": ("кабинет: {}", "кабинет {}"),
    "teacher_id": ("", "другой учитель"),
}


def difference_page(
    opened: Opened,
    before: dict[str, Any] | None,
    found: dict[str, Any],
    entries: Sequence[dict[str, Any]],
    start: datetime,
    end: datetime | None,
    *,
    everything: bool,
    now: datetime,
    zone: str,
) -> dict[str, Any]:
    """What templates/audit/difference.html shows besides the head of the page.

    `found` is what `register.difference` answers of `before` and the page that is open; `entries`
    are the lines of the trail between them; `end` is None for now.
    """
    lines = [_line(one, zone) for one in reversed(entries)]
    fixes = [one for one in lines if one["fixed"]]
    fresh = [one for one in lines if not one["fixed"]]
    until = end or now
    return {
        **compared(before, opened.shown, found, everything=everything),
        "every_url": opened.url(
            "difference",
            **{"from": start.isoformat(), "to": until.isoformat(), "columns": "all"},
        ),
        "since": wording.moment_to_the_second(start, zone),
        "until": wording.moment_to_the_second(until, zone),
        "until_now": end is None,
        "from_local": f"{wording.local(start, zone):%Y-%m-%dT%H:%M}",
        "to_local": f"{wording.local(until, zone):%Y-%m-%dT%H:%M}",
        "lesson_changes": [lesson_in_words(one) for one in found["lessons"]],
        "pupil_changes": [
            (
                wording.called(one["name"]),
                "прибыл в класс" if one["change"] == "joined" else "выбыл",
            )
            for one in found["pupils"]
        ],
        "fixes": fixes[:MOST_LINES],
        "fresh": fresh[:MOST_LINES],
        "fixes_words": wording.plural(len(fixes), "исправление", "исправления", "исправлений"),
        "fresh_words": wording.plural(len(fresh), "новая запись", "новые записи", "новых записей"),
        "untold": max(0, len(fixes) - MOST_LINES) + max(0, len(fresh) - MOST_LINES),
        "presets": presets(opened, now, zone),
        "past_url": opened.url("past"),
    }


def compared(
    before: dict[str, Any] | None,
    after: dict[str, Any],
    found: dict[str, Any],
    *,
    everything: bool,
) -> dict[str, Any]:
    """`register.sheet` of what is or was on the page: of the lessons where a cell has changed, or
    of `everything`. Cells, averages and term marks that differ hold what they were, `was`, and
    say that they have `changed`.
    """
    old = before or {"lessons": [], "pupils": []}
    whole = _all_of("lessons", "lesson_id", after, old)
    whole.sort(key=lambda one: (one["date"], one["number"]))
    pupils = _all_of("pupils", "pupil_id", after, old)
    drawn = sheet({"lessons": whole, "pupils": _of(after, pupils)}, today="")
    past = sheet({"lessons": whole, "pupils": _of(old, pupils)}, today="")
    touched = {(one["pupil"]["pupil_id"], one["lesson"]["lesson_id"]) for one in found["cells"]}
    count = 0
    for row, row_then in zip(drawn["rows"], past["rows"], strict=True):
        for lesson, cell, then in zip(whole, row["cells"], row_then["cells"], strict=True):
            cell["was"], cell["changed"] = then["text"], then["text"] != cell["text"]
            if cell["changed"]:
                count += 1
                cell["css"] = _framed(cell["css"])
            elif (row["pupil_id"], lesson["lesson_id"]) in touched:
                cell["css"] += " touched"
                cell["description"] = "менялось и стало как было, или изменён комментарий"
        for name in ("average", "term_mark"):
            row[f"{name}_was"] = row_then[name] if row_then[name] != row[name] else None
    shaken = {one["lesson_id"] for one in found["lessons"] if one["change"] in LESSON_CHANGES}
    for lesson, column in zip(whole, drawn["columns"], strict=True):
        column["css"] += " moved" if lesson["lesson_id"] in shaken else ""
    cells = wording.plural(count, "клетка изменилась", "клетки изменились", "клеток изменилось")
    kept = shaken | {lesson_id for _, lesson_id in touched}
    places = [place for place, one in enumerate(whole) if everything or one["lesson_id"] in kept]
    return {
        "months": months_of([whole[place] for place in places]),
        "columns": [drawn["columns"][place] for place in places],
        "rows": [
            row | {"cells": [row["cells"][place] for place in places]} for row in drawn["rows"]
        ],
        "all_columns": len(whole),
        "changed": count,
        "changed_words": cells,
    }


def _all_of(
    what: str, key: str, after: dict[str, Any], old: dict[str, Any]
) -> list[dict[str, Any]]:
    """Those of now, then those that are there no more."""
    known = {one[key] for one in after[what]}
    return [*after[what], *(one for one in old[what] if one[key] not in known)]


def _of(register: dict[str, Any], pupils: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a register for all these pupils; empty ones for who was not in it."""
    known = {one["pupil_id"]: one for one in register["pupils"]}
    nothing: dict[str, Any] = {
        "cells": {},
        "attendance": {},
        "average": None,
        "weighted_average": None,
        "term_mark": None,
    }
    return [known.get(one["pupil_id"], one | nothing) for one in pupils]


def _framed(css: str) -> str:
    """The classes of a cell that has changed: its tint and its corner stay."""
    kept = [name for name in css.split() if name[0] == "m" or name in {"c", "fix", "off"}]
    return " ".join(["diff", *kept])


def _line(entry: dict[str, Any], zone: str) -> dict[str, Any]:
    """A line of the trail: the sentence, its number, the address of the receipt."""
    mark = entry["mark_id"] if short_kind(entry["kind"]).startswith("mark-") else None
    position = entry["position"]
    return {
        "text": sentence(entry | {"class": None, "subject": None}, zone),
        "position": wording.grouped(position),
        "fixed": any(word in short_kind(entry["kind"]) for word in CHANGES),
        "receipt_url": f"/api/v1/marks/{mark}/receipt?position={position}" if mark else "",
    }


def lesson_in_words(one: dict[str, Any]) -> dict[str, str]:
    """`{which, what}` of a lesson that `register.difference` has found changed."""
    what = LESSON_CHANGES.get(one["change"]) or "; ".join(filter(None, map(_field, one["fields"])))
    return {
        "which": f"{wording.day(one['date'])}, урок {one['number']}",
        "what": what or "изменён вид урока",
    }


def _field(one: dict[str, Any]) -> str:
    """«тема записана: «Дроби»», «дата 14.09.2026 → 15.09.2026»; empty for what is not told."""
    first, then = FIELDS.get(one["field"], ("", ""))
    was, is_now = _shown(one["before"]), _shown(one["after"])
    return then.format(f"{was} → {is_now or 'пусто'}") if was else first.format(is_now)


def _shown(value: Any) -> str:
    text = str(value or "")
    if text[4:5] == text[7:8] == "-":
        return wording.day(text)
    return text if isinstance(value, int) else f"«{text}»" if text else ""


def presets(opened: Opened, now: datetime, zone: str) -> list[tuple[str, str]]:
    """What is asked most: (words, address)."""
    today = wording.local(now, zone).date()
    starts = date.fromisoformat(opened.shown["term"]["starts"])
    ends = date.fromisoformat(opened.shown["term"]["ends"])
    asked = [
        ("За неделю", today - timedelta(days=7)),
        ("За месяц", today - timedelta(days=30)),
        ("С начала периода", starts),
    ]
    if ends < today:
        asked.append(("После конца периода", ends + timedelta(days=1)))
    return [
        (words, opened.url("difference", **{"from": f"{day}T00:00:01"})) for words, day in asked
    ]
