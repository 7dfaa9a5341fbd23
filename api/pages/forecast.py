"""«Прогноз»: what the running term may come to, apart from the pages where marks are put in."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import forecasts
from api.caller import Caller
from api.deps import Administration, ClassReader, Staff
from api.grants import visible_classes
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import back, or_again, sent
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, page_of, viewer_of
from domain.forecast.method import Forecast
from domain.forecast.prior import Cell
from domain.forecast.quality import Outlook
from domain.forecast.steps import said as step_said
from domain.forecast.whatif import enough, likely
from domain.forecast.words import FEW, comma, reason
from domain.refusals import Invalid, Refusal
from domain.values import Role
from projections import directory
from projections.forecast import ClassForecast, SubjectForecast

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HOME = "/forecast"
CLASS = "/classes/{class_id}/forecast"


@router.get(HOME)
async def home(caller: Staff, behind: Behind) -> Response:
    """Quality of the classes for the administration, one's own classes for others."""
    rows: list[dict[str, Any]] = []
    links: list[dict[str, str]] = []
    if caller.administration:
        found = await forecasts.school_forecast(caller)
        rows = [_row(one.name, forecasts.whole(one), _at(one)) for one in found]
    elif caller.roles & {Role.TEACHER, Role.CLASS_TEACHER}:  # an auditor would be refused
        links = [
            {"name": one["name"], "href": f"/classes/{one['class_id']}/forecast"}
            for one in await visible_classes(caller, await caller.door.rights.year())
        ]
    context = {"rows": rows, "links": links, "administration": caller.administration}
    return page("forecast/home.html", context, viewer=await viewer_of(caller, HOME, behind=behind))


@router.get("/forecast/calibration")
async def calibration(caller: Administration, behind: Behind) -> Response:
    """How well chances came true in the last term that is over."""
    fit = await forecasts.learned(caller)
    judged = fit.calibration if fit else None
    context = {
        "fit": fit,
        "at": fit and fit.at and wording.moment(fit.at.isoformat(), caller.door.zone),
        "judged": judged,
        "skill": judged and f"{100 * judged.skill:.0f}",
        "bins": [
            {
                "said": f"{100 * one.said:.0f}",
                "came": f"{100 * one.came:.0f}",
                "forecasts": wording.grouped(one.forecasts),
                "x": f"{100 * one.said:.1f}",
                "y": f"{100 - 100 * one.came:.1f}",
                "r": f"{1.2 + min(one.forecasts, 4000) / 2000:.1f}",
            }
            for one in (judged.bins if judged else ())
        ],
        "parts": [
            {
                "progress": f"{100 * one.progress:.0f}",
                "forecasts": wording.grouped(one.forecasts),
                "correct": f"{100 * one.correct:.0f}",
                "naive": f"{100 * one.naive_correct:.0f}",
                "coverage": f"{100 * one.coverage:.0f}",
                "mae": comma(one.mae),
            }
            for one in (judged.parts if judged else ())
        ],
        "levels": [
            {
                "name": f"{one.grade_level} классы",
                "forecasts": wording.grouped(one.forecasts),
                "correct": f"{100 * one.correct:.0f}",
                "naive": f"{100 * one.naive_correct:.0f}",
                "apart": comma(100 * one.ece, 1),
                "twos": one.twos,
            }
            for one in (judged.levels if judged else ())
        ],
    }
    viewer = await viewer_of(caller, HOME, behind=behind)
    return page("forecast/calibration.html", context, viewer=viewer)


@router.get(CLASS)
async def of_class(
    class_id: UUID, caller: ClassReader, behind: Behind, subject_id: UUID | None = None
) -> Response:
    """Subjects of a class and what is expected in each; with a subject, pupil by pupil and why."""
    subject = str(subject_id) if subject_id else None
    return await _class_page(caller, str(class_id), subject, behind=behind)


@router.post(CLASS)
async def annotate(class_id: UUID, request: Request, caller: ClassReader) -> Response:
    """The teacher of the subject hides a forecast, or says a word to it."""
    number = str(class_id)
    form = await sent(request, most=6)
    subject, pupil = form.number("subject_id"), form.number("pupil_id")
    if subject is None or pupil is None:
        raise Invalid("forecast.form", "Откройте страницу предмета ещё раз.")

    async def act() -> Response:
        answer = caller.door.school.annotate_forecast(
            number,
            pupil,
            subject,
            hidden=form.one("hidden") == "yes",
            words=form.one("note"),
            by=caller.actor,
            request=form.once(caller, request.url.path),
        )
        return await back(answer, f"/classes/{number}/forecast?subject_id={subject}")

    return await or_again(act, partial(_class_page, caller, number, subject))


