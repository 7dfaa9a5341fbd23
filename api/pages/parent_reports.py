"""«Письма об успехах»: the class teacher sends the letters of a term, and sees who opened them."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import parent_reports as letters
from api.caller import Caller
from api.deps import ClassKeeper
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import Sent, back, or_again, sent
from api.pages.routing import Behind, PageRoute, page_of
from domain.journal.outcome_facts import DELIVERY_LABELS, Delivery
from domain.refusals import Invalid, NotFound, Refusal
from domain.values import Role
from projections import directory

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PLACE = "/classes/{class_id}/parent-reports"


@router.get(PLACE)
async def parent_reports(
    class_id: UUID, caller: ClassKeeper, behind: Behind, term: int | None = None
) -> Response:
    """The letters of a term, of the last that is over when none is named."""
    return await _page(caller, str(class_id), term, behind=behind)


@router.post(PLACE)
async def send(class_id: UUID, request: Request, caller: ClassKeeper) -> Response:
    """Send the letters of the pupils that are ticked."""
    number = str(class_id)
    form = await sent(request)
    term = _term(form)

    async def act() -> Response:
        answer = await letters.send(
            caller,
            number,
            [_pupil(one) for one in form.many("pupil_id")],
            term,
            Delivery.PAPER if form.one("how") == Delivery.PAPER else Delivery.CABINET,
            form.once(caller, request.url.path),
        )
        return await back(answer, f"/classes/{number}/parent-reports?term={term}")

    return await or_again(act, partial(_page, caller, number, term))


def _term(form: Sent) -> int:
    text = form.one("term")
    if not (text.isascii() and text.isdecimal() and len(text) < 3):  # noqa: PLR2004 - digits
        raise Invalid("report.form", "Выберите период из списка.")
    return int(text)


def _pupil(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise Invalid("report.form", "Выберите учеников из списка.") from None


async def _page(
    caller: Caller,
    class_id: str,
    term: int | None,
    *,
    behind: bool = False,
    refusal: Refusal | None = None,
) -> Response:
    door, today = caller.door, caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        card = await directory.class_card(conn, schema, class_id, today)
        if card is None:
            raise NotFound("class.unknown", "Такого класса нет.")
        terms = await directory.terms(conn, schema, card["year"])
    if term is None:
        over = [one["term"] for one in terms if one["ends"] < today.isoformat()]
        term = over[-1] if over else (terms[0]["term"] if terms else 0)
    found = await letters.sent_in(caller, class_id, term)
    context: dict[str, Any] = {
        "class_id": class_id,
        "class_name": card["name"],
        "terms": [(one["term"], one["name"]) for one in terms],
        "term": term,
        "paper": f"/reports/letter?class_id={class_id}&year={card['year']}&term={term}",
        "letters": [_line(one, door.zone) for one in found],
        "key": fresh_id(),
        "own": await door.rights.class_basis(caller, class_id) == Role.CLASS_TEACHER,
        "error": refusal.message if refusal else "",
    }
    return await page_of(
        caller,
        "classroom/parent_reports.html",
        context,
        "/absences",
        behind=behind,
        refusal=refusal,
    )


def _line(one: dict[str, Any], zone: str) -> dict[str, Any]:
    went = one["sent"]
    return {
        "pupil_id": one["pupil_id"],
        "name": wording.called(one["name"]),
        "cabinet": any(who["consent"] for who in one["guardians"]),
        "guardians": [
            {
                "name": wording.short_name(who["name"]),
                "consent": who["consent"],
                "opened": who["opened"] and wording.moment(who["opened"], zone),
            }
            for who in one["guardians"]
        ],
        "sent": went and wording.moment(went["at"], zone),
        "how": went and DELIVERY_LABELS[Delivery(went["how"])],
    }
