"""Journals opened to auditors for a time; closed diaries opened in an emergency."""

from __future__ import annotations

import logging
from datetime import UTC, date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.auth.sure import may_revoke
from api.deps import Administration, FreshAdministration
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.office.grant_facts import JournalsOpened
from domain.people.standing import SHORTEST_REASON
from domain.refusals import NotFound
from projections import grants
from projections.grants import Glass, JournalGrant

logger = logging.getLogger(__name__)

router = APIRouter(prefix=PREFIX, tags=["Особый доступ"])

GRANT: dict[str, Any] = {
    "grant_id": "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55",
    "person_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
    "person": "Игнатьев Игорь Ильич",
    "classes": [{"class_id": "7f1d4c1e-58b6-4d8e-9f0a-3f6f3f1c2b10", "name": "7а"}],
    "since": "2026-11-23",
    "until": "2026-12-07",
    "order_no": "61-у",
    "opened_at": "2026-11-22T09:00:00+00:00",
    "opened_by": "Веденеева Вера Викторовна",
    "closed_on": None,
    "in_force": True,
}
GLASS: dict[str, Any] = {
    "glass_id": "0b7d6c3e-8a57-4a39-8f6f-6c0a0c4f9d10",
    "pupil_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
    "pupil": "Петров Пётр",
    "by_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
    "by": "Веденеева Вера Викторовна",
    "at": "2026-11-23T09:41:07+00:00",
    "until": "2026-11-23T10:11:07+00:00",
    "reason": "ребёнка ищет полиция, нужен последний урок",
    "reviewed_at": None,
    "reviewed_by": None,
}


class GrantIn(Body):
    """Journals for an auditor on days [since, until); no classes: every journal of the school."""

    grant_id: Id
    person_id: Id
    class_ids: Annotated[tuple[Id, ...], Field(max_length=200)] = ()
    since: date
    until: date
    order_no: Annotated[str, Field(max_length=50, examples=["61-у"])]


class Ending(Body):
    """`on` is the first day without."""

    on: date


class GlassIn(Body):
    """Whose closed diary, and why."""

    glass_id: Id
    pupil_id: Id
    reason: Annotated[str, Field(min_length=SHORTEST_REASON, max_length=1_000)]


@router.get("/grants", responses=example({"grants": [GRANT]}))
async def journal_grants(request: Request, caller: Administration) -> Response:
    """Journals that are or were opened to auditors, the newest first."""
    as_of = await caller.door.progress.as_of()
    today = caller.door.rights.today()
    async with caller.reading() as (conn, schema):
        found = await grants.journal_grants(conn, schema)
    return read(request, {"grants": [grant_json(one, today) for one in found]}, as_of)


@router.post("/grants", status_code=201)
async def open_journals(new: GrantIn, caller: FreshAdministration, once: Once) -> Written:
    """Open journals to an auditor, by an order and for a time: to be read, never written."""
    door = caller.door
    fact = JournalsOpened(
        new.grant_id, new.person_id, new.since, new.until, new.order_no, new.class_ids
    )
    year = await door.rights.year()
    return await written(door.school.open_journals(year, fact, by=caller.actor, request=once))


@router.post("/grants/{grant_id}/ending")
async def close_journals(grant_id: Id, new: Ending, caller: Administration, once: Once) -> Written:
    """Close the journals before the time is over."""
    door = caller.door
    async with caller.reading() as (conn, schema):
        year = await grants.office_year_of(conn, schema, grant_id)
    if year is None:
        raise NotFound("grant.unknown", "Такого допуска нет.")
    answer = door.school.close_journals(year, grant_id, new.on, by=caller.actor, request=once)
    return await written(answer)


@router.post("/break-glass", status_code=201)
async def break_glass(new: GlassIn, caller: FreshAdministration, once: Once) -> Written:
    """Read one closed diary for half an hour. The director sees it, somebody else checks why."""
    may_revoke(caller)
    door = caller.door
    year = await door.rights.year()
    answer = door.school.break_glass(
        year, new.glass_id, new.pupil_id, new.reason, by=caller.actor, request=once
    )
    place = await written(answer)
    logger.warning(
        "break-glass %s: %s reads the diary of %s", new.glass_id, caller.person_id, new.pupil_id
    )
    return place


@router.get("/break-glass", responses=example({"glasses": [GLASS]}))
async def broken(request: Request, caller: Administration) -> Response:
    """Diaries that were opened in an emergency: unchecked ones first."""
    may_revoke(caller)
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await grants.glasses(conn, schema)
    return read(request, {"glasses": [glass_json(one) for one in found]}, as_of)


@router.post("/pupils/{pupil_id}/break-glass/{glass_id}/review")
async def review_glass(pupil_id: Id, glass_id: Id, caller: Administration, once: Once) -> Written:
    """«Проверено», by another person than who opened the diary."""
    door = caller.door
    year = await door.rights.year()
    answer = door.school.review_glass(year, pupil_id, glass_id, by=caller.actor, request=once)
    return await written(answer)


def grant_json(one: JournalGrant, today: date) -> dict[str, Any]:
    """A grant for a reader."""
    return {
        "grant_id": one.grant_id,
        "person_id": one.person_id,
        "person": one.person,
        "classes": [{"class_id": number, "name": name} for number, name in one.classes],
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "order_no": one.order_no,
        "opened_at": one.opened_at.astimezone(UTC).isoformat(),
        "opened_by": one.opened_by,
        "closed_on": one.closed_on and one.closed_on.isoformat(),
        "in_force": one.in_force(today),
    }


def glass_json(one: Glass) -> dict[str, Any]:
    """A broken glass for a reader."""
    return {
        "glass_id": one.glass_id,
        "pupil_id": one.pupil_id,
        "pupil": one.pupil,
        "by_id": one.by_id,
        "by": one.by,
        "at": one.at.astimezone(UTC).isoformat(),
        "until": one.until.astimezone(UTC).isoformat(),
        "reason": one.reason,
        "reviewed_at": one.reviewed_at and one.reviewed_at.astimezone(UTC).isoformat(),
        "reviewed_by": one.reviewed_by,
    }
