"""Statements on paper carry a seal: have what they show sealed before they are printed."""

from __future__ import annotations

import asyncio
from time import monotonic

from api.house import Door
from domain.refusals import Busy
from projections.seals import book, reading
from projections.seals.book import Sealed

LONGEST_WAIT_S = 3.0
STEP_S = 0.1


async def sealed(door: Door, position: int, within_s: float = LONGEST_WAIT_S) -> Sealed:
    """The newest checkpoint, which covers `position`; the sealer is asked for one if need be.

    Raises Busy when the projections are behind, or the sealer did not come within `within_s`
    seconds.
    """
    found = await _covering(door, position)
    if found is not None:
        return found
    await door.progress.reach(position)  # only what is in the tree can be sealed
    async with door.reading() as (conn, _):
        await book.ask(conn, door.slug)
    deadline = monotonic() + within_s
    while (found := await _covering(door, position)) is None:
        if monotonic() > deadline:
            raise unsealed()
        await asyncio.sleep(STEP_S)
    return found


async def _covering(door: Door, position: int) -> Sealed | None:
    async with door.reading() as (conn, schema):
        found = await reading.newest(conn, schema)
    return found if found is not None and found.size >= position else None


def unsealed() -> Busy:
    """No checkpoint covers it yet."""
    return Busy(
        "log.not_sealed_yet",
        "Печать ставится раз в минуту, и эту запись она ещё не покрыла. Повторите через минуту.",
        retry_after=60,
    )
