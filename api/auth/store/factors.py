"""Second factors and recovery codes. What is good once is used up by one statement."""

from __future__ import annotations

from datetime import datetime

from psycopg.rows import class_row

from api.auth.store.base import Factor, Table
from projections.postgres.pool import Connection


class Factors(Table):
    """Second factors of one school."""

    async def factor(self, person_id: str) -> Factor | None:
        """The second factor of a person, one that was only shown too."""
        async with self._database.connection() as conn:
            cursor = conn.cursor(row_factory=class_row(Factor))
            await cursor.execute(
                self._sql(
                    "SELECT secret, confirmed, pending, (SELECT count(*) FROM {s}.recovery_code AS"
                    " code WHERE code.person_id = one.person_id AND used IS NULL) AS codes_left"
                    " FROM {s}.second_factor AS one WHERE person_id = %s"
                ),
                (person_id,),
            )
            return await cursor.fetchone()

    async def show_factor(self, person_id: str, pending: bytes) -> None:
        """A secret was shown; the one in force stays in force until a code confirms the new one."""
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql(
                    "INSERT INTO {s}.second_factor (person_id, pending) VALUES (%s, %s)"
                    " ON CONFLICT (person_id) DO UPDATE SET pending = excluded.pending"
                ),
                (person_id, pending),
            )

    async def confirm_factor(
        self, person_id: str, pending: bytes, step: int, codes: list[bytes], at: datetime
    ) -> bool:
        """The shown secret comes into force with the step of its first code.

        False: another one was shown meanwhile.
        """
        async with self._database.connection() as conn, conn.transaction():
            cursor = await conn.execute(
                self._sql(
                    "UPDATE {s}.second_factor SET secret = pending, pending = NULL,"
                    " confirmed = %s, last_step = %s WHERE person_id = %s AND pending = %s"
                ),
                (at, step, person_id, pending),
            )
            if cursor.rowcount:
                await self._new_codes(conn, person_id, codes)
            return cursor.rowcount > 0

    async def use_step(self, person_id: str, step: int) -> bool:
        """Use up a code: steps only grow, so that none is good twice. False: it was used."""
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "UPDATE {s}.second_factor SET last_step = %(step)s"
                    " WHERE person_id = %(person)s AND last_step < %(step)s AND secret IS NOT NULL"
                ),
                {"person": person_id, "step": step},
            )
            return cursor.rowcount > 0

    async def use_recovery_code(self, person_id: str, hashed: bytes, at: datetime) -> bool:
        """Use up a recovery code; False: it is none, or was used."""
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "UPDATE {s}.recovery_code SET used = %s"
                    " WHERE person_id = %s AND hash = %s AND used IS NULL"
                ),
                (at, person_id, hashed),
            )
            return cursor.rowcount > 0

    async def replace_recovery_codes(self, person_id: str, codes: list[bytes]) -> None:
        """Other recovery codes; the former ones are good no more."""
        async with self._database.connection() as conn, conn.transaction():
            await self._new_codes(conn, person_id, codes)

    async def remove_factor(self, person_id: str) -> bool:
        """No second factor any more, nor recovery codes; False when there was none."""
        async with self._database.connection() as conn, conn.transaction():
            await self._new_codes(conn, person_id, [])
            cursor = await conn.execute(
                self._sql("DELETE FROM {s}.second_factor WHERE person_id = %s"), (person_id,)
            )
            return cursor.rowcount > 0

    async def _new_codes(self, conn: Connection, person_id: str, codes: list[bytes]) -> None:
        await conn.execute(
            self._sql("DELETE FROM {s}.recovery_code WHERE person_id = %s"), (person_id,)
        )
        await conn.execute(
            self._sql(
                "INSERT INTO {s}.recovery_code (person_id, hash) SELECT %s, unnest(%s::bytea[])"
            ),
            (person_id, codes),
        )
