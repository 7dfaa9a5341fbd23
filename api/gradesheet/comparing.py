"""What a sheet asks for: each of its cells beside the page it was made of, and the page of today.

Pure. A cell that says what it said when it was exported asks for nothing; one that says what the
journal says today has been carried out already; one whose marks the journal has changed meanwhile
is a conflict, for nobody could know what its author would say now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from api.gradesheet.reading import Filled, Sheet
from api.imports.cells import fold
from domain.values import ATTENDANCE_LABELS, MARKS

#: «н/а» is a mark of its own; else marks are told apart by a slash, a space, a comma
_TOKEN = re.compile(r"н/а|[^\s/,;]+", re.IGNORECASE)
_SIGNS = {sign for sign, _ in ATTENDANCE_LABELS.values() if sign} - set(MARKS)


class Deed(NamedTuple):
    """One command that a cell asks for: a new mark, another value, or none any more."""

    kind: str  # give, correct, annul
    mark_id: str  # "" of a new one
    saw: str
    value: str
    work_type_id: str = ""


class Change(NamedTuple):
    """What a cell asks for, in words and as commands. `refused`: why it is not carried out."""

    address: str
    pupil_id: str
    pupil: str
    lesson_id: str
    lesson: str
    before: str
    after: str
    deeds: tuple[Deed, ...]
    refused: str = ""


def compare(
    sheet: Sheet,
    exported: dict[str, Any],
    today: dict[str, Any],
    work_types: list[dict[str, Any]],
) -> list[Change]:
    """Every cell that asks for something, in the order of the sheet."""
    return list(_Comparing(sheet, exported, today, work_types).changes())


class _Comparing:
    def __init__(
        self,
        sheet: Sheet,
        exported: dict[str, Any],
        today: dict[str, Any],
        work_types: list[dict[str, Any]],
    ) -> None:
        self._sheet = sheet
        self._then, self._now = _cells(exported), _cells(today)
        self._names = {one["pupil_id"]: one["name"] for one in today["pupils"]}
        self._lessons = {one["lesson_id"]: one for one in today["lessons"]}
        self._kinds = {fold(one["abbr"]): one["work_type_id"] for one in work_types} | {
            fold(one["name"]): one["work_type_id"] for one in work_types
        }

    def changes(self) -> Iterator[Change]:
        for one in self._sheet.filled:
            then = self._then.get((one.pupil_id, one.lesson_id), [])
            now = self._now.get((one.pupil_id, one.lesson_id), [])
            wanted = [_value(token) for token in _TOKEN.findall(one.said)]
            if not one.spoiled and wanted in (_values(then), _values(now)):
                continue
            yield self._change(one, then, now, wanted)

    def _change(self, one: Filled, then: list[Any], now: list[Any], wanted: list[str]) -> Change:
        lesson = self._lessons.get(one.lesson_id)
        refused = one.spoiled or self._refused(one, wanted)
        deeds: tuple[Deed, ...] = ()
        if not refused and [m["mark_id"] for m in now] + _values(now) != [
            m["mark_id"] for m in then
        ] + _values(then):
            refused = (
                f"после выгрузки журнал изменился: было «{_shown(then)}», сейчас «{_shown(now)}»"
            )
        if not refused:
            deeds, refused = self._deeds(one, now, wanted)
        return Change(
            one.address,
            one.pupil_id,
            self._names.get(one.pupil_id, "неизвестный ученик"),
            one.lesson_id,
            _lesson(lesson) if lesson else "неизвестный урок",
            _shown(now),
            "/".join(wanted),
            () if refused else deeds,
            refused,
        )

    def _refused(self, one: Filled, wanted: list[str]) -> str:
        if one.pupil_id not in self._names:
            return "такого ученика на этой странице журнала нет"
        if one.lesson_id not in self._lessons:
            return "такого урока на этой странице журнала больше нет"
        for value in wanted:
            if value in _SIGNS:
                return f"«{value}» — посещаемость: её отмечают на странице урока"
            if value not in MARKS:
                return f"«{value}» не из шкалы: {' '.join(MARKS)}"
        return ""

    def _deeds(
        self, one: Filled, now: list[Any], wanted: list[str]
    ) -> tuple[tuple[Deed, ...], str]:
        """The commands, or why it is not plain what is wanted."""
        if len(wanted) < len(now):
            gone = _missing(_values(now), wanted)
            if gone is None:
                return (), "непонятно, какую из отметок убрать: правьте по одной"
            return tuple(Deed("annul", now[at]["mark_id"], now[at]["value"], "") for at in gone), ""
        deeds = [
            Deed("correct", mark["mark_id"], mark["value"], value)
            for mark, value in zip(now, wanted, strict=False)
            if mark["value"] != value
        ]
        new = wanted[len(now) :]
        if new:
            said = self._sheet.works.get(one.lesson_id, "")
            kind = self._kinds.get(fold(said))
            if kind is None:
                return (), f"вид работы «{said}» школе неизвестен: исправьте строку «Вид работы»"
            deeds += [Deed("give", "", "", value, kind) for value in new]
        return tuple(deeds), ""


def _cells(page: dict[str, Any]) -> dict[tuple[str, str], list[Any]]:
    return {
        (pupil["pupil_id"], lesson): marks
        for pupil in page["pupils"]
        for lesson, marks in pupil["cells"].items()
    }


def _values(marks: list[Any]) -> list[str]:
    return [one["value"] for one in marks]


def _shown(marks: list[Any]) -> str:
    return "/".join(_values(marks))


def _value(token: str) -> str:
    """As the scale spells it: «Н/А» is «н/а»."""
    return token.lower()


def _missing(there: list[str], wanted: list[str]) -> list[int] | None:
    """Places of what was taken out, when only one answer is possible."""
    if not wanted:
        return list(range(len(there)))
    found, at = [], 0
    for place, value in enumerate(there):
        if at < len(wanted) and wanted[at] == value:
            at += 1
        else:
            found.append(place)
    # «5/5» to «5»: either of two like ones may go, and which one is no secret to the page alone
    alike = len(set(there)) < len(there)
    return None if at < len(wanted) or alike else found


def _lesson(lesson: dict[str, Any]) -> str:
    year, month, day = lesson["date"].split("-")
    return f"{day}.{month}.{year}, урок {lesson['number']}"
