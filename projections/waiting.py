"""How far the projections are, and waiting until they are far enough."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection

from projections.sql import row, rows

WAIT_STEP_S = 0.005


async def position_of(conn: AsyncConnection[Any], schema: str, *names: str) -> int:
    """How far the projections (all of them without names) have folded; 0 before the first."""
    found = await rows(
        conn,
        schema,
        "SELECT min(position) FROM {s}.bookmark WHERE cardinality(%(names)s::text[]) = 0"
        " OR name = ANY (%(names)s::text[])",
        names=list(names),
    )
    return int(found[0][0] or 0)


async def wait_for(
    conn: AsyncConnection[Any],
    schema: str,
    names: str | Sequence[str],
    position: int,
    timeout: float = 2.0,  # noqa: ASYNC109 - the caller's budget, not a cancellation
) -> bool:
    """Wait until the projections have folded a position; False when `timeout` s were not enough."""
    wanted = (names,) if isinstance(names, str) else tuple(names)
    deadline = time.monotonic() + timeout
    while await position_of(conn, schema, *wanted) < position:
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(WAIT_STEP_S)
    return True


async def lag(conn: AsyncConnection[Any], schema: str) -> dict[str, Any]:
    """`{position, head, facts, seconds}`: the slowest projection, the log, and how far apart.

    seconds: between the moments of the two facts; 0 when up to date.
    """
    found = await row(
        conn,
        schema,
        """
        SELECT b.position, h.last, CASE WHEN b.position < h.last
            THEN greatest(0, extract(epoch FROM h.at - b.at))::float8 ELSE 0 END
        FROM {s}.head h, (SELECT coalesce(min(position), 0) AS position,
            coalesce(min(at), 'epoch') AS at FROM {s}.bookmark) b
        """,
    )
    position, head, seconds = found or (0, 0, 0.0)
    return {"position": position, "head": head, "facts": head - position, "seconds": seconds}
