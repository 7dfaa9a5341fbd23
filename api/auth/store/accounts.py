"""Accounts: a login, a hash, whether the password is one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from api.auth.store.base import Account, Suspicion, Table
from projections.postgres.pool import Connection


class Accounts(Table):
    """Accounts of one school."""

    async def account(self, *, login: str = "", person_id: str | None = None) -> Account | None:
        """An account by login (lower case) or by person."""
        async with self._database.connection() as conn:
            cursor = conn.cursor(row_factory=class_row(Account))
            await cursor.execute(
                self._sql(
                    "SELECT person_id::text, login, hash, must_change, issued_by, good_until,"
                    " disabled_at, (SELECT secret FROM {s}.second_factor AS factor"
                    " WHERE factor.person_id = account.person_id) AS factor"
                    " FROM {s}.account WHERE login = %s OR person_id = %s"
                ),
                (login, person_id),
            )
            return await cursor.fetchone()

    async def accounts(self) -> list[Account]:
        """Every account, by login; without hashes."""
        async with self._database.connection() as conn:
            cursor = conn.cursor(row_factory=class_row(Account))
            await cursor.execute(
                self._sql(
                    "SELECT person_id::text, login, NULL AS hash, must_change, issued_by,"
                    " good_until, disabled_at FROM {s}.account ORDER BY login"
                )
            )
            return await cursor.fetchall()

    async def issue(
        self,
        accounts: Sequence[tuple[str, str, str]],
        *,
        at: datetime,
        must_change: bool,
        issued_by: bytes | None = None,
        good_until: datetime | None = None,
    ) -> bool:
        """Open accounts (person_id, login, hash), or give them new passwords; all or nothing.

        What the old passwords opened ends. False: nothing was done, for a login is in use.
        """
        people = [person_id for person_id, _, _ in accounts]
        try:
            async with self._database.connection() as conn, conn.transaction():
                await self._issue(conn, accounts, at, must_change, issued_by, good_until)
                await self._end(conn, people, at, "new password")
        except UniqueViolation:
            return False
        return True

    async def _issue(
        self,
        conn: Connection,
        accounts: Sequence[tuple[str, str, str]],
        at: datetime,
        must_change: bool,  # noqa: FBT001 - a column
        issued_by: bytes | None,
        good_until: datetime | None,
    ) -> None:
        await conn.execute(
            self._sql(
                "INSERT INTO {s}.account (person_id, login, hash, must_change, issued_at,"
                " issued_by, good_until)"
                " SELECT p, l, h, %s, %s, %s, %s"
                " FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS new (p, l, h)"
                " ON CONFLICT (person_id) DO UPDATE SET login = excluded.login,"
                " hash = excluded.hash, must_change = excluded.must_change,"
                " issued_at = excluded.issued_at, issued_by = excluded.issued_by,"
                " good_until = excluded.good_until, disabled_at = NULL"
            ),
            (
                must_change,
                at,
                issued_by,
                good_until,
                [person_id for person_id, _, _ in accounts],
                [login for _, login, _ in accounts],
                [hashed for _, _, hashed in accounts],
            ),
        )

    async def login_free(self, login: str, person_id: str) -> bool:
        """Nobody else has this login."""
        account = await self.account(login=login)
        return account is None or account.person_id == person_id

    async def change_password(
        self, person_id: str, hashed: str, keep: bytes | None, at: datetime
    ) -> None:
        """A password of the person's own; tokens and sessions but `keep` (a token hash) end."""
        async with self._database.connection() as conn, conn.transaction():
            await conn.execute(
                self._sql(
                    "UPDATE {s}.account SET hash = %s, must_change = false, good_until = NULL"
                    " WHERE person_id = %s"
                ),
                (hashed, person_id),
            )
            await self._end(conn, [person_id], at, "password changed", keep)

    async def rehash(self, person_id: str, hashed: str) -> None:
        """The same password under today's parameters."""
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql("UPDATE {s}.account SET hash = %s WHERE person_id = %s"),
                (hashed, person_id),
            )

    async def disable(self, person_id: str, at: datetime, why: Suspicion | None = None) -> bool:
        """Close the account; its sessions and tokens end with it. False when there is none."""
        by, reason = why or (None, None)
        async with self._database.connection() as conn, conn.transaction():
            cursor = await conn.execute(
                self._sql(
                    "UPDATE {s}.account SET hash = NULL, disabled_at = %(at)s,"
                    " suspected_at = CASE WHEN %(by)s::uuid IS NULL THEN suspected_at"
                    " ELSE %(at)s END,"
                    " suspected_by = coalesce(%(by)s, suspected_by),"
                    " suspicion = coalesce(%(reason)s, suspicion) WHERE person_id = %(person)s"
                ),
                {"at": at, "by": by, "reason": reason, "person": person_id},
            )
            await self._end(conn, [person_id], at, "account revoked")
            await conn.execute(
                self._sql("DELETE FROM {s}.identity WHERE person_id = %s"), (person_id,)
            )
            return cursor.rowcount > 0

    async def forget(self, person_id: str) -> None:
        """The account with all that belongs to it: login, sessions, factors, tokens, failures."""
        async with self._database.connection() as conn, conn.transaction():
            await conn.execute(
                self._sql(
                    "DELETE FROM {s}.sign_in_failure WHERE login IN"
                    " (SELECT login FROM {s}.account WHERE person_id = %s)"
                ),
                (person_id,),
            )
            for statement in (
                "DELETE FROM {s}.session WHERE person_id = %s",
                "DELETE FROM {s}.second_factor WHERE person_id = %s",
                "DELETE FROM {s}.recovery_code WHERE person_id = %s",
                "DELETE FROM {s}.api_token WHERE person_id = %s",
                "DELETE FROM {s}.calendar_link WHERE person_id = %s",
                "DELETE FROM {s}.identity WHERE person_id = %s",
                "DELETE FROM {s}.provider_flow WHERE person_id = %s",
                "DELETE FROM {s}.account WHERE person_id = %s",
            ):
                await conn.execute(self._sql(statement), (person_id,))

    async def suspicion_of(self, person_id: str) -> str | None:
        """Why somebody thought that the password was known, in words; None when they are gone."""
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql("SELECT suspicion FROM {s}.account WHERE person_id = %s"), (person_id,)
            )
            found = await cursor.fetchone()
            return found[0] if found else None

    async def _end(
        self,
        conn: Connection,
        people: Sequence[str],
        at: datetime,
        why: str,
        keep: bytes | None = None,
    ) -> None:
        """End the sessions, but `keep`, the tokens and the calendar links of people."""
        await conn.execute(
            self._sql(
                "UPDATE {s}.session SET revoked = %s, why = %s WHERE person_id = ANY(%s::uuid[])"
                " AND revoked IS NULL AND token_hash IS DISTINCT FROM %s"
            ),
            (at, why, list(people), keep),
        )
        await conn.execute(
            self._sql(
                "UPDATE {s}.api_token SET revoked = %s, why = %s"
                " WHERE person_id = ANY(%s::uuid[]) AND revoked IS NULL"
            ),
            (at, why, list(people)),
        )
        await conn.execute(
            self._sql("DELETE FROM {s}.calendar_link WHERE person_id = ANY(%s::uuid[])"),
            (list(people),),
        )
