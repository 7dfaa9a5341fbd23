"""Once a minute the web process notes that the journal answers (clauses 1.3, 4.1.а)."""

from __future__ import annotations

import asyncio
import logging

from api.house import House
from domain.refusals import Busy
from projections.uptime import EVERY_S, beat

logger = logging.getLogger(__name__)


async def beat_on(house: House) -> None:
    """Look at every school once a minute, for ever."""
    while True:
        await asyncio.sleep(EVERY_S)
        await look(house)


async def look(house: House) -> None:
    """Note of every school that its journal answers; a database that is away notes nothing."""
    try:
        for door in await house.doors():
            async with door.reading() as (conn, schema):
                if not await beat(conn, schema, house.clock()):
                    logger.warning("school %s does not answer as it should", door.slug)
    except Busy:
        logger.warning("the database is away")
