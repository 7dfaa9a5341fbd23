"""The memory of the fold: classes as they are asked for, marks of the lessons of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

from psycopg import Cursor

from domain.calendar import Calendar
from domain.journal import facts as j
from domain.journal.absence_facts import AbsenceReasonSet
from projections.projection import Place, Placed
from projections.redflags.rows import Rows, TermCell
from projections.redflags.state import Change, ClassState, Hand, Mark, Year

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
_OF_MARK = (j.MarkCorrected, j.MarkAnnulled, j.DebtResolved)


class Memory:
    """Read when first asked for; what has changed is written by `flush`."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cursor: Cursor[Any]
        self._rows: Rows
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
        self._gone_term_marks: list[TermCell] = []
        self._new_changes = 0
        self._new_hands: set[str] = set()

    def begin(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """A new batch: the marks that it touches are read at once."""
        self.cursor, self._rows = cursor, Rows(self.place, cursor)
        self.marks, self.by_id, self.hands, self.changes = {}, {}, {}, []
        self._new_changes = 0
        ids, lessons = set(), set()
        for one in batch:
            fact = one.body.fact
            if isinstance(fact, _OF_LESSON):
                lessons.add(fact.lesson_id)
            elif isinstance(fact, AbsenceReasonSet):
                lessons |= {change.lesson_id for change in fact.changes}
            elif isinstance(fact, _OF_MARK) and fact.mark_id is not None:
                ids.add(fact.mark_id)
        lessons |= self._rows.lessons_of(ids)
        self._read_marks(sorted(lessons))

    # Years and classes ----------------------------------------------------------------------

    @property
    def years(self) -> dict[int, Year]:
        """Every opened year."""
        if self._years is None:
            self._years = self._rows.years()
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
            state = self.classes[class_id] = self._rows.class_state(class_id)
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
        return self._rows.lessons_on(year, level, days)

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
        self._rows.write_own_right(class_id, basis)

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
        return self._rows.given_by(class_id, basis, since)

    def add_change(self, change: Change) -> None:
        """A correction."""
        self.changes.append(change)

    def stored_changes(self, text: LiteralString, *arguments: Any) -> list[Change]:
        """Corrections of earlier batches."""
        return self._rows.changes(text, *arguments)

    def hand(self, person_id: str) -> Hand | None:
        """What a person has written last."""
        if person_id not in self.hands:
            self.hands[person_id] = self._rows.hand(person_id)
        return self.hands[person_id]

    def keep_hand(self, person_id: str, hand: Hand) -> None:
        """A person has written."""
        self.hands[person_id] = hand
        self._new_hands.add(person_id)

    # A batch at its end ---------------------------------------------------------------------

    def flush(self) -> None:
        """Write what has changed."""
        rows = self._rows
        rows.write_years({year: self.years[year] for year in self._new_years})
        rows.write_classes({class_id: self.classes[class_id] for class_id in self._new_classes})
        rows.write_lessons(
            (class_id, lesson_id, self.classes[class_id].lessons[lesson_id])
            for class_id, lesson_id in sorted(self._new_lessons)
        )
        for mark in self._new_marks:
            self._changed_marks.pop(mark.mark_id, None)
        rows.write_marks(self._new_marks, self._changed_marks.values())
        rows.write_term_marks(self._gone_term_marks, self._new_term_marks)
        rows.write_changes(self.changes[self._new_changes :])
        rows.write_hands({person_id: self.hands[person_id] for person_id in self._new_hands})
        self._new_changes = len(self.changes)
        self._new_years, self._new_classes, self._new_lessons = set(), set(), set()
        self._new_marks, self._changed_marks, self._new_hands = [], {}, set()
        self._new_term_marks, self._gone_term_marks = [], []

    def end(self) -> None:
        """Keep the classes used last."""
        while len(self.classes) > HOT_CLASSES:
            self.classes.pop(next(iter(self.classes)))

    def _read_marks(self, lesson_ids: Sequence[str]) -> None:
        self.marks |= {lesson_id: {} for lesson_id in lesson_ids}
        for mark in self._rows.marks(lesson_ids) if lesson_ids else ():
            self.marks[mark.lesson_id][mark.mark_id] = mark
            self.by_id[mark.mark_id] = mark
