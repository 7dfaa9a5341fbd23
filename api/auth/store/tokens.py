"""Personal tokens of programs: rows under the hash of a token."""

from __future__ import annotations

from datetime import datetime

from psycopg.rows import class_row

from api.auth.store.base import Session, Table, Token

OWNERS_VIEW = (
    "SELECT token_id::text, person_id::text, name, scopes, created, until, last_used, revoked"
    " FROM {s}.api_token"
)


class Tokens(Table):
    """Personal tokens of one school."""

    async def issue_token(self, token: Token, hashed: bytes) -> Token | None:
        """Keep a new token. When there is one of this id already: that one, else None."""
        async with self._database.connection() as conn, conn.transaction():
            cursor = await conn.execute(
                self._sql(
                    "INSERT INTO {s}.api_token (token_id, token_hash, person_id, name, scopes,"
                    " created, until) VALUES (%s, %s, %s, %s, %s, %s, %s)"
                    " ON CONFLICT (token_id) DO NOTHING"
                ),
                (
                    token.token_id,
                    hashed,
                    token.person_id,
                    token.name,
                    token.scopes,
                    token.created,
                    token.until,
                ),
            )
            if cursor.rowcount:
                return None
            found = conn.cursor(row_factory=class_row(Token))
            await found.execute(
                self._sql(f"{OWNERS_VIEW} WHERE token_id = %s"),
                (token.token_id,),
            )
            return await found.fetchone()

    async def tokens_of(self, person_id: str) -> list[Token]:
        """Tokens of a person that were not revoked, those that have run out too; newest first."""
        async with self._database.connection() as conn:
            cursor = conn.cursor(row_factory=class_row(Token))
            await cursor.execute(
                self._sql(
                    f"{OWNERS_VIEW} WHERE person_id = %s AND revoked IS NULL"
                    " ORDER BY created DESC, token_id"
                ),
                (person_id,),
            )
            return await cursor.fetchall()

    async def token(self, hashed: bytes, at: datetime) -> tuple[Session, list[str]] | None:
        """A good token as a session of its owner, and its scopes. Notes once a minute that it is
        in use.
        """
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "SELECT token_id::text, person_id::text, login, must_change, created, scopes,"
                    " factor.secret IS NOT NULL,"
                    " coalesce(last_used < %(at)s - interval '1 minute', true)"
                    " FROM {s}.api_token JOIN {s}.account USING (person_id)"
                    " LEFT JOIN {s}.second_factor AS factor USING (person_id)"
                    " WHERE token_hash = %(hashed)s AND revoked IS NULL AND until > %(at)s"
                    " AND disabled_at IS NULL AND hash IS NOT NULL"
                ),
                {"hashed": hashed, "at": at},
                prepare=True,
            )
            row = await cursor.fetchone()
            if row is None:
                return None
            number, person, login, must_change, created, scopes, factor, unnoted = row
            if unnoted:
                await conn.execute(
                    self._sql("UPDATE {s}.api_token SET last_used = %s WHERE token_hash = %s"),
                    (at, hashed),
                )
        session = Session(
            hashed, number, person, login, must_change, created, at, created, 0, factor
        )
        return session, scopes

    async def revoke_token(self, person_id: str, token_id: str, at: datetime) -> datetime | None:
        """A token is good no more: since when; None: this person has no such token."""
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "UPDATE {s}.api_token SET revoked = coalesce(revoked, %s),"
                    " why = coalesce(why, 'by its owner') WHERE person_id = %s AND token_id = %s"
                    " RETURNING revoked"
                ),
                (at, person_id, token_id),
            )
            row = await cursor.fetchone()
            return row[0] if row else None
