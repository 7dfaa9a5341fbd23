"""Work beside the requests ends with the process, whatever it is doing at that moment."""

from __future__ import annotations

import asyncio

import pytest

from api.beside import beside
from projections import ending


def test_work_that_lost_the_word_to_stop_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "AGAIN_S", 0.01)
    lost = 0

    async def work() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(3_600)
            except asyncio.CancelledError:
                lost += 1
                if lost > 1:  # as asyncio.wait_for loses it when its wait ends just then
                    raise

    async def story() -> None:
        async with asyncio.timeout(60), beside(work()):
            await asyncio.sleep(0)

    asyncio.run(story())
    assert lost == 2


def test_work_that_failed_says_so_at_the_end() -> None:
    async def work() -> None:
        raise RuntimeError("nobody can go on")

    async def story() -> None:
        async with beside(work()):
            await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="nobody can go on"):
        asyncio.run(story())
