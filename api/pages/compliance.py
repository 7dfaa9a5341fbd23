"""«Мои долги» of a teacher, «Заполнение журналов» of the deputy, the sheet of a teacher, what a
term lacks, how soon the diary knows, when the journal answered (clauses 1.3, 1.6, 1.7, 2.1, 4.1).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.caller import Caller
from api.compliance import ask, oversees, own_debts, period_of_caller, week_of_caller
from api.deps import Administration, Staff
from api.documents.teacher_sheet import sheet
from api.pages import filling, wording
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.term_end import TermEnd, last_begun, term_end
from api.v1.compliance import month_of, uptime_json
from domain.duties import Duty, Status
from projections import compliance, directory
from projections import terms as of_terms
from projections.compliance import Line
from projections.uptime import uptime

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME, DEBTS = "/compliance", "/debts"
_WRONG = (str(Status.MISSING), str(Status.LATE))


@router.get(DEBTS)
async def debts(caller: Staff, behind: Behind) -> Response:
    """What is still to be filled, by how soon it is late; each one click from its lesson."""
    ask(caller)
    found, subgroups = await own_debts(caller)
    now, zone = caller.door.house.clock(), caller.door.zone
    context = filling.debts_page(found, subgroups, now, zone, await _closed_terms(caller))
    context["days"] = await term_so_far(caller)
    context["person_id"] = caller.person_id
    return page(
        "compliance/debts.html", context, viewer=await viewer_of(caller, DEBTS, behind=behind)
    )


async def _closed_terms(caller: Caller) -> Callable[[Line], bool]:
    """Whether a lesson of this school year lies in a term that its class has closed."""
    year = await caller.door.rights.year()
    async with caller.reading() as (conn, schema):
        known = await directory.calendar_of(conn, schema, year)
        closings = await of_terms.closings(conn, schema, year)

    def closed(line: Line) -> bool:
        term = known[0].of(line.grade_level).term_of(line.date) if known else None
        return term is not None and closings.get((line.class_id, term.number), False)

    return closed


@router.get(HOME)
async def week(
    caller: Staff,
    behind: Behind,
    *,
    week: Annotated[str | None, Query(pattern=r"^\d{4}-W\d{2}$")] = None,
    by: Literal["teachers", "classes", "subjects"] = "teachers",
    teacher_id: UUID | None = None,
    class_id: UUID | None = None,
    subject_id: UUID | None = None,
    duty: Duty | None = None,
    status: Literal["missing", "late", "on_time", "pending", "not_required"] | None = None,
) -> Response:
    """A week by teachers, classes or subjects; every number opens its lessons."""
    asked = ask(caller)
    if class_id is not None:
        await caller.door.rights.class_basis(caller, str(class_id))
    found = await week_of_caller(asked, week)
    weeks: list[str] = []
    if found.year is not None:
        async with caller.reading() as (conn, schema):
            weeks = list(await compliance.closed_weeks(conn, schema, found.year))
    chosen = {
        "by": by,
        "teacher_id": str(teacher_id or ""),
        "class_id": str(class_id or ""),
        "subject_id": str(subject_id or ""),
        "duty": str(duty or ""),
        "status": status or "",
    }
    context = filling.week_page(asked, found, chosen, weeks) | {
        "pages": filling.pages(HOME) if oversees(caller) else [],
        "duties": [label for _, label in filling.DUTIES],
    }
    return page(
        "compliance/week.html", context, viewer=await viewer_of(caller, HOME, behind=behind)
    )


@router.get("/compliance/teachers/{teacher_id}")
async def sheet_of_teacher(
    teacher_id: UUID,
    caller: Staff,
    behind: Behind,
    *,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
) -> Response:
    """«Ведомость учителя» for a period: figures, and every record that was late or is missing."""
    number = str(teacher_id)
    asked = ask(caller, number)
    days = await term_so_far(caller)
    first, last = since or days[0], until or days[1]
    period = await period_of_caller(asked, first, last)
    now, zone = caller.door.house.clock(), caller.door.zone
    told = sheet(period, number, first, last, now)
    as_of = await caller.door.progress.as_of()
    query = urlencode({"from": first.isoformat(), "to": last.isoformat(), "format": "csv"})
    context = {
        "teacher": told["teacher"],
        "teacher_id": number,
        "since": first.isoformat(),
        "until": last.isoformat(),
        "since_words": wording.day(first),
        "until_words": wording.day(last),
        "left_out": wording.plural(told["weeks_left_out"], "неделя", "недели", "недель")
        if told["weeks_left_out"]
        else "",
        "figures": [
            (label, told["figures"]["duties"].get(duty, {})) for duty, label in filling.DUTIES
        ],
        "lessons": told["figures"]["lessons"],
        "greatest": filling.length(told["figures"]["greatest_delay_minutes"])
        if told["figures"]["greatest_delay_minutes"]
        else "",
        "delay": told["delay"] and _delay(told["delay"]),
        "rows": [
            filling.lesson_row(lesson, duty, zone)
            for lesson in told["lessons"]
            for duty, verdict in lesson["duties"].items()
            if verdict["status"] in _WRONG
        ],
        "csv": f"/api/v1/compliance/teachers/{number}/sheet?{query}",
        "position": wording.grouped(as_of.position),
        "today": wording.moment(now, zone),
        "pages": filling.pages("") if oversees(caller) else [],
    }
    return page(
        "compliance/sheet.html", context, viewer=await viewer_of(caller, HOME, behind=behind)
    )


@router.get("/compliance/terms")
async def terms(
    caller: Staff, behind: Behind, term: Annotated[int | None, Query(ge=1, le=12)] = None
) -> Response:
    """What every group lacks before the marks of a term; a teacher sees one's own."""
    asked = ask(caller)
    year = await caller.door.rights.year()
    found = await term_end(caller, year, term, None)
    context = {
        "pages": filling.pages("/compliance/terms") if oversees(caller) else [],
        **(_lacks(found, asked.teacher_id) if found else {"term": "", "rows": [], "groups": 0}),
        "terms": await _terms(caller, year, found),
    }
    return page(
        "compliance/terms.html", context, viewer=await viewer_of(caller, HOME, behind=behind)
    )


