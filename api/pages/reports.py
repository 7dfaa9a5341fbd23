"""«Отчёты»: choose a form, a period and a class; the table first, then .xlsx, PDF and print."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import report_work
from api import reports as shown
from api.caller import Caller
from api.deps import Staff
from api.documents.cells import shown as cell_shown
from api.documents.cells import source, turned
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import Sent, sent
from api.pages.rendering import page
from api.pages.routing import SEE_OTHER, Behind, PageRoute, viewer_of
from api.reports import Wanted
from domain.refusals import Invalid
from domain.values import Role
from projections import directory, register, report_runs
from projections.reports import Form, Part, Report

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME, RUNS = "/reports", "/report-runs"
Name = Annotated[str, Path(pattern="^[a-z_]{1,40}$")]
Query = Annotated[Wanted, Depends()]
#: lines of a table; a browser takes seconds to lay out thousands, and nobody reads them there
ON_SCREEN = 1_000
#: what the forms of a group are about, and their numbers
GROUPS = (
    ("Класс", (1, 2, 5, 11, 13, 14)),
    ("Учитель и школа", (3, 4, 12)),
    ("Контроль", (6, 9, 10)),
    ("Семьям", (7, 8, 15)),
)


@router.get(HOME)
async def home(caller: Staff, behind: Behind) -> Response:
    """Forms that are there for the caller."""
    found = shown.forms_for(caller)
    groups = [
        {
            "title": title,
            "forms": [
                {"href": f"{HOME}/{one.name}", "title": one.title, "about": one.about}
                for one in found
                if one.number in numbers
            ],
        }
        for title, numbers in GROUPS
    ]
    context = {"groups": [one for one in groups if one["forms"]]}
    return page("reports/home.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


@router.get(HOME + "/{form}")
async def report(form: Name, wanted: Query, caller: Staff, behind: Behind) -> Response:
    """A form on the screen; what it is still to be asked with is asked first."""
    if wanted.class_id is not None:
        await caller.door.rights.class_basis(caller, wanted.class_id)
    chosen = shown.form_of(caller, form)
    found, lacks, order = None, "", None
    try:
        order = await shown.order(caller, form, wanted)
        found = await shown.filled(caller, order)
    except Invalid as refusal:
        lacks = refusal.message
    asked = order.asked if order else None
    year = asked.year if asked else wanted.year or await caller.door.rights.year()
    term = asked.term if asked else wanted.term
    query = _query(wanted, year, term, chosen)
    context = {
        "form": chosen.name,
        "title": chosen.title,
        "about": chosen.about,
        "fields": await _fields(caller, chosen, wanted, year, term),
        "lacks": lacks,
        "report": found and _drawn(found, caller.door.zone),
        "xlsx": f"/api/v1/reports/{chosen.name}/xlsx?{query}",
        "pdf": f"/api/v1/reports/{chosen.name}/pdf?{query}",
        "as_of": wanted.as_of and wording.moment(wanted.as_of, caller.door.zone),
        "school": caller.door.name,
        "hidden": parse_qsl(query),
        "key": fresh_id(),
        "every": bool(lacks) and caller.administration and _of_all(chosen, wanted),
        "long": chosen.long,
    }
    viewer = await viewer_of(caller, HOME, behind=behind)
    return page("reports/report.html", context, viewer=viewer)


def _of_all(form: Form, wanted: Wanted) -> bool:
    """Only the class is lacking, and a form for all of them makes sense."""
    return form.long and "class" in form.fields and wanted.class_id is None


def _query(wanted: Wanted, year: int, term: int | None, form: Form) -> str:
    members = {
        "year": year,
        "term": term if "term" in form.fields else None,
        "class_id": wanted.class_id,
        "subject_id": wanted.subject_id,
        "teacher_id": wanted.teacher_id,
        "pupil_id": wanted.pupil_id,
        "from": wanted.since and wanted.since.isoformat(),
        "to": wanted.until and wanted.until.isoformat(),
        "as_of": wanted.as_of and wanted.as_of.isoformat(),
    }
    return urlencode({name: value for name, value in members.items() if value is not None})


async def _fields(
    caller: Caller, form: Form, wanted: Wanted, year: int, term: int | None
) -> list[dict[str, Any]]:
    """Lists to choose from: `[{name, label, options[{value, text, chosen}], …}]`."""
    wants = {one.removesuffix("?"): one.endswith("?") for one in form.fields}
    found = []
    async with caller.reading() as (conn, schema):
        years = await directory.years(conn, schema)
        terms = await directory.terms(conn, schema, year)
    found.append(
        _list(
            "year",
            "Учебный год",
            [(str(one["year"]), f"{one['year']}/{one['year'] + 1}") for one in years],
            str(year),
        )
    )
    if "term" in wants:
        periods = [(str(one["term"]), one["name"]) for one in terms] + [("0", "год")]
        found.append(_list("term", "Период", periods, str(term)))
    if "class" in wants or "pupil" in wants:
        # of every class the administration may ask, and a teacher about oneself
        every = caller.administration or ("teacher" in wants and Role.TEACHER in caller.roles)
        optional = wants.get("class", False) and every
        found.append(await _classes(caller, wanted, year, optional=optional))
    if "subject" in wants and wanted.class_id:
        found.append(await _subjects(caller, wanted, optional=wants["subject"]))
    if "teacher" in wants and caller.administration:
        found.append(await _teachers(caller, wanted, year, optional=wants["teacher"]))
    if "pupil" in wants and wanted.class_id:
        found.append(await _pupils(caller, wanted, optional=wants["pupil"]))
    if "days" in wants:
        for name, label, day in (("from", "С", wanted.since), ("to", "По", wanted.until)):
            found.append({"name": name, "label": label, "value": day and day.isoformat()})
    return found


def _list(
    name: str, label: str, options: list[tuple[str, str]], chosen: str | None, every: str = ""
) -> dict[str, Any]:
    first = [("", every)] if every else []
    if not every and chosen not in [value for value, _ in options]:
        first = [("", "— выберите —")]
    return {
        "name": name,
        "label": label,
        "options": [
            {"value": value, "text": text, "chosen": value == (chosen or "")}
            for value, text in (*first, *options)
        ],
    }


async def _classes(caller: Caller, wanted: Wanted, year: int, *, optional: bool) -> dict[str, Any]:
    door = caller.door
    opened = await door.rights.journals(caller)
    async with caller.reading() as (conn, schema):
        own = None if opened is None or opened else caller.person_id
        classes = await directory.classes(conn, schema, year, door.rights.today(), own)
    options = [
        (one["class_id"], one["name"]) for one in classes if not opened or one["class_id"] in opened
    ]
    return _list("class_id", "Класс", options, wanted.class_id, "все" if optional else "")


async def _subjects(caller: Caller, wanted: Wanted, *, optional: bool) -> dict[str, Any]:
    class_id = wanted.class_id or ""
    await caller.door.rights.class_basis(caller, class_id)
    async with caller.reading() as (conn, schema):
        places = await register.register_places(conn, schema, class_id)
    options = list({one["subject_id"]: one["subject"] or "—" for one in places}.items())
    return _list("subject_id", "Предмет", options, wanted.subject_id, "все" if optional else "")


async def _teachers(caller: Caller, wanted: Wanted, year: int, *, optional: bool) -> dict[str, Any]:
    async with caller.reading() as (conn, schema):
        taught = await directory.taught(conn, schema, year=year)
    names = {one["teacher_id"]: one["teacher"] for one in taught}
    options = sorted(names.items(), key=lambda one: one[1].replace("Ё", "Е").replace("ё", "е"))
    return _list("teacher_id", "Учитель", options, wanted.teacher_id, "все" if optional else "")


async def _pupils(caller: Caller, wanted: Wanted, *, optional: bool) -> dict[str, Any]:
    class_id = wanted.class_id or ""
    await caller.door.rights.class_basis(caller, class_id)
    async with caller.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, class_id, caller.door.rights.today())
    roster = card["roster"] if card else []
    options = [(one["pupil_id"], wording.called(one["name"])) for one in roster]
    return _list("pupil_id", "Ученик", options, wanted.pupil_id, "весь класс" if optional else "")


def _drawn(found: Report, zone: str) -> dict[str, Any]:
    return {
        "heads": [pair for pair in found.heads if pair[1]],
        "parts": [_part(one, zone) for one in found.parts],
        "notes": found.notes,
        "source": source(found.position, found.moment, zone),
    }


def _part(part: Part, zone: str) -> dict[str, Any]:
    lines, notes = part.lines, part.notes
    if len(lines) > ON_SCREEN:
        left = [one for one in lines[ON_SCREEN:] if one.kind == "total"]
        every = wording.grouped(len(lines))
        notes = (*notes, f"На странице первые {wording.grouped(ON_SCREEN)} строк из {every}.")
        notes = (*notes, "Все — в Excel и в PDF.")
        lines = (*lines[:ON_SCREEN], *left)
    groups: list[dict[str, Any]] = []
    for one in part.columns:
        if groups and one.group and groups[-1]["title"] == one.group:
            groups[-1]["span"] += 1
        else:
            groups.append({"title": one.group, "span": 1})
    upright = turned(part.columns)
    return {
        "title": part.title,
        "words": part.words,
        "notes": notes,
        "empty": part.empty if part.columns and not part.lines else "",
        "groups": groups if any(one["title"] for one in groups) else [],
        "columns": [
            {
                "title": one.title,
                "kind": one.kind,
                "turned": upright and one.kind == "mark",
                "pinned": one.key == "name",
            }
            for one in part.columns
        ],
        "lines": [
            {
                "kind": line.kind,
                "cells": [
                    cell_shown(cell, column, zone)
                    for cell, column in zip(line.cells, part.columns, strict=False)
                ],
            }
            for line in lines
        ],
    }


@router.post(HOME + "/{form}/runs")
async def ask(form: Name, request: Request, caller: Staff) -> Response:
    """Have it made in the background."""
    said = await sent(request)
    wanted = Wanted(year=_whole(said, "year"), term=_whole(said, "term"))
    wanted.class_id, wanted.subject_id = said.number("class_id"), said.number("subject_id")
    wanted.teacher_id, wanted.pupil_id = said.number("teacher_id"), said.number("pupil_id")
    if said.one("from") and said.one("to"):
        wanted.since, wanted.until = said.day("from"), said.day("to")
    order = await shown.order(caller, form, wanted, every=True)
    fmt = "xlsx" if said.one("format") == "xlsx" else "pdf"
    await report_work.ask(caller, order, fmt, said.once(caller, request.url.path))
    return RedirectResponse(RUNS, SEE_OTHER)


@router.get(RUNS)
async def runs(caller: Staff, behind: Behind) -> Response:
    """Reports that are being made, and those that are kept."""
    async with caller.reading() as (conn, schema):
        found = await report_runs.runs(conn, schema, caller.person_id)
    zone = caller.door.zone
    context = {
        "runs": [
            {
                "title": one.title,
                "format": {"pdf": "PDF", "xlsx": "Excel"}[one.format],
                "asked": wording.moment(one.asked_at, zone),
                "state": one.state,
                "done": one.done,
                "until": wording.day(wording.local(one.asked_at + report_runs.KEEP, zone).date()),
                "error": one.error,
                "gone": one.gone,
                "file": f"/api/v1/report-runs/{one.run_id}/file",
            }
            for one in found
        ],
        "waits": any(one.state in ("asked", "running") for one in found),
    }
    return page("reports/runs.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


def _whole(said: Sent, name: str) -> int | None:
    """A whole number of a form. Raises Invalid."""
    text = said.one(name)
    if text and not (text.isascii() and text.isdecimal() and len(text) < 5):  # noqa: PLR2004 - year
        raise Invalid("report.form", "Выберите период из списка.")
    return int(text) if text else None
