"""Compliance of the office: years, their rules and calendars, weeks whose check is closed."""

from __future__ import annotations

from datetime import date

import msgspec

from domain.bells import Bells
from domain.calendar import local_date
from domain.journal import facts as j
from domain.office import bell_facts as b
from domain.office import facts as o
from domain.office.check_facts import FillCheckClosed
from domain.weeks import days_of
from projections.compliance.desk import HANDLERS, Desk
from projections.compliance.rules import InForce, Year
from projections.projection import Placed

on = HANDLERS.on


@on(o.YearOpened)
def _opened(to: Desk, fact: o.YearOpened, at: Placed) -> None:
    calendar = fact.calendar
    rules = [InForce(calendar.terms[0].starts, fact.regulation)]
    to.keep_year(Year(calendar.year, at.stream, fact.zone, calendar, Bells(fact.bells), rules))


@on(o.RegulationAdopted)
def _regulation(to: Desk, fact: o.RegulationAdopted, at: Placed) -> None:
    """Lessons from the next day on have the deadlines of the new rules."""
    year = to.year_of_office(at.stream)
    since = year.adopt(fact.regulation, local_date(at.body.at, year.zone))
    to.keep_year(year)
    found = to.fetch(
        "SELECT l.lesson_id::text, l.class_id::text, l.date, l.number, l.known, c.grade_level,"
        " max(l.number) FILTER (WHERE l.cancelled_at IS NULL)"
        " OVER (PARTITION BY l.class_id, l.date)"
        " FROM {s}.compliance_lesson l JOIN {s}.compliance_class c USING (class_id)"
        " WHERE c.year = %s AND l.date >= %s",
        year.year,
        since,
    )
    changed = []
    for lesson_id, class_id, day, number, known, level, last in found:
        due = year.due(class_id, day, number, number if last is None else last, known)
        changed.append(
            (
                lesson_id,
                level not in fact.regulation.no_homework_levels,
                level not in fact.regulation.ungraded_levels,
                due.day_due,
                due.fill_due,
                due.written_due,
            )
        )
    if changed:
        to.run(
            "UPDATE {s}.compliance_lesson t SET homework = k.homework, graded = k.graded,"
            " day_due = k.day_due, fill_due = k.fill_due, written_due = k.written_due"
            " FROM unnest(%s::uuid[], %s::boolean[], %s::boolean[], %b::timestamptz[],"
            " %b::timestamptz[], %b::timestamptz[])"
            " AS k (lesson_id, homework, graded, day_due, fill_due, written_due)"
            " WHERE t.lesson_id = k.lesson_id",
            *map(list, zip(*changed, strict=True)),
        )


@on(o.CalendarChanged)
def _calendar(to: Desk, fact: o.CalendarChanged, at: Placed) -> None:
    """A day that is no school day any more asks for nothing, one that became one does."""
    year = to.year_of_office(at.stream)
    year.calendar = fact.calendar
    to.keep_year(year)
    days = to.fetch(
        "SELECT DISTINCT l.date, c.grade_level, l.off FROM {s}.compliance_lesson l"
        " JOIN {s}.compliance_class c USING (class_id) WHERE c.year = %s",
        year.year,
    )
    for off in (True, False):
        changed = [
            (day, level)
            for day, level, was in days
            if was is not off and year.off(day, level) is off
        ]
        if changed:
            to.run(
                "UPDATE {s}.compliance_lesson l SET off = %s FROM {s}.compliance_class c,"
                " unnest(%b::date[], %b::int[]) AS k (day, level)"
                " WHERE c.class_id = l.class_id AND c.year = %s AND l.date = k.day"
                " AND c.grade_level = k.level",
                off,
                *map(list, zip(*changed, strict=True)),
                year.year,
            )


@on(b.BellsAdopted)
def _bells(to: Desk, fact: b.BellsAdopted, at: Placed) -> None:
    year = to.year_of_office(at.stream)
    year.bells.adopt(fact.since, fact.schedules)
    to.keep_year(year)
    to.ring(year, at.body.at, fact.since, date.max)


@on(b.ShiftAssigned)
def _shift(to: Desk, fact: b.ShiftAssigned, at: Placed) -> None:
    year = to.year_of_office(at.stream)
    year.bells.assign(fact.class_id, fact.shift, fact.since)
    to.keep_year(year)
    to.ring(year, at.body.at, fact.since, date.max, fact.class_id)


@on(b.DayBellsChanged)
def _day_bells(to: Desk, fact: b.DayBellsChanged, at: Placed) -> None:
    year = to.year_of_office(at.stream)
    year.bells.change_day(fact.day, fact.shift, fact.bells)
    to.keep_year(year)
    to.ring(year, at.body.at, fact.day, fact.day)


@on(j.JournalOpened)
def _class(to: Desk, fact: j.JournalOpened, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.compliance_class (class_id, year, grade_level) VALUES (%s, %s, %s)",
        at.stream,
        fact.year,
        fact.grade_level,
    )


@on(FillCheckClosed)
def _closed(to: Desk, fact: FillCheckClosed, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.compliance_check (year, week, monday, closed_at, position, state)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        to.year_of_office(at.stream).year,
        fact.week,
        days_of(fact.week)[0],
        at.body.at,
        at.position,
        msgspec.json.encode(fact),
    )
