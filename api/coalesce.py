"""Coalescing: everything asked while round trips are under way goes into one next round trip.

`lanes` round trips may be under way at once: with one, whoever comes a moment too late waits for
two of them; with a few, for little more than one, and groups still form as soon as it is busy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")


class _Lanes:
    """Tasks that work something off, at most so many at once."""

    def __init__(self, lanes: int, work: Callable[[], Awaitable[bool]]) -> None:
        self._lanes = lanes
        self._work = work
        self._running = 0  # lowered in the very step that found nothing to do
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There is something to do."""
        if self._running < self._lanes:
            self._running += 1
            task = asyncio.get_running_loop().create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self) -> None:
        try:
            while await self._work():
                pass
        finally:
            self._running -= 1


class Lookups(Generic[K, V]):
    """Reads by key. `fetch(keys)` answers the values it found; a key asked twice is read once."""

    def __init__(
        self, fetch: Callable[[list[K]], Awaitable[dict[K, V]]], *, at_most: int, lanes: int = 1
    ) -> None:
        self._fetch = fetch
        self._at_most = at_most
        self._wanted: dict[K, asyncio.Future[V | None]] = {}
        self._lanes = _Lanes(lanes, self._next)

    async def get(self, key: K) -> V | None:
        """The value under the key, or None. Raises what `fetch` raises."""
        future = self._wanted.get(key)
        if future is None:
            future = self._wanted[key] = asyncio.get_running_loop().create_future()
            self._lanes.wake()
        # One asker who goes away must not take the answer from the others.
        return await asyncio.shield(future)

    async def _next(self) -> bool:
        keys = list(self._wanted)[: self._at_most]
        if not keys:
            return False
        futures = {key: self._wanted.pop(key) for key in keys}
        try:
            found = await self._fetch(keys)
        except Exception as fault:  # noqa: BLE001 - it is the askers' to handle
            _fail(list(futures.values()), fault)
        else:
            for key, future in futures.items():
                future.set_result(found.get(key))
        return True


class Groups(Generic[T]):
    """Writes that share a commit: `add` returns once the group with the item is durable."""

    def __init__(
        self, write: Callable[[list[T]], Awaitable[None]], *, at_most: int, lanes: int = 1
    ) -> None:
        self._write = write
        self._at_most = at_most
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._lanes = _Lanes(lanes, self._next)

    async def add(self, item: T) -> None:
        """Write one item with whatever else is waiting. Raises what `write` raises."""
        await asyncio.shield(self.begin(item))

    def begin(self, item: T) -> asyncio.Future[None]:
        """Put one item into the next group; the future is done once it is durable."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._lanes.wake()
        return future

    async def _next(self) -> bool:
        group = self._waiting[: self._at_most]
        if not group:
            return False
        del self._waiting[: len(group)]
        futures = [future for _, future in group]
        try:
            await self._write([item for item, _ in group])
        except Exception as fault:  # noqa: BLE001 - it is the askers' to handle
            _fail(futures, fault)
        else:
            for future in futures:
                if not future.done():  # whoever began it may have gone
                    future.set_result(None)
        return True


def _fail(futures: list[asyncio.Future[T]], fault: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(fault)
            future.exception()  # an asker who has gone leaves no warning behind
