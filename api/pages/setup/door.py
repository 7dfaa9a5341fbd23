"""The door of the setup's forms: shown, sent, and shown again with what was refused."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.caller import Caller
from api.deps import Administration
from api.errors import STATUS
from api.house import fresh_id
from api.landing import landed
from api.pages.forms import Sent, sent
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, led, viewer_of
from api.pages.setup import FORMS
from api.pages.setup.form import Ask, Order, StepForm
from domain.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from domain.writing import Answer

router = APIRouter(route_class=PageRoute, include_in_schema=False)

HERE = "/school-year"
OfYear = Annotated[int | None, Query(ge=2000, le=2100)]


@router.get(HERE + "/{step}")
async def step_form(
    step: str, request: Request, caller: Administration, behind: Behind, year: OfYear = None
) -> Response:
    """The form of a step."""
    form = Sent(list(request.query_params.multi_items()))
    of_year = year or await caller.door.rights.year()
    return await _shown(caller, step, of_year, form, behind=behind)


@router.post(HERE + "/{step}")
async def set_up(step: str, request: Request, caller: Administration) -> Response:
    """What the form says, as commands."""
    form, one = await sent(request), _form(step)
    told = form.one("year")
    year = int(told) if told.isdecimal() else await caller.door.rights.year()
    try:
        once = form.once(caller, f"{HERE}/{step}")
        async with caller.reading() as (conn, schema):
            order = Order(Ask(caller, year, form, conn, schema), once)
            await one.send(order)
        position = await _written(order.answers)
    except (Invalid, Conflict, Forbidden) as refusal:
        return await _shown(caller, step, year, form, refusal=refusal)
    again = {name: form.one(name) for name in ("class_id",) if form.one(name)}
    query = urlencode({"year": year, **again, "done": "1"})
    return led(f"{HERE}/{step}?{query}", position)


async def _written(answers: list[Answer]) -> int:
    """The last position. Raises the first refusal, once all the others are written."""
    position, refused = 0, list[Refusal]()
    for answer in answers:
        try:
            receipt = await landed(answer)
        except Refusal as refusal:
            refused.append(refusal)
        else:
            position = max(position, receipt.position)
    if not refused:
        return position
    if len(refused) == len(answers):
        raise refused[0]
    words = " ".join(dict.fromkeys(one.message for one in refused))
    raise Conflict("form.partly", f"Записано не всё. {words}")


def _form(step: str) -> StepForm:
    found = FORMS.get(step)
    if found is None:
        raise NotFound("path.unknown", "Такого адреса нет.")
    return found


async def _shown(
    caller: Caller,
    step: str,
    year: int,
    form: Sent,
    *,
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    one = _form(step)
    async with caller.reading() as (conn, schema):
        context = await one.show(Ask(caller, year, form, conn, schema))
    context |= {
        "title": one.title,
        "here": f"{HERE}/{step}",
        "year": year,
        "name": f"{year}/{year + 1}",
        "done": bool(form.one("done")) and refusal is None,
        "key": fresh_id(),
        "error": refusal.message if refusal else "",
    }
    return page(
        one.template,
        context,
        viewer=await viewer_of(caller, HERE, behind=behind),
        status=STATUS[type(refusal)] if refusal else 200,
    )
