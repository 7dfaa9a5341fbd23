"""How far this process knows the projections of a school to be, and waiting for them."""

from __future__ import annotations

import asyncio
from time import monotonic

from api.coalesce import Lookups
from domain.refusals import Busy
from projections.postgres.bookmarks import AsOf, Following, following
from projections.postgres.pool import Database

LONGEST_WAIT_S = 2.0
STEP_S = 0.01
FRESH_S = 0.1  # what is kept in the process may be so much older than the projections


class Progress:
    """Bookmarks of one school, read again at most every 100 ms."""

    def __init__(self, database: Database, schema: str) -> None:
        self._database = database
        self._schema = schema
        self._known: Following | None = None
        self._asked = 0.0
        self._lookups: Lookups[str, Following] = Lookups(self._read, at_most=1)

    async def now(self, fresh_s: float = FRESH_S) -> Following:
        """Head and bookmarks, not older than `fresh_s` seconds."""
        if self._known is None or monotonic() - self._asked > fresh_s:
            asked = monotonic()
            found = await self._lookups.get(self._schema)
            assert found is not None  # noqa: S101 - `_read` answers every key
            self._known, self._asked = found, asked
        return self._known

    async def as_of(self) -> AsOf:
        """The place that every projection has reached."""
        return (await self.now()).slowest

    async def reach(self, position: int) -> None:
        """Wait until every projection has folded `position`. Raises Busy after two seconds."""
        deadline = monotonic() + LONGEST_WAIT_S
        while (await self.now(0.0)).slowest.position < position:
            if monotonic() > deadline:
                raise Busy(
                    "projection.behind",
                    "Последние записи ещё готовятся к показу. Повторите через секунду.",
                    retry_after=1,
                )
            await asyncio.sleep(STEP_S)

    async def _read(self, keys: list[str]) -> dict[str, Following]:
        async with self._database.connection() as conn:
            return {key: await following(conn, self._schema) for key in keys}
