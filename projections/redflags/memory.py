"""The memory of the fold: classes as they are asked for, marks of the lessons of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import msgspec
from psycopg import Cursor

from domain.calendar import Calendar
from domain.journal import facts as j
from domain.journal.absence_facts import AbsenceReasonSet
from projections.projection import Place, Placed
from projections.redflags.state import Change, ClassState, Hand, Lesson, Mark, Year
from projections.writing import copy, copy_walled, fetch, run

#: Classes whose lessons stay in memory.
HOT_CLASSES = 64
#: Facts after which the marks of their lesson are looked at.
_OF_LESSON = (
    j.MarkGiven,
    j.AttendanceTaken,
    j.AttendanceCorrected,
    j.TopicRecorded,
    j.TopicCorrected,
    j.LessonCancelled,
    j.LessonMoved,
)
_OF_MARK = (j.MarkCorrected, j.MarkAnnulled)
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


class Memory:
    """Read when first asked for; what has changed is written by `flush`."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cursor: Cursor[Any]
        self.classes: dict[str, ClassState] = {}
        self.marks: dict[str, dict[str, Mark]] = {}  # lesson → its marks
        self.by_id: dict[str, Mark] = {}
        self.hands: dict[str, Hand | None] = {}
        self.changes: list[Change] = []  # of this batch
        self._years: dict[int, Year] | None = None
        self._new_years: set[int] = set()
        self._new_classes: set[str] = set()
        self._new_lessons: set[tuple[str, str]] = set()
        self._new_marks: list[Mark] = []
        self._changed_marks: dict[str, Mark] = {}
        self._new_term_marks: list[tuple[str, str, str, int, int]] = []
        self._gone_term_marks: list[tuple[str, str, str, int]] = []
        self._new_changes = 0
        self._new_hands: set[str] = set()

    def begin(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """A new batch: the marks that it touches are read at once."""
        self.cursor = cursor
        self.marks, self.by_id, self.hands, self.changes = {}, {}, {}, []
        self._new_changes = 0
        ids, lessons = set(), set()
        for one in batch:
            fact = one.body.fact
            if isinstance(fact, _OF_LESSON):
                lessons.add(fact.lesson_id)
            elif isinstance(fact, AbsenceReasonSet):
                lessons |= {change.lesson_id for change in fact.changes}
            elif isinstance(fact, _OF_MARK) or (
                isinstance(fact, j.DebtResolved) and fact.mark_id is not None
            ):
                ids.add(fact.mark_id)
        if ids:
            found = fetch(
                cursor,
                self.place,
                "SELECT DISTINCT lesson_id::text FROM {s}.red_flag_mark"
                " WHERE mark_id = ANY (%s::uuid[])",
                sorted(ids),
            )
            lessons |= {lesson_id for (lesson_id,) in found}
        self._read_marks(sorted(lessons))

    # Years and classes ----------------------------------------------------------------------

    @property
    def years(self) -> dict[int, Year]:
        """Every opened year."""
        if self._years is None:
            found = fetch(self.cursor, self.place, "SELECT year, state FROM {s}.red_flag_year")
            self._years = {year: msgspec.json.decode(state, type=Year) for year, state in found}
        return self._years

    def keep_year(self, year: int, state: Year) -> None:
        """A new state of a year."""
        self.years[year] = state
        self._new_years.add(year)

    def keep_class(self, class_id: str, year: int, grade_level: int, zone: str) -> None:
        """A class that has just been opened."""
        self.classes[class_id] = ClassState(year, grade_level, ZoneInfo(zone), {}, {}, set())
        self._new_classes.add(class_id)

    def of_class(self, class_id: str) -> ClassState:
        """The state of a class."""
        state = self.classes.get(class_id)
        if state is None:
            state = self.classes[class_id] = self._load(class_id)
        return state

    def touch(self, class_id: str, lesson_id: str) -> None:
        """A lesson is new or has changed."""
        self._new_lessons.add((class_id, lesson_id))

    def calendar_of(self, class_id: str) -> Calendar | None:
        """The calendar of a class: its grade level may have terms of its own."""
        state = self.of_class(class_id)
        year = self.years.get(state.year)
        return year.calendar.of(state.grade_level) if year else None

    def lessons_on(self, year: int, level: int, days: Sequence[date]) -> list[tuple[str, str]]:
        """(class, lesson) of a grade level on these days that have marks; everything must be
        flushed.
        """
        found = fetch(
            self.cursor,
            self.place,
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

    def issued(
        self, class_id: str, pupil_id: str, subject_id: str, term: int, position: int
    ) -> None:
        """A term mark stands."""
        known = self.of_class(class_id).term_marks
        if (pupil_id, subject_id, term) not in known:
            known[pupil_id, subject_id, term] = position
            self._new_term_marks.append((class_id, pupil_id, subject_id, term, position))

    def withdrawn(self, class_id: str, pupil_id: str, subject_id: str, term: int) -> None:
        """A term mark stands no more."""
        cell = (class_id, pupil_id, subject_id, term)
        self.of_class(class_id).term_marks.pop(cell[1:], None)
        self._new_term_marks = [one for one in self._new_term_marks if one[:4] != cell]
        self._gone_term_marks.append(cell)

    def own_right(self, class_id: str, basis: str) -> None:
        """Somebody has given oneself a right to write."""
        self.of_class(class_id).own_rights.add(basis)
        run(
            self.cursor,
            self.place,
            "INSERT INTO {s}.red_flag_own_right (class_id, basis) VALUES (%s, %s)",
            class_id,
            basis,
        )

    # Marks, changes, hands ------------------------------------------------------------------

    def marks_of(self, lesson_id: str) -> dict[str, Mark]:
        """All marks of a lesson, annulled ones too."""
        if lesson_id not in self.marks:
            self._read_marks([lesson_id])
        return self.marks[lesson_id]

    def give(self, mark: Mark) -> None:
        """A new mark."""
        self.marks_of(mark.lesson_id)[mark.mark_id] = mark
        self.by_id[mark.mark_id] = mark
        self._new_marks.append(mark)

    def change_mark(self, mark: Mark) -> None:
        """A mark is not what it was."""
        self._changed_marks[mark.mark_id] = mark

    def given_by(self, class_id: str, basis: str, since: date) -> list[Mark]:
        """Living marks given by a right for lessons from a day on; everything must be flushed."""
        found = fetch(
            self.cursor,
            self.place,
            _MARK + _BY_RIGHT,
            basis,
            class_id,
            since,
        )
        return [Mark(*one) for one in found]

    def add_change(self, change: Change) -> None:
        """A correction."""
        self.changes.append(change)

    def stored_changes(self, text: LiteralString, *arguments: Any) -> list[Change]:
        """Corrections of earlier batches."""
        found = fetch(
            self.cursor,
            self.place,
            _CHANGE + text + " ORDER BY position",
            *arguments,
        )
        return [Change(*one) for one in found]

    def hand(self, person_id: str) -> Hand | None:
        """What a person has written last."""
        if person_id not in self.hands:
            found = fetch(
                self.cursor,
                self.place,
                "SELECT state FROM {s}.red_flag_hand WHERE person_id = %s",
                person_id,
            )
            self.hands[person_id] = msgspec.json.decode(found[0][0], type=Hand) if found else None
        return self.hands[person_id]

    def keep_hand(self, person_id: str, hand: Hand) -> None:
        """A person has written."""
        self.hands[person_id] = hand
        self._new_hands.add(person_id)

    # Writing --------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write what has changed."""
        self._flush_years_and_classes()
        self._flush_lessons()
        if self._new_marks:
            copy_walled(
                self.cursor,
                self.place,
                "red_flag_mark",
                _MARK_COLUMNS,
                map(msgspec.structs.astuple, self._new_marks),
            )
            for mark in self._new_marks:
                self._changed_marks.pop(mark.mark_id, None)
        for mark in self._changed_marks.values():
            run(
                self.cursor,
                self.place,
                "UPDATE {s}.red_flag_mark SET value = %s, alive = %s, excused = %s"
                " WHERE mark_id = %s",
                mark.value,
                mark.alive,
                mark.excused,
                mark.mark_id,
            )
        for cell in self._gone_term_marks:
            run(
                self.cursor,
                self.place,
                "DELETE FROM {s}.red_flag_term_mark"
                " WHERE (class_id, pupil_id, subject_id, term) = (%s, %s, %s, %s)",
                *cell,
            )
        if self._new_term_marks:
            run(
                self.cursor,
                self.place,
                "INSERT INTO {s}.red_flag_term_mark (class_id, pupil_id, subject_id, term,"
                " position) SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[],"
                " %s::smallint[], %s::bigint[])",
                *(list(column) for column in zip(*self._new_term_marks, strict=True)),
            )
        fresh = self.changes[self._new_changes :]
        if fresh:
            copy(
                self.cursor,
                self.place,
                "red_flag_change",
                "position, at, by, session, class_id, upward",
                map(msgspec.structs.astuple, fresh),
            )
        for person_id in sorted(self._new_hands):
            run(
                self.cursor,
                self.place,
                "INSERT INTO {s}.red_flag_hand (person_id, state) VALUES (%s, %s)"
                " ON CONFLICT (person_id) DO UPDATE SET state = excluded.state",
                person_id,
                msgspec.json.encode(self.hands[person_id]),
            )
        self._new_changes = len(self.changes)
        self._new_marks, self._changed_marks, self._new_hands = [], {}, set()
        self._new_term_marks, self._gone_term_marks = [], []

    def end(self) -> None:
        """Keep the classes used last."""
        while len(self.classes) > HOT_CLASSES:
            self.classes.pop(next(iter(self.classes)))

    def _flush_years_and_classes(self) -> None:
        for year in sorted(self._new_years):
            run(
                self.cursor,
                self.place,
                "INSERT INTO {s}.red_flag_year (year, state) VALUES (%s, %s)"
                " ON CONFLICT (year) DO UPDATE SET state = excluded.state",
                year,
                msgspec.json.encode(self.years[year]),
            )
        for class_id in sorted(self._new_classes):
            state = self.classes[class_id]
            run(
                self.cursor,
                self.place,
                "INSERT INTO {s}.red_flag_class (class_id, year, grade_level, zone)"
                " VALUES (%s, %s, %s, %s)",
                class_id,
                state.year,
                state.grade_level,
                str(state.zone),
            )
        self._new_years, self._new_classes = set(), set()

    def _flush_lessons(self) -> None:
        if not self._new_lessons:
            return
        columns: list[list[Any]] = [[] for _ in range(8)]
        for class_id, lesson_id in sorted(self._new_lessons):
            one = self.classes[class_id].lessons[lesson_id]
            absent = " ".join(sorted(one.absent))
            row = (
                lesson_id,
                class_id,
                one.subject_id,
                one.date,
                one.cancelled,
                one.topic,
                one.attended,
                absent,
            )
            for column, value in zip(columns, row, strict=True):
                column.append(value)
        run(
            self.cursor,
            self.place,
            "INSERT INTO {s}.red_flag_lesson (lesson_id, class_id, subject_id, date, cancelled,"
            " topic, attended, absent) SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[],"
            " %b::date[], %b::boolean[], %b::boolean[], %s::bigint[], %s::text[])"
            " ON CONFLICT (lesson_id) DO UPDATE SET date = excluded.date,"
            " cancelled = excluded.cancelled, topic = excluded.topic,"
            " attended = excluded.attended, absent = excluded.absent",
            *columns,
        )
        self._new_lessons = set()

    # Reading --------------------------------------------------------------------------------

    def _read_marks(self, lesson_ids: Sequence[str]) -> None:
        self.marks |= {lesson_id: {} for lesson_id in lesson_ids}
        if lesson_ids:
            self._remember(
                fetch(
                    self.cursor,
                    self.place,
                    _MARK + " lesson_id = ANY (%s::uuid[]) ORDER BY position",
                    list(lesson_ids),
                )
            )

    def _remember(self, found: Iterable[Sequence[Any]]) -> None:
        for one in found:
            mark = Mark(*one)
            self.marks[mark.lesson_id][mark.mark_id] = mark
            self.by_id[mark.mark_id] = mark

    def _load(self, class_id: str) -> ClassState:
        def of_class(text: LiteralString) -> list[tuple[Any, ...]]:
            return fetch(self.cursor, self.place, text + " WHERE class_id = %s", class_id)

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
