"""A week for every class in which nobody is in two places at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from api.demo.chance import Chance
from api.demo.curriculum import SubjectPlan
from api.demo.staffing import Load, SchoolClass

SCHOOL_DAYS = 5
_CLASH, _TWICE, _TIRED = 100, 3, 1
_ROUNDS = 60_000
_LAST_HARD_LESSON = 6
_HARD = ("math", "alg", "geom", "phys", "chem", "rus")


class Hour(msgspec.Struct, frozen=True):
    """One place of the week: the subject and the teachers of its groups."""

    subject: SubjectPlan
    teachers: tuple[str, ...]


Slot = tuple[int, int]  # ISO weekday, lesson number
Week = dict[Slot, Hour]


class NoTimetableError(Exception):
    """The search has not found a week without clashes."""


def timetables(
    chance: Chance, classes: Sequence[SchoolClass], loads: Mapping[str, Load]
) -> dict[str, Week]:
    """class_id → week. Min-conflicts search by swaps inside a class. Raises NoTimetableError."""
    weeks: dict[str, Week] = {}
    for one in classes:
        hours = _hours(one, loads[one.class_id])
        chance.shuffle(hours)
        weeks[one.class_id] = dict(zip(_slots(len(hours)), hours, strict=True))
    busy: Counter[tuple[Slot, str]] = Counter(
        (slot, teacher)
        for week in weeks.values()
        for slot, hour in week.items()
        for teacher in hour.teachers
    )
    for _ in range(_ROUNDS):
        bad = [
            (class_id, slot)
            for class_id, week in weeks.items()
            for slot, hour in week.items()
            if any(busy[slot, teacher] > 1 for teacher in hour.teachers)
        ]
        soft = not bad
        if soft:
            bad = [
                (class_id, slot)
                for class_id, week in weeks.items()
                for slot in week
                if _unease(week, slot)
            ]
            if not bad or chance.happens(0.002):
                break
        class_id, slot = chance.pick(bad)
        _improve(chance, weeks[class_id], slot, busy)
    if any(number > 1 for number in busy.values()):
        raise NoTimetableError
    return weeks


def _slots(hours: int) -> list[Slot]:
    """Days as even as can be, every day from the first lesson without windows."""
    return [
        (weekday, number)
        for weekday in range(1, SCHOOL_DAYS + 1)
        for number in range(1, (hours + SCHOOL_DAYS - weekday) // SCHOOL_DAYS + 1)
    ]


def _hours(one: SchoolClass, load: Load) -> list[Hour]:
    teachers: dict[str, list[str]] = {}
    subjects: dict[str, SubjectPlan] = {}
    for row in load.given:
        teachers.setdefault(row.subject.key, []).append(row.teacher.id)
        subjects[row.subject.key] = row.subject
    return [
        Hour(subject, tuple(teachers[key]))
        for key, subject in subjects.items()
        for _ in range(subject.hours[one.grade_level - 1])
    ]


def _improve(chance: Chance, week: Week, slot: Slot, busy: Counter[tuple[Slot, str]]) -> None:
    """Swap this place with the best other one; of equal ones, any."""
    before = {other: _cost(week, slot, other, busy) for other in week if other != slot}
    best: list[Slot] = []
    least = 1
    for other, cost in before.items():
        _swap(week, slot, other, busy)
        change = _cost(week, slot, other, busy) - cost
        _swap(week, slot, other, busy)
        if change < least:
            best, least = [other], change
        elif change == least:
            best.append(other)
    if not best or (least > 0 and not chance.happens(0.3)):
        best = [chance.pick(list(before))] if chance.happens(0.1) else []
    if best:
        _swap(week, slot, chance.pick(best), busy)


def _swap(week: Week, one: Slot, other: Slot, busy: Counter[tuple[Slot, str]]) -> None:
    a, b = week[one], week[other]
    for teacher in a.teachers:
        busy[one, teacher] -= 1
        busy[other, teacher] += 1
    for teacher in b.teachers:
        busy[other, teacher] -= 1
        busy[one, teacher] += 1
    week[one], week[other] = b, a


def _cost(week: Week, one: Slot, other: Slot, busy: Counter[tuple[Slot, str]]) -> int:
    clashes = sum(
        busy[slot, teacher] - 1 for slot in (one, other) for teacher in week[slot].teachers
    )
    return clashes * _CLASH + _unease(week, one) + _unease(week, other)


def _unease(week: Week, slot: Slot) -> int:
    """The subject twice a day, a hard one late."""
    key = week[slot].subject.key
    day = slot[0]
    same = sum(1 for (d, _), hour in week.items() if d == day and hour.subject.key == key) - 1
    tired = key in _HARD and slot[1] > _LAST_HARD_LESSON
    return same * _TWICE + tired * _TIRED
