"""What the handlers of compliance share: years and classes in memory, records to be written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, LiteralString

import msgspec
from psycopg import Cursor

from domain.duties import Duty
from domain.values import Origin
from domain.world import EPOCH
from projections.compliance.rules import Year
from projections.projection import Handlers, Place, Placed
from projections.sql import Row, bound
from projections.writing import copy, fetch, run

HANDLERS: Handlers[Desk] = Handlers()

DUTIES = tuple(Duty)  # their order is that of the bits and of the columns

_COLUMNS: LiteralString = (
    "lesson_id, class_id, subject_id, subgroup_id, teacher_id, date, number, known, off, left_out,"
    " homework, graded, control, imported, ends_at, day_due, fill_due, written_due"
)
_RECORDED: LiteralString = """
    UPDATE {s}.compliance_lesson t SET
        imported = t.imported | (k.imported & ~(
            CASE WHEN t.topic_at IS NULL THEN 0 ELSE 1 END
            | CASE WHEN t.attendance_at IS NULL THEN 0 ELSE 2 END
            | CASE WHEN t.homework_at IS NULL THEN 0 ELSE 4 END
            | CASE WHEN t.marks_at IS NULL THEN 0 ELSE 8 END))::smallint,
        topic_at = coalesce(t.topic_at, nullif(k.t_at, %(none)s)),
        topic_position = coalesce(t.topic_position, nullif(k.t, 0)),
        attendance_at = coalesce(t.attendance_at, nullif(k.a_at, %(none)s)),
        attendance_position = coalesce(t.attendance_position, nullif(k.a, 0)),
        homework_at = coalesce(t.homework_at, nullif(k.h_at, %(none)s)),
        homework_position = coalesce(t.homework_position, nullif(k.h, 0)),
        marks_at = coalesce(t.marks_at, nullif(k.m_at, %(none)s)),
        marks_position = coalesce(t.marks_position, nullif(k.m, 0))
    FROM unnest(%(lessons)s::uuid[], %(imported)b::int[],
        %(t_at)b::timestamptz[], %(t)b::bigint[], %(a_at)b::timestamptz[], %(a)b::bigint[],
        %(h_at)b::timestamptz[], %(h)b::bigint[], %(m_at)b::timestamptz[], %(m)b::bigint[])
        AS k (lesson_id, imported, t_at, t, a_at, a, h_at, h, m_at, m)
    WHERE t.lesson_id = k.lesson_id AND (
        (k.t > 0 AND t.topic_at IS NULL) OR (k.a > 0 AND t.attendance_at IS NULL)
        OR (k.h > 0 AND t.homework_at IS NULL) OR (k.m > 0 AND t.marks_at IS NULL))
