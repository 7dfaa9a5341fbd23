"""«Сделано», by whatever door: a family ticks the homework that its diary tells of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import orjson

from api.caller import Caller
from api.v1.diary import empty_week
from domain.refusals import Forbidden, NotFound
from projections import directory, ticks

A_WEEK = timedelta(days=7)


def monday(caller: Caller) -> date:
    """Of the school's week."""
    today = caller.door.rights.today()
    return today - timedelta(days=today.weekday())


async def put(caller: Caller, pupil_id: str, homework_id: str, *, done: bool) -> None:
    """Done, or not done after all; the family's own business: docs/decisions/0032.

    Raises Forbidden to others than the family, NotFound for homework of nobody or of long ago.
    """
    if not await of_family(caller, pupil_id):
        raise Forbidden("tick.not_family", "Сделанное отмечают ученик и его родители.")
    if homework_id not in await given(caller, pupil_id):
        raise NotFound("homework.unknown", "Такого задания в дневнике нет.")
    async with caller.door.reading() as (conn, schema):
        if done:
            now = caller.door.house.clock()
            await ticks.tick(conn, schema, pupil_id, homework_id, caller.person_id, now)
        else:
            await ticks.untick(conn, schema, pupil_id, homework_id, caller.person_id)


async def of_family(caller: Caller, pupil_id: str) -> bool:
    """The pupil or a guardian: nobody else ticks, or learns of ticks."""
    who = caller.person_id
    async with caller.reading() as (conn, schema):
        children = await directory.children_of(conn, schema, who, caller.door.rights.today())
    return pupil_id == who or pupil_id in {child["pupil_id"] for child in children}


async def given(caller: Caller, pupil_id: str) -> list[str]:
    """Ids of the homework of this week and of the last one."""
    this = monday(caller)
    weeks = [(await week_of(caller, pupil_id, one))[1] for one in (this, this - A_WEEK)]
    return [one for week in weeks for one in homework_in(week)]


async def week_of(caller: Caller, pupil_id: str, monday: date) -> tuple[str, dict[str, Any]]:
    """The ETag and the document of a week, which may be empty."""
    document = await caller.door.documents.get((pupil_id, monday))
    if document is None:
        etag, body = await empty_week(caller.door, pupil_id, monday)
    else:
        etag, body = f'"{document.etag}"', document.body
    return etag, orjson.loads(body)


def homework_in(week: dict[str, Any]) -> list[str]:
    """Ids of the homework that a week of the diary tells of."""
    return [
        homework["homework_id"]
        for day in week["days"]
        for lesson in day["lessons"]
        for homework in lesson["homework"]
    ]
