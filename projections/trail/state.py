"""What the trail has to remember: lessons, who was absent, term marks, the calendar of the year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
from psycopg import Cursor

from domain.calendar import Calendar
from projections.projection import Place
from projections.writing import fetch, run

#: Classes whose lessons stay in memory.
HOT_CLASSES = 64


class Lesson(msgspec.Struct):
    """Of what and when, and who was recorded absent."""

    subject_id: str
    date: date
    absent: set[str]


class ClassState(msgspec.Struct):
    """One class journal."""

    year: int
    grade_level: int
    lessons: dict[str, Lesson]
    term_marks: set[tuple[str, str, int]]  # pupil, subject, term


class Memory:
    """Classes and years, read when first asked for; changes are written by `flush`."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._cursor: Cursor[Any]
        self._calendars: dict[int, Calendar] | None = None
        self._classes: dict[str, ClassState] = {}
        self._new_years: set[int] = set()
        self._new_classes: set[str] = set()
        self._new_lessons: set[tuple[str, str]] = set()  # class, lesson

    def begin(self, cursor: Cursor[Any]) -> None:
        """A new batch."""
        self._cursor = cursor

    @property
    def calendars(self) -> dict[int, Calendar]:
        """Of every opened year."""
        if self._calendars is None:
            found = fetch(self._cursor, self._place, "SELECT year, state FROM {s}.trail_year")
            self._calendars = {
                year: msgspec.json.decode(state, type=Calendar) for year, state in found
            }
        return self._calendars

    def keep_calendar(self, calendar: Calendar) -> None:
        """The calendar of a year, as it is now."""
        self.calendars[calendar.year] = calendar
        self._new_years.add(calendar.year)

    def keep_class(self, class_id: str, year: int, grade_level: int) -> None:
        """A class that has just been opened."""
        self._classes[class_id] = ClassState(year, grade_level, {}, set())
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
                msgspec.json.encode(self.calendars[year]),
            )
        for class_id in sorted(self._new_classes):
            state = self._classes[class_id]
            run(
                self._cursor,
                self._place,
                "INSERT INTO {s}.trail_class (class_id, year, grade_level) VALUES (%s, %s, %s)",
                class_id,
                state.year,
                state.grade_level,
            )
        if self._new_lessons:
            self._flush_lessons()
        self._new_years, self._new_classes, self._new_lessons = set(), set(), set()
        while len(self._classes) > HOT_CLASSES:
            self._classes.pop(next(iter(self._classes)))

    def _flush_lessons(self) -> None:
        ids, classes, subjects, dates, absent = [], [], [], [], []
        for class_id, lesson_id in sorted(self._new_lessons):
            lesson = self._classes[class_id].lessons[lesson_id]
            ids.append(lesson_id)
            classes.append(class_id)
            subjects.append(lesson.subject_id)
            dates.append(lesson.date)
            absent.append(" ".join(sorted(lesson.absent)))
        run(
            self._cursor,
            self._place,
            "INSERT INTO {s}.trail_lesson (lesson_id, class_id, subject_id, date, absent)"
            " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %b::date[], %s::text[])"
            " ON CONFLICT (lesson_id) DO UPDATE"
            " SET date = excluded.date, absent = excluded.absent",
            ids,
            classes,
            subjects,
            dates,
            absent,
        )

    def _load(self, class_id: str) -> ClassState:
        [(year, grade_level)] = fetch(
            self._cursor,
            self._place,
            "SELECT year, grade_level FROM {s}.trail_class WHERE class_id = %s",
            class_id,
        )
        lessons = fetch(
            self._cursor,
            self._place,
            "SELECT lesson_id::text, subject_id::text, date, absent FROM {s}.trail_lesson"
            " WHERE class_id = %s",
            class_id,
        )
        issued = fetch(
            self._cursor,
            self._place,
            "SELECT pupil_id::text, subject_id::text, term::int FROM {s}.trail_v1"
            " WHERE class_id = %s AND kind IN ('term-mark-issued', 'term-mark-annulled')"
            " GROUP BY 1, 2, 3 HAVING max(position) FILTER (WHERE kind = 'term-mark-issued')"
            " > coalesce(max(position) FILTER (WHERE kind = 'term-mark-annulled'), 0)",
            class_id,
        )
        return ClassState(
            year,
            grade_level,
            {
                lesson_id: Lesson(subject_id, day, set(absent.split()))
                for lesson_id, subject_id, day, absent in lessons
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
