"""What changed on a page of the journal between two moments: two readings of it, and the trail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Page = Mapping[str, Any]
Item = dict[str, Any]

#: what is shown of a line of the trail
_LINE = (
    "position",
    "recorded_at",
    "kind",
    "by",
    "acting_for",
    "old_value",
    "value",
    "reason_code",
    "reason",
    "comment",
    "late",
)
_OF_CELLS = ("mark-", "attendance-")
_OF_TERM = "term-mark-"
_PLAN = "lessons-scheduled"


def difference(before: Page | None, after: Page, trail: Iterable[Item]) -> dict[str, Any]:
    """`before` and `after` are of `register.page` (None: there was no such page yet), `trail` are
    the lines between them in order, of `trail.of_page`.

    `{pupils[{pupil_id, name, change}], lessons[{lesson_id, date, number, change, fields[{field,
    before, after}], trail}], cells[{pupil{pupil_id, name}, lesson{lesson_id, date, number},
    attendance{before, after}?, marks[{mark_id, before?, after?}], trail}], term_marks[{pupil,
    before, after, trail}]}`.

    A pupil has joined or left; a lesson is added, removed (to another term), cancelled or changed.
    A cell that was touched and is again what it was is listed too, by its lines alone.
    """
    of_lesson, of_cell, of_pupil, plan = _sorted_out(trail)
    old: Page = before or {"lessons": [], "pupils": []}
    lessons = _in_order(one for page in (old, after) for one in page["lessons"])
    then = {one["pupil_id"]: one for one in old["pupils"]}
    now = {one["pupil_id"]: one for one in after["pupils"]}
    pupils = {**now, **{key: one for key, one in then.items() if key not in now}}
    return {
        "pupils": [
            {**_pupil(one), "change": "joined" if _is_there(now.get(key)) else "left"}
            for key, one in pupils.items()
            if _is_there(now.get(key)) != _is_there(then.get(key))
        ],
        "lessons": list(_lessons(lessons, old, after, of_lesson, plan)),
        "cells": [
            cell
            for key, one in pupils.items()
            for cell in _cells(one, then.get(key), now.get(key), lessons, of_cell)
        ],
        "term_marks": [
            {
                "pupil": _pupil(one),
                **_pair(then.get(key, {}).get("term_mark"), now.get(key, {}).get("term_mark")),
                "trail": of_pupil.get(key, []),
            }
            for key, one in pupils.items()
            if key in of_pupil
            or then.get(key, {}).get("term_mark") != now.get(key, {}).get("term_mark")
        ],
    }


def _sorted_out(
    trail: Iterable[Item],
) -> tuple[dict[str, Any], dict[tuple[str, str], Any], dict[str, Any], list[Item]]:
    """Lines by lesson, by lesson and pupil, by pupil (of term marks), and of the plan."""
    of_lesson: dict[str, list[Item]] = defaultdict(list)
    of_cell: dict[tuple[str, str], list[Item]] = defaultdict(list)
    of_pupil: dict[str, list[Item]] = defaultdict(list)
    plan: list[Item] = []
    for one in trail:
        line = {name: one[name] for name in _LINE}
        kind, lesson, pupil = one["kind"], one["lesson_id"], one["pupil"]
        if kind.startswith(_OF_TERM):
            of_pupil[pupil["pupil_id"]].append(line)
        elif kind == _PLAN:
            plan.append(line)
        elif lesson and pupil and kind.startswith(_OF_CELLS):
            of_cell[lesson, pupil["pupil_id"]].append(line)
        elif lesson:
            of_lesson[lesson].append(line)
    return of_lesson, of_cell, of_pupil, plan


def _in_order(lessons: Iterable[Item]) -> dict[str, Item]:
    """Lessons by id; of two readings of one the later counts."""
    known = {one["lesson_id"]: one for one in lessons}
    return dict(sorted(known.items(), key=lambda item: (item[1]["date"], item[1]["number"])))


def _lessons(
    lessons: Mapping[str, Item],
    old: Page,
    after: Page,
    trail: Mapping[str, list[Item]],
    plan: list[Item],
) -> Iterator[Item]:
    then = {one["lesson_id"]: one for one in old["lessons"]}
    now = {one["lesson_id"]: one for one in after["lessons"]}
    for key, one in lessons.items():
        was, is_now = then.get(key), now.get(key)
        fields = [
            {"field": name, **_pair(was and was[name], is_now and is_now[name])}
            for name in one
            if name != "lesson_id" and (was and was[name]) != (is_now and is_now[name])
        ]
        if fields:
            lines = trail.get(key, [])
            yield {
                "lesson_id": key,
                "date": one["date"],
                "number": one["number"],
                "change": _change(was, is_now),
                "fields": fields,
                "trail": lines if was else sorted(plan + lines, key=_position),
            }


def _change(was: Item | None, is_now: Item | None) -> str:
    if was is None:
        return "added"
    if is_now is None:
        return "removed"
    gone = is_now["status"] == "CANCELLED" != was["status"]
    return "cancelled" if gone else "changed"


def _cells(
    pupil: Item,
    was: Item | None,
    is_now: Item | None,
    lessons: Mapping[str, Item],
    trail: Mapping[tuple[str, str], list[Item]],
) -> Iterator[Item]:
    for key, lesson in lessons.items():
        marks = list(_marks(_cell(was, key), _cell(is_now, key)))
        codes = [page["attendance"].get(key) if page else None for page in (was, is_now)]
        lines = trail.get((key, pupil["pupil_id"]), [])
        if marks or codes[0] != codes[1] or lines:
            yield {
                "pupil": _pupil(pupil),
                "lesson": {name: lesson[name] for name in ("lesson_id", "date", "number")},
                "attendance": _pair(*codes) if codes[0] != codes[1] else None,
                "marks": marks,
                "trail": lines,
            }


def _cell(pupil: Item | None, lesson_id: str) -> Sequence[Item]:
    return pupil["cells"].get(lesson_id, ()) if pupil else ()


def _marks(was: Sequence[Item], is_now: Sequence[Item]) -> Iterator[Item]:
    then, now = ({one["mark_id"]: one for one in marks} for marks in (was, is_now))
    for key in {**then, **now}:
        if then.get(key) != now.get(key):
            yield {"mark_id": key, **_pair(then.get(key), now.get(key))}


def _pair(before: Any, after: Any) -> dict[str, Any]:
    return {"before": before, "after": after}


def _is_there(pupil: Item | None) -> bool:
    return pupil is not None and pupil["departed"] is None


def _pupil(one: Item) -> dict[str, str]:
    return {"pupil_id": one["pupil_id"], "name": one["name"]}


def _position(line: Item) -> int:
    return int(line["position"])
