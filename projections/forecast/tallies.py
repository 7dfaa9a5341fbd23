"""Tallies of marks from the register: of days, of the term before, of how the year before ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from psycopg import AsyncConnection

from domain.calendar import Calendar, Term
from domain.forecast.tally import Tally
from projections import directory
from projections.forecast.marks import TALLIES
from projections.sql import rows

Conn = AsyncConnection[Any]
#: by class, subject and pupil
Tallies = Mapping[tuple[str, str, str], Tally]

_WERE = """
    SELECT DISTINCT c.class_id::text, c.grade_level
    FROM {s}.directory_enrolment e JOIN {s}.directory_class c USING (class_id)
    WHERE c.year = %(year)s AND e.pupil_id = ANY (%(pupils)s::uuid[])
"""


async def term_before(
    conn: Conn, schema: str, classes: Sequence[str], calendar: Calendar, term: Term, at: int
) -> Tallies:
    """Marks of the term before; the first one of the year has none."""
    last = calendar.term(term.number - 1)
    if last is None:
        return {}
    return await tallies_of(conn, schema, classes, last.starts, last.ends, at)


async def year_before(
    conn: Conn, schema: str, year: int, day: date, now: Tallies, at: int
) -> Tallies:
    """Marks of the last term of the year before, for the pupils and subjects of now, wherever they
    were then.
    """
    known = await directory.calendar_of(conn, schema, year)
    if known is None:
        return {}
    running: dict[tuple[date, date], list[str]] = defaultdict(list)
    pupils = sorted({pupil for _, _, pupil in now})
    for class_id, level in await rows(conn, schema, _WERE, year=year, pupils=pupils):
        last = known[0].of(level).terms[-1]
        if last.ends < day:
            running[last.starts, last.ends].append(class_id)
    ended: dict[tuple[str, str], Tally] = {}
    for (since, until), of in running.items():
        found = await tallies_of(conn, schema, of, since, until, at)
        ended |= {(subject, pupil): tally for (_, subject, pupil), tally in found.items()}
    return {key: ended[key[1:]] for key in now if key[1:] in ended}


async def tallies_of(
    conn: Conn, schema: str, classes: Sequence[str], since: date, until: date, at: int
) -> dict[tuple[str, str, str], Tally]:
    ask = {"classes": list(classes), "since": since, "until": until, "at": at}
    found = await rows(conn, schema, TALLIES, **ask)
    return {
        (class_id, subject, pupil): Tally(*map(int, sums))
        for class_id, subject, pupil, *sums in found
    }
