"""Reading the weeks of classes."""

from __future__ import annotations

from typing import Any

import msgspec
from psycopg import AsyncConnection

from domain.calendar import TimetableEntry
from domain.office.facts import ClassFormed
from domain.office.state import Adopted, Office
from projections.directory.vocabulary import calendar_of
from projections.office.years import bells_of
from projections.sql import rows

Conn = AsyncConnection[Any]


async def timetables(
    conn: Conn, schema: str, *, class_id: str | None = None, year: int | None = None
) -> dict[str, list[Adopted]]:
    """class → its weeks by the day they came into force; of one class, or of a year."""
    found = await rows(
        conn,
        schema,
        "SELECT t.class_id::text, t.since, t.entries FROM {s}.office_timetable t"
        " JOIN {s}.directory_class c USING (class_id)"
        " WHERE (%(class)s::uuid IS NULL OR t.class_id = %(class)s)"
        " AND (%(year)s::integer IS NULL OR c.year = %(year)s) ORDER BY t.since, t.position",
        **{"class": class_id, "year": year},
    )
    known: dict[str, list[Adopted]] = {}
    for of_class, since, entries in found:
        week = msgspec.json.decode(entries, type=tuple[TimetableEntry, ...])
        known.setdefault(of_class, []).append(Adopted(since, week))
    return known


async def weeks_of(conn: Conn, schema: str, year: int) -> Office:
    """Classes, weeks, bells and calendar of an opened year, as a decision knows them."""
    found = await rows(
        conn,
        schema,
        "SELECT class_id::text, grade_level, letter FROM {s}.directory_class WHERE year = %s"
        " ORDER BY grade_level, letter",
        year,
    )
    state = Office("", classes={one[0]: ClassFormed(*one) for one in found})
    state.timetables = await timetables(conn, schema, year=year)
    state.ringing = await bells_of(conn, schema, year) or state.ringing
    calendar = await calendar_of(conn, schema, year)
    state.calendar = calendar[0] if calendar else state.calendar
    return state
