"""Every school its share of a process: what one school asks for does not keep the others waiting.

Where many schools are served, one of them has at most so many requests under way at once. The next
ones wait for their turn, in order and without costing anything; when too many wait, whoever comes
is told to come back. A request is under way until its answer begins: a live page is not.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from domain.refusals import Busy

RETRY_AFTER_S = 1
WAITING = 8  # times as many as are under way: two schools of many leave room for the others


class _Share:
    """What a school has under way, and who waits."""

    def __init__(self) -> None:
        self.under_way = 0
        self.waiting: deque[asyncio.Future[None]] = deque()


class Shares:
    """at_once: requests of one school under way. One event loop."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._schools: dict[str, _Share] = {}

    async def enter(self, school: str) -> Callable[[], None]:
        """Take a place, or wait for one; answers how to leave it, which may be said twice.

        Raises Busy when too many wait already.
        """
        share = self._schools.setdefault(school, _Share())
        if share.under_way < self._at_once:
            share.under_way += 1
        else:
            await self._turn(share)
        there = True

        def leave() -> None:
            nonlocal there
            if there:
                there = False
                self._pass_on(share)

        return leave

    def under_way(self, school: str) -> int:
        """How many there are."""
        return self._schools.setdefault(school, _Share()).under_way

    async def _turn(self, share: _Share) -> None:
        if len(share.waiting) >= WAITING * self._at_once:
            raise Busy(
                "school.crowded",
                "Сейчас у школы слишком много запросов сразу. Повторите через несколько секунд.",
                retry_after=RETRY_AFTER_S,
            )
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        share.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on(share)  # the place had been given, and nobody wants it
            raise

    @staticmethod
    def _pass_on(share: _Share) -> None:
        """The place goes to the first who still waits; when nobody does, it is free."""
        while share.waiting:
            turn = share.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        share.under_way -= 1
