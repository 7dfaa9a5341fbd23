"""Identities at a provider, and sign-ins that are under way there."""

from __future__ import annotations

from datetime import datetime

from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from api.auth.store.base import Flow, Table


class Identities(Table):
    """Who is who at the provider."""

    async def identity(self, issuer: str, subject: str) -> str | None:
        """The person of an identity."""
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "SELECT person_id::text FROM {s}.identity WHERE issuer = %s AND subject = %s"
                ),
                (issuer, subject),
            )
            found = await cursor.fetchone()
            return found[0] if found else None

    async def linked_at(self, person_id: str) -> datetime | None:
        """Since when the person has an identity."""
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql("SELECT linked_at FROM {s}.identity WHERE person_id = %s"), (person_id,)
            )
            found = await cursor.fetchone()
            return found[0] if found else None

    async def link(self, issuer: str, subject: str, person_id: str, at: datetime) -> bool:
        """The person's identity from now on; False: it is somebody else's."""
        try:
            async with self._database.connection() as conn, conn.transaction():
                await conn.execute(
                    self._sql("DELETE FROM {s}.identity WHERE person_id = %s"), (person_id,)
                )
                await conn.execute(
                    self._sql("INSERT INTO {s}.identity VALUES (%s, %s, %s, %s)"),
                    (issuer, subject, person_id, at),
                )
        except UniqueViolation:
            return False
        return True

    async def unlink(self, person_id: str) -> None:
        """The person signs in by the password only."""
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql("DELETE FROM {s}.identity WHERE person_id = %s"), (person_id,)
            )

    async def begin_flow(self, flow: Flow, now: datetime) -> None:
        """Keep a sign-in that goes to the provider; those that never came back are forgotten."""
        async with self._database.connection() as conn, conn.transaction():
            await conn.execute(self._sql("DELETE FROM {s}.provider_flow WHERE until < %s"), (now,))
            await conn.execute(
                self._sql("INSERT INTO {s}.provider_flow VALUES (%s, %s, %s, %s, %s, %s, %s)"), flow
            )

    async def take_flow(self, state_hash: bytes) -> Flow | None:
        """The sign-in of a state, once."""
        async with self._database.connection() as conn:
            cursor = conn.cursor(row_factory=class_row(Flow))
            await cursor.execute(
                self._sql(
                    "DELETE FROM {s}.provider_flow WHERE state_hash = %s RETURNING state_hash,"
                    " browser_hash, nonce, verifier, person_id::text, there, until"
                ),
                (state_hash,),
            )
            return await cursor.fetchone()
