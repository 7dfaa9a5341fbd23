"""The web process's way to the database: one asynchronous pool for all schools, as letopis_app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from domain.refusals import Busy
from projections.postgres.closed import moving
from projections.postgres.database import ASKER, RECONNECT_S
from projections.postgres.migrations import REGISTRY, RegisteredSchool

Connection = AsyncConnection[Any]

RETRY_AFTER_S = 1
_ASK = (
    "SELECT set_config('letopis.person', %s, true), set_config('letopis.day', %s, true),"
    " set_config('role', %s, true)"
)


class Database:
    """Autocommit connections that belong to one event loop.

    timeout_s: how long to wait for a free connection before `Busy` says so.
    """

    def __init__(
        self, conninfo: str, *, min_size: int = 1, max_size: int = 10, timeout_s: float = 5.0
    ) -> None:
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            conninfo,
            min_size=min_size,
            max_size=max_size,
            timeout=timeout_s,
            reconnect_timeout=RECONNECT_S,
            kwargs={"autocommit": True},
            open=False,
        )

    async def open(self) -> None:
        """Start connecting; a database that is still away is not an error yet."""
        await self._pool.open()

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection for a while. Raises Busy when the database is away, the pool is spent, or
        the school is closed for its move.
        """
        try:
            async with self._pool.connection() as conn:
                yield conn
        except psycopg.errors.ReadOnlySqlTransaction as fault:
            raise moving() from fault
        except (
            psycopg.OperationalError,
            psycopg.InterfaceError,
            PoolTimeout,
            PoolClosed,
        ) as fault:
            raise Busy(
                "database.unavailable",
                "База данных сейчас недоступна. Повторите через несколько секунд.",
                retry_after=RETRY_AFTER_S,
            ) from fault

    @asynccontextmanager
    async def asking(self, person_id: str, day: date) -> AsyncIterator[AsyncConnection[Any]]:
        """A transaction behind the second wall (0018_wall.sql): whatever it asks, it is shown rows
        about people only whom this person may know of on the day. Raises Busy.
        """
        async with self.connection() as conn, conn.transaction():
            await conn.execute(_ASK, (person_id, day.isoformat(), ASKER), prepare=True)
            yield conn

    async def schools(self) -> list[RegisteredSchool]:
        """The registry, by slug."""
        async with self.connection() as conn:
            cursor = await conn.execute(REGISTRY)
            return [RegisteredSchool(*row) for row in await cursor.fetchall()]

    async def alive(self, within_s: float) -> bool:
        """Whether the database answers within so many seconds."""
        try:
            async with asyncio.timeout(within_s), self.connection() as conn:
                await conn.execute("SELECT 1")
        except (Busy, TimeoutError):
            return False
        return True
