"""States of the diary in memory: read when first asked for, kept until they are written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date
from typing import Any, LiteralString

import msgspec
from psycopg import Cursor

from projections.diary.render import PreparedWeek
from projections.diary.state import Klass, Mark, Person, Week, Year
from projections.projection import Place
from projections.writing import copy, fetch, run


class Bundle(msgspec.Struct):
    """A class's week: lessons, marks by pupil, and the shared part rendered last."""

    week: Week
    marks: dict[str, dict[str, Mark]]  # pupil → mark_id → mark, in the order of giving
    prepared: PreparedWeek | None = None


WeekKey = tuple[str, date]  # class, Monday


class States:
    """The states of one school. Everything asked for in a batch stays until its `flush`."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._cursor: Cursor[Any]
        self._years: dict[int, Year] | None = None
        self._persons: dict[str, Person] = {}
        self._classes: dict[str, tuple[Klass, dict[str, date]]] = {}
        self._weeks: dict[WeekKey, Bundle] = {}
        self._dirty_years: set[int] = set()
        self._dirty_persons: set[str] = set()
        self._dirty_classes: set[str] = set()
        self._dirty_weeks: set[WeekKey] = set()
        self._new_marks: dict[str, tuple[str, date]] = {}  # subject and day of its lesson
        self._changed_marks: dict[str, tuple[WeekKey, Mark]] = {}
        self._new_texts: dict[str, tuple[str, date, str | None]] = {}

    def begin(self, cursor: Cursor[Any]) -> None:
        """A new batch."""
        self._cursor = cursor

    # Years, persons, classes ----------------------------------------------------------------

    @property
    def years(self) -> dict[int, Year]:
        """Every opened year."""
        if self._years is None:
            found = fetch(self._cursor, self._place, "SELECT year, state FROM {s}.diary_year")
            self._years = {year: msgspec.json.decode(state, type=Year) for year, state in found}
        return self._years

    def year_changed(self, year: int) -> None:
        """To be written."""
        self._dirty_years.add(year)

    def persons(self, ids: Iterable[str]) -> None:
        """Read these people, as far as they are not in memory."""
        missing = [number for number in ids if number not in self._persons]
        if not missing:
            return
        found = fetch(
            self._cursor,
            self._place,
            "SELECT person_id::text, state FROM {s}.diary_person"
            " WHERE person_id = ANY (%s::uuid[])",
            missing,
        )
        self._persons |= {
            number: msgspec.json.decode(state, type=Person) for number, state in found
        }
        for number in missing:
            self._persons.setdefault(number, Person())

    def person(self, number: str) -> Person:
        """A person; an empty one before anything is known."""
        if number not in self._persons:
            self.persons([number])
        return self._persons[number]

    def person_changed(self, number: str) -> None:
        """To be written."""
        self._dirty_persons.add(number)

    def name(self, number: str) -> str | None:
        """The name of a person; None before it is registered."""
        return self.person(number).name

    def open_class(self, class_id: str, klass: Klass) -> None:
        """A class that has just been opened."""
        self._classes[class_id] = (klass, {})
        self._dirty_classes.add(class_id)

    def klass(self, class_id: str) -> Klass:
        """A class; its pupils are read with it."""
        return self._class(class_id)[0]

    def mondays(self, class_id: str) -> dict[str, date]:
        """lesson → Monday of its week, for a class."""
        return self._class(class_id)[1]

    def class_changed(self, class_id: str) -> None:
        """To be written."""
        self._dirty_classes.add(class_id)

    def _class(self, class_id: str) -> tuple[Klass, dict[str, date]]:
        found = self._classes.get(class_id)
        if found is None:
            [(state, lessons)] = fetch(
                self._cursor,
                self._place,
                "SELECT state, lessons FROM {s}.diary_class WHERE class_id = %s",
                class_id,
            )
            klass = msgspec.json.decode(state, type=Klass)
            found = klass, msgspec.json.decode(lessons, type=dict[str, date])
            self._classes[class_id] = found
            self.persons(klass.roster)
        return found

    # Weeks and marks ------------------------------------------------------------------------

    def bundle(self, class_id: str, monday: date) -> Bundle:
        """A class's week; an empty one before its first lesson."""
        key = (class_id, monday)
        found = self._weeks.get(key)
        if found is None:
            found = self._weeks[key] = self._read_bundle(key)
        return found

    def week_changed(self, key: WeekKey) -> None:
        """The shared part is rendered anew and the state written."""
        self._weeks[key].prepared = None
        self._dirty_weeks.add(key)

    def give(self, key: WeekKey, mark: Mark) -> None:
        """A new mark in a week."""
        bundle = self.bundle(*key)
        bundle.marks.setdefault(mark.pupil_id, {})[mark.mark_id] = mark
        # As they are when the mark is given: once all its marks are annulled a lesson may move.
        lesson = bundle.week.lessons[mark.lesson_id]
        self._new_marks[mark.mark_id] = (lesson.subject_id, lesson.date)
        self._changed_marks[mark.mark_id] = (key, mark)

    def mark(self, class_id: str, mark_id: str) -> tuple[WeekKey, Mark] | None:
        """A mark of a class to be changed, with its week; None when there is none."""
        found = self._changed_marks.get(mark_id)
        if found is None:
            rows = fetch(
                self._cursor,
                self._place,
                "SELECT monday, pupil_id::text FROM {s}.diary_mark WHERE mark_id = %s",
                mark_id,
            )
            if not rows:
                return None
            [(monday, pupil)] = rows
            mark = self.bundle(class_id, monday).marks[pupil][mark_id]
            found = self._changed_marks[mark_id] = ((class_id, monday), mark)
        return found

    def remember_text(self, payload_id: str, key: WeekKey, mark_id: str | None) -> None:
        """A text of the vault is shown in a week."""
        self._new_texts[payload_id] = (*key, mark_id)

    def texts(self, payload_ids: Iterable[str]) -> list[tuple[str, WeekKey, str | None]]:
        """Where texts of the vault are shown: payload, week, mark."""
        self._flush_texts()
        found = fetch(
            self._cursor,
            self._place,
            "SELECT payload_id::text, class_id::text, monday, mark_id::text FROM {s}.diary_text"
            " WHERE payload_id = ANY (%s::uuid[]) ORDER BY payload_id",
            list(payload_ids),
        )
        return [(payload, (class_id, monday), mark) for payload, class_id, monday, mark in found]

    def weeks_with(self, person_id: str) -> list[WeekKey]:
        """Weeks in whose documents a teacher's name stands."""
        self._flush_weeks()
        found = fetch(
            self._cursor,
            self._place,
            "SELECT class_id::text, monday FROM {s}.diary_week WHERE strpos(people, %s) > 0"
            " ORDER BY class_id, monday",
            person_id,
        )
        return [(class_id, monday) for class_id, monday in found]

    def _read_bundle(self, key: WeekKey) -> Bundle:
        state = fetch(
            self._cursor,
            self._place,
            "SELECT state FROM {s}.diary_week WHERE class_id = %s AND monday = %s",
            *key,
        )
        if not state:
            return Bundle(Week(), {})
        found = fetch(
            self._cursor,
            self._place,
            "SELECT mark_id::text, pupil_id::text, lesson_id::text, value, was, weight,"
            " work_type_id::text, comment_id::text, comment, given_at, position"
            " FROM {s}.diary_mark WHERE class_id = %s AND monday = %s ORDER BY position, mark_id",
            *key,
        )
        marks: dict[str, dict[str, Mark]] = {}
        for row in found:
            mark = Mark(*row)
            mark.given_at = mark.given_at.astimezone(UTC)
            marks.setdefault(mark.pupil_id, {})[mark.mark_id] = mark
        return Bundle(msgspec.json.decode(state[0][0], type=Week), marks)

    def _flush_weeks(self) -> None:
        if not self._dirty_weeks:
            return
        keys = sorted(self._dirty_weeks)
        run(
            self._cursor,
            self._place,
            "INSERT INTO {s}.diary_week (class_id, monday, people, state)"
            " SELECT * FROM unnest(%s::uuid[], %b::date[], %s::text[], %b::bytea[])"
            " ON CONFLICT (class_id, monday) DO UPDATE"
            " SET people = excluded.people, state = excluded.state",
            [class_id for class_id, _ in keys],
            [monday for _, monday in keys],
            [" ".join(sorted(self.people(key))) for key in keys],
            [msgspec.json.encode(self._weeks[key].week) for key in keys],
        )
        self._dirty_weeks = set()

    def people(self, key: WeekKey) -> set[str]:
        """Teachers and substitutes of a week."""
        klass = self.klass(key[0])
        found: set[str] = set()
        for lesson in self._weeks[key].week.lessons.values():
            found.add(lesson.teacher_id)
            if substitute := klass.substitute(lesson.teacher_id, lesson.date):
                found.add(substitute)
        return found

    def _flush_texts(self) -> None:
        if self._new_texts:
            rows = [(payload, *place) for payload, place in self._new_texts.items()]
            columns: LiteralString = "payload_id, class_id, monday, mark_id"
            copy(self._cursor, self._place, "diary_text", columns, rows)
            self._new_texts = {}
