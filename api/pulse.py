"""The pulse of a school: wakes whoever waits for its journal to move.

While somebody waits, one question twice a second asks how far the projections are, for all who
wait; while nobody does, nothing is asked. No connection is held between the questions.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from domain.refusals import Busy
from projections import changes
from projections.changes import Place

if TYPE_CHECKING:
    from api.house import Door

EVERY_S = 0.5
REMEMBERED = 200  # beats; whoever was away for longer is told that something has changed

logger = logging.getLogger(__name__)


class Beat(NamedTuple):
    """The journal moved to a place; `touched` as in `changes.touched`."""

    place: Place
    touched: frozenset[str]


class Pulse:
    """One school's, of this process."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._place: Place | None = None
        self._beats: deque[Beat] = deque(maxlen=REMEMBERED)
        self._since: Place | None = None  # before the first of the beats
        self._moved = asyncio.Event()
        self._waiting = 0
        self.ended = False
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def felt(self) -> AsyncIterator[None]:
        """The pulse is taken while somebody is inside."""
        self._waiting += 1
        try:
            if self._task is None or self._task.done():
                self._place = None  # what happened while nobody listened was not felt
                self._beats.clear()
                self._task = asyncio.create_task(self._run())
            if self._place is None:
                await self._feel()
            yield
        finally:
            self._waiting -= 1
            if self._waiting == 0 and self._task is not None:
                self._task.cancel()
                self._task = None

    async def place(self) -> Place:
        """Where the school is now. Raises Busy."""
        async with self._door.reading() as (conn, schema):
            return await changes.place(conn, schema)

    async def next(self, timeout: float) -> bool:  # noqa: ASYNC109 - how long the caller listens
        """Wait for a beat; False when there was none within `timeout` s."""
        try:
            await asyncio.wait_for(self._moved.wait(), timeout)
        except TimeoutError:
            return False
        return True

    def touched(self, since: Place) -> frozenset[str] | None:
        """What moved after a place; None when that is longer ago than is remembered."""
        if self._place is None or not _moved(since, self._place):
            return frozenset()
        if self._since is None or _moved(since, self._since):
            return None
        after = (beat.touched for beat in self._beats if _moved(since, beat.place))
        return frozenset().union(*after)

    def end(self) -> None:
        """The process stops: whoever waits is let go."""
        self.ended = True
        self._moved.set()

    @property
    def known(self) -> Place | None:
        """The place of the last beat."""
        return self._place

    async def _run(self) -> None:
        while self._task is asyncio.current_task():  # cancelling alone may be lost in a wait
            await asyncio.sleep(EVERY_S)
            try:
                await self._feel()
            except Busy:
                logger.warning("school %s: the database is away", self._door.slug)

    async def _feel(self) -> None:
        now = await self.place()
        if self._place is None:
            self._place = self._since = now
            return
        if not _moved(self._place, now):
            return
        async with self._door.reading() as (conn, schema):
            touched = await changes.touched(conn, schema, self._place, now)
        if len(self._beats) == REMEMBERED:
            self._since = self._beats[0].place
        self._beats.append(Beat(now, touched))
        self._place = now
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()


def _moved(since: Place, now: Place) -> bool:
    return now.folded > since.folded or now.told > since.told
