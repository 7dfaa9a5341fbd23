"""«Сделано»: ticks of homework, a family's own and read by nobody else (docs/decisions/0032)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api import ticking
from api.caller import Caller
from api.deps import DiaryReader
from api.v1.wire import PREFIX, Id, Once
from projections.ticks import ticks_of

router = APIRouter(prefix=PREFIX, tags=["Дневник"])

PLACE = "/pupils/{pupil_id}/homework"


class Ticked(BaseModel):
    """Somebody of the family who has ticked it."""

    person_id: Id
    name: Annotated[str, Field(examples=["Петрова Ольга"])]


class Tick(BaseModel):
    """Homework of this week or of the last one. done: the caller has ticked it; by: who has."""

    homework_id: Id
    done: bool
    by: list[Ticked]


class Ticks(BaseModel):
    """In the order of the diary."""

    ticks: list[Tick]


@router.get(PLACE + "/ticks")
async def homework_ticks(pupil_id: Id, caller: DiaryReader) -> Ticks:
    """What the family has ticked as done; others who read the diary learn of no tick. What homework
    there is says the diary of the week.
    """
    caller.within()
    return await _ticks(caller, pupil_id)


async def _ticks(caller: Caller, pupil_id: str) -> Ticks:
    given = await ticking.given(caller, pupil_id)
    own = await ticking.of_family(caller, pupil_id)
    async with caller.reading() as (conn, schema):
        found = await ticks_of(conn, schema, pupil_id, given) if own else {}
    return Ticks(
        ticks=[
            Tick(
                homework_id=one,
                done=caller.person_id in found.get(one, {}),
                by=[
                    Ticked(person_id=person, name=name)
                    for person, name in found.get(one, {}).items()
                ],
            )
            for one in dict.fromkeys(given)
        ]
    )


@router.post(PLACE + "/{homework_id}/tick")
async def tick_homework(pupil_id: Id, homework_id: Id, caller: DiaryReader, _: Once) -> Ticks:
    """It is done. The ticks of the pupil and of each guardian stand side by side."""
    caller.within()
    await ticking.put(caller, pupil_id, homework_id, done=True)
    return await _ticks(caller, pupil_id)


@router.delete(PLACE + "/{homework_id}/tick")
async def untick_homework(pupil_id: Id, homework_id: Id, caller: DiaryReader, _: Once) -> Ticks:
    """It is not done after all; nothing is left of the tick."""
    caller.within()
    await ticking.put(caller, pupil_id, homework_id, done=False)
    return await _ticks(caller, pupil_id)
