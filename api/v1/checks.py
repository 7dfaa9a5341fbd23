"""Checks of the log: asked for by whoever inspects the school, done by the scheduler."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from api.answers import read, written
from api.deps import Inspector
from api.findings import CHECKS, FINDINGS
from api.v1.log import moment
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.audit.facts import CheckKind, CheckRequested
from domain.refusals import NotFound
from projections import audit
from projections.audit import Check

router = APIRouter(prefix=PREFIX, tags=["Проверки журнала"])

CHECK = {
    "check_id": "5e0c8f77-6a58-4c07-9a86-2f6f1f6b7c55",
    "kind": "verification",
    "title": CHECKS["verification"],
    "year": None,
    "until": None,
    "by": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11",
    "requested_at": "2026-11-23T15:00:00+00:00",
    "completed_at": "2026-11-23T15:00:09+00:00",
    "checked_position": 4127,
    "facts": 4127,
    "rows": 0,
    "found": 1,
    "findings": [{"kind": "leaf", "place": "4126", "words": FINDINGS["leaf"]}],
}


class NewCheck(Body):
    """A check of a school year, up to a moment, or of everything. `check_id` is the caller's."""

    check_id: Id
    kind: CheckKind
    year: Annotated[int | None, Field(ge=2000, le=2100, examples=[2026])] = None
    until: AwareDatetime | None = None


@router.post("/log/checks")
async def request_check(new: NewCheck, caller: Inspector, once: Once) -> Written:
    """Have the log verified, or a year replayed: it is done within a minute or so."""
    door = caller.door
    until = new.until and new.until.astimezone(UTC)
    answer = door.school.request_check(
        await door.rights.year(),
        CheckRequested(new.check_id, new.kind, new.year, until),
        by=caller.actor,
        request=once,
    )
    return await written(answer)


@router.get("/log/checks", responses=example({"checks": [CHECK]}))
async def checks(
    request: Request, caller: Inspector, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Response:
    """The last checks, newest first; `completed_at` is null while one waits."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await audit.checks(conn, schema, limit)
    return read(request, {"checks": [_check(one) for one in found]}, as_of)


@router.get("/log/checks/{check_id}", responses=example(CHECK))
async def one_check(check_id: Id, request: Request, caller: Inspector) -> Response:
    """A check, and what it has found."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await audit.checks(conn, schema, 1, check_id)
    if not found:
        raise NotFound("check.unknown", "Такой проверки нет.")
    return read(request, _check(found[0]), as_of)


def _check(one: Check) -> dict[str, Any]:
    findings = [{"kind": f.kind, "place": f.place, "words": FINDINGS[f.kind]} for f in one.findings]
    return {
        "check_id": one.check_id,
        "kind": one.kind,
        "title": CHECKS[one.kind],
        "year": one.year,
        "until": moment(one.until),
        "by": one.by,
        "requested_at": moment(one.requested_at),
        "completed_at": moment(one.completed_at),
        "checked_position": one.checked_position,
        "facts": one.facts,
        "rows": one.rows,
        "found": one.found,
        "findings": findings,
    }
