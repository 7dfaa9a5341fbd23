"""From the engine's thread home to the event loop: one call for all that a group has answered."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from weakref import WeakKeyDictionary

from domain.writing import Answer, Receipt

Waiter = asyncio.Future[Receipt]


class _Way:
    """The way to one event loop. Whoever finds the loop called already only joins the others."""

    def __init__(self) -> None:
        self._answered: deque[tuple[Waiter, Answer]] = deque()
        self._called = False

    def home(self, waiter: Waiter, answer: Answer) -> None:
        """Bring an answer home. From the engine's thread."""
        self._answered.append((waiter, answer))
        loop = waiter.get_loop()
        if not self._called and not loop.is_closed():
            self._called = True
            loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        self._called = False  # before looking: who comes after the look calls again
        while self._answered:
            waiter, answer = self._answered.popleft()
            if waiter.done():  # the caller went away
                continue
            try:
                receipt = answer.result()
            except Exception as fault:  # noqa: BLE001 - it is the waiter's to handle
                waiter.set_exception(fault)
            else:
                waiter.set_result(receipt)


_WAYS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Way] = WeakKeyDictionary()


async def landed(answer: Answer) -> Receipt:
    """The receipt of a command, which goes on if the caller goes away meanwhile.

    Raises what the command was refused with.
    """
    loop = asyncio.get_running_loop()
    way = _WAYS.get(loop)
    if way is None:
        way = _WAYS[loop] = _Way()
    waiter: Waiter = loop.create_future()
    answer.add_done_callback(partial(way.home, waiter))
    return await waiter
