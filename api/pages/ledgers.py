"""«Обучение» and «Муниципальная услуга»: the two books of the office as pages without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api import ledgers as shown
from api.caller import Caller
from api.deps import Administration
from api.errors import STATUS
from api.house import fresh_id
from api.pages import wording
from api.pages.forms import Sent, back, sent
from api.pages.rendering import page
from api.pages.routing import Behind, PageRoute, viewer_of
from domain.office.ledger_commands import MOST_CHARACTERS
from domain.office.ledger_facts import (
    CHANNEL_LABELS,
    OUTCOME_LABELS,
    Channel,
    Outcome,
    TrainingHeld,
)
from domain.office.ledgers import Application, NewRequest
from domain.refusals import Invalid, NotFound, Refusal
from projections import directory, ledgers
from projections.ledgers import Service

router = APIRouter(route_class=PageRoute, include_in_schema=False)

TRAININGS, REGISTER = "/trainings", "/service-requests"


@router.get(TRAININGS)
async def trainings(caller: Administration, behind: Behind) -> Response:
    """Who was taught, and who of the staff never was."""
    return await _trainings(caller, behind=behind)


@router.post(TRAININGS)
async def hold(request: Request, caller: Administration) -> Response:
    """A training that was held."""
    form, door = await sent(request), caller.door
    try:
        people = form.many("person_ids")
        fact = TrainingHeld(form.key(), form.day("on"), form.one("topic"), people)
        year, once = await door.rights.year(), form.once(caller, TRAININGS)
        answer = door.school.hold_training(year, fact, by=caller.actor, request=once)
        return await back(answer, TRAININGS)
    except Invalid as refusal:
        return await _trainings(caller, form=form, refusal=refusal)


@router.get(REGISTER)
async def register(
    caller: Administration, behind: Behind, class_id: UUID | None = None
) -> Response:
    """The register of the municipal service (clause 2.2.1)."""
    return await _register(caller, str(class_id) if class_id else "", behind=behind)


@router.post(REGISTER)
async def enter(request: Request, caller: Administration) -> Response:
    """A request is entered."""
    form, door = await sent(request), caller.door
    try:
        said = Application(form.one("applicant"), form.one("contact"), form.one("about"))
        new = _new(form)
        year, once = await door.rights.year(), form.once(caller, REGISTER)
        answer = door.school.request_service(year, new, said, by=caller.actor, request=once)
        return await back(answer, REGISTER)
    except Invalid as refusal:
        return await _register(caller, form.one("class_id"), form=form, refusal=refusal)


@router.post(REGISTER + "/{request_id}/decision")
async def decide(request_id: UUID, request: Request, caller: Administration) -> Response:
    """Granted or refused."""
    form, door, number = await sent(request), caller.door, str(request_id)
    shown.may_keep_register(caller)
    async with caller.reading() as (conn, schema):
        year = await ledgers.office_year_of(conn, schema, number)
    if year is None:
        raise NotFound("service.unknown", "Такого заявления нет.")
    try:
        answer = door.school.decide_service(
            year,
            number,
            _outcome(form),
            form.one("reason"),
            by=caller.actor,
            request=form.once(caller, request.url.path),
        )
        return await back(answer, REGISTER)
    except Invalid as refusal:
        return await _register(caller, "", refusal=refusal)


def _new(form: Sent) -> NewRequest:
    """The request of a form. Raises Invalid."""
    pupil_id, channel = form.number("pupil_id"), form.one("channel")
    if pupil_id is None or channel not in Channel.__members__:
        raise Invalid("service.form", "Выберите ученика и способ обращения.")
    return NewRequest(form.key(), pupil_id, Channel(channel), form.day("on"))


def _outcome(form: Sent) -> Outcome:
    """The decision of a form. Raises Invalid."""
    if form.one("outcome") not in Outcome.__members__:
        raise Invalid("service.form", "Выберите решение.")
    return Outcome(form.one("outcome"))


async def _trainings(
    caller: Caller,
    *,
    behind: bool = False,
    form: Sent | None = None,
    refusal: Refusal | None = None,
) -> Response:
    door, today = caller.door, caller.door.rights.today()
    year = await door.rights.year()
    async with caller.reading() as (conn, schema):
        held = await ledgers.trainings(conn, schema)
        staff = await ledgers.untrained(conn, schema, year, today)
    chosen = form.many("person_ids") if form else ()
    context = {
        "may": shown.may_train(caller),
        "held": [
            {
                "day": wording.day(one.day),
                "topic": one.topic,
                "by": wording.short_name(one.by),
                "people": ", ".join(wording.short_name(name) for _, name in one.people),
                "count": wording.plural(len(one.people), "человек", "человека", "человек"),
            }
            for one in held
        ],
        "staff": [
            {
                "person_id": one.person_id,
                "name": one.name,
                "since": wording.day(one.since),
                "last": wording.day(one.last),
                "chosen": one.person_id in chosen,
            }
            for one in staff
        ],
        "untrained": sum(one.last is None for one in staff),
        "topic": form.one("topic") if form else "",
        "today": today.isoformat(),
        "key": fresh_id(),
        "error": refusal.message if refusal else "",
    }
    return page(
        "control/trainings.html",
        context,
        viewer=await viewer_of(caller, TRAININGS, behind=behind),
        status=STATUS[type(refusal)] if refusal else 200,
    )


async def _register(
    caller: Caller,
    class_id: str,
    *,
    behind: bool = False,
    form: Sent | None = None,
    refusal: Refusal | None = None,
) -> Response:
    door, today = caller.door, caller.door.rights.today()
    found = await shown.register(caller)
    year = await door.rights.year()
    async with caller.reading() as (conn, schema):
        classes = await directory.classes(conn, schema, year, today)
        card = await directory.class_card(conn, schema, class_id, today) if class_id else None
    fields = ("applicant", "contact", "about", "channel", "pupil_id")
    context = {
        "rows": [_line(one, today, door.zone) for one in found],
        "classes": classes,
        "class_id": class_id,
        "pupils": card["roster"] if card else [],
        "channels": CHANNEL_LABELS,
        "outcomes": OUTCOME_LABELS,
        "fields": {name: form.one(name) if form else "" for name in fields},
        "on": (form.one("on") if form else "") or today.isoformat(),
        "today": today.isoformat(),
        "longest": MOST_CHARACTERS,
        "key": fresh_id(),
        "keys": fresh_id,
        "error": refusal.message if refusal else "",
    }
    return page(
        "control/services.html",
        context,
        viewer=await viewer_of(caller, REGISTER, behind=behind),
        status=STATUS[type(refusal)] if refusal else 200,
    )


def _line(one: Service, today: Any, zone: str) -> dict[str, Any]:
    return {
        "request_id": one.request_id,
        "number": one.number,
        "day": wording.day(one.day),
        "channel": CHANNEL_LABELS[Channel(one.channel)],
        "applicant": one.application.applicant or "данные стёрты",
        "contact": one.application.contact,
        "pupil": wording.called(one.pupil),
        "about": one.application.about,
        "due": wording.day(one.due_date),
        "overdue": one.overdue(today),
        "outcome": OUTCOME_LABELS[Outcome(one.outcome)] if one.outcome else "",
        "refused": one.outcome == Outcome.REFUSED,
        "decided": one.decided_at and wording.moment(one.decided_at, zone),
        "by": wording.short_name(one.decided_by),
        "reason": one.reason,
    }
