"""What the handlers of the directory share: statements, names, years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

import msgspec
from psycopg import Cursor

from domain.calendar import Calendar
from domain.office import facts as o
from domain.people import facts as p
from projections.names import name_of
from projections.projection import Handlers, Place, Placed
from projections.writing import fetch, run, texts


class Desk:
    """One school's directory under the pen: rare facts, one statement each."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._years: dict[str, int] = {}  # office stream → year
        self._names: dict[str, str] = {}
        self._cursor: Cursor[Any]

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """See `Projection`."""
        self._cursor = cursor
        refs = [
            one.fact.name.id
            for one in batch
            if isinstance(one.fact, p.PersonRegistered | p.PersonRenamed)
        ]
        self._names = texts(cursor, self._place, refs)
        for one in batch:
            HANDLERS.handle(self, one)

    def run(self, text: LiteralString, *arguments: Any) -> None:
        """One statement."""
        run(self._cursor, self._place, text, *arguments)

    def year_of(self, office: str) -> int:
        """The year of an office stream. Raises LookupError for a stream without an opening."""
        if office not in self._years:
            found = fetch(
                self._cursor, self._place, "SELECT office_id::text, year FROM {s}.directory_year"
            )
            self._years = dict(found)
        return self._years[office]

    def naming(self, payload_id: str) -> tuple[str, str, str]:
        """Full name, short name and sort key of a vault body; empty ones once erased."""
        found = name_of(self._names.get(payload_id))
        return (found.full, found.short, found.sort_key) if found else ("", "", "")

    def calendar(self, year: int, calendar: Calendar) -> None:
        """The calendar of a year."""
        self.run(
            "UPDATE {s}.directory_year SET starts = %s, ends = %s, calendar = %s WHERE year = %s",
            calendar.starts,
            calendar.ends,
            msgspec.json.encode(calendar),
            year,
        )

    def appointed(self, year: int, one: o.Appointment, position: int, ordinal: int) -> None:
        """A row of the staff."""
        self.run(
            "INSERT INTO {s}.directory_staff"
            " (year, person_id, role, since, until, position, ordinal)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            year,
            one.person_id,
            str(one.role),
            one.since,
            one.until,
            position,
            ordinal,
        )

    def subject(self, year: int, subject: o.Subject) -> None:
        """A subject of a year."""
        self.run(
            "INSERT INTO {s}.directory_subject (year, subject_id, name) VALUES (%s, %s, %s)",
            year,
            subject.subject_id,
            subject.name,
        )

    def work_type(self, year: int, kind: o.WorkType) -> None:
        """A work type of a year."""
        self.run(
            "INSERT INTO {s}.directory_work_type (year, work_type_id, name, abbr, weight)"
            " VALUES (%s, %s, %s, %s, %s)",
            year,
            kind.work_type_id,
            kind.name,
            kind.abbr,
            kind.weight,
        )


HANDLERS: Handlers[Desk] = Handlers()
