"""Signing in: a password, then a code where the person has a second factor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal

from api.auth import totp
from api.auth.passwords import Passwords, check_new, outdated
from api.auth.recovery import hash_of_code
from api.auth.sessions import Sessions
from api.auth.store import Account, Look, Session, Store
from api.auth.throttle import Throttle
from api.errors import SignInRequired, TooMany
from domain.refusals import Invalid

Act = Literal["sign_in", "step_up", "password"]


class SignIn:
    """Passwords against accounts of one school; every attempt leaves a line in the access log."""

    def __init__(
        self,
        store: Store,
        sessions: Sessions,
        passwords: Passwords,
        throttle: Throttle,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._passwords = passwords
        self._throttle = throttle
        self._clock = clock

    async def account(
        self,
        login: str,
        password: str,
        code: str | None,
        address: str | None,
        *,
        within: Session | None = None,
    ) -> tuple[Account, str]:
        """The account of a login, its password and, where there is one, its second factor; and how
        it was shown: `password`, `password+code`, `password+recovery`.

        `within`: the session whose person is asked again. Without it the attempt is to end in a
        session: `Sessions.begin` writes its line of the access log. Raises SignInRequired, TooMany.
        An unknown login, a wrong password and a closed account are told apart neither by words nor
        by time.
        """
        act: Act = "step_up" if within else "sign_in"
        account = await self._password(login, password, address, act, within)
        how = "password"
        if account.factor is not None:
            how = await self._second(account, account.factor, code, address, act, within)
        if within is not None:
            await self._note(account, account.login, act, "ok", how, within)
        return account, how

    async def change_password(
        self,
        session: Session,
        current: str,
        new: str,
        address: str | None,
        *,
        before: Callable[[], Awaitable[None]],
    ) -> None:
        """A password of one's own; the person's other sessions end. `before` is what is to be done
        once the change is certain.

        Raises SignInRequired, TooMany, Invalid.
        """
        account = await self._password(session.login, current, address, "password", session)
        if new == current:
            raise Invalid("password.same", "Новый пароль совпадает с прежним.")
        check_new(new, account.login)
        hashed = await self._passwords.hash(new)
        await before()
        await self._store.change_password(
            account.person_id, hashed, session.token_hash, self._clock()
        )
        self._sessions.forget(account.person_id)
        await self._note(account, account.login, "password", "ok", "changed", session)

    async def _password(
        self, login: str, password: str, address: str | None, act: Act, within: Session | None
    ) -> Account:
        """The account of a login and its password. Raises SignInRequired, TooMany."""
        login = login.strip().lower()[:100] or "?"
        try:
            account = await self._throttle.attempt(login, address)
        except TooMany:
            account = await self._store.account(login=login)
            await self._note(account, login, act, "refused", "throttled", within)
            raise
        right = await self._passwords.verify(account.hash if account else None, password)
        if account is None or not right or not _usable(account, self._clock()):
            await self._throttle.failed(address)
            await self._note(account, login, act, "refused", "password", within)
            raise SignInRequired("session.wrong_password", "Логин или пароль не подходит.")
        if act != "sign_in" or account.factor is not None:  # else with the session that begins
            await self._throttle.right(login, address)
        if account.hash is not None and outdated(account.hash):
            await self._store.rehash(account.person_id, await self._passwords.hash(password))
        return account

    async def _second(
        self,
        account: Account,
        secret: bytes,
        code: str | None,
        address: str | None,
        act: Act,
        within: Session | None,
    ) -> str:
        """How the second factor was shown. Raises SignInRequired, TooMany."""
        if not (code or "").strip():
            await self._note(account, account.login, act, "refused", "no code", within)
            raise SignInRequired(
                "session.code_required", "Введите код из приложения или запасной код."
            )
        try:
            await self._throttle.attempt_code(account.login)
        except TooMany:
            await self._note(account, account.login, act, "refused", "throttled", within)
            raise
        how = await self._use_up(account.person_id, secret, "".join((code or "").split()))
        if how is None:
            await self._throttle.failed(address)
            await self._note(account, account.login, act, "refused", "code", within)
            raise SignInRequired(
                "session.wrong_code",
                "Код не подходит или уже использован. Дождитесь следующего кода в приложении.",
            )
        await self._throttle.right_code(account.login)
        return how

    async def _use_up(self, person_id: str, secret: bytes, code: str) -> str | None:
        """What the code was, good once; None: no such."""
        if len(code) == totp.DIGITS:
            step = totp.step_of(secret, code, self._clock().timestamp())
            if step is not None and await self._store.use_step(person_id, step):
                return "password+code"
        elif await self._store.use_recovery_code(person_id, hash_of_code(code), self._clock()):
            return "password+recovery"
        return None

    async def _note(
        self,
        account: Account | None,
        login: str,
        act: Act,
        outcome: str,
        basis: str,
        within: Session | None,
    ) -> None:
        """A line of the access log, which cannot forget: a login that is somebody's is not in it,
        for it may be made of a name that is to be erased one day.
        """
        who = account.person_id if account else None
        session = within.session_id if within else None
        look = Look(self._clock(), who, session, act, who or login, outcome, basis)
        await self._store.record([look])


def _usable(account: Account, now: datetime) -> bool:
    return account.disabled_at is None and (account.good_until is None or account.good_until > now)
