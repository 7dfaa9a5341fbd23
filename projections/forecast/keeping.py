"""What was learned of terms that are over: fitted once a month, judged on the last of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from psycopg import AsyncConnection, Connection
from psycopg.rows import tuple_row

from domain.calendar import Calendar, Term
from domain.forecast.fitting import Rule, fit
from domain.forecast.gradebook import Gradebook, Line
from domain.forecast.judging import past
from domain.forecast.parameters import Parameters, profile_key
from domain.forecast.scoring import errors_of_naive, judged
from domain.forecast.tally import Given
from domain.refusals import Busy
from domain.regulation import Regulation
from projections import directory
from projections.forecast.calibration import Calibration, judge
from projections.forecast.marks import MARKS, NOW
from projections.sql import bound, row, rows

Conn = AsyncConnection[Any]

MOST_TERMS = 4  # the latest that are over; older ones tell of other teachers
_BEHIND = """
    SELECT (SELECT last FROM {s}.head) - min(position) > 100 FROM {s}.bookmark
    WHERE name = 'register_v1'
"""
_YEARS = "SELECT year FROM {s}.directory_year ORDER BY year DESC LIMIT 2"
_CLASSES = "SELECT class_id::text, grade_level FROM {s}.directory_class WHERE year = %s"
_TERM_MARKS = """
    SELECT class_id::text, subject_id::text, pupil_id::text, value FROM {s}.register_term_mark
    WHERE class_id = ANY (%s::uuid[]) AND term = %s AND valid_to = 9223372036854775807
"""
_LATEST = """
    SELECT month, at, terms, cells, parameters, calibration FROM {s}.forecast_fit
    WHERE month <= %s ORDER BY month DESC LIMIT 1
"""
_KEEP = """
    INSERT INTO {s}.forecast_fit (month, at, terms, cells, parameters, calibration)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (month) DO UPDATE SET at = excluded.at,
        terms = excluded.terms, cells = excluded.cells, parameters = excluded.parameters,
        calibration = excluded.calibration
"""


class Fit(NamedTuple):
    """What is in force; `month` None: nothing was learned yet, the parameters are everybody's."""

    month: date | None
    at: datetime | None
    terms: tuple[str, ...]
    cells: int
    parameters: Parameters
    calibration: Calibration | None

    @property
    def useless(self) -> bool:
        """It was no better than the mean so far: nothing is shown then."""
        return self.calibration is not None and self.calibration.skill <= 0


def rule_of(regulation: Regulation) -> Rule:
    """How the regulation makes a term mark."""
    three, four, five = (float(one) for one in regulation.term_thresholds)
    return Rule((three, four, five), regulation.min_marks)


async def latest(conn: Conn, schema: str, regulation: Regulation, day: date) -> Fit:
    """What is in force that day, with the demand of marks of the regulation of now."""
    found = await row(conn, schema, _LATEST, day)
    rule = rule_of(regulation)
    if found is None:
        return Fit(None, None, (), 0, fit([], (), rule), None)
    month, at, terms, cells, stored, judged_ = found
    parameters = msgspec.json.decode(stored, type=Parameters)
    return Fit(
        month,
        at,
        tuple(terms),
        cells,
        msgspec.structs.replace(parameters, min_marks=rule.min_marks),
        msgspec.json.decode(judged_, type=Calibration) if judged_ else None,
    )


async def learn(conn: Conn, schema: str, day: date) -> tuple[Parameters, Calibration | None]:
    """Fit on the latest terms over before this day; judge the last of them by the others.

    Raises Busy while the projections have not folded what there is.
    """
    behind = await row(conn, schema, _BEHIND)
    if behind and behind[0]:
        raise Busy("projection.behind", "Записи ещё готовятся к показу.", retry_after=60)
    lines: list[tuple[tuple[date, str], list[Line]]] = []
    rule, levels = Rule(), dict[str, int]()
    for (year,) in reversed(await rows(conn, schema, _YEARS)):
        known = await directory.calendar_of(conn, schema, year)
        regulation = await directory.regulation_of(conn, schema, year)
        if known is not None and regulation is not None:
            rule = rule_of(regulation)
            levels |= dict(await rows(conn, schema, _CLASSES, year))
            lines += await _terms_over(conn, schema, year, known[0], day)
    lines = sorted(lines, key=lambda one: one[0])[-MOST_TERMS:]
    book = Gradebook(line for _, of in lines for line in of)
    terms = list(book.terms)
    parameters = fit(past(book, terms), terms, rule)
    if len(terms) < 2:  # noqa: PLR2004 - one to learn of, one to judge
        return parameters, None
    before = past(book, terms[:-1])
    earlier = fit(before, terms[:-1], rule)
    ones = judged(book.samples(terms[-1], terms[-2]), earlier)
    errors = errors_of_naive(judged(before, earlier))
    last = {(key[1], key[3]): one.mark for key, one in book.terms[terms[-2]].items()}
    return parameters, judge(ones, errors, terms[-1], terms[:-1], levels, last)


def keep(
    conn: Connection[Any],
    schema: str,
    month: date,
    now: datetime,
    parameters: Parameters,
    calibration: Calibration | None,
) -> None:
    """Put what was learned into force; again in the same month replaces it."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            bound(_KEEP, schema),
            (
                month,
                now,
                list(parameters.terms),
                parameters.cells,
                msgspec.json.encode(parameters),
                msgspec.json.encode(calibration) if calibration else b"",
            ),
        )


async def _terms_over(
    conn: Conn, schema: str, year: int, calendar: Calendar, day: date
) -> list[tuple[tuple[date, str], list[Line]]]:
    """((last day, name), lines) of each term of the year that is over, of all tracks."""
    tracks: dict[Term, list[tuple[str, int]]] = defaultdict(list)
    for class_id, level in await rows(conn, schema, _CLASSES, year):
        for term in calendar.of(level).terms:
            if term.ends < day:
                tracks[term].append((class_id, level))
    return [
        ((term.ends, f"{year}/{year % 100 + 1:02d}, {term.name}"), lines)
        for term, classes in tracks.items()
        if (lines := await _lines(conn, schema, year, term, classes))
    ]


async def _lines(
    conn: Conn, schema: str, year: int, term: Term, classes: Sequence[tuple[str, int]]
) -> list[Line]:
    ids, levels = [number for number, _ in classes], dict(classes)
    given = await rows(conn, schema, _TERM_MARKS, ids, term.number)
    marks = {(number, subject, pupil): value for number, subject, pupil, value in given}
    whole = (term.ends - term.starts).days + 1
    name = f"{year}/{year % 100 + 1:02d}, {term.name}"
    days = {"since": term.starts, "until": term.ends}
    found = await rows(conn, schema, MARKS, classes=ids, at=NOW, **days)
    return [
        Line(
            name,
            str(number),
            str(subject),
            profile_key(str(subject), levels[str(number)]),
            str(pupil),
            ((on - term.starts).days + 1) / whole,
            Given(mark, weight, work),
            marks.get((str(number), str(subject), str(pupil)), ""),
        )
        for number, subject, pupil, on, mark, weight, work in found
    ]
