"""Who looked."""

from __future__ import annotations

from api.auth.store.base import Look, Table
from projections.postgres import arrays


class Looks(Table):
    """The access log of one school."""

    async def record(self, looks: list[Look]) -> None:
        """Lines of the access log, in one commit."""
        at, person, session, *texts = zip(*looks, strict=True)
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql(
                    "INSERT INTO {s}.access_log"
                    " (at, person_id, session_id, act, subject, outcome, basis)"
                    " SELECT * FROM unnest(%b, %b, %b, %b, %b, %b, %b)"
                ),
                [
                    arrays.moments(at),
                    arrays.uuids([one and arrays.hexed(one) for one in person]),
                    arrays.uuids([one and arrays.hexed(one) for one in session]),
                    *map(arrays.texts, texts),
                ],
                prepare=True,
            )