async def _class_page(
    caller: Caller,
    class_id: str,
    subject_id: str | None,
    *,
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    found = await forecasts.class_forecast(caller, class_id)
    subjects = list(found.subjects) if found else []
    if subject_id is not None:
        subjects = [one for one in subjects if one.subject_id == subject_id] or subjects
    one = subjects[0] if len(subjects) == 1 else None
    today, own = caller.door.rights.today(), False
    async with caller.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, class_id, today)
        if one:
            own = await directory.teaches(conn, schema, caller.person_id, class_id, one.subject_id)
    here = f"/classes/{class_id}/forecast"
    context: dict[str, Any] = {
        "name": card["name"] if card else "",
        "term": found.term.name if found else "",
        "gone": f"{100 * found.progress:.0f}" if found else "",
        "subject": one.name if one else "",
        "subject_id": one.subject_id if one else "",
        "controls": one.controls if one else None,
        "more": bool(found and len(found.subjects) > 1),
        "here": here,
        "rows": [],
        "outlook": None,
        "pupils": [],
        "own": own,
        "error": refusal.message if refusal else "",
        "aggregates": bool(found and found.aggregates),
        "alerts": _alerts(found, subjects, here) if found else [],
    }
    if found and one:
        of = forecasts.outlook_of(list(one.cells), found.parameters)
        context["outlook"] = _row(one.name, of, "")
        context["pupils"] = [_pupil(found, one, *pair) for pair in found.told(one)]
    elif found:
        context["rows"] = [
            _row(
                of_subject.name,
                forecasts.outlook_of(list(of_subject.cells), found.parameters),
                f"{here}?subject_id={of_subject.subject_id}",
            )
            for of_subject in found.subjects
        ]
        context["matrix"] = [] if found.aggregates else _matrix(found)
        context["subjects"] = [of_subject.name for of_subject in found.subjects]
    return await page_of(
        caller, "forecast/class.html", context, HOME, behind=behind, refusal=refusal
    )


def _alerts(
    found: ClassForecast, subjects: list[SubjectForecast], here: str
) -> list[dict[str, Any]]:
    """What is worth a look by subject, for it is never said of a child; in each those first for
    whom something can be done.
    """
    rows = []
    for one in subjects:
        told = [
            {
                "name": wording.called(found.names[cell.pupil]),
                "steps": _steps(found, one, cell),
            }
            for cell, _ in found.told(one)
            if (one.subject_id, cell.pupil) in found.around.alerts
        ]
        if told:
            told.sort(key=lambda who: not who["steps"])
            href = f"{here}?subject_id={one.subject_id}"
            rows.append({"subject": one.name, "href": href, "pupils": told})
    return rows


def _steps(found: ClassForecast, one: SubjectForecast, cell: Cell) -> list[str]:
    lack = found.parameters.min_marks - cell.now.n
    can = [step_said(step) for step in found.around.steps.get((one.subject_id, cell.pupil), ())]
    return [*can, f"Не хватает отметок: {lack}."] if lack > 0 else can


def _at(found: ClassForecast) -> str:
    return f"/classes/{found.class_id}/forecast"


def _row(name: str, of: Outlook, href: str) -> dict[str, Any]:
    return {
        "name": name,
        "href": href,
        "pupils": of.pupils,
        "quality": f"{of.quality:.0f}",
        "low": f"{of.low:.0f}",
        "high": f"{of.high:.0f}",
        "wide": f"{max(of.high - of.low, 1):.1f}",
        "from": f"{min(of.low, 99.0):.1f}",  # all of 100 % is still drawn
        "at": f"{min(of.quality, 99.0):.1f}",
        "passed": f"{of.passed:.0f}",
        "learning": f"{of.learning:.0f}",
    }


def _pupil(found: ClassForecast, one: SubjectForecast, cell: Cell, of: Forecast) -> dict[str, Any]:
    place = one.subject_id, cell.pupil
    silent = found.around.silent(*place)
    word = found.around.words.get(place)
    known = enough(cell) and not silent
    chances, left = [], 0.0
    for mark, chance in zip("2345", of.chances, strict=True):
        if known and chance >= 0.005:  # noqa: PLR2004 - half a percent is not drawn
            chances.append(
                {
                    "mark": mark,
                    "x": f"{100 * left:.1f}",
                    "wide": f"{100 * chance:.1f}",
                    "percent": f"{100 * chance:.0f}",
                    "middle": f"{100 * (left + chance / 2):.1f}",
                    "named": chance >= 0.12,  # noqa: PLR2004 - narrower has no room for a digit
                }
            )
        left += chance
    return {
        "pupil_id": cell.pupil,
        "name": wording.called(found.names[cell.pupil]),
        "marks": cell.now.n,
        "average": comma(cell.now.mean) if cell.now.n else "—",
        "chances": chances,
        "lack": max(found.parameters.min_marks - cell.now.n, 0),
        "steps": [step_said(step) for step in found.around.steps.get(place, ())],
        "alert": place in found.around.alerts,
        "reason": forecasts.SILENT.get(silent) or (reason(cell, of) if known else FEW),
        "silent": silent,
        "note": word.note if word else "",
        "by": wording.short_name(word.by) if word else "",
        "key": fresh_id(),
    }


def _matrix(found: ClassForecast) -> list[dict[str, Any]]:
    by_pupil: dict[str, list[str]] = {pupil: [] for pupil in found.names}
    for one in found.subjects:
        for cell, of in one.cells:
            known = enough(cell) and not found.around.silent(one.subject_id, cell.pupil)
            by_pupil[cell.pupil].append("–".join(likely(of)) if known else "·")
    return [
        {"name": wording.called(found.names[pupil]), "cells": cells}
        for pupil, cells in by_pupil.items()
    ]
