"""«Сделано»: a family ticks the homework of the next day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.caller import Caller
from api.deps import DiaryReader
from api.pages.forms import sent
from api.pages.routing import SEE_OTHER, PageRoute
from api.pages.wording import short_name
from api.ticking import monday, put

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PLACE = "/pupils/{pupil_id}/homework"


@router.post(PLACE)
async def tick(pupil_id: UUID, request: Request, caller: DiaryReader) -> Response:
    """Done, or not done after all; the family's own business: docs/decisions/0032."""
    number = str(pupil_id)
    form = await sent(request, most=2)
    done = form.number("tick")
    homework_id = done or form.number("untick")
    await put(caller, number, str(homework_id or ""), done=bool(done))
    return RedirectResponse(f"/pupils/{number}/diary/{monday(caller)}#due", SEE_OTHER)


def ticked(
    due: dict[str, Any], found: dict[str, dict[str, str]], caller: Caller, *, own: bool
) -> None:
    """Add to each homework of `due` whether the caller has ticked it (`done`) and who else has
    (`others`); `own`: the caller is of the family, and nobody else learns of ticks.
    """
    due["ticks"] = own
    for one in due["homework"]:
        by = dict(found.get(one["homework_id"], {})) if own else {}
        one["done"] = by.pop(caller.person_id, None) is not None
        one["others"] = [short_name(name) for name in by.values()]
    due["done"] = sum(one["done"] or bool(one["others"]) for one in due["homework"])
