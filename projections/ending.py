"""How a task is brought to its end."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN_S = 1.0


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel it and wait until it has ended. Raises what the task has failed of.

    It is cancelled again and again: a wait for the database that ends at the same moment may lose
    the word (`asyncio.wait_for` before Python 3.12), and the process would never stop.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=AGAIN_S)
    if not task.cancelled():
        task.result()
