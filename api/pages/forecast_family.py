"""«Чего ждать»: the forecast as a family reads it. What can be done by the facts comes first."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import forecasts
from api.caller import Caller
from api.deps import DiaryReader
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import back, or_again, sent
from api.pages.routing import Behind, PageRoute, page_of
from domain.forecast import steps, words
from domain.forecast.method import Forecast
from domain.forecast.prior import Cell
from domain.forecast.quality import FOUR_OF_FIVE
from domain.forecast.whatif import enough
from domain.forecast.words import comma
from domain.refusals import Refusal
from projections import directory, grants
from projections.forecast import ClassForecast

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PLACE = "/pupils/{pupil_id}/forecast"


@router.get(PLACE)
async def of_pupil(pupil_id: UUID, caller: DiaryReader, behind: Behind) -> Response:
    """What is expected of each subject, and what would change it."""
    return await _page(caller, str(pupil_id), behind=behind)


@router.post(PLACE)
async def turn(pupil_id: UUID, request: Request, caller: DiaryReader) -> Response:
    """The family turns the forecast off, or on again."""
    number = str(pupil_id)
    form = await sent(request, most=4)

    async def act() -> Response:
        once = form.once(caller, request.url.path)
        answer = await forecasts.turn(caller, number, shown=form.one("on") == "yes", once=once)
        return await back(answer, f"/pupils/{number}/forecast")

    return await or_again(act, partial(_page, caller, number))


async def _page(
    caller: Caller, number: str, *, behind: bool = False, refusal: Refusal | None = None
) -> Response:
    today = caller.door.rights.today()
    found = await forecasts.pupil_forecast(caller, number)
    async with caller.reading() as (conn, schema):
        person = await directory.person(conn, schema, number)
        children = await directory.children_of(conn, schema, caller.person_id, today)
        grown = caller.person_id == number and await grants.is_of_age(conn, schema, number)
    off = bool(found and number in found.around.off)
    context = {
        "pupil": wording.called(person["name"] if person else ""),
        "diary": f"/pupils/{number}/diary/{wording.monday_of(today)}",
        "term": found.term.name if found else "",
        "today": wording.day_in_words(today),
        "off": off,
        "may_turn": grown or any(one["pupil_id"] == number for one in children),
        "key": fresh_id(),
        "error": refusal.message if refusal else "",
        "subjects": _cards(found) if found else [],
    }
    return await page_of(
        caller, "forecast/pupil.html", context, "/diary", behind=behind, refusal=refusal
    )


def _cards(found: ClassForecast) -> list[dict[str, Any]]:
    """A card for each subject of the only pupil."""
    cards = []
    for one in found.subjects:
        for cell, expected in one.cells:
            place = one.subject_id, cell.pupil
            silent = found.around.silent(*place)
            word = found.around.words.get(place)
            cards.append(
                {
                    "name": one.name,
                    "known": enough(cell) and not silent,
                    "now": words.so_far(cell),
                    "steps": [
                        *map(steps.said, found.around.steps.get(place, ())),
                        *words.lacking(cell, found.parameters),
                    ],
                    "silent": forecasts.SILENT.get(silent, ""),
                    "text": [] if silent else words.outlook(cell, expected),
                    "changes": [] if silent else words.changes(cell, expected, found.parameters),
                    "note": word.note if word else "",
                    "by": wording.short_name(word.by) if word else "",
                    **_range(cell, expected),
                }
            )
    return cards


def _range(cell: Cell, of: Forecast) -> dict[str, str]:
    """Where on the scale 2–5 the final mean may lie, and the mean so far, in percents of it."""
    half = FOUR_OF_FIVE * of.sd
    low, high = max(of.mean - half, 2.0), min(of.mean + half, 5.0)
    return {
        "average": comma(cell.now.mean),
        "x": f"{100 * (low - 2) / 3:.1f}",
        "wide": f"{max(100 * (high - low) / 3, 1):.1f}",
        "mean_at": f"{min(100 * (max(cell.now.mean, 2) - 2) / 3, 99):.1f}",
        "low": comma(low),
        "high": comma(high),
    }