"""


class Desk:
    """One school's compliance under the pen."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cursor: Cursor[Any]
        self._years: dict[int, Year] = {}
        self._classes: dict[str, tuple[int, int]] = {}  # class → year, grade level
        self._first: dict[str, dict[Duty, tuple[datetime, int, bool]]] = {}
        self._kinds: dict[str, bool] = {}  # lesson → it is a control work

    def begin(self, cursor: Cursor[Any]) -> None:
        """A new batch."""
        self.cursor = cursor
        self._first, self._kinds = {}, {}

    def run(self, text: LiteralString, *arguments: Any) -> None:
        """One statement."""
        run(self.cursor, self.place, text, *arguments)

    def fetch(self, text: LiteralString, *arguments: Any) -> list[Row]:
        """All rows of a statement."""
        return fetch(self.cursor, self.place, text, *arguments)

    # Years and classes ----------------------------------------------------------------------

    def year(self, number: int) -> Year:
        """A school year."""
        known = self._years.get(number)
        if known is None:
            [(state,)] = self.fetch("SELECT state FROM {s}.compliance_year WHERE year = %s", number)
            known = self._years[number] = msgspec.json.decode(state, type=Year)
        return known

    def year_of_office(self, office_id: str) -> Year:
        """The year of an office stream."""
        for known in self._years.values():
            if known.office_id == office_id:
                return known
        for (number,) in self.fetch("SELECT year FROM {s}.compliance_year"):
            if self.year(number).office_id == office_id:
                return self.year(number)
        raise LookupError(office_id)

    def keep_year(self, year: Year) -> None:
        """A new state of a year."""
        self._years[year.year] = year
        self.run(
            "INSERT INTO {s}.compliance_year (year, state) VALUES (%s, %s)"
            " ON CONFLICT (year) DO UPDATE SET state = excluded.state",
            year.year,
            msgspec.json.encode(year),
        )

    def of_class(self, class_id: str) -> tuple[Year, int]:
        """The year and the grade level of a class."""
        known = self._classes.get(class_id)
        if known is None:
            [known] = self.fetch(
                "SELECT year, grade_level FROM {s}.compliance_class WHERE class_id = %s", class_id
            )
            self._classes[class_id] = known
        return self.year(known[0]), known[1]

    # Lessons --------------------------------------------------------------------------------

    def plan(self, rows: list[tuple[Any, ...]]) -> None:
        """New lessons: the columns up to `number` and `known`, then `left_out`."""
        lines = []
        for *ids, day, number, known, left_out in rows:
            year, level = self.of_class(ids[1])
            rule, due = year.regulation(day), year.due(ids[1], day, number, number, known)
            lines.append(
                (
                    *ids,
                    day,
                    number,
                    known,
                    year.off(day, level),
                    left_out,
                    level not in rule.no_homework_levels,
                    level not in rule.ungraded_levels,
                    False,
                    0,
                    due.ends_at,
                    due.day_due,
                    due.fill_due,
                    due.written_due,
                )
            )
        copy(self.cursor, self.place, "compliance_lesson", _COLUMNS, lines)

    def settle(self, class_id: str, days: set[date], at: datetime) -> None:
        """Which lesson is the last of these days may have changed: so do deadlines by the bell."""
        year, _ = self.of_class(class_id)
        if days and not year.by_the_day:
            self.ring(year, at, min(days), max(days), class_id)

    def ring(
        self, year: Year, at: datetime, since: date, until: date, class_id: str | None = None
    ) -> None:
        """Lessons of days [since, until], of all classes or of one, end and are due anew by the
        bells and the plan as they are now.

        What was changed after the new deadline leaves the old one: nobody is late by it.
        """
        found = self.fetch(
            "SELECT l.lesson_id::text, l.class_id::text, l.date, l.number, l.known, l.ends_at,"
            " l.day_due, max(l.number) FILTER (WHERE l.cancelled_at IS NULL)"
            " OVER (PARTITION BY l.class_id, l.date)"
            " FROM {s}.compliance_lesson l JOIN {s}.compliance_class c USING (class_id)"
            " WHERE c.year = %s AND l.date BETWEEN %s AND %s"
            " AND (%s::uuid IS NULL OR l.class_id = %s)",
            year.year,
            since,
            until,
            class_id,
            class_id,
        )
        changed = []
        for lesson_id, of_class, day, number, known, ended, old, last in found:
            due = year.due(of_class, day, number, number if last is None else last, known)
            new = due.day_due if due.day_due > old or at <= due.day_due else old
            if (due.ends_at, new) != (ended, old):
                changed.append((lesson_id, due.ends_at, new))
        if changed:
            self.run(
                "UPDATE {s}.compliance_lesson t SET ends_at = k.ends_at, day_due = k.day_due"
                " FROM unnest(%s::uuid[], %b::timestamptz[], %b::timestamptz[])"
                " AS k (lesson_id, ends_at, day_due) WHERE t.lesson_id = k.lesson_id",
                *map(list, zip(*changed, strict=True)),
            )

    # Records --------------------------------------------------------------------------------

    def record(self, lesson_id: str, duty: Duty, one: Placed) -> None:
        """Something of a duty was recorded; only the first time counts."""
        imported = one.body.origin is Origin.IMPORT
        first = self._first.setdefault(lesson_id, {})
        first.setdefault(duty, (one.body.at, one.position, imported))

    def kind(self, lesson_id: str, *, control: bool) -> None:
        """What the lesson was, as it stands now."""
        self._kinds[lesson_id] = control

    def flush(self) -> None:
        """Write the records of the batch."""
        if self._first:
            none = (EPOCH, 0, False)
            lessons = sorted(self._first)
            arguments: dict[str, Any] = {"lessons": lessons, "none": EPOCH}
            for duty in DUTIES:
                found = [self._first[number].get(duty, none) for number in lessons]
                arguments[f"{duty[0]}_at"] = [at for at, _, _ in found]
                arguments[duty[0]] = [position for _, position, _ in found]
            arguments["imported"] = [
                sum(1 << bit for bit, duty in enumerate(DUTIES) if of.get(duty, none)[2])
                for of in map(self._first.__getitem__, lessons)
            ]
            text = bound(_RECORDED, self.place.tables)
            self.cursor.execute(text, arguments, prepare=True)
        if self._kinds:
            self.run(
                "UPDATE {s}.compliance_lesson t SET control = k.control"
                " FROM unnest(%s::uuid[], %s::boolean[]) AS k (lesson_id, control)"
                " WHERE t.lesson_id = k.lesson_id AND t.control <> k.control",
                list(self._kinds),
                list(self._kinds.values()),
            )
