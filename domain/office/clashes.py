"""Two lessons at once: of one teacher, or in one room. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations

import msgspec

from domain.bells import at as ringing
from domain.calendar import TimetableEntry
from domain.office.state import Office
from domain.refusals import Conflict

WEEKDAYS = ("", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
#: How many are told in the sentence; all of them are in the details.
TOLD = 5


class Clash(msgspec.Struct, frozen=True):
    """The line of the new timetable and the other that is at the same time. `what`: teacher, room;
    `which`: the teacher's id or the room.
    """

    what: str
    which: str
    weekday: int
    number: int
    other_class: str
    other_number: int


def clashes(
    office: Office, class_id: str, since: date, entries: Sequence[TimetableEntry]
) -> list[Clash]:
    """Teachers and rooms of a class's week that are needed elsewhere at the same time. The week of
    another class is the one that is in force on that weekday, the first from `since` on.
    """
    found: list[Clash] = []
    for one, other in combinations(entries, 2):
        if (one.weekday, one.number) == (other.weekday, other.number):
            found += _between(one, other, class_id, other.number)
    for other_id in office.classes:
        if other_id == class_id:
            continue
        for one in entries:
            day = since + timedelta(days=(one.weekday - since.isoweekday()) % 7)
            for other in office.timetable(other_id, day):
                if other.weekday == one.weekday and _at_once(
                    office, day, (class_id, one.number), (other_id, other.number)
                ):
                    found += _between(one, other, other_id, other.number)
    return sorted(set(found), key=lambda c: (c.weekday, c.number, c.what, c.which, c.other_class))


def require_none(office: Office, found: Sequence[Clash]) -> None:
    """Raises Conflict with the list."""
    if not found:
        return
    said = "; ".join(
        f"{WEEKDAYS[one.weekday]}, урок {one.number}:"
        f" {'учитель занят' if one.what == 'teacher' else f'кабинет {one.which} занят'}"
        f" в {_name(office, one.other_class)}"
        for one in found[:TOLD]
    )
    more = f" и ещё {len(found) - TOLD}" if len(found) > TOLD else ""
    raise Conflict(
        "timetable.clash",
        f"Накладки в расписании: {said}{more}. Исправьте или подтвердите, что так и надо.",
        clashes=[msgspec.structs.asdict(one) for one in found],
    )


def _between(
    one: TimetableEntry, other: TimetableEntry, class_id: str, number: int
) -> Iterator[Clash]:
    if one.teacher_id == other.teacher_id:
        yield Clash("teacher", one.teacher_id, one.weekday, one.number, class_id, number)
    if one.room and one.room == other.room:
        yield Clash("room", one.room, one.weekday, one.number, class_id, number)


def _at_once(office: Office, day: date, one: tuple[str, int], other: tuple[str, int]) -> bool:
    """By the clock: two shifts have first lessons of their own."""
    first, second = (
        ringing(office.ringing.on(class_id, day), number) for class_id, number in (one, other)
    )
    if first is None or second is None:
        return one[1] == other[1]
    return first.starts < second.ends and second.starts < first.ends


def _name(office: Office, class_id: str) -> str:
    formed = office.classes[class_id]
    return f"{formed.grade_level}{formed.letter}"
