"""Forecasts as both doors show them: who sees which subjects, and what a family reads."""

from __future__ import annotations

from typing import Any

import msgspec

from api.caller import Caller
from domain.forecast.method import Forecast
from domain.forecast.parameters import Parameters
from domain.forecast.prior import Cell
from domain.forecast.quality import FOUR_OF_FIVE, Outlook, outlook
from domain.forecast.steps import Step
from domain.forecast.steps import said as step_said
from domain.forecast.whatif import enough, likely, outcomes
from domain.forecast.words import for_family, reason
from domain.refusals import Forbidden
from domain.values import Role
from domain.writing import Answer, Request
from projections import directory, forecast
from projections.forecast import Around, ClassForecast, Fit, SubjectForecast


async def class_forecast(caller: Caller, class_id: str) -> ClassForecast | None:
    """The class with the subjects that the caller may see: a teacher's own, all to the class
    teacher; the administration sees figures, and names where something can be done. None when there
    is nothing to expect today. Raises Forbidden to an auditor: a forecast is no document.
    """
    basis = await caller.door.rights.class_basis(caller, class_id)
    if basis == "auditor":
        raise Forbidden("forecast.not_yours", "Прогноз смотрят учителя и администрация.")
    async with caller.reading() as (conn, schema):
        found = await forecast.of_class(conn, schema, class_id, caller.door.rights.today())
        if found is None or await caller.door.rights.answers_for(caller, class_id):
            return found
        own = [
            one
            for one in found.subjects
            if await directory.teaches(conn, schema, caller.person_id, class_id, one.subject_id)
        ]
    if basis == Role.TEACHER:
        return found._replace(subjects=own)
    others = {one.subject_id for one in found.subjects} - {one.subject_id for one in own}
    return found._replace(aggregates=frozenset(others))


async def school_forecast(caller: Caller) -> list[ClassForecast]:
    """Every class of the school year in force."""
    year = await caller.door.rights.year()
    async with caller.reading() as (conn, schema):
        return await forecast.of_school(conn, schema, year, caller.door.rights.today())


async def pupil_forecast(caller: Caller, pupil_id: str) -> ClassForecast | None:
    """The class of a pupil with this pupil alone in it, subjects with marks only."""
    class_id = await caller.door.rights.class_of(pupil_id)
    async with caller.reading() as (conn, schema):
        found = await forecast.of_class(conn, schema, class_id, caller.door.rights.today())
    if found is None:
        return None
    subjects = [
        one._replace(cells=[pair for pair in one.cells if pair[0].pupil == pupil_id])
        for one in found.subjects
    ]
    return found._replace(subjects=[one for one in subjects if one.cells and one.cells[0][0].now.n])


async def turn(caller: Caller, pupil_id: str, *, shown: bool, once: Request) -> Answer:
    """The family turns the forecast off, or on again. Raises NotFound, Forbidden."""
    return caller.door.school.turn_forecast(
        await caller.door.rights.year(), pupil_id, shown=shown, by=caller.actor, request=once
    )


async def learned(caller: Caller) -> Fit | None:
    """What the forecast stands on; None before the first year is opened."""
    year = await caller.door.rights.year()
    async with caller.reading() as (conn, schema):
        regulation = await directory.regulation_of(conn, schema, year)
        if regulation is None:
            return None
        return await forecast.latest(conn, schema, regulation, caller.door.rights.today())


def outlook_of(cells: list[tuple[Cell, Forecast]], parameters: Parameters) -> Outlook:
    """Quality of a group with its interval."""
    return outlook([(found, cell.now.weight) for cell, found in cells], parameters)


def whole(found: ClassForecast) -> Outlook:
    """All subjects of a class together."""
    return outlook_of([pair for one in found.subjects for pair in one.cells], found.parameters)


# -- JSON ------------------------------------------------------------------------------------


def outlook_json(of: Outlook) -> dict[str, Any]:
    """Percents as decimal strings of one place."""
    return {
        "pupils": of.pupils,
        "quality": f"{of.quality:.1f}",
        "quality_low": f"{of.low:.1f}",
        "quality_high": f"{of.high:.1f}",
        "passed": f"{of.passed:.1f}",
        "learning": f"{of.learning:.1f}",
    }


