"""The class teacher's room for whoever looks in: who may, and which classes and days."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from api.caller import Caller
from api.deps import noted
from domain.calendar import monday as monday_of
from domain.refusals import Forbidden, NotFound
from domain.values import Role
from projections import classroom, directory

_WEEK = re.compile(r"(\d{4})-W(\d{2})")


def week_named(name: str) -> date:
    """The Monday of «2026-W47». Raises NotFound."""
    found = _WEEK.fullmatch(name)
    unknown = NotFound("week.unknown", "Такой недели нет: её пишут «2026-W47».")
    if found is None:
        raise unknown
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise unknown from None


def week_name(monday: date) -> str:
    """«2026-W47»."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


async def ward_basis(caller: Caller, class_id: str) -> str:
    """By what right the caller reads what the class teacher keeps.

    Raises NotFound to a stranger; Forbidden to a colleague, who has the register.
    """
    basis = await caller.door.rights.class_basis(caller, class_id)
    if basis == Role.TEACHER:
        raise Forbidden(
            "class.not_yours", "Это видят классный руководитель этого класса и администрация."
        )
    return basis


async def week_of(caller: Caller, class_id: str, monday: date) -> dict[str, Any]:
    """A week of absences, once the look has been noted. An auditor sees no documents."""
    bases: list[str] = []

    async def decide() -> str:
        bases.append(await ward_basis(caller, class_id))
        return bases[0]

    await noted(caller, "absences", class_id, decide)
    async with caller.reading() as (conn, schema):
        found = await classroom.week(conn, schema, class_id, monday)
    if bases == [Role.AUDITOR]:
        for pupil in found["pupils"]:
            for cell in pupil["cells"].values():
                cell["document"] = None
        for notice in found["notices"]:
            notice["text"] = None
    return found


async def waiting(caller: Caller) -> dict[str, Any]:
    """`{unexplained[…], unsigned[{class_id, class_name, monday, week}]}`: what the regulation's
    days have run out for, of the own classes or, to the administration, of all.
    """
    rights = caller.door.rights
    classes = None if caller.administration else sorted(await rights.wards(caller))
    year, today = await rights.year(), rights.today()
    async with caller.reading() as (conn, schema):
        known = await directory.calendar_of(conn, schema, year)
        late = await classroom.overdue(conn, schema, year, today, classes)
        begins = known[0].terms[0].starts if known else today
        weeks = await classroom.unsigned(conn, schema, year, begins, monday_of(today), classes)
    return {
        "unexplained": [
            {
                "class_id": one.class_id,
                "class_name": one.class_name,
                "pupil_id": one.pupil_id,
                "pupil": one.pupil,
                "lessons": one.lessons,
                "since": one.since.isoformat(),
            }
            for one in late
        ],
        "unsigned": [
            {
                "class_id": class_id,
                "class_name": name,
                "monday": monday.isoformat(),
                "week": week_name(monday),
            }
            for class_id, name, monday in weeks
        ],
    }


async def year_days(caller: Caller, first: date | None, last: date | None) -> tuple[date, date]:
    """The days asked for; what is left out is of the school year, up to today."""
    rights = caller.door.rights
    if first is None:
        async with caller.reading() as (conn, schema):
            known = await directory.calendar_of(conn, schema, await rights.year())
        first = known[0].terms[0].starts if known else rights.today()
    return first, last or rights.today()
