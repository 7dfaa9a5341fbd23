"""What the handlers of the trail share: lines, and what is odd about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, LiteralString

import msgspec
from psycopg import Cursor

from domain.journal import correction_facts as c
from domain.journal import facts as j
from domain.office.archive_facts import ArchiveAnnotated
from domain.values import Origin
from projections.projection import Handlers, Place, Placed
from projections.trail.state import ClassState, Lesson, Memory
from projections.writing import copy_walled

#: Facts that point to an earlier mark or debt.
_POINTING = (
    j.MarkCorrected,
    j.MarkAnnulled,
    j.MarkCommented,
    c.CorrectionRequested,
    c.CorrectionApproved,
    c.CorrectionRejected,
    ArchiveAnnotated,
)

_COLUMNS: LiteralString = (
    "position, ordinal, at, kind, class_id, subject_id, lesson_id, lesson_date, pupil_id, mark_id,"
    " term, old_value, value, reason_code, text_id, tier, by, acting_for,"
    " after_term_mark, absent_pupil, by_substitute, imported"
)


class Line(msgspec.Struct, kw_only=True):
    """What a handler says of a fact; the envelope is added to it."""

    class_id: str | None = None  # of a fact that is not on the stream of its class
    lesson_id: str | None = None
    subject_id: str | None = None
    pupil_id: str | None = None
    about: str | None = None  # the mark, homework or debt
    term: int | None = None
    old_value: str | None = None
    value: str | None = None
    reason_code: str | None = None
    text_id: str | None = None
    tier: str | None = None
    after_term_mark: bool = False
    absent_pupil: bool = False


class Scribe:
    """One school's trail under the pen."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.memory = Memory(place)
        self.about: dict[str, tuple[str, str]] = {}  # mark or debt → lesson, pupil
        self._rows: list[tuple[Any, ...]] = []

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """See `Projection`."""
        self.memory.begin(cursor)
        self._rows = []
        pointed = {
            fact.mark_id
            for one in batch
            if isinstance(fact := one.body.fact, _POINTING) and fact.mark_id
        } | {one.body.fact.debt_id for one in batch if isinstance(one.body.fact, j.DebtResolved)}
        self.about = self.memory.subjects_of(pointed)
        for one in batch:
            HANDLERS.handle(self, one)
        if self._rows:
            copy_walled(cursor, self._place, "trail_v1", _COLUMNS, self._rows)
        self.memory.flush()

    def write(self, at: Placed, *lines: Line) -> None:
        """Lines of one fact."""
        body = at.body
        for ordinal, line in enumerate(lines):
            class_id = line.class_id or at.stream
            lessons = self.memory.of_class(class_id).lessons
            lesson = lessons.get(line.lesson_id) if line.lesson_id else None
            self._rows.append(
                (
                    at.position,
                    ordinal,
                    body.at,
                    at.topic.rpartition(".")[2],
                    class_id,
                    line.subject_id or (lesson and lesson.subject_id),
                    line.lesson_id,
                    lesson and lesson.date,
                    line.pupil_id,
                    line.about,
                    line.term,
                    line.old_value,
                    line.value,
                    line.reason_code,
                    line.text_id,
                    line.tier,
                    body.by,
                    body.acting_for,
                    line.after_term_mark,
                    line.absent_pupil,
                    body.acting_for is not None,
                    body.origin is Origin.IMPORT,
                )
            )

    def after_term_mark(self, at: Placed, lesson_id: str, pupil_id: str) -> bool:
        """The pupil had the term mark of the lesson's subject and term already."""
        state = self.memory.of_class(at.stream)
        if not state.term_marks:
            return False
        lesson, calendar = state.lessons.get(lesson_id), self.memory.calendars.get(state.year)
        term = calendar.of(state.grade_level).term_of(lesson.date) if lesson and calendar else None
        return (
            lesson is not None
            and term is not None
            and (pupil_id, lesson.subject_id, term.number) in state.term_marks
        )

    def lesson(self, at: Placed, lesson_id: str) -> Lesson | None:
        """A lesson of the fact's class."""
        return self.memory.of_class(at.stream).lessons.get(lesson_id)

    def plan(self, at: Placed, lesson_id: str, subject_id: str, day: date) -> None:
        """A lesson is to be held."""
        state: ClassState = self.memory.of_class(at.stream)
        known = state.lessons.get(lesson_id)
        state.lessons[lesson_id] = Lesson(subject_id, day, known.absent if known else set())
        self.memory.touch(at.stream, lesson_id)


HANDLERS: Handlers[Scribe] = Handlers()
