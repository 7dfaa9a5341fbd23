"""«Замечания мне»: each with the records made since, and one button to answer by them. The form
needs no script.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import control
from api.caller import Caller
from api.deps import Staff, Teacher
from api.errors import STATUS
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import back, or_again, sent
from api.pages.inspection_words import remark_card
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from domain.journal.control_commands import MOST_CHARACTERS
from domain.refusals import Refusal
from projections.control import Wanted

router = APIRouter(route_class=PageRoute, include_in_schema=False)

MINE = "/remarks"

#: kind of a record → what was done
DEEDS = {
    "topic-recorded": "тема",
    "topic-corrected": "тема исправлена",
    "attendance-taken": "посещаемость",
    "attendance-corrected": "посещаемость исправлена",
    "homework-assigned": "домашнее задание",
    "homework-corrected": "задание исправлено",
    "homework-not-assigned": "«не задано»",
    "mark-given": "отметка",
    "mark-corrected": "отметка исправлена",
    "mark-annulled": "отметка аннулирована",
    "mark-commented": "комментарий к отметке",
}


@router.get(MINE)
async def mine(caller: Staff, behind: Behind) -> Response:
    """«Замечания мне»: each with the records made since, and one button to answer by them."""
    return await _mine(caller, behind=behind)


@router.post(MINE + "/{remark_id}/resolution")
async def resolve(remark_id: UUID, request: Request, caller: Teacher) -> Response:
    """The teacher's answer."""
    form = await sent(request)

    async def act() -> Response:
        positions = [int(one) for one in form.many("positions") if one.isdecimal()]
        once = form.once(caller, request.url.path)
        number = str(remark_id)
        answer = await control.answer_remark(caller, number, positions, form.one("text"), once)
        return await back(answer, MINE)

    return await or_again(act, partial(_mine, caller))


async def _mine(
    caller: Caller, *, behind: bool = False, refusal: Refusal | None = None
) -> Response:
    today, zone = caller.door.rights.today(), caller.door.zone
    found = [
        one
        for one in await control.remarks(caller, Wanted())
        if one.teacher_id == caller.person_id or not await _reads_all(caller, one.class_id)
    ]
    cards = []
    for one in found:
        card = remark_card(one, today, zone)
        made = await control.deeds(caller, one, caller.person_id) if one.state == "open" else []
        card["made"] = [
            {"position": line["position"], "words": wording.moment(line["recorded_at"], zone)}
            | {"deed": deed_words(line)}
            for line in made
        ]
        card["key"] = fresh_id()
        cards.append(card)
    context = {
        "open": [one for one in cards if one["state"] == "open"],
        "waiting": [one for one in cards if one["state"] == "answered"],
        "closed": [one for one in cards if one["state"] == "accepted"],
        "longest": MOST_CHARACTERS,
        "error": refusal.message if refusal else "",
    }
    return page(
        "control/remarks.html",
        context,
        viewer=await viewer_of(caller, MINE, behind=behind),
        status=STATUS[type(refusal)] if refusal else 200,
    )


async def _reads_all(caller: Caller, class_id: str) -> bool:
    """The remark is seen for the class, not because it is to the caller."""
    classes = await control.seen_classes(caller)
    return classes is None or class_id in classes


def deed_words(line: dict[str, Any]) -> str:
    """A record that may answer a remark, in a few words."""
    kind = str(line["kind"])
    words = DEEDS.get(kind, "запись")
    lesson = f", урок {wording.day(line['lesson_date'])}" if line["lesson_date"] else ""
    return f"{words}{lesson}"
