"""Guessing, slowed down: the one place where attempts are counted, on every path.

Counted are attempts at a login from an address (nobody can lock a teacher out from elsewhere),
failures of a whole address (one who tries many logins is slowed, too), and attempts at a second
factor, wherever they come from: who guesses codes knows the password. No wait is longer than a
quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from api.auth.store import NO_ADDRESS, WHOLE_ADDRESS, Account, Claim, Store
from api.errors import TooMany

LONGEST_WAIT = timedelta(minutes=15)
FREE = 5  # attempts, then the wait doubles from a second on
DRAIN = timedelta(hours=1)  # in which one attempt is forgotten
FREE_OF_ADDRESS = 50  # a school behind one address mistypes that often on a Monday
DRAIN_OF_ADDRESS = timedelta(seconds=30)
TOKENS = " token"  # instead of a login; like all names here that begin with a space, nobody's
#: Who has signed in from an address so recently is not slowed by what others do there.
AT_HOME = timedelta(days=30)


class Throttle:
    """Attempts in one school. Each is counted before it is looked at, so that a hundred at once
    are no more than five.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def attempt(self, login: str, address: str | None) -> Account | None:
        """Somebody tries a login: its account, if it is anybody's. Raises TooMany, before anything
        is looked at.
        """
        now = self._clock()
        claim = await self._claim(login, address or NO_ADDRESS, now - AT_HOME)
        if claim.until is not None:
            raise too_many(claim.until - now)
        return claim.account

    async def failed(self, address: str | None) -> None:
        """It was wrong: the address has one failure more."""
        await self._store.claim(
            WHOLE_ADDRESS,
            address or NO_ADDRESS,
            self._clock(),
            free=FREE_OF_ADDRESS,
            longest=LONGEST_WAIT,
            drain=DRAIN_OF_ADDRESS,
        )

    async def right(self, login: str, address: str | None) -> None:
        """It was right: nothing is held against this login here. Failures of the address stay, or
        one's own password would wash off guessing at others'.
        """
        await self._store.withdraw(login, address or NO_ADDRESS)

    async def attempt_code(self, login: str) -> None:
        """Somebody who knows the password tries a code. Raises TooMany."""
        claim = await self._claim(_codes_of(login), NO_ADDRESS)
        if claim.until is not None:
            raise too_many(claim.until - self._clock())

    async def right_code(self, login: str) -> None:
        """It was right."""
        await self._store.withdraw(_codes_of(login), NO_ADDRESS)

    async def wrong_token(self, address: str | None) -> None:
        """A token that is none came from here. Raises TooMany; a good one is never slowed."""
        await self.attempt(TOKENS, address)
        await self.failed(address)

    async def _claim(self, login: str, place: str, at_home_since: datetime | None = None) -> Claim:
        return await self._store.claim(
            login,
            place,
            self._clock(),
            free=FREE,
            longest=LONGEST_WAIT,
            drain=DRAIN,
            at_home_since=at_home_since,
        )


def _codes_of(login: str) -> str:
    """A name that no typed login has: they are stripped of spaces."""
    return f" {login}"


def too_many(wait: timedelta) -> TooMany:
    """Come back later."""
    seconds = max(1, round(wait.total_seconds()))
    return TooMany(
        "session.throttled",
        f"Слишком много попыток. Подождите {seconds} с и попробуйте снова.",
        retry_after=seconds,
    )
