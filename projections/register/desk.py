"""What the handlers of the register share: versions of rows, moments, what to read first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, LiteralString

from psycopg import Cursor

from domain.calendar import Calendar
from domain.fact import Fact
from domain.journal import absence_facts as a
from domain.journal import facts as j
from domain.journal import plan_facts as plan
from domain.journal.file_facts import LessonFileRemoved
from domain.office.years import GRADE_LEVELS
from projections.projection import Handlers, Place, Placed
from projections.register import tables
from projections.sql import STILL
from projections.versions import Key, Versions
from projections.writing import copy, run

HANDLERS: Handlers[Desk] = Handlers()

#: kind of fact → the table and keys that it changes, to be read before
_NEEDS: dict[type[Fact], tuple[str, Callable[[Any, str], Iterable[Key]]]] = {
    j.LessonMoved: ("lesson", lambda fact, _: [(fact.lesson_id,)]),
    j.LessonCancelled: ("lesson", lambda fact, _: [(fact.lesson_id,)]),
    plan.LessonsWithdrawn: ("lesson", lambda fact, _: [(one,) for one in fact.lesson_ids]),
    plan.RoomChanged: ("lesson", lambda fact, _: [(fact.lesson_id,)]),
    j.TopicCorrected: ("topic", lambda fact, _: [(fact.lesson_id,)]),
    j.AttendanceCorrected: (
        "attendance",
        lambda fact, _: [(fact.lesson_id, change.pupil_id) for change in fact.changes],
    ),
    a.AbsenceReasonSet: (
        "attendance",
        lambda fact, _: [(change.lesson_id, fact.pupil_id) for change in fact.changes],
    ),
    j.HomeworkAssigned: ("homework", lambda fact, _: [(fact.lesson_id,)]),
    j.HomeworkCorrected: ("homework", lambda fact, _: [(fact.homework_id,)]),
    LessonFileRemoved: ("file", lambda fact, _: [(fact.file_id,)]),
    j.MarkCorrected: ("mark", lambda fact, _: [(fact.mark_id,)]),
    j.MarkAnnulled: ("mark", lambda fact, _: [(fact.mark_id,)]),
    j.MarkCommented: ("mark", lambda fact, _: [(fact.mark_id,)]),
    j.MarksCarried: (
        "carried",
        lambda fact, stream: [
            (stream, fact.pupil_id, mark_id)
            for mark_id in (*(one.mark_id for one in fact.marks), *fact.annulled)
        ],
    ),
    j.TermMarkCorrected: (
        "term_mark",
        lambda fact, stream: [(stream, fact.subject_id, fact.term, fact.pupil_id)],
    ),
    j.TermMarkAnnulled: (
        "term_mark",
        lambda fact, stream: [(stream, fact.subject_id, fact.term, fact.pupil_id)],
    ),
}


class Desk:
    """One school's register under the pen."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._cursor: Cursor[Any]
        self._moments: dict[datetime, int] = {}
        self._taken: list[tuple[str, int]] = []
        self.versions = {name: Versions(place, one) for name, one in tables.VERSIONED.items()}

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """See `Projection`."""
        self._cursor = cursor
        self._moments, self._taken = {}, []
        needed: dict[str, list[Key]] = {}
        for one in batch:
            self._moments[one.body.at] = one.position
            need = _NEEDS.get(type(one.body.fact))
            if need is not None:
                needed.setdefault(need[0], []).extend(need[1](one.body.fact, one.stream))
        for name, keys in needed.items():
            self.versions[name].load(cursor, keys)
        for one in batch:
            HANDLERS.handle(self, one)
        for versions in self.versions.values():
            versions.flush(cursor)
        if self._taken:
            copy(cursor, self._place, "register_taken", "lesson_id, valid_from", self._taken)
        run(
            cursor,
            self._place,
            "INSERT INTO {s}.register_moment (at, position)"
            " SELECT * FROM unnest(%b::timestamptz[], %b::bigint[])"
            " ON CONFLICT (at) DO UPDATE SET position = excluded.position",
            list(self._moments),
            list(self._moments.values()),
        )

    def run(self, text: LiteralString, *arguments: Any) -> None:
        """One statement."""
        run(self._cursor, self._place, text, *arguments)

    def terms(self, calendar: Calendar, position: int) -> None:
        """The terms of a year from a position on."""
        self.run(
            "UPDATE {s}.register_term SET valid_to = %s WHERE year = %s AND valid_to = %s",
            position,
            calendar.year,
            STILL,
        )
        rows = [
            (calendar.year, level, term.number, term.name, term.starts, term.ends, position, STILL)
            for level in GRADE_LEVELS
            for term in calendar.of(level).terms
        ]
        columns: LiteralString = "year, grade_level, term, name, starts, ends, valid_from, valid_to"
        copy(self._cursor, self._place, "register_term", columns, rows)

    def take(self, lesson_id: str, position: int) -> None:
        """Attendance of a lesson was taken."""
        self._taken.append((lesson_id, position))
