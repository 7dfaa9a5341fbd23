"""Failed attempts: who has to wait, and how long. Counted by what is guessed and from where."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from api.auth.store.base import Account, Table

#: a row of its own for everything that came from an address
WHOLE_ADDRESS = ""


class Claim(NamedTuple):
    """An attempt that was counted. `until`: it has to wait till then; `account`: of its login."""

    until: datetime | None
    account: Account | None


class Failures(Table):
    """Failed attempts of one school; from the `free`-th on the wait doubles from 1 s."""

    async def claim(
        self,
        login: str,
        address: str,
        at: datetime,
        *,
        free: int,
        longest: timedelta,
        drain: timedelta,
        at_home_since: datetime | None = None,
    ) -> Claim:
        """One more attempt, counted before it is looked at; `withdraw` it when it was right.

        One attempt is forgotten in each `drain`. Answers until when to wait instead, or the account
        of the login: go on. Of attempts at once only so many go on as one after another would, for
        the row is asked and changed in one statement. With `at_home_since` the whole address may
        have to wait, too, but for a login that has been signed in from there since.
        """
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "WITH claimed AS ("
                    "INSERT INTO {s}.sign_in_failure AS f (login, address, fails, last)"
                    " SELECT %(login)s, %(address)s::inet, 1, %(at)s"
                    " WHERE %(since)s::timestamptz IS NULL OR NOT EXISTS ("
                    "SELECT FROM {s}.sign_in_failure WHERE login = ''"
                    " AND address = %(address)s::inet AND locked_until > %(at)s)"
                    " OR EXISTS (SELECT FROM {s}.account JOIN {s}.session USING (person_id)"
                    " WHERE account.login = %(login)s AND ip = %(address)s::inet"
                    " AND created >= %(since)s)"
                    " ON CONFLICT (login, address) DO UPDATE SET (last, fails, locked_until) ="
                    " (SELECT %(at)s::timestamptz, now.fails, CASE WHEN now.fails >= %(free)s"
                    " THEN %(at)s::timestamptz + least(power(2, least(now.fails - %(free)s, 30)),"
                    " %(longest)s) * interval '1 second' END"
                    " FROM (SELECT 1 + greatest(0, f.fails - floor("
                    " extract(epoch FROM %(at)s::timestamptz - f.last) / %(drain)s))::integer"
                    " AS fails) AS now)"
                    " WHERE f.locked_until IS NULL OR f.locked_until <= %(at)s"
                    " RETURNING 1)"
                    " SELECT person_id::text, account.login, hash, must_change, issued_by,"
                    " good_until, disabled_at, factor.secret"
                    " FROM claimed LEFT JOIN {s}.account ON account.login = %(login)s"
                    " LEFT JOIN {s}.second_factor AS factor USING (person_id)"
                ),
                {
                    "login": login,
                    "address": address,
                    "at": at,
                    "free": free,
                    "longest": int(longest.total_seconds()),
                    "drain": int(drain.total_seconds()),
                    "since": at_home_since,
                },
                prepare=True,
            )
            found = await cursor.fetchone()
            if found is not None:
                return Claim(None, None if found[0] is None else Account(*found))
        until = await self._locked_until(login, address)
        if at_home_since is not None and (until is None or until <= at):
            until = await self._locked_until(WHOLE_ADDRESS, address)
        return Claim(until or at, None)

    async def _locked_until(self, login: str, address: str) -> datetime | None:
        async with self._database.connection() as conn:
            cursor = await conn.execute(
                self._sql(
                    "SELECT locked_until FROM {s}.sign_in_failure WHERE login = %s AND address = %s"
                ),
                (login, address),
            )
            row = await cursor.fetchone()
            return row[0] if row else None

    async def withdraw(self, login: str, address: str) -> None:
        """It was right: nothing is counted any more."""
        async with self._database.connection() as conn:
            await conn.execute(
                self._sql("DELETE FROM {s}.sign_in_failure WHERE login = %s AND address = %s"),
                (login, address),
            )
