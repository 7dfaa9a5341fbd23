"""«Ознакомлен»: a guardian signs a week of the diary as read (clauses 2.2.8, 2.2.9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.answers import read, written
from api.caller import Caller
from api.deps import ClassKeeper, DiaryReader
from api.v1.wire import PREFIX, Body, Id, Once, Written, example
from domain.calendar import monday as monday_of
from domain.refusals import Invalid
from domain.writing import Answer
from domain.writing import Request as OnceRequest
from projections import classroom

router = APIRouter(prefix=PREFIX, tags=["Дневник"])

PLACE = "/pupils/{pupil_id}/diary/weeks/{monday}/acknowledgement"
WHO = {
    "guardian_id": "9d1b6f52-0c3e-4b52-8f0a-1a2b3c4d5e60",
    "by": "Петрова Ольга Ивановна",
    "at": "2026-11-28T17:12:00+00:00",
    "position": 4127,
}
A_WEEK = timedelta(days=7)
MOST_WEEKS = 20


class Acknowledgement(Body):
    """What was read: `position` is `as_of.position` of the week's document."""

    position: Annotated[int, Field(ge=0)]


@router.post(PLACE)
async def sign_week(
    pupil_id: Id, monday: date, new: Acknowledgement, caller: DiaryReader, once: Once
) -> Written:
    """A guardian with consent has read the week; again only when it has changed since."""
    answer = await acknowledge(caller, pupil_id, monday, new.position, once)
    return await written(answer)


async def acknowledge(
    caller: Caller, pupil_id: str, monday: date, position: int, once: OnceRequest
) -> Answer:
    """The command, for the API and for the page. Raises Invalid for a position to come."""
    if position > (await caller.door.progress.as_of()).position:
        raise Invalid("diary.position", "Такого состояния дневника ещё не было: обновите страницу.")
    return caller.door.school.acknowledge_diary(
        await caller.door.rights.class_of(pupil_id),
        pupil_id,
        monday,
        position,
        by=caller.actor,
        request=once,
    )


@router.get(PLACE, responses=example({"monday": "2026-11-23", "acknowledged": [WHO]}))
async def week_acknowledged(
    pupil_id: Id, monday: date, request: Request, caller: DiaryReader
) -> Response:
    """Who has signed the week as read, and at which position of the log."""
    as_of = await caller.door.progress.as_of()
    async with caller.reading() as (conn, schema):
        found = await classroom.acknowledged(conn, schema, pupil_id, monday)
    return read(request, {"monday": monday.isoformat(), "acknowledged": found}, as_of)


@router.get(
    "/classes/{class_id}/acknowledgements",
    responses=example(
        {
            "weeks": ["2026-11-16", "2026-11-23"],
            "pupils": [
                {"pupil_id": WHO["guardian_id"], "name": "Петров Пётр", "weeks": {}},
            ],
        }
    ),
)
async def class_acknowledgements(
    class_id: Id,
    request: Request,
    caller: ClassKeeper,
    weeks: Annotated[int, Query(ge=1, le=MOST_WEEKS)] = 6,
) -> Response:
    """The last weeks of a class, this one included: whose guardians have signed which."""
    as_of = await caller.door.progress.as_of()
    return read(request, await signed_weeks(caller, class_id, weeks), as_of)


async def signed_weeks(caller: Caller, class_id: str, weeks: int) -> dict[str, Any]:
    """`{weeks[monday…], pupils[{pupil_id, name, weeks{monday: [{by, at}]}}]}`."""
    last = monday_of(caller.door.rights.today())
    mondays = [last - A_WEEK * back for back in range(weeks - 1, -1, -1)]
    async with caller.reading() as (conn, schema):
        pupils = await classroom.acknowledged_in(conn, schema, class_id, mondays)
    return {"weeks": [one.isoformat() for one in mondays], "pupils": pupils}
