"""The trail: who, when, what stood there before, why."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.answers import read
from api.deps import TrailReader
from api.grants import trail_classes
from api.signals import of_flags
from api.v1.wire import PREFIX, Id, example
from domain.refusals import Invalid
from projections import trail

router = APIRouter(prefix=PREFIX, tags=["След"])

KIND = r"^[a-z-]{1,60}$"
#: an oddity of the entry, a kind of red flags, or one red flag: the facts behind it
FLAG = r"^(late|after_term_mark|absent_pupil|by_substitute|imported|F([1-9]|1[01])(-\d{1,18})?)$"

HISTORY_ITEM = {
    "position": 4127,
    "recorded_at": "2026-11-23T09:41:07+00:00",
    "by": {"person_id": "6f1c7c9e-3c1e-4a52-9f0e-0d4f4a9f6c11", "name": "Антонова Анна Андреевна"},
    "acting_for": None,
    "kind": "mark-corrected",
    "old_value": "4",
    "value": "5",
    "reason_code": "TYPO",
    "reason": "перепутала строки",
    "lesson_date": "2026-11-20",
    "late": False,
    "session": "c1d2a1f0-7a52-4f0e-8b6d-2b5f3c9e7d41",
}
#: what a family sees of a change; the rest is the school's to know
FAMILY = tuple(name for name in HISTORY_ITEM if name != "session")


def history_item(item: dict[str, Any], *, full: bool) -> dict[str, Any]:
    """One change of a mark; `full` with the sign-in it was made under."""
    return {name: item[name] for name in (HISTORY_ITEM if full else FAMILY)}


@router.get("/trail", responses=example({"items": [HISTORY_ITEM], "next_cursor": "4126.0"}))
async def changes(
    request: Request,
    caller: TrailReader,
    *,
    class_id: Annotated[Id | None, Query()] = None,
    pupil_id: Annotated[Id | None, Query()] = None,
    subject_id: Annotated[Id | None, Query()] = None,
    by: Annotated[Id | None, Query()] = None,
    kind: Annotated[str | None, Query(pattern=KIND, examples=["mark-corrected"])] = None,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
    flag: Annotated[str | None, Query(pattern=FLAG, examples=["late", "F2", "F4-4127"])] = None,
    session: Annotated[Id | None, Query(description="записи одного сеанса")] = None,
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,18}\.\d{1,6}$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Changes, the newest first, by pages."""
    if since is not None and until is not None and until < since:
        raise Invalid("trail.period", "Конец периода раньше начала.")
    of_flags(caller, flag)
    filters = trail.Filters(
        class_id=class_id,
        pupil_id=pupil_id,
        subject_id=subject_id,
        by=by,
        kind=kind,
        since=since,
        until=until,
        flag=flag,
        session=session,
        classes=await trail_classes(caller),
        zone=caller.door.zone,
    )
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await trail.trail(conn, schema, filters, cursor, limit)
    return read(request, {name: found[name] for name in ("items", "next_cursor")}, as_of)