@router.get("/compliance/delays")
async def delays(
    caller: Staff,
    behind: Behind,
    *,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
) -> Response:
    """How long it takes from a lesson until its records are in the diary, by teachers."""
    asked = ask(caller)
    days = await term_so_far(caller)
    first, last = since or days[0], until or days[1]
    period = await period_of_caller(asked, first, last)
    told = period.delays_json(caller.door.house.clock())
    context = {
        "since": first.isoformat(),
        "until": last.isoformat(),
        "rows": [
            {"teacher": one["teacher"], "url": f"/compliance/teachers/{one['teacher_id']}"}
            | _delay(one)
            for one in sorted(told, key=lambda one: -(one["p90_minutes"] or 0))
        ],
        "pages": filling.pages("/compliance/delays") if oversees(caller) else [],
    }
    return page(
        "compliance/delays.html", context, viewer=await viewer_of(caller, HOME, behind=behind)
    )


@router.get("/availability")
async def availability(
    caller: Administration,
    behind: Behind,
    month: Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] = None,
) -> Response:
    """When the journal answered, and the longest time that it did not."""
    now, zone = caller.door.house.clock(), caller.door.zone
    name = month or f"{now.astimezone(ZoneInfo(zone)):%Y-%m}"
    since, until = month_of(name, zone)
    async with caller.reading() as (conn, schema):
        found = await uptime(conn, schema, since, until, now)
    told = uptime_json(found)
    context = {
        "month": name,
        "words": f"{wording.MONTHS[since.month - 1]} {since.year}",
        "share": wording.comma(told["per_cent"]),
        "since": found.since and wording.moment(found.since, zone),
        "until": wording.moment(found.until, zone),
        "longest": found.longest and seconds_words(found.longest.seconds),
        "breaks": [
            {
                "since": wording.moment(one.since, zone),
                "until": wording.moment(one.until, zone),
                "length": seconds_words(one.seconds),
            }
            for one in found.breaks
        ],
        "pages": filling.pages("/availability") if oversees(caller) else [],
    }
    return page(
        "compliance/availability.html",
        context,
        viewer=await viewer_of(caller, HOME, behind=behind),
    )


def seconds_words(seconds: int) -> str:
    """Begun minutes."""
    return filling.length(-(-seconds // 60))


def _delay(told: dict[str, Any]) -> dict[str, Any]:
    """Delays in words."""
    found: dict[str, Any] = {"records": told["records"]}
    for name in ("median", "p90", "greatest"):
        minutes = told[f"{name}_minutes"]
        found[name] = "—" if minutes is None else filling.length(minutes) if minutes else "на уроке"
        found[f"{name}_words"] = (
            f"не позже чем через {filling.length(minutes)} после урока"
            if minutes
            else "уже на уроке"
        )
    return found


async def term_so_far(caller: Caller) -> tuple[date, date]:
    """The term of today (or the last one) up to today; before any year is opened, today."""
    today = caller.door.rights.today()
    year = await caller.door.rights.year()
    async with caller.reading() as (conn, schema):
        known = await directory.calendar_of(conn, schema, year)
    if known is None:
        return today, today
    term = last_begun(known[0], today)
    return min(term.starts, today), max(min(term.ends, today), min(term.starts, today))


async def _terms(caller: Caller, year: int, found: TermEnd | None) -> list[dict[str, Any]]:
    async with caller.reading() as (conn, schema):
        known = await directory.terms(conn, schema, year)
    return [
        {
            "href": f"/compliance/terms?term={one['term']}",
            "text": one["name"],
            "current": found is not None and one["term"] == found.term.number,
        }
        for one in known
    ]


def _lacks(found: TermEnd, teacher_id: str | None) -> dict[str, Any]:
    own = [one for one in found.lacks if teacher_id in (None, one.teacher_id)]
    rows = []
    for one in own:
        if one.in_order:
            continue
        query = {"subject_id": one.subject_id, "term": str(found.terms[one.class_id].number)}
        if one.subgroup_id:
            query["subgroup_id"] = one.subgroup_id
        rows.append(
            {
                "place": filling.place_words(
                    {
                        "class_name": one.class_name,
                        "subject": one.subject,
                        "subgroup": found.subgroups.get(one.subgroup_id or ""),
                    }
                ),
                "url": f"/classes/{one.class_id}/register?{urlencode(query)}",
                "teacher": found.teachers.get(one.teacher_id, ""),
                "needed": one.needed,
                "hours": one.hours_a_week,
                "short": len(one.short),
                "pupils": one.pupils,
                "debts": sum(of.debts for of in one.debts),
                "without_topic": one.without_topic,
                "without_attendance": one.without_attendance,
            }
        )
    return {"term": found.term.name, "rows": rows, "groups": len(own)}
