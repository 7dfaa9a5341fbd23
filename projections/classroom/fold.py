"""Folding what the class teacher keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import Cursor

from domain.catalogue import FACTS
from domain.journal import absence_facts as a
from projections.projection import Handlers, Place, Placed, id_of
from projections.writing import run

HANDLERS: Handlers[Classroom] = Handlers()
on = HANDLERS.on


class Classroom:
    """classroom_v1 of one school."""

    name = "classroom_v1"
    tables = ("classroom_reason", "classroom_week", "classroom_notice")
    topics = frozenset(fact.TOPIC for fact in a.FACTS)
    ignored = frozenset(FACTS) - topics

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cursor: Cursor[Any]

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """See `Projection`."""
        self.cursor = cursor
        for one in batch:
            HANDLERS.handle(self, one)

    def run(self, text: LiteralString, *arguments: Any) -> None:
        """One statement."""
        run(self.cursor, self.place, text, *arguments)


@on(a.AbsenceReasonSet)
def _reason(to: Classroom, fact: a.AbsenceReasonSet, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_reason (lesson_id, pupil_id, class_id, code, document_id, at,"
        " by) SELECT lesson_id, %s, %s, code, %s, %s, %s"
        " FROM unnest(%s::uuid[], %s::text[]) AS u (lesson_id, code)"
        " ON CONFLICT (lesson_id, pupil_id) DO UPDATE SET code = excluded.code,"
        " document_id = excluded.document_id, at = excluded.at, by = excluded.by",
        fact.pupil_id,
        one.stream,
        id_of(fact.document),
        one.body.at,
        one.body.by,
        [change.lesson_id for change in fact.changes],
        [str(change.code) for change in fact.changes],
    )


@on(a.AttendanceWeekConfirmed)
def _week(to: Classroom, fact: a.AttendanceWeekConfirmed, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_week (class_id, monday, absences, untaken, at, by)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (class_id, monday) DO UPDATE"
        " SET absences = excluded.absences, untaken = excluded.untaken, at = excluded.at,"
        " by = excluded.by",
        one.stream,
        fact.monday,
        fact.absences,
        fact.untaken,
        one.body.at,
        one.body.by,
    )


@on(a.AbsenceAnnounced)
def _notice(to: Classroom, fact: a.AbsenceAnnounced, one: Placed) -> None:
    to.run(
        "INSERT INTO {s}.classroom_notice (notice_id, class_id, pupil_id, since, until, code,"
        " text_id, at, by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        fact.notice_id,
        one.stream,
        fact.pupil_id,
        fact.since,
        fact.until,
        str(fact.code),
        id_of(fact.payload),
        one.body.at,
        one.body.by,
    )
