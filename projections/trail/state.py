"""What the trail has to remember: lessons, who was absent, term marks, the rules of the year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from psycopg import Cursor

from projections.compliance.rules import Year
from projections.projection import Place
from projections.writing import fetch, run

#: Classes whose lessons stay in memory.
HOT_CLASSES = 64


class Lesson(msgspec.Struct):
    """Where and when, and who was recorded absent. `number`: None once it is cancelled."""

    subject_id: str
    date: date
    number: int | None
    absent: set[str]


class ClassState(msgspec.Struct):
    """One class journal."""

    year: int
    grade_level: int
    zone: ZoneInfo
    lessons: dict[str, Lesson]
    term_marks: set[tuple[str, str, int]]  # pupil, subject, term

    def last(self, day: date) -> int:
        """The number of the last lesson of a day; 0 when all of them are cancelled."""
        return max((one.number or 0 for one in self.lessons.values() if one.date == day), default=0)


class Memory:
    """Classes and years, read when first asked for; changes are written by `flush`."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._cursor: Cursor[Any]
        self._years: dict[int, Year] | None = None
        self._classes: dict[str, ClassState] = {}
        self._new_years: set[int] = set()
        self._new_classes: set[str] = set()
        self._new_lessons: set[tuple[str, str]] = set()  # class, lesson

    def begin(self, cursor: Cursor[Any]) -> None:
        """A new batch."""
        self._cursor = cursor

    @property
    def years(self) -> dict[int, Year]:
        """Every opened year."""
        if self._years is None:
            found = fetch(self._cursor, self._place, "SELECT year, state FROM {s}.trail_year")
            self._years = {year: msgspec.json.decode(state, type=Year) for year, state in found}
        return self._years

    def keep_year(self, year: int, state: Year) -> None:
        """A new state of a year."""
        self.years[year] = state
        self._new_years.add(year)

    def keep_class(self, class_id: str, year: int, grade_level: int, zone: str) -> None:
        """A class that has just been opened."""
        self._classes[class_id] = ClassState(year, grade_level, ZoneInfo(zone), {}, set())
        self._new_classes.add(class_id)

    def of_class(self, class_id: str) -> ClassState:
        """The state of a class."""
        state = self._classes.get(class_id)
        if state is None:
            state = self._classes[class_id] = self._load(class_id)
        return state

    def touch(self, class_id: str, lesson_id: str) -> None:
        """A lesson is new or has changed."""
        self._new_lessons.add((class_id, lesson_id))

    def flush(self) -> None:
        """Write what has changed; keep the classes used last."""
        for year in sorted(self._new_years):
            run(
                self._cursor,
                self._place,
                "INSERT INTO {s}.trail_year (year, state) VALUES (%s, %s)"
                " ON CONFLICT (year) DO UPDATE SET state = excluded.state",
                year,
                msgspec.json.encode(self.years[year]),
            )
        for class_id in sorted(self._new_classes):
            state = self._classes[class_id]
            run(
                self._cursor,
                self._place,
                "INSERT INTO {s}.trail_class (class_id, year, grade_level, zone)"
                " VALUES (%s, %s, %s, %s)",
                class_id,
                state.year,
                state.grade_level,
                str(state.zone),
            )
        if self._new_lessons:
            self._flush_lessons()
        self._new_years, self._new_classes, self._new_lessons = set(), set(), set()
        while len(self._classes) > HOT_CLASSES:
            self._classes.pop(next(iter(self._classes)))

    def _flush_lessons(self) -> None:
        ids, classes, subjects, dates, numbers, absent = [], [], [], [], [], []
        for class_id, lesson_id in sorted(self._new_lessons):
            lesson = self._classes[class_id].lessons[lesson_id]
            ids.append(lesson_id)
            classes.append(class_id)
            subjects.append(lesson.subject_id)
            dates.append(lesson.date)
            numbers.append(lesson.number)
            absent.append(" ".join(sorted(lesson.absent)))
        run(
            self._cursor,
            self._place,
            "INSERT INTO {s}.trail_lesson (lesson_id, class_id, subject_id, date, number, absent)"
            " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %b::date[],"
            " %s::smallint[], %s::text[])"
            " ON CONFLICT (lesson_id) DO UPDATE"
            " SET date = excluded.date, number = excluded.number, absent = excluded.absent",
            ids,
            classes,
            subjects,
            dates,
            numbers,
            absent,
        )

    def _load(self, class_id: str) -> ClassState:
        [(year, grade_level, zone)] = fetch(
            self._cursor,
            self._place,
            "SELECT year, grade_level, zone FROM {s}.trail_class WHERE class_id = %s",
            class_id,
        )
        lessons = fetch(
            self._cursor,
            self._place,
            "SELECT lesson_id::text, subject_id::text, date, number, absent FROM {s}.trail_lesson"
            " WHERE class_id = %s",
            class_id,
        )
        issued = fetch(
            self._cursor,
            self._place,
            "SELECT pupil_id::text, subject_id::text, term::int FROM {s}.trail_v1"
            " WHERE class_id = %s AND kind = 'term-mark-issued'",
            class_id,
        )
        return ClassState(
            year,
            grade_level,
            ZoneInfo(zone),
            {
                lesson_id: Lesson(subject_id, day, number, set(absent.split()))
                for lesson_id, subject_id, day, number, absent in lessons
            },
            {(pupil, subject_id, term) for pupil, subject_id, term in issued},
        )

    def subjects_of(self, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """mark (or debt) → lesson and pupil, from its own first line in the trail."""
        wanted = list(ids)
        if not wanted:
            return {}
        found = fetch(
            self._cursor,
            self._place,
            "SELECT mark_id::text, lesson_id::text, pupil_id::text FROM {s}.trail_v1"
            " WHERE mark_id = ANY (%s::uuid[]) AND kind IN ('mark-given', 'debt-raised')",
            wanted,
        )
        return {mark: (lesson, pupil) for mark, lesson, pupil in found}
