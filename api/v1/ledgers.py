"""Trainings of the staff; the register of requests for the municipal service."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from api import ledgers as shown
from api.answers import read, written
from api.control import moment
from api.deps import Administration
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.office.ledger_commands import MOST_CHARACTERS
from domain.office.ledger_facts import Channel, Outcome, TrainingHeld
from domain.office.ledgers import MOST_PEOPLE, Application, NewRequest
from domain.refusals import NotFound
from domain.values import CLASS_TEXT_LIMIT
from projections import ledgers

router = APIRouter(prefix=PREFIX, tags=["Учёт"])

PERSON = {"person_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11", "name": "Антонова Анна"}
TRAINING: dict[str, Any] = {
    "training_id": "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55",
    "date": "2026-08-27",
    "topic": "Работа с журналом: темы, отметки, исправления",
    "by": "Веденеева Вера",
    "people": [PERSON],
}
STAFF = PERSON | {"since": "2026-09-01", "last": None}
SERVICE: dict[str, Any] = {
    "request_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "number": 1,
    "pupil": {"pupil_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "Петров Пётр"},
    "channel": "PORTAL",
    "date": "2026-11-23",
    "due_date": "2026-12-03",
    "overdue": False,
    "applicant": "Петрова Ольга",
    "contact": "petrova@example.org",
    "about": "сведения об успеваемости за вторую четверть",
    "outcome": None,
    "decided_at": None,
    "decided_by": "",
    "reason": "",
}
Line = Annotated[str, Field(min_length=1, max_length=500)]


class TrainingIn(Body):
    """When, what about, who was there."""

    training_id: Id
    date: date
    topic: Annotated[str, Field(max_length=CLASS_TEXT_LIMIT)]
    person_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_PEOPLE)]


class ServiceIn(Body):
    """A request for the service «Предоставление информации о текущей успеваемости»."""

    request_id: Id
    pupil_id: Id
    applicant_id: Id | None = None
    channel: Channel
    date: date
    applicant: Line
    contact: Annotated[str, Field(max_length=500)] = ""
    about: Line


class DecisionIn(Body):
    """Granted, or refused with a reason."""

    outcome: Outcome
    reason: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""


@router.get("/trainings", responses=example({"trainings": [TRAINING], "staff": [STAFF]}))
async def trainings(request: Request, caller: Administration) -> Response:
    """Trainings, the newest first; the staff with the last training of each, those without one
    first.
    """
    door = caller.door
    as_of, year = await door.progress.as_of(), await door.rights.year()
    async with caller.reading() as (conn, schema):
        held = await ledgers.trainings(conn, schema)
        staff = await ledgers.untrained(conn, schema, year, door.rights.today())
    content = {
        "trainings": [
            {
                "training_id": one.training_id,
                "date": one.day.isoformat(),
                "topic": one.topic,
                "by": one.by,
                "people": [{"person_id": who, "name": name} for who, name in one.people],
            }
            for one in held
        ],
        "staff": [
            {
                "person_id": one.person_id,
                "name": one.name,
                "since": one.since.isoformat(),
                "last": one.last and one.last.isoformat(),
            }
            for one in staff
        ],
    }
    return read(request, content, as_of)


@router.post("/trainings", status_code=201)
async def hold_training(new: TrainingIn, caller: Administration, once: Once) -> Written:
    """The staff was taught to work with the journal."""
    door = caller.door
    fact = TrainingHeld(new.training_id, new.date, new.topic, new.person_ids)
    year = await door.rights.year()
    return await written(door.school.hold_training(year, fact, by=caller.actor, request=once))


@router.get("/service-requests", responses=example({"requests": [SERVICE]}))
async def service_requests(request: Request, caller: Administration) -> Response:
    """The register of the school year: who asked, when and how, until when, what was decided."""
    as_of, today = await caller.door.progress.as_of(), caller.door.rights.today()
    content = {
        "requests": [
            {
                "request_id": one.request_id,
                "number": one.number,
                "pupil": {"pupil_id": one.pupil_id, "name": one.pupil},
                "channel": one.channel,
                "date": one.day.isoformat(),
                "due_date": one.due_date.isoformat(),
                "overdue": one.overdue(today),
                "applicant": one.application.applicant,
                "contact": one.application.contact,
                "about": one.application.about,
                "outcome": one.outcome,
                "decided_at": one.decided_at and moment(one.decided_at),
                "decided_by": one.decided_by,
                "reason": one.reason,
            }
            for one in await shown.register(caller)
        ]
    }
    return read(request, content, as_of)


@router.get(
    "/service-requests.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"example": ";".join(shown.COLUMNS)}}}},
)
async def service_requests_table(caller: Administration) -> Response:
    """The register as a table for Excel."""
    headers = {"Content-Disposition": 'attachment; filename="reestr-uslugi.csv"'}
    body = shown.as_csv(await shown.register(caller))
    return Response(body, headers=headers, media_type="text/csv; charset=utf-8")


@router.post("/service-requests", status_code=201)
async def request_service(new: ServiceIn, caller: Administration, once: Once) -> Written:
    """A request is entered; until when it is decided follows from the regulation."""
    door = caller.door
    said = Application(new.applicant, new.contact, new.about)
    fact = NewRequest(new.request_id, new.pupil_id, new.channel, new.date, new.applicant_id)
    year = await door.rights.year()
    return await written(
        door.school.request_service(year, fact, said, by=caller.actor, request=once)
    )


@router.post("/service-requests/{request_id}/decision", status_code=201)
async def decide_service(
    request_id: Id, new: DecisionIn, caller: Administration, once: Once
) -> Written:
    """Granted, or refused with a reason; once."""
    door = caller.door
    shown.may_keep_register(caller)
    async with caller.reading() as (conn, schema):
        year = await ledgers.office_year_of(conn, schema, request_id)
    if year is None:
        raise NotFound("service.unknown", "Такого заявления нет.")
    answer = door.school.decide_service(
        year, request_id, new.outcome, new.reason, by=caller.actor, request=once
    )
    return await written(answer)
