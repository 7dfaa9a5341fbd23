"""Work beside the requests of a web process: it begins and ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from projections.ending import end


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Goes on as long as the block; it has ended when the block has."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await end(task)
