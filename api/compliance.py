"""Who sees which week, and its figures: shared by the API and the pages (clauses 1.6, 1.7).

A week is the teacher's own until its check is closed; then it is the deputy's as well.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from api.caller import FIRST_MONTH, Caller
from domain.calendar import monday
from domain.duties import Duty, Verdict, day_ends
from domain.permissions import Act, holders
from domain.refusals import Forbidden, Invalid
from domain.values import Role
from domain.weeks import days_of, week_of
from projections import compliance, directory
from projections.compliance import Book, Closed, Judged, Line

TEACHING = frozenset({Role.TEACHER, Role.CLASS_TEACHER})
_SECOND, _WEEK = timedelta(seconds=1), timedelta(days=7)
LONGEST = 400  # days


class Asked(msgspec.Struct, frozen=True):
    """Whose lessons are wanted, as far as the caller may have them."""

    caller: Caller
    teacher_id: str | None  # None: everybody's
    class_id: str | None

    @property
    def own(self) -> bool:
        """Only the caller's own."""
        return self.teacher_id == self.caller.person_id


def oversees(caller: Caller) -> bool:
    """Sees the closed weeks of everybody."""
    return not caller.roles.isdisjoint(holders(Act.READ_COMPLIANCE))


def ask(caller: Caller, teacher_id: str | None = None, class_id: str | None = None) -> Asked:
    """Whose lessons. Raises Forbidden for another teacher's, and to who neither teaches nor
    oversees.
    """
    if oversees(caller):
        return Asked(caller, teacher_id, class_id)
    if caller.roles.isdisjoint(TEACHING):
        raise Forbidden(
            "compliance.not_for_you", "Заполнение журналов видят учитель и завуч, директор."
        )
    if teacher_id not in (None, caller.person_id):
        raise Forbidden(
            "compliance.not_yours",
            "Это сроки другого учителя. Их видит он сам, а когда неделя закрыта — завуч.",
        )
    return Asked(caller, caller.person_id, class_id)


class Week(msgspec.Struct, frozen=True):
    """A week as the caller may see it. `visible`: lines are everybody's that were asked for."""

    week: str
    starts: date
    ends: date
    year: int | None
    closed: Closed | None
    visible: bool
    book: Book
    lines: list[Line]
    teachers: dict[str, str]
    subgroups: dict[str, str]
    now: datetime
    zone: str

    @property
    def opens_at(self) -> datetime:
        """When the week is over: its check is closed soon after."""
        return compliance.over(self.week, self.zone)


async def week_of_caller(asked: Asked, week: str | None) -> Week:
    """A week's lessons; without a name the last one that is over. Raises Invalid; NotFound for a
    class that is none of the caller's.
    """
    caller = asked.caller
    door, now = caller.door, caller.door.house.clock()
    if asked.class_id is not None:
        await door.rights.class_basis(caller, asked.class_id)
    name = week or week_of(door.rights.today() - _WEEK)
    starts, ends = days_of(name)
    async with caller.reading() as (conn, schema):
        year = await directory.school_year_of(conn, schema, ends)
        if year is None:
            return _nothing(name, now, door.zone)
        closed = await compliance.closed_week(conn, schema, year, name)
        book = await compliance.book(conn, schema, year, starts, ends, asked.class_id)
        teachers = await compliance.staff_names(conn, schema)
        subgroups = await compliance.subgroup_names(conn, schema, year)
    may = visible_to(asked)
    lines = [one for one in book.lines if may(one, name if closed else None)]
    # The check of a week without lessons is never closed; there is nothing to keep from anybody.
    seen = closed is not None or asked.own or not book.lines
    return Week(
        name, starts, ends, year, closed, seen, book, lines, teachers, subgroups, now, door.zone
    )


def visible_to(asked: Asked) -> Callable[[Line, Closed | str | None], bool]:
    """Whether a lesson is shown; the second argument is falsy while its week is not closed."""

    def may(line: Line, closed: Closed | str | None) -> bool:
        if asked.teacher_id not in (None, line.teacher_id):
            return False
        return bool(closed) or line.teacher_id == asked.caller.person_id

    return may


def _nothing(week: str, now: datetime, zone: str) -> Week:
    starts, ends = days_of(week)
    empty = Book([], compliance.NOBODY, 0)
    return Week(week, starts, ends, None, None, True, empty, [], {}, {}, now, zone)


