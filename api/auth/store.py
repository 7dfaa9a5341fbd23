"""The doors' own tables: accounts, sessions, failed sign-ins, who looked. The one SQL in `api`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.errors import UniqueViolation
from psycopg.rows import class_row
from psycopg.sql import SQL, Composed, Identifier

from projections.postgres.database import schema_of
from projections.postgres.pool import Connection, Database


class Account(NamedTuple):
    """Who may sign in. `hash` None: nobody, until a password is issued."""

    person_id: str
    login: str
    hash: str | None
    must_change: bool
    issued_by: bytes | None
    good_until: datetime | None
    disabled_at: datetime | None


class Session(NamedTuple):
    """A living session as the doors need it; moments UTC, `idle_s` seconds."""

    token_hash: bytes
    session_id: str
    person_id: str
    login: str
    must_change: bool
    created: datetime
    seen: datetime
    auth_time: datetime
    idle_s: int


class Look(NamedTuple):
    """One line of the access log: who did what to whose data, and by what right."""

    at: datetime
    person_id: str | None
    session_id: str | None
    act: str
    subject: str
    outcome: str
    basis: str


class Store:
    """Accounts, sessions and the access log of one school."""

    def __init__(self, database: Database, slug: str) -> None:
        self._database = database
        self._schema = Identifier(schema_of(slug))

    def _sql(self, text: str) -> Composed:
        return SQL(text).format(s=self._schema)

    # -- accounts --------------------------------------------------------------------------

    async def account(self, *, login: str = "", person_id: str | None = None) -> Account | None:
        """An account by login (lower case) or by person."""
        async with self._database.connection() as conn:
            cursor = conn.cursor(row_factory=class_row(Account))
            await cursor.execute(
                self._sql(
                    "SELECT person_id::text, login, hash, must_change, issued_by, good_until,"
                    " disabled_at FROM {s}.account WHERE login = %s OR person_id = %s"
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

        Sessions of the persons end. False: nothing was done, for a login is in use.
        """
        people = [person_id for person_id, _, _ in accounts]
        try:
            async with self._database.connection() as conn, conn.transaction():
                await self._issue(conn, accounts, at, must_change, issued_by, good_until)
                await conn.execute(
                    self._sql(
                        "UPDATE {s}.session SET revoked = %s, why = 'new password'"
                        " WHERE person_id = ANY(%s::uuid[]) AND revoked IS NULL"
                    ),
                    (at, people),
                )
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
        """A password of the person's own; all sessions but `keep` (a token hash) end."""
        async with self._database.connection() as conn, conn.transaction():
            await conn.execute(
                self._sql(
                    "UPDATE {s}.account SET hash = %s, must_change = false, good_until = NULL"
                    " WHERE person_id = %s"
                ),
                (hashed, person_id),
            )
            await conn.execute(
                self._sql(
                    "UPDATE {s}.session SET revoked = %s, why = 'password changed'"
                    " WHERE person_id = %s AND revoked IS NULL AND token_hash IS DISTINCT FROM %s"
                ),
                (at, person_id, keep),
            )

    async def rehash(self, person_id: str, hashed: str) -> None:
        """The same password under today's parameters."""
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql("UPDATE {s}.account SET hash = %s WHERE person_id = %s"),
                (hashed, person_id),
            )

    async def disable(self, person_id: str, at: datetime) -> bool:
        """Close the account and end its sessions at once; False when there is none."""
        async with self._database.connection() as conn, conn.transaction():
            cursor = await conn.execute(
                self._sql(
                    "UPDATE {s}.account SET hash = NULL, disabled_at = %s WHERE person_id = %s"
                ),
                (at, person_id),
            )
            await conn.execute(
                self._sql(
                    "UPDATE {s}.session SET revoked = %s, why = 'account revoked'"
                    " WHERE person_id = %s AND revoked IS NULL"
                ),
                (at, person_id),
            )
            return cursor.rowcount > 0

    # -- sessions --------------------------------------------------------------------------

    async def open_session(
        self, session: Session, ip: str | None, user_agent: str, replaced: bytes | None
    ) -> None:
        """A new session; the one that the same browser had (`replaced`) ends."""
        async with self._database.connection() as conn, conn.transaction():
            if replaced is not None:
                await self._revoke(conn, replaced, session.created, "new sign-in")
            await conn.execute(
                self._sql(
                    "INSERT INTO {s}.session (token_hash, session_id, person_id, created, seen,"
                    " auth_time, idle_s, ip, user_agent)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
                ),
                (
                    session.token_hash,
                    session.session_id,
                    session.person_id,
                    session.created,
                    session.seen,
                    session.auth_time,
                    session.idle_s,
                    ip,
                    user_agent[:300],
                ),
            )

    async def sessions(self, token_hashes: list[bytes]) -> dict[bytes, Session]:
        """Living sessions among the token hashes; whether they have idled out is the caller's."""
        async with self._database.connection() as conn:
            cursor = conn.cursor(row_factory=class_row(Session), binary=True)
            await cursor.execute(
                self._sql(
                    "SELECT token_hash, session_id::text, person_id::text, login, must_change,"
                    " created, seen, auth_time, idle_s"
                    " FROM {s}.session JOIN {s}.account USING (person_id)"
                    " WHERE token_hash = ANY(%s) AND revoked IS NULL AND disabled_at IS NULL"
                ),
                (token_hashes,),
                prepare=True,
            )
            return {session.token_hash: session for session in await cursor.fetchall()}

    async def touch(self, token_hash: bytes, at: datetime) -> None:
        """The session is alive."""
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql("UPDATE {s}.session SET seen = greatest(seen, %s) WHERE token_hash = %s"),
                (at, token_hash),
            )

    async def revoke(self, token_hash: bytes, at: datetime, why: str) -> None:
        """End one session."""
        async with self._database.connection() as conn:
            await self._revoke(conn, token_hash, at, why)

    async def _revoke(self, conn: Connection, token_hash: bytes, at: datetime, why: str) -> None:
        await conn.execute(
            self._sql(
                "UPDATE {s}.session SET revoked = %s, why = %s"
                " WHERE token_hash = %s AND revoked IS NULL"
            ),
            (at, why, token_hash),
        )

    # -- failed sign-ins -------------------------------------------------------------------

    async def locked_until(self, login: str, address: str) -> datetime | None:
        """Until when this address is not to try this login."""
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "SELECT locked_until FROM {s}.sign_in_failure WHERE login = %s AND address = %s"
                ),
                (login, address),
            )
            row = await cursor.fetchone()
            return row[0] if row else None

    async def count_failure(
        self, login: str, address: str, at: datetime, *, free: int, longest_s: int
    ) -> None:
        """One more failure; from the `free`-th on the wait doubles from 1 s to `longest_s`."""
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql(
                    "INSERT INTO {s}.sign_in_failure AS f (login, address, fails, last)"
                    " VALUES (%(login)s, %(address)s, 1, %(at)s)"
                    " ON CONFLICT (login, address) DO UPDATE SET last = %(at)s,"
                    " fails = CASE WHEN f.last < %(at)s - interval '1 day' THEN 1"
                    " ELSE f.fails + 1 END,"
                    " locked_until = CASE WHEN f.fails + 1 >= %(free)s THEN %(at)s::timestamptz"
                    " + least(power(2, least(f.fails + 1 - %(free)s, 30)), %(longest)s)"
                    " * interval '1 second' END"
                ),
                {
                    "login": login,
                    "address": address,
                    "at": at,
                    "free": free,
                    "longest": longest_s,
                },
            )

    async def forget_failures(self, login: str, address: str) -> None:
        """The right password came from this address."""
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql("DELETE FROM {s}.sign_in_failure WHERE login = %s AND address = %s"),
                (login, address),
            )

    # -- who looked ------------------------------------------------------------------------

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
