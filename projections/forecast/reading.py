"""The running term of classes: tallies from the register, and the forecast of each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from domain.calendar import Calendar, Term
from domain.forecast.alert import alerted
from domain.forecast.method import Forecast, forecast_class
from domain.forecast.parameters import Parameters, profile_key
from domain.forecast.plan import Plan
from domain.forecast.prior import Cell, Group
from domain.forecast.tally import EMPTY
from projections import directory, register
from projections.forecast.around import (
    Around,
    families_off,
    last_marks,
    last_marks_of_year,
    steps_of,
    words_of,
)
from projections.forecast.keeping import latest
from projections.forecast.marks import NOW
from projections.forecast.plans import plans_of
from projections.forecast.tallies import Tallies, tallies_of, term_before, year_before
from projections.names import shown
from projections.sql import rows

Conn = AsyncConnection[Any]
A_WEEK = timedelta(days=7)
Plans = Mapping[tuple[str, str], Plan]

_CLASSES = """
    SELECT class_id::text, name, grade_level FROM {s}.directory_class
    WHERE year = %(year)s AND (%(class)s::uuid IS NULL OR class_id = %(class)s)
    ORDER BY grade_level, name
"""
_PUPILS = """
    SELECT e.class_id::text, e.pupil_id::text, p.full_name
    FROM {s}.directory_enrolment e LEFT JOIN {s}.directory_person p ON p.person_id = e.pupil_id
    WHERE e.class_id = ANY (%(classes)s::uuid[]) AND e.since <= %(day)s
        AND (e.until IS NULL OR %(day)s < e.until)
    ORDER BY p.sort_key, e.pupil_id
