"""Reading what a school year rings by."""

from __future__ import annotations

from typing import Any

import msgspec
from psycopg import AsyncConnection

from domain.bells import Bells
from projections.sql import row

Conn = AsyncConnection[Any]


async def bells_of(conn: Conn, schema: str, year: int) -> Bells | None:
    """All that was decided of the bells of a year, or None when it is not opened."""
    found = await row(conn, schema, "SELECT bells FROM {s}.office_year WHERE year = %s", year)
    return None if found is None else msgspec.json.decode(found[0], type=Bells)
