"""The auditor's desk: journals to be read as of any moment, checks asked for and done."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import Inspector
from api.findings import CHECKS, FINDINGS
from api.grants import visible_classes
from api.pages import wording
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.pages.seals import records
from projections import audit, directory
from projections.audit import Check

router = APIRouter(route_class=PageRoute, include_in_schema=False)

CHECKS_SHOWN = 20


@router.get("/audit")
async def desk(
    caller: Inspector,
    behind: Behind,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
) -> Response:
    """Classes of a school year, checks of the log."""
    door = caller.door
    async with caller.reading() as (conn, schema):
        shown = year or await door.rights.year()
        years = await directory.years(conn, schema)
        done = await audit.checks(conn, schema, CHECKS_SHOWN)
        staff = await directory.people(conn, schema, kind="staff")
    classes = await visible_classes(caller, shown)
    names = {one["person_id"]: wording.short_name(one["name"]) for one in staff}
    context = {
        "year": shown,
        "year_words": f"{shown}/{shown + 1} учебный год",
        "years": [one["year"] for one in years if one["year"] != shown],
        "grades": grades(classes),
        "checks": [check_in_words(one, names, door.zone) for one in done],
        "waiting": any(one.completed_at is None for one in done),
    }
    viewer = await viewer_of(caller, "/audit", behind=behind)
    return page("audit/desk.html", context, viewer=viewer)


def grades(classes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`[{grade_level, classes[{class_id, name, teacher, pupils}]}]`, the youngest first."""
    return [
        {
            "grade_level": level,
            "classes": [
                {
                    "class_id": one["class_id"],
                    "name": one["name"],
                    "teacher": wording.short_name(one["class_teacher"] or ""),
                    "pupils": one["pupils"]  # of a class that has left there is nobody now
                    and wording.plural(one["pupils"], "ученик", "ученика", "учеников"),
                }
                for one in found
            ],
        }
        for level, found in groupby(classes, key=lambda one: one["grade_level"])
    ]


def check_in_words(one: Check, names: dict[str, str], zone: str) -> dict[str, Any]:
    """`{check_id, state, title, asked, done, result, findings[{words, place}], more}`.

    state: `waiting`, `good` or `bad`; names: person id → short name; nobody's is the scheduler's.
    """
    title = CHECKS[one.kind].capitalize()
    if one.year:
        title += f" {one.year}/{one.year + 1}"
    if one.until:
        title += f" по {wording.moment(one.until, zone)}"
    who = names.get(one.by, "по расписанию")
    found, listed = one.found or 0, one.findings
    return {
        "check_id": one.check_id,
        "state": "waiting" if one.completed_at is None else "bad" if found else "good",
        "title": title,
        "asked": f"{who}, {wording.moment(one.requested_at, zone)}",
        "done": wording.moment(one.completed_at, zone) if one.completed_at else "",
        "result": _result(one),
        "findings": [{"words": FINDINGS[each.kind], "place": each.place} for each in listed],
        "more": found - len(listed),
    }


def _result(one: Check) -> str:
    if one.completed_at is None:
        return "Ждёт своей очереди: обычно до минуты."
    looked = f"проверено: {records(one.facts or 0)}"
    if one.rows:
        looked += f", сверено строк: {wording.grouped(one.rows)}"
    if not one.found:
        return f"Всё сходится: {looked}."
    return f"Найдено расхождений: {wording.grouped(one.found)}; {looked}."
