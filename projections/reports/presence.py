"""Attendance for reports: who was to be at which lesson, what was recorded; as of a position."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import LiteralString

import msgspec

from domain.journal.absences import day_missed
from domain.values import ABSENCES, AttendanceCode
from projections.reports.ground import Ground, Pupil
from projections.terms.suggesting import Membership

_LESSONS: LiteralString = """
    SELECT l.lesson_id::text, l.subject_id::text, l.subgroup_id::text, l.date
    FROM {s}.register_lesson l
    JOIN {s}.register_taken t ON t.lesson_id = l.lesson_id AND t.valid_from <= %(at)s
    WHERE l.class_id = %(class)s AND l.date BETWEEN %(since)s AND %(until)s
        AND l.status <> 'CANCELLED' AND l.valid_from <= %(at)s AND %(at)s < l.valid_to
    ORDER BY l.date, l.number, l.lesson_id
"""
_CODES: LiteralString = """
    SELECT a.lesson_id::text, a.pupil_id::text, a.code
    FROM {s}.register_attendance a
    JOIN {s}.register_lesson l ON l.lesson_id = a.lesson_id
        AND l.valid_from <= %(at)s AND %(at)s < l.valid_to
    WHERE l.class_id = %(class)s AND l.date BETWEEN %(since)s AND %(until)s
        AND a.valid_from <= %(at)s AND %(at)s < a.valid_to
"""
_ROSTER: LiteralString = """
    SELECT pupil_id::text, since, until FROM {s}.register_roster
    WHERE class_id = %(class)s AND valid_from <= %(at)s AND %(at)s < valid_to
"""
_SPLITS: LiteralString = """
    SELECT subject_id::text, since, subgroup_id::text, pupils::text[] FROM {s}.register_subgroup
    WHERE class_id = %(class)s AND valid_from <= %(at)s AND %(at)s < valid_to
"""


class Lesson(msgspec.Struct, frozen=True):
    """A lesson of which attendance was taken."""

    lesson_id: str
    subject_id: str
    subgroup_id: str | None
    day: date


class Missed(msgspec.Struct):
    """What a pupil missed: lessons and whole days by their reason; `late` are no absences."""

    held: int = 0
    lessons: Counter[str] = msgspec.field(default_factory=Counter)
    days_held: int = 0
    days: Counter[str] = msgspec.field(default_factory=Counter)
    late: int = 0

    @property
    def missed(self) -> int:
        """Lessons."""
        return self.lessons.total()

    @property
    def days_missed(self) -> int:
        """Whole days."""
        return self.days.total()

    def add(self, other: Missed) -> None:
        """For a total."""
        self.held += other.held
        self.lessons += other.lessons
        self.days_held += other.days_held
        self.days += other.days
        self.late += other.late


class Attendance(msgspec.Struct, frozen=True):
    """Lessons of a class with attendance taken, and what was recorded of its pupils."""

    lessons: list[Lesson]
    codes: dict[tuple[str, str], str]  # lesson, pupil
    spans: dict[str, list[tuple[date, date | None]]]
    splits: dict[str, list[tuple[date, str, list[str]]]]
    rule: int  # `Regulation.day_missed_lessons`

    def of(self, pupil_id: str, subject_id: str | None = None) -> Iterator[tuple[Lesson, str]]:
        """Lessons that the pupil was to be at, with the code of each."""
        for one in self.lessons:
            if subject_id not in (None, one.subject_id):
                continue
            members = Membership(self.spans, self.splits.get(one.subject_id, []))
            if members.attends(pupil_id, one.day, one.subgroup_id):
                yield one, self.codes.get((one.lesson_id, pupil_id), AttendanceCode.PRESENT)

    def by_day(self, pupil_id: str) -> dict[date, list[str]]:
        """day → codes of its lessons."""
        found: dict[date, list[str]] = defaultdict(list)
        for lesson, code in self.of(pupil_id):
            found[lesson.day].append(code)
        return found

    def whole(self, codes: list[str]) -> str | None:
        """A day that counts as missed: the reason of most of its lessons; else None."""
        away = [code for code in codes if code in ABSENCES]
        if not day_missed(len(away), len(codes), self.rule):
            return None
        return max(sorted(set(away)), key=away.count)

    def missed(self, pupil_id: str, subject_id: str | None = None) -> Missed:
        """All of it; of a subject without days."""
        found = Missed()
        for _, code in self.of(pupil_id, subject_id):
            found.held += 1
            found.late += code == AttendanceCode.LATE
            if code in ABSENCES:
                found.lessons[code] += 1
        if subject_id is None:
            days = self.by_day(pupil_id)
            found.days_held = len(days)
            for codes in days.values():
                if (kind := self.whole(codes)) is not None:
                    found.days[kind] += 1
        return found

    def total(self, pupils: list[Pupil]) -> Missed:
        """Of all these pupils."""
        found = Missed()
        for one in pupils:
            found.add(self.missed(one.pupil_id))
        return found


async def attendance(ground: Ground, class_id: str, since: date, until: date) -> Attendance:
    """Of the days [since, until]."""
    ask = {"class": class_id, "since": since, "until": until}
    spans: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
    for pupil, came, left in await ground.rows(_ROSTER, **ask):
        spans[pupil].append((came, left))
    splits: dict[str, list[tuple[date, str, list[str]]]] = defaultdict(list)
    for subject, day, subgroup, pupils in await ground.rows(_SPLITS, **ask):
        splits[subject].append((day, subgroup, pupils))
    codes = await ground.rows(_CODES, **ask)
    return Attendance(
        [Lesson(*one) for one in await ground.rows(_LESSONS, **ask)],
        {(lesson, pupil): code for lesson, pupil, code in codes},
        spans,
        splits,
        ground.rules.day_missed_lessons,
    )
