"""Signing in: one place where failures are counted, on every path."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from api.auth.passwords import Passwords, check_new, outdated
from api.auth.sessions import Sessions
from api.auth.store import Account, Look, Session, Store
from api.errors import SignInRequired, TooMany
from domain.refusals import Invalid

FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=15)
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - a place for what has no address, not a binding


class SignIn:
    """Passwords against accounts of one school; every attempt leaves a line in the access log."""

    def __init__(
        self, store: Store, sessions: Sessions, passwords: Passwords, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._passwords = passwords
        self._clock = clock

    async def account(self, login: str, password: str, address: str | None) -> Account:
        """The account of a login and its password. Raises SignInRequired, TooMany.

        An unknown login, a wrong password and a closed account are told apart neither by words
        nor by time.
        """
        login, address = login.strip().lower()[:100], address or NO_ADDRESS
        now = self._clock()
        until = await self._store.locked_until(login, address)
        if until is not None and until > now:
            wait = max(1, round((until - now).total_seconds()))
            await self._note(None, login, "refused", "throttled")
            raise TooMany(
                "session.throttled",
                f"Слишком много попыток. Подождите {wait} с и попробуйте снова.",
                retry_after=wait,
            )
        account = await self._store.account(login=login)
        right = await self._passwords.verify(account.hash if account else None, password)
        if account is None or not right or not _usable(account, now):
            await self._store.count_failure(
                login,
                address,
                now,
                free=FREE_FAILURES,
                longest_s=int(LONGEST_WAIT.total_seconds()),
            )
            await self._note(account, login, "refused", "password")
            raise SignInRequired("session.wrong_password", "Логин или пароль не подходит.")
        await self._store.forget_failures(login, address)
        if account.hash is not None and outdated(account.hash):
            await self._store.rehash(account.person_id, await self._passwords.hash(password))
        await self._note(account, login, "ok", "password")
        return account

    async def change_password(
        self, session: Session, current: str, new: str, address: str | None
    ) -> None:
        """A password of one's own; the person's other sessions end.

        Raises SignInRequired, TooMany, Invalid.
        """
        account = await self.account(session.login, current, address)
        if new == current:
            raise Invalid("password.same", "Новый пароль совпадает с прежним.")
        check_new(new, account.login)
        hashed = await self._passwords.hash(new)
        await self._store.change_password(
            account.person_id, hashed, session.token_hash, self._clock()
        )
        self._sessions.forget(account.person_id)

    async def _note(self, account: Account | None, login: str, outcome: str, basis: str) -> None:
        who = account.person_id if account else None
        await self._store.record([Look(self._clock(), who, None, "sign_in", login, outcome, basis)])


def _usable(account: Account, now: datetime) -> bool:
    return account.disabled_at is None and (account.good_until is None or account.good_until > now)
