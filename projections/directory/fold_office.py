"""The directory of the office: years, words, staff, classes."""

from __future__ import annotations

import msgspec

from domain.office import facts as o
from projections.directory.desk import HANDLERS, Desk
from projections.projection import Placed

on = HANDLERS.on


@on(o.YearOpened)
def _year_opened(to: Desk, fact: o.YearOpened, at: Placed) -> None:
    year = fact.calendar.year
    to.run(
        "INSERT INTO {s}.directory_year"
        " (year, office_id, school_id, zone, starts, ends, calendar, bells, regulation)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        year,
        at.stream,
        fact.school_id,
        fact.zone,
        fact.calendar.starts,
        fact.calendar.ends,
        msgspec.json.encode(fact.calendar),
        msgspec.json.encode(fact.bells),
        msgspec.json.encode(fact.regulation),
    )
    for subject in fact.subjects:
        to.subject(year, subject)
    for kind in fact.work_types:
        to.work_type(year, kind)
    for ordinal, one in enumerate(fact.staff):
        to.appointed(year, one, at.position, ordinal)


@on(o.RegulationAdopted)
def _regulation(to: Desk, fact: o.RegulationAdopted, at: Placed) -> None:
    to.run(
        "UPDATE {s}.directory_year SET regulation = %s WHERE year = %s",
        msgspec.json.encode(fact.regulation),
        to.year_of(at.stream),
    )


@on(o.CalendarChanged)
def _calendar(to: Desk, fact: o.CalendarChanged, _: Placed) -> None:
    to.calendar(fact.calendar.year, fact.calendar)


@on(o.SubjectIntroduced)
def _subject(to: Desk, fact: o.SubjectIntroduced, at: Placed) -> None:
    to.subject(to.year_of(at.stream), fact.subject)


@on(o.WorkTypeIntroduced)
def _work_type(to: Desk, fact: o.WorkTypeIntroduced, at: Placed) -> None:
    to.work_type(to.year_of(at.stream), fact.work_type)


@on(o.StaffAppointed)
def _appointed(to: Desk, fact: o.StaffAppointed, at: Placed) -> None:
    to.appointed(to.year_of(at.stream), fact.appointment, at.position, 0)


@on(o.StaffDismissed)
def _dismissed(to: Desk, fact: o.StaffDismissed, at: Placed) -> None:
    to.run(
        "UPDATE {s}.directory_staff SET until = %s"
        " WHERE year = %s AND person_id = %s AND role = %s"
        " AND since <= %s AND (until IS NULL OR %s < until)",
        fact.on,
        to.year_of(at.stream),
        fact.person_id,
        str(fact.role),
        fact.on,
        fact.on,
    )


@on(o.ClassFormed)
def _class(to: Desk, fact: o.ClassFormed, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.directory_class (class_id, year, grade_level, letter, name)"
        " VALUES (%s, %s, %s, %s, %s)",
        fact.class_id,
        to.year_of(at.stream),
        fact.grade_level,
        fact.letter,
        f"{fact.grade_level}{fact.letter}",
    )


@on(o.ClassTeacherAppointed)
def _class_teacher(to: Desk, fact: o.ClassTeacherAppointed, at: Placed) -> None:
    to.run(
        "INSERT INTO {s}.directory_class_teacher (class_id, person_id, since, position)"
        " VALUES (%s, %s, %s, %s)",
        fact.class_id,
        fact.person_id,
        fact.since,
        at.position,
    )
    # By days, not by orders: an order may come after one that is to be in force later.
    to.run(
        "UPDATE {s}.directory_class_teacher t SET until = n.until FROM (SELECT position,"
        " lead(since) OVER (ORDER BY since, position) AS until"
        " FROM {s}.directory_class_teacher WHERE class_id = %s) n WHERE t.position = n.position",
        fact.class_id,
    )
