"""«Поиск ученика»: from the header of every page of who works in the school."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.caller import Caller
from api.deps import Staff
from api.pages import wording
from api.pages.forms import sent
from api.pages.particulars import HERE as PARTICULARS
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from api.pages.viewer import SEARCH
from api.searching import LONGEST
from api.searching import search as looked_for
from domain.values import Role
from projections.directory.search import FoundPupil

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(SEARCH)
async def search(caller: Staff, behind: Behind) -> Response:
    """The field alone: an address carries no name."""
    return await _page(caller, "", behind=behind)


@router.post(SEARCH)
async def find_pupil(request: Request, caller: Staff, behind: Behind) -> Response:
    """Pupils by the beginning of a name, each with what the caller may open about them."""
    form = await sent(request, most=1)
    return await _page(caller, form.one("q")[:LONGEST], behind=behind)


async def _page(caller: Caller, q: str, *, behind: bool) -> Response:
    found, wards = await looked_for(caller, q), await caller.door.rights.wards(caller)
    context = {
        "q": q,
        "asked": bool(found.words),
        "short": bool(q.strip()) and not found.words,
        "found": [_shown(one, caller, wards, opens=opens) for one, opens in found.shown],
        "more": found.more,
        "everybody": caller.administration,
    }
    return page("search.html", context, viewer=await viewer_of(caller, SEARCH, behind=behind))


def _shown(
    one: FoundPupil, caller: Caller, wards: frozenset[str], *, opens: bool
) -> dict[str, Any]:
    """Links to what opens; a diary that consent keeps closed is said to be so."""
    pupil, today = f"/pupils/{one.pupil_id}", caller.door.rights.today()
    reads = caller.administration or one.class_id in wards
    links = []
    if opens:
        links += [(f"{pupil}/diary/{wording.monday_of(today)}", "Дневник")]
        links += [(f"{pupil}/marks", "Отметки")]
    if reads:
        links.append((f"/trail?class_id={one.class_id}&pupil_id={one.pupil_id}", "Изменения"))
    past = Role.AUDITOR in caller.roles and not reads
    journal = f"/classes/{one.class_id}/{'past' if past else 'register'}"
    if caller.administration:
        links.append((PARTICULARS.format(person_id=one.pupil_id), "Личные данные"))
    return {
        "name": one.name,
        "class_name": one.class_name,
        "left": one.left and wording.day(one.left),
        "closed": reads and not opens,
        "links": [*links, (journal, f"Журнал {one.class_name}")],
    }