def class_json(found: ClassForecast | None, class_id: str) -> dict[str, Any]:
    """`GET /classes/{id}/forecast`."""
    if found is None:
        return {"class": {"class_id": class_id}, "term": None, "subjects": []}
    return {
        "class": {"class_id": found.class_id, "name": found.name},
        "term": _term(found),
        "subjects": [
            {
                "subject_id": one.subject_id,
                "subject": one.name,
                "controls": one.controls,
                **outlook_json(outlook_of(list(one.cells), found.parameters)),
                "cells": [
                    {"name": found.names[cell.pupil]}
                    | _cell(cell, of, found.around.silent(one.subject_id, cell.pupil))
                    | around_json(found.around, (one.subject_id, cell.pupil))
                    for cell, of in found.told(one)
                ],
            }
            for one in found.subjects
        ],
    }


def _term(found: ClassForecast) -> dict[str, Any]:
    return {
        "number": found.term.number,
        "name": found.term.name,
        "starts": found.term.starts.isoformat(),
        "ends": found.term.ends.isoformat(),
        "gone": f"{found.progress:.2f}",
    }


#: why a forecast is not shown, in words
SILENT = {
    "family": "Семья отключила прогноз.",
    "teacher": "Учитель скрыл этот прогноз.",
}


def around_json(around: Around, place: tuple[str, str]) -> dict[str, Any]:
    """What stands beside a forecast: facts first."""
    word = around.words.get(place)
    return {
        "steps": [_step(one) for one in around.steps.get(place, ())],
        "alert": place in around.alerts,
        "note": {"text": word.note, "by": word.by} if word and word.note else None,
        "hidden_by": around.silent(*place) or None,
    }


def _step(one: Step) -> dict[str, Any]:
    return {
        "what": one.what,
        "date": one.on.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "text": step_said(one),
    }


def _cell(cell: Cell, of: Forecast, silent: str) -> dict[str, Any]:
    """A pupil in a subject, for the teacher."""
    known = enough(cell) and not silent
    return {
        "pupil_id": cell.pupil,
        "marks": cell.now.n,
        "average": f"{cell.now.mean:.2f}" if cell.now.n else None,
        "enough": known,
        "expected": f"{of.mean:.2f}" if known else None,
        "give_or_take": f"{FOUR_OF_FIVE * of.sd:.2f}" if known else None,
        "chances": {mark: f"{chance:.2f}" for mark, chance in zip("2345", of.chances, strict=True)}
        if known
        else None,
        "not_attested": f"{of.not_attested:.2f}" if known else None,
        "reason": SILENT.get(silent) or reason(cell, of),
    }


def school_json(found: list[ClassForecast]) -> list[dict[str, Any]]:
    """`GET /forecast`: classes and their subjects, no names."""
    return [
        {
            "class": {"class_id": one.class_id, "name": one.name},
            "term": _term(one),
            **outlook_json(whole(one)),
            "subjects": [
                {
                    "subject_id": of.subject_id,
                    "subject": of.name,
                    **outlook_json(outlook_of(list(of.cells), one.parameters)),
                }
                for of in one.subjects
            ],
        }
        for one in found
    ]


def family_json(found: ClassForecast | None, pupil_id: str) -> dict[str, Any]:
    """`GET /pupils/{id}/forecast`: ranges and what would change them, no chances."""
    return {
        "pupil_id": pupil_id,
        "term": _term(found) if found else None,
        "on": not found or pupil_id not in found.around.off,
        "subjects": [_family(one, found.parameters, found.around) for one in found.subjects]
        if found
        else [],
    }


def _family(one: SubjectForecast, parameters: Parameters, around: Around) -> dict[str, Any]:
    [(cell, of)] = one.cells
    place = one.subject_id, cell.pupil
    silent = around.silent(*place)
    known = enough(cell) and not silent
    return {
        "subject_id": one.subject_id,
        "subject": one.name,
        "marks": cell.now.n,
        "average": f"{cell.now.mean:.2f}",
        "enough": known,
        "likely": list(likely(of)) if known else [],
        "if": [
            {"marks": list(map(str, then.marks)), "likely": list(then.likely)}
            for then in (outcomes(cell, of, parameters) if known else ())
        ],
        "text": [SILENT[silent]] if silent else for_family(cell, of, parameters),
        **{name: one for name, one in around_json(around, place).items() if name != "alert"},
    }


def fit_json(fit: Fit | None) -> dict[str, Any]:
    """`GET /forecast/calibration`."""
    if fit is None:
        return {"learned_at": None, "terms": [], "cells": 0, "calibration": None, "shown": False}
    judged = fit.calibration
    return {
        "learned_at": fit.at.isoformat() if fit.at else None,
        "terms": list(fit.terms),
        "cells": fit.cells,
        "calibration": msgspec.to_builtins(judged) if judged else None,
        "shown": not fit.useless,
    }
