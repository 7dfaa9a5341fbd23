"""Sessions: rows under the hash of a token."""

from __future__ import annotations

from datetime import datetime

from psycopg.rows import class_row

from api.auth.store.base import NO_ADDRESS, Living, Look, Session, Table


class Sessions(Table):
    """Sessions of one school."""

    async def open_session(
        self,
        session: Session,
        ip: str | None,
        user_agent: str,
        *,
        replaced: bytes | None,
        at_most: int,
        look: Look,
        tried: str | None,
    ) -> None:
        """A new session and its line of the access log, in one commit; the one that the same
        browser had (`replaced`) ends, whoever's it was, and so do the person's oldest beyond
        `at_most`; attempts at the login that was `tried` from there are forgotten.
        """
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql(
                    "WITH replaced AS (UPDATE {s}.session SET revoked = %(at)s,"
                    " why = 'new sign-in' WHERE token_hash = %(replaced)s AND revoked IS NULL),"
                    " beyond AS (UPDATE {s}.session SET revoked = %(at)s, why = 'too many'"
                    " WHERE token_hash IN (SELECT token_hash FROM {s}.session"
                    " WHERE person_id = %(person)s AND revoked IS NULL"
                    " AND token_hash IS DISTINCT FROM %(replaced)s"
                    " ORDER BY created DESC OFFSET %(others)s)),"
                    " withdrawn AS (DELETE FROM {s}.sign_in_failure"
                    " WHERE login = %(tried)s AND address = %(place)s::inet),"
                    " noted AS (INSERT INTO {s}.access_log"
                    " (at, person_id, session_id, act, subject, outcome, basis) VALUES"
                    " (%(looked)s, %(looker)s, NULL, %(act)s, %(subject)s, %(outcome)s, %(basis)s))"
                    " INSERT INTO {s}.session (token_hash, session_id, person_id, created, seen,"
                    " auth_time, idle_s, ip, user_agent) VALUES (%(own)s, %(id)s, %(person)s,"
                    " %(at)s, %(at)s, %(at)s, %(idle_s)s, %(ip)s, %(user_agent)s)"
                ),
                {
                    "at": session.created,
                    "replaced": replaced,
                    "person": session.person_id,
                    "others": at_most - 1,
                    "own": session.token_hash,
                    "id": session.session_id,
                    "idle_s": session.idle_s,
                    "ip": ip,
                    "user_agent": user_agent[:300],
                    "tried": tried,
                    "place": ip or NO_ADDRESS,
                    "looked": look.at,
                    "looker": look.person_id,
                    "act": look.act,
                    "subject": look.subject,
                    "outcome": look.outcome,
                    "basis": look.basis,
                },
                prepare=True,
            )

    async def sessions(self, token_hashes: list[bytes]) -> dict[bytes, Session]:
        """Living sessions among the token hashes; whether they have idled out is the caller's."""
        async with self._database.connection() as conn:
            cursor = conn.cursor(row_factory=class_row(Session), binary=True)
            await cursor.execute(
                self._sql(
                    "SELECT token_hash, session_id::text, person_id::text, login, must_change,"
                    " created, seen, auth_time, idle_s, factor.secret IS NOT NULL AS factor"
                    " FROM {s}.session JOIN {s}.account USING (person_id)"
                    " LEFT JOIN {s}.second_factor AS factor USING (person_id)"
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

    async def rotate(self, old: bytes, new: bytes, at: datetime) -> bool:
        """The same session under another token, its person known at this moment.

        False: the session has ended meanwhile.
        """
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "UPDATE {s}.session SET token_hash = %(new)s, auth_time = %(at)s,"
                    " seen = greatest(seen, %(at)s) WHERE token_hash = %(old)s AND revoked IS NULL"
                ),
                {"new": new, "at": at, "old": old},
            )
            return cursor.rowcount > 0

    async def living(self, person_id: str, now: datetime, born_after: datetime) -> list[Living]:
        """Sessions of a person that have neither idled out nor were begun before `born_after`."""
        async with self._database.connection() as conn:
            cursor = conn.cursor(row_factory=class_row(Living))
            await cursor.execute(
                self._sql(
                    "SELECT session_id::text, created, seen, host(ip) AS ip,"
                    " coalesce(user_agent, '') AS user_agent FROM {s}.session"
                    " WHERE person_id = %s AND revoked IS NULL AND created > %s"
                    " AND seen + idle_s * interval '1 second' >= %s ORDER BY created DESC"
                ),
                (person_id, born_after, now),
            )
            return await cursor.fetchall()

    async def begun(self, person_id: str, until: datetime) -> list[Living]:
        """Sessions of a person begun before a moment, ended or not, the oldest first."""
        async with self._database.connection() as conn:
            cursor = conn.cursor(row_factory=class_row(Living))
            await cursor.execute(
                self._sql(
                    "SELECT session_id::text, created, seen, host(ip) AS ip,"
                    " coalesce(user_agent, '') AS user_agent FROM {s}.session"
                    " WHERE person_id = %s AND created < %s ORDER BY created, session_id"
                ),
                (person_id, until),
            )
            return await cursor.fetchall()

    async def revoke(self, token_hash: bytes, at: datetime, why: str) -> None:
        """End one session."""
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql(
                    "UPDATE {s}.session SET revoked = %s, why = %s"
                    " WHERE token_hash = %s AND revoked IS NULL"
                ),
                (at, why, token_hash),
            )

    async def revoke_of(
        self, person_id: str, at: datetime, why: str, *, only: str | None = None, keep: bytes = b""
    ) -> int:
        """End sessions of a person: one (its id), or all but `keep` (a token hash); how many."""
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "UPDATE {s}.session SET revoked = %(at)s, why = %(why)s"
                    " WHERE person_id = %(person)s AND revoked IS NULL"
                    " AND (%(only)s::uuid IS NULL OR session_id = %(only)s)"
                    " AND token_hash <> %(keep)s"
                ),
                {"at": at, "why": why, "person": person_id, "only": only, "keep": keep},
            )
            return cursor.rowcount