"""
_SUBJECTS = "SELECT subject_id::text, name FROM {s}.directory_subject WHERE year = %s ORDER BY name"


class SubjectForecast(NamedTuple):
    """A subject of a class: its pupils in order, each with marks and forecast."""

    subject_id: str
    name: str
    cells: Sequence[tuple[Cell, Forecast]]
    controls: int | None = None  # control works that the КТП still has; None without a КТП


class ClassForecast(NamedTuple):
    """A class in its running term; `names` of the pupils, None for who is forgotten."""

    class_id: str
    name: str
    grade_level: int
    term: Term
    progress: float
    names: Mapping[str, str]
    subjects: Sequence[SubjectForecast]
    parameters: Parameters
    around: Around = Around()  # of one class alone
    aggregates: frozenset[str] = frozenset()  # subjects of which the reader sees no more

    def told(self, one: SubjectForecast) -> Sequence[tuple[Cell, Forecast]]:
        """Whom the reader is told of by name: all, or those for whom something can be done."""
        if one.subject_id not in self.aggregates:
            return one.cells
        steps, least = self.around.steps, self.parameters.min_marks
        return [
            (cell, of)
            for cell, of in one.cells
            if cell.now.n < least or steps.get((one.subject_id, cell.pupil))
        ]


async def of_class(conn: Conn, schema: str, class_id: str, day: date) -> ClassForecast | None:
    """The forecast of a class; None between terms, when the year is over, or without the class."""
    card = await directory.class_card(conn, schema, class_id, day)
    if card is None:
        return None
    found = await of_school(conn, schema, card["year"], day, class_id)
    if not found:
        return None
    [one] = found
    zone = ZoneInfo(await directory.zone_of(conn, schema))
    then = datetime.combine(day - A_WEEK, time.max, zone)
    known = await register.position_at(conn, schema, then)  # what was written later was not known
    week_ago = await of_school(conn, schema, card["year"], day - A_WEEK, class_id, known)
    earlier = week_ago[0] if week_ago and week_ago[0].term == one.term else None
    return one._replace(around=await _around(conn, schema, card["year"], one, earlier, day))


async def _around(
    conn: Conn,
    schema: str,
    year: int,
    found: ClassForecast,
    earlier: ClassForecast | None,
    day: date,
) -> Around:
    number, term = found.class_id, found.term
    off = await families_off(conn, schema, list(found.names))
    words = await words_of(conn, schema, number, term.number)
    steps = await steps_of(conn, schema, number, term.starts, day)
    last = await last_marks(conn, schema, number, term.number - 1)
    if term.number == 1:
        last = await last_marks_of_year(conn, schema, year - 1, list(found.names))
    before = {
        (one.subject_id, cell.pupil): (cell, of)
        for one in (earlier.subjects if earlier else ())
        for cell, of in one.cells
    }
    alerts = {
        place
        for one in found.subjects
        for cell, of in one.cells
        if alerted(
            (cell, of),
            before.get(place := (one.subject_id, cell.pupil)),
            last.get(place, ""),
        )
    }
    around = Around(off, words, steps)
    return around._replace(alerts=frozenset(one for one in alerts if not around.silent(*one)))


async def of_school(
    conn: Conn, schema: str, year: int, day: date, class_id: str | None = None, at: int = NOW
) -> list[ClassForecast]:
    """The classes of a year that are in a term on this day: a forecast ends with its term. `at`: by
    the register as it was at a position of the log.

    None of them while the forecast was no better than the mean so far.
    """
    known = await directory.calendar_of(conn, schema, year)
    regulation = await directory.regulation_of(conn, schema, year)
    if known is None or regulation is None:
        return []
    fit = await latest(conn, schema, regulation, day)
    if fit.useless:
        return []
    classes = await rows(conn, schema, _CLASSES, year=year, **{"class": class_id})
    subjects: dict[str, str] = dict(await rows(conn, schema, _SUBJECTS, year))
    running: dict[tuple[Term, Calendar], list[Any]] = defaultdict(list)
    for one in classes:
        calendar = known[0].of(one[2])
        in_term = calendar.term_of(day)
        if in_term is not None and one[2] not in regulation.ungraded_levels:
            running[in_term, calendar].append(one)
    found = []
    for (term, calendar), of in running.items():
        ids = [one[0] for one in of]
        now = await tallies_of(conn, schema, ids, term.starts, day, at)
        before = await term_before(conn, schema, ids, calendar, term, at)
        if calendar.term(term.number - 1) is None:
            before = await year_before(conn, schema, year - 1, day, now, at)
        gone = partial(_progress, calendar, term)
        days = term.starts, term.ends
        plans = await plans_of(conn, schema, ids, days, at, gone, fit.parameters)
        people = await rows(conn, schema, _PUPILS, classes=ids, day=day)
        for number, name, level in of:
            pupils = [(pupil, called) for of_class, pupil, called in people if of_class == number]
            found.append(
                _forecast(
                    (number, name, level),
                    term,
                    gone(day),
                    pupils,
                    subjects,
                    now,
                    before,
                    plans,
                    fit.parameters,
                )
            )
    return sorted(found, key=lambda one: (one.grade_level, one.name))


def _progress(calendar: Calendar, term: Term, day: date) -> float:
    days = list(calendar.school_days(term))
    return sum(one <= day for one in days) / (len(days) or 1)


def _forecast(
    card: tuple[str, str, int],
    term: Term,
    progress: float,
    pupils: Sequence[tuple[str, str | None]],
    subjects: Mapping[str, str],
    now: Tallies,
    before: Tallies,
    plans: Plans,
    parameters: Parameters,
) -> ClassForecast:
    class_id, name, level = card
    here = {pupil for pupil, _ in pupils}
    taught = _taught(class_id, here, [now, before])
    groups = [
        Group(
            subject,
            profile_key(subject, level),
            [
                Cell(
                    pupil,
                    now.get((class_id, subject, pupil), EMPTY),
                    before.get((class_id, subject, pupil), EMPTY),
                )
                for pupil, _ in pupils
            ],
            plans.get((class_id, subject)),
        )
        for subject in sorted(taught, key=lambda one: (subjects.get(one, ""), one))
    ]
    found = forecast_class(groups, progress, parameters)
    return ClassForecast(
        class_id,
        name,
        level,
        term,
        progress,
        {pupil: shown(called) for pupil, called in pupils},
        [
            SubjectForecast(
                group.subject,
                subjects.get(group.subject, ""),
                list(zip(group.cells, ones, strict=True)),
                None if group.plan is None else group.plan.ahead(progress),
            )
            for group, ones in zip(groups, found, strict=True)
        ],
        parameters,
    )


def _taught(class_id: str, here: set[str], tallies: Iterable[Tallies]) -> set[str]:
    """Subjects in which the class has marks, in this term or in the last."""
    return {
        subject
        for of in tallies
        for number, subject, pupil in of
        if number == class_id and pupil in here
    }
