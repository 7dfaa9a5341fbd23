"""Who looked."""

from __future__ import annotations

from api.auth.store.base import Look, Table


class Looks(Table):
    """The access log of one school."""

    async def record(self, looks: list[Look]) -> None:
        """Lines of the access log, in one commit."""
        columns = list(zip(*looks, strict=True))
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql(
                    "INSERT INTO {s}.access_log"
                    " (at, person_id, session_id, act, subject, outcome, basis)"
                    " SELECT * FROM unnest(%s::timestamptz[], %s::uuid[], %s::uuid[],"
                    " %s::text[], %s::text[], %s::text[], %s::text[])"
                ),
                [list(column) for column in columns],
                prepare=True,
            )
