"""The statements of red flags over what the fold remembers: reading it, and writing it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import msgspec
from psycopg import Cursor

from projections.projection import Place
from projections.redflags.state import Change, ClassState, Hand, Lesson, Mark, Year
from projections.sql import Row
from projections.writing import copy, copy_walled, fetch, run

#: class, pupil, subject, term
TermCell = tuple[str, str, str, int]

_MARK: LiteralString = """
    SELECT mark_id::text, lesson_id::text, pupil_id::text, by::text, at, position, basis, value,
        alive, excused
    FROM {s}.red_flag_mark WHERE
"""
_BY_RIGHT: LiteralString = """
    alive AND basis = %s AND lesson_id IN (SELECT lesson_id FROM {s}.red_flag_lesson
        WHERE class_id = %s AND date >= %s) ORDER BY position
"""
_CHANGE: LiteralString = """
    SELECT position, at, by::text, session, class_id::text, upward FROM {s}.red_flag_change WHERE
"""
_MARK_COLUMNS: LiteralString = (
    "mark_id, lesson_id, pupil_id, by, at, position, basis, value, alive, excused"
)


class Rows:
    """The tables behind a `Memory`, in the transaction of a batch."""

    def __init__(self, place: Place, cursor: Cursor[Any]) -> None:
        self._place = place
        self._cursor = cursor

    # Reading --------------------------------------------------------------------------------

    def years(self) -> dict[int, Year]:
        """Every opened year."""
        found = self._fetch("SELECT year, state FROM {s}.red_flag_year")
        return {year: msgspec.json.decode(state, type=Year) for year, state in found}

    def class_state(self, class_id: str) -> ClassState:
        """A class with its lessons, its term marks and the rights people gave themselves."""

        def of_class(text: LiteralString) -> list[Row]:
            return self._fetch(text + " WHERE class_id = %s", class_id)

        [(year, level, zone)] = of_class(
            "SELECT year, grade_level::int, zone FROM {s}.red_flag_class"
        )
        lessons = of_class(
            "SELECT lesson_id::text, subject_id::text, date, cancelled, topic, attended, absent"
            " FROM {s}.red_flag_lesson"
        )
        issued = of_class(
            "SELECT pupil_id::text, subject_id::text, term::int, position"
            " FROM {s}.red_flag_term_mark"
        )
        own = of_class("SELECT basis FROM {s}.red_flag_own_right")
        return ClassState(
            year,
            level,
            ZoneInfo(zone),
            {
                number: Lesson(subject_id, day, cancelled, topic, attended, set(absent.split()))
                for number, subject_id, day, cancelled, topic, attended, absent in lessons
            },
            {(pupil, subject_id, term): at for pupil, subject_id, term, at in issued},
            {basis for (basis,) in own},
        )

    def lessons_on(self, year: int, level: int, days: Sequence[date]) -> list[tuple[str, str]]:
        """(class, lesson) of a grade level on these days that have marks."""
        found = self._fetch(
            "SELECT l.class_id::text, l.lesson_id::text FROM {s}.red_flag_lesson l"
            " JOIN {s}.red_flag_class c USING (class_id)"
            " WHERE c.year = %s AND c.grade_level = %s AND l.date = ANY (%b::date[]) AND EXISTS"
            " (SELECT 1 FROM {s}.red_flag_mark m WHERE m.lesson_id = l.lesson_id)"
            " ORDER BY 1, 2",
            year,
            level,
            list(days),
        )
        return [(class_id, lesson_id) for class_id, lesson_id in found]

    def lessons_of(self, mark_ids: Iterable[str]) -> set[str]:
        """The lessons of marks."""
        wanted = sorted(mark_ids)
        if not wanted:
            return set()
        found = self._fetch(
            "SELECT DISTINCT lesson_id::text FROM {s}.red_flag_mark"
            " WHERE mark_id = ANY (%s::uuid[])",
            wanted,
        )
        return {lesson_id for (lesson_id,) in found}

    def marks(self, lesson_ids: Sequence[str]) -> list[Mark]:
        """All marks of lessons, annulled ones too, in the order of the log."""
        found = self._fetch(
            _MARK + " lesson_id = ANY (%s::uuid[]) ORDER BY position", list(lesson_ids)
        )
        return [Mark(*one) for one in found]

    def given_by(self, class_id: str, basis: str, since: date) -> list[Mark]:
        """Living marks given by a right for lessons from a day on."""
        return [Mark(*one) for one in self._fetch(_MARK + _BY_RIGHT, basis, class_id, since)]

    def changes(self, text: LiteralString, *arguments: Any) -> list[Change]:
        """Corrections that a condition names, in the order of the log."""
        found = self._fetch(_CHANGE + text + " ORDER BY position", *arguments)
        return [Change(*one) for one in found]

    def hand(self, person_id: str) -> Hand | None:
        """What a person has written last."""
        found = self._fetch("SELECT state FROM {s}.red_flag_hand WHERE person_id = %s", person_id)
        return msgspec.json.decode(found[0][0], type=Hand) if found else None

    # Writing --------------------------------------------------------------------------------

    def write_years(self, years: Mapping[int, Year]) -> None:
        """New or changed years."""
        for year, state in sorted(years.items()):
            self._run(
                "INSERT INTO {s}.red_flag_year (year, state) VALUES (%s, %s)"
                " ON CONFLICT (year) DO UPDATE SET state = excluded.state",
                year,
                msgspec.json.encode(state),
            )

    def write_classes(self, classes: Mapping[str, ClassState]) -> None:
        """New classes."""
        for class_id, state in sorted(classes.items()):
            self._run(
                "INSERT INTO {s}.red_flag_class (class_id, year, grade_level, zone)"
                " VALUES (%s, %s, %s, %s)",
                class_id,
                state.year,
                state.grade_level,
                str(state.zone),
            )

    def write_lessons(self, lessons: Iterable[tuple[str, str, Lesson]]) -> None:
        """New or changed lessons: class, lesson, its state."""
        rows = [
            (
                lesson_id,
                class_id,
                one.subject_id,
                one.date,
                one.cancelled,
                one.topic,
                one.attended,
                " ".join(sorted(one.absent)),
            )
            for class_id, lesson_id, one in lessons
        ]
        if rows:
            self._run(
                "INSERT INTO {s}.red_flag_lesson (lesson_id, class_id, subject_id, date,"
                " cancelled, topic, attended, absent) SELECT * FROM unnest(%s::uuid[],"
                " %s::uuid[], %s::uuid[], %b::date[], %b::boolean[], %b::boolean[], %s::bigint[],"
                " %s::text[]) ON CONFLICT (lesson_id) DO UPDATE SET date = excluded.date,"
                " cancelled = excluded.cancelled, topic = excluded.topic,"
                " attended = excluded.attended, absent = excluded.absent",
                *(list(column) for column in zip(*rows, strict=True)),
            )

    def write_marks(self, new: Sequence[Mark], changed: Iterable[Mark]) -> None:
        """New marks, and marks that are not what they were."""
        if new:
            rows = map(msgspec.structs.astuple, new)
            copy_walled(self._cursor, self._place, "red_flag_mark", _MARK_COLUMNS, rows)
        for mark in changed:
            self._run(
                "UPDATE {s}.red_flag_mark SET value = %s, alive = %s, excused = %s"
                " WHERE mark_id = %s",
                mark.value,
                mark.alive,
                mark.excused,
                mark.mark_id,
            )

    def write_term_marks(
        self, gone: Sequence[TermCell], new: Sequence[tuple[str, str, str, int, int]]
    ) -> None:
        """Term marks that stand no more; new ones with their positions."""
        for cell in gone:
            self._run(
                "DELETE FROM {s}.red_flag_term_mark"
                " WHERE (class_id, pupil_id, subject_id, term) = (%s, %s, %s, %s)",
                *cell,
            )
        if new:
            self._run(
                "INSERT INTO {s}.red_flag_term_mark (class_id, pupil_id, subject_id, term,"
                " position) SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[],"
                " %s::smallint[], %s::bigint[])",
                *(list(column) for column in zip(*new, strict=True)),
            )

    def write_changes(self, changes: Sequence[Change]) -> None:
        """New corrections."""
        if changes:
            columns: LiteralString = "position, at, by, session, class_id, upward"
            rows = map(msgspec.structs.astuple, changes)
            copy(self._cursor, self._place, "red_flag_change", columns, rows)

    def write_hands(self, hands: Mapping[str, Hand | None]) -> None:
        """What people have written last."""
        for person_id, hand in sorted(hands.items()):
            self._run(
                "INSERT INTO {s}.red_flag_hand (person_id, state) VALUES (%s, %s)"
                " ON CONFLICT (person_id) DO UPDATE SET state = excluded.state",
                person_id,
                msgspec.json.encode(hand),
            )

    def write_own_right(self, class_id: str, basis: str) -> None:
        """Somebody has given oneself a right to write."""
        self._run(
            "INSERT INTO {s}.red_flag_own_right (class_id, basis) VALUES (%s, %s)", class_id, basis
        )

    def _run(self, text: LiteralString, *arguments: Any) -> None:
        run(self._cursor, self._place, text, *arguments)

    def _fetch(self, text: LiteralString, *arguments: Any) -> list[Row]:
        return fetch(self._cursor, self._place, text, *arguments)
