"""Questions of a job to the readers of the doors: one connection, one answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from psycopg import AsyncConnection

T = TypeVar("T")

Conn = AsyncConnection[Any]
#: What reads: a connection and the schema of the school.
Question = Callable[[Conn, str], Awaitable[T]]


def answer(conninfo: str, schema: str, question: Question[T]) -> T:
    """The answer to a question, read in one transaction; for code that is not asynchronous."""

    async def answered() -> T:
        async with await AsyncConnection.connect(conninfo) as conn:
            return await question(conn, schema)

    with ThreadPoolExecutor(1) as aside:  # the caller's thread may have an event loop of its own
        return aside.submit(lambda: asyncio.run(answered())).result()
