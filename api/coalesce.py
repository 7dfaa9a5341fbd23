"""Coalescing: everything asked while one round trip is under way goes into one next round trip."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")


class Lookups(Generic[K, V]):
    """Reads by key. `fetch(keys)` answers the values it found; a key asked twice is read once."""

    def __init__(self, fetch: Callable[[list[K]], Awaitable[dict[K, V]]], *, at_most: int) -> None:
        self._fetch = fetch
        self._at_most = at_most
        self._wanted: dict[K, asyncio.Future[V | None]] = {}
        self._running: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V | None:
        """The value under the key, or None. Raises what `fetch` raises."""
        future = self._wanted.get(key)
        if future is None:
            future = self._wanted[key] = asyncio.get_running_loop().create_future()
            if self._running is None:
                self._running = asyncio.create_task(self._run())
        # One asker who goes away must not take the answer from the others.
        return await asyncio.shield(future)

    async def _run(self) -> None:
        while self._wanted:
            keys = list(self._wanted)[: self._at_most]
            futures = {key: self._wanted.pop(key) for key in keys}
            try:
                found = await self._fetch(keys)
            except Exception as fault:  # noqa: BLE001 - it is the askers' to handle
                _fail(list(futures.values()), fault)
            else:
                for key, future in futures.items():
                    future.set_result(found.get(key))
        self._running = None


class Groups(Generic[T]):
    """Writes that share a commit: `add` returns once the group with the item is durable."""

    def __init__(self, write: Callable[[list[T]], Awaitable[None]], *, at_most: int) -> None:
        self._write = write
        self._at_most = at_most
        self._items: list[T] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._running: asyncio.Task[None] | None = None

    async def add(self, item: T) -> None:
        """Write one item with whatever else is waiting. Raises what `write` raises."""
        await asyncio.shield(self.begin(item))

    def begin(self, item: T) -> asyncio.Future[None]:
        """Put one item into the next group; the future is done once it is durable."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._items.append(item)
        self._waiters.append(future)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return future

    async def _run(self) -> None:
        while self._items:
            items, self._items = self._items[: self._at_most], self._items[self._at_most :]
            waiters = self._waiters[: self._at_most]
            self._waiters = self._waiters[self._at_most :]
            try:
                await self._write(items)
            except Exception as fault:  # noqa: BLE001 - it is the askers' to handle
                _fail(waiters, fault)
            else:
                for future in waiters:
                    future.set_result(None)
        self._running = None


def _fail(futures: list[asyncio.Future[T]], fault: Exception) -> None:
    for future in futures:
        future.set_exception(fault)
        future.exception()  # an asker who has gone leaves no warning behind
