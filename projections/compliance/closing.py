"""What the Monday job notes: weeks that are over and not closed, each with its figures.

The figures are as of the midnight that ended the week, so that they follow from the log alone,
also when the job comes days later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from domain.calendar import monday
from domain.duties import day_ends
from domain.office.check_facts import FillCheckClosed
from domain.refusals import Busy
from domain.weeks import days_of, week_of
from projections.compliance.counting import counted, groups, judge, unfilled
from projections.compliance.reading import Book, book_for_a_job
from projections.projection import Place
from projections.writing import fetch

_SECOND = timedelta(seconds=1)


def over(week: str, zone: str) -> datetime:
    """The midnight that ends a week."""
    return day_ends(days_of(week)[1], zone) + _SECOND


def found_in(week: str, book: Book, zone: str, position: int) -> FillCheckClosed:
    """What a week's check finds."""
    now = over(week, zone)
    counts = counted(judge(book.lines, now))
    of_week = [one for one in groups(book.lines, now - _SECOND, now) if one.lessons]
    return FillCheckClosed(
        week,
        position,
        counts.lessons,
        counts.found,
        len(of_week),
        len(unfilled(of_week)),
        counts.greatest_delay_minutes,
    )


def _reached(cursor: psycopg.Cursor[Any], place: Place) -> tuple[int, datetime | None]:
    """How far the projection has folded, and the moment of the first fact that waits for it.

    That closing a week is itself a fact that waits does not hold up the next week.
    """
    [(position, waits)] = fetch(
        cursor,
        place,
        "SELECT b.position, (SELECT (convert_from(f.state, 'UTF8')::jsonb ->> 'at')::timestamptz"
        " FROM {log}.facts f WHERE f.notification_id = b.position + 1)"
        " FROM (SELECT coalesce(max(position), 0) AS position FROM {s}.bookmark"
        " WHERE name = 'compliance_v1') b",
    )
    return position, waits


def weeks_to_close(
    conn: psycopg.Connection[Any], schema: str, now: datetime
) -> Iterator[tuple[int, FillCheckClosed]]:
    """School year and what was found, of every week with lessons that is over and not closed,
    the oldest first. Raises Busy at a week that the projection has not folded to its end.
    """
    place = Place(schema, schema)
    with conn.cursor() as cursor:
        years = fetch(cursor, place, "SELECT year, zone FROM {s}.directory_year ORDER BY year")
        position, waits = _reached(cursor, place)
        open_weeks: list[tuple[int, str, date]] = []
        for year, zone in years:
            this = monday(now.astimezone(ZoneInfo(zone)).date())
            found = fetch(
                cursor,
                place,
                "SELECT DISTINCT date_trunc('week', l.date)::date FROM {s}.compliance_lesson l"
                " JOIN {s}.directory_class c USING (class_id)"
                " WHERE c.year = %s AND l.date < %s"
                " EXCEPT SELECT monday FROM {s}.compliance_check WHERE year = %s ORDER BY 1",
                year,
                this,
                year,
            )
            open_weeks += [(year, zone, day) for (day,) in found]
    for year, zone, day in open_weeks:
        week = week_of(day)
        if waits is not None and waits < over(week, zone):
            raise Busy("projection.behind", "Записи недели ещё готовятся к показу.", retry_after=60)
        lessons = book_for_a_job(conn, schema, year, day, day + timedelta(days=6))
        yield year, found_in(week, lessons, zone, position)
