"""`python -m scheduler.sealing`: the process that seals. `letopis seal` runs the same."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

from domain.refusals import Busy
from projections.ending import end
from projections.postgres.database import SEALER, conninfo
from projections.postgres.embedded import EmbeddedServer
from projections.postgres.pool import Database
from projections.postgres.settings import Settings
from projections.seals.book import Asked
from scheduler.sealing.announcing import announce
from scheduler.sealing.courier import Courier
from scheduler.sealing.sealer import Sealer

logger = logging.getLogger(__name__)

LOOK_S = 1.0
AWAY_S = 2.0  # while the database is away
CONNECTIONS = 2
TIMEOUT_S = 10.0


async def run(settings: Settings, admin: str) -> None:
    """Seal and send until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    own = conninfo(admin, SEALER, settings.secret)
    database = Database(own, max_size=CONNECTIONS, timeout_s=TIMEOUT_S)
    await database.open()
    asked = Asked(own)
    sealer = Sealer(database, settings, partial(announce, admin, settings.secret))
    courier = Courier(database, settings)

    async def seal() -> None:
        slugs = await asked.wait(LOOK_S)
        await sealer.look(datetime.now(UTC), slugs)

    async def send() -> None:
        await courier.look(datetime.now(UTC))
        await asyncio.sleep(LOOK_S)

    working = [asyncio.create_task(_for_ever(one)) for one in (seal, send)]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*working, stopping], return_when=asyncio.FIRST_COMPLETED)
        for outcome in await asyncio.gather(*map(end, working), return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome
    finally:
        stopping.cancel()
        await asked.close()
        await database.close()


async def _for_ever(work: Callable[[], Awaitable[None]]) -> None:
    """Again and again; a database that is away is waited for."""
    while True:
        try:
            await work()
        except Busy as fault:
            logger.warning("Печать: %s", fault.message)
            await asyncio.sleep(AWAY_S)


def main() -> None:
    """Run with the settings of the environment."""
    settings = Settings.from_env(os.environ)
    if settings.database_url is not None:
        asyncio.run(run(settings, settings.database_url))
        return
    with EmbeddedServer(settings.data_dir, secret=settings.secret) as server:
        asyncio.run(run(settings, server.url()))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    main()