def week_answer(asked: Asked, week: Week) -> dict[str, Any]:
    """`GET /compliance`."""
    judged = compliance.judge(week.lines, week.now)
    sunday = day_ends(week.ends, week.zone)
    assigned = [
        one
        for one in week.book.staffing.active(week.starts, week.ends)
        if (week.closed is not None or one.teacher_id == asked.caller.person_id)
        and asked.teacher_id in (None, one.teacher_id)
        and asked.class_id in (None, one.class_id)
    ]
    found = compliance.groups(week.lines, sunday, week.now)
    narrow = asked.teacher_id is not None or asked.class_id is not None
    answer = {
        "week": week.week,
        "starts": week.starts.isoformat(),
        "ends": week.ends.isoformat(),
        "visible": week.visible,
        "opens_at": compliance.moment(week.opens_at),
        "closed": closed_json(week.closed),
        **compliance.week_json(judged, found, assigned, week.teachers, week.subgroups),
    }
    if narrow:
        answer["lessons"] = lessons_json(judged, week)
    return answer


def lessons_json(judged: list[Judged], week: Week) -> list[dict[str, Any]]:
    """Lessons with their duties."""
    return [compliance.lesson_json(one, week.teachers, week.subgroups) for one in judged]


def closed_json(closed: Closed | None) -> dict[str, Any] | None:
    """The fact that closed the check, with what it found."""
    if closed is None:
        return None
    found = closed.found
    return {
        "closed_at": compliance.moment(closed.closed_at),
        "position": closed.position,
        "checked_position": found.checked_position,
        "lessons": found.lessons,
        "groups": found.groups,
        "unfilled_groups": found.unfilled,
        "greatest_delay_minutes": found.greatest_delay_minutes,
        "duties": {
            str(one.duty): {
                "on_time": one.on_time,
                "late": one.late,
                "missing": one.missing,
                "pending": one.pending,
                "not_required": one.not_required,
            }
            for one in found.found
        },
    }


Debt = tuple[Judged, Duty, Verdict]


async def own_debts(caller: Caller) -> tuple[list[Debt], dict[str, str]]:
    """What the caller has still to record this school year, and the names of subgroups."""
    door, today = caller.door, caller.door.rights.today()
    now = door.house.clock()
    async with caller.reading() as (conn, schema):
        year = await directory.school_year_of(conn, schema, today)
        if year is None:
            return [], {}
        book = await compliance.book(
            conn,
            schema,
            year,
            date(year, FIRST_MONTH, 1),
            today,
            teacher_id=caller.person_id,
            unfilled_only=True,
        )
        subgroups = await compliance.subgroup_names(conn, schema, year)
    return compliance.debts(compliance.judge(book.lines, now), now), subgroups


def debts_json(found: list[Debt], subgroups: dict[str, str]) -> list[dict[str, Any]]:
    """What is still to be recorded, each with its lesson."""
    return [
        {
            "duty": str(duty),
            **compliance.verdict_json(verdict),
            "lesson": {
                name: value
                for name, value in compliance.lesson_json(one, {}, subgroups).items()
                if name not in ("duties", "teacher", "teacher_id", "planned_teacher_id")
            },
        }
        for one, duty, verdict in found
    ]


class Period(msgspec.Struct, frozen=True):
    """Lessons of some days that the caller may see. `weeks_left_out`: their check is not closed."""

    judged: list[Judged]
    teachers: dict[str, str]
    subgroups: dict[str, str]
    weeks_left_out: int

    def delays_json(self, now: datetime) -> list[dict[str, Any]]:
        """2.1, by teacher in the order of names."""
        found = compliance.delays(self.judged, now)
        return [
            {
                "teacher_id": number,
                "teacher": name,
                "records": found[number].records,
                "median_minutes": found[number].median_minutes,
                "p90_minutes": found[number].p90_minutes,
                "greatest_minutes": found[number].greatest_minutes,
            }
            for number, name in self.teachers.items()
            if number in found
        ]


async def period_of_caller(asked: Asked, since: date, until: date) -> Period:
    """Lessons of the days [since, until]. Raises Invalid."""
    if not 0 <= (until - since).days <= LONGEST:
        raise Invalid("compliance.period", "Период — от дня до года с небольшим.")
    now = asked.caller.door.house.clock()
    lines: list[Line] = []
    subgroups: dict[str, str] = {}
    left_out: set[date] = set()
    may = visible_to(asked)
    async with asked.caller.reading() as (conn, schema):
        for one in await directory.years(conn, schema):
            year = int(one["year"])
            book = await compliance.book(
                conn, schema, year, since, until, asked.class_id, teacher_id=asked.teacher_id
            )
            closed = await compliance.closed_weeks(conn, schema, year)
            for line in book.lines:
                if may(line, closed.get(week_of(line.date))):
                    lines.append(line)
                else:
                    left_out.add(monday(line.date))
            subgroups |= await compliance.subgroup_names(conn, schema, year)
        teachers = await compliance.staff_names(conn, schema)
    lines.sort(key=lambda line: (line.date, line.number, line.class_name, line.lesson_id))
    return Period(compliance.judge(lines, now), teachers, subgroups, len(left_out))
