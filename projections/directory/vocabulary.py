"""Words and calendar of a school year: terms, bells, subjects, work types, rules."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from psycopg import AsyncConnection

from domain.calendar import Bell, Calendar
from domain.regulation import Regulation
from projections.sql import row, rows

Conn = AsyncConnection[Any]

#: A school year is in force from this month on.
FIRST_MONTH = 7


async def years(conn: Conn, schema: str) -> list[dict[str, Any]]:
    """`[{year, starts, ends}]`, the newest first."""
    found = await rows(
        conn,
        schema,
        "SELECT year, starts, ends FROM {s}.directory_year ORDER BY year DESC",
    )
    return [
        {"year": year, "starts": starts.isoformat(), "ends": ends.isoformat()}
        for year, starts, ends in found
    ]


async def school_year_of(conn: Conn, schema: str, day: date) -> int | None:
    """The opened school year in force that day (from July on the new one, once opened)."""
    found = await row(
        conn,
        schema,
        "SELECT max(year) FROM {s}.directory_year WHERE year <= %s",
        day.year - (day.month < FIRST_MONTH),
    )
    return found[0] if found else None


async def zone_of(conn: Conn, schema: str) -> str:
    """The school's IANA zone; UTC before the first year is opened."""
    found = await row(
        conn, schema, "SELECT zone FROM {s}.directory_year ORDER BY year DESC LIMIT 1"
    )
    return str(found[0]) if found else "UTC"


async def calendar_of(conn: Conn, schema: str, year: int) -> tuple[Calendar, list[Bell]] | None:
    """Calendar and bells of a year, or None when it is not opened."""
    found = await row(
        conn, schema, "SELECT calendar, bells FROM {s}.directory_year WHERE year = %s", year
    )
    if found is None:
        return None
    return (
        msgspec.json.decode(found[0], type=Calendar),
        msgspec.json.decode(found[1], type=list[Bell]),
    )


async def regulation_of(conn: Conn, schema: str, year: int) -> Regulation | None:
    """The rules in force in a year, or None when it is not opened."""
    found = await row(
        conn, schema, "SELECT regulation FROM {s}.directory_year WHERE year = %s", year
    )
    return None if found is None else msgspec.json.decode(found[0], type=Regulation)


async def terms(conn: Conn, schema: str, year: int, grade_level: int = 0) -> list[dict[str, Any]]:
    """`[{term, name, starts, ends}]` in order: of a grade level, or those of most classes."""
    found = await calendar_of(conn, schema, year)
    return [
        {
            "term": one.number,
            "name": one.name,
            "starts": one.starts.isoformat(),
            "ends": one.ends.isoformat(),
        }
        for one in (found[0].of(grade_level).terms if found else ())
    ]


async def subjects(conn: Conn, schema: str, year: int) -> list[dict[str, Any]]:
    """`[{subject_id, name}]` by name."""
    found = await rows(
        conn,
        schema,
        "SELECT subject_id::text, name FROM {s}.directory_subject WHERE year = %s ORDER BY name",
        year,
    )
    return [{"subject_id": number, "name": name} for number, name in found]


async def work_types(conn: Conn, schema: str, year: int) -> list[dict[str, Any]]:
    """`[{work_type_id, name, abbr, weight}]` by name."""
    found = await rows(
        conn,
        schema,
        "SELECT work_type_id::text, name, abbr, weight FROM {s}.directory_work_type"
        " WHERE year = %s ORDER BY name",
        year,
    )
    return [
        {"work_type_id": number, "name": name, "abbr": abbr, "weight": weight}
        for number, name, abbr, weight in found
    ]
