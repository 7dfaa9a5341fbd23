"""Sessions on the server's side: a random token in a cookie, its SHA-256 in a table.

A session ends by signing out, by idling, after 12 hours, by a new password, by a revoked account,
by another sign-in in the same browser, and when its person has begun too many since.
Look-ups are kept in the process for a second at most: what another process has ended is ended
here within that second; what this process has ended is ended at once.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import monotonic
from uuid import UUID

from api.auth.store import Account, Living, Look, Session, Store
from api.coalesce import Lookups

ABSOLUTE = timedelta(hours=12)
TOUCH_AFTER = timedelta(seconds=20)
KEPT_S = 1.0  # how long another process's revocation may go unnoticed
MOST_KEPT = 10_000


def new_token() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What the table keeps of a token."""
    return sha256(token.encode()).digest()


class Sessions:
    """The sessions of one school, as this process sees them."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._kept: OrderedDict[bytes, tuple[float, Session]] = OrderedDict()
        self._lookups: Lookups[bytes, Session] = Lookups(store.sessions, at_most=500)

    async def begin(
        self,
        account: Account,
        *,
        idle: timedelta,
        ip: str | None,
        user_agent: str,
        replaced: str | None,
        at_most: int,
        factor: bool,
        how: str,
        tried: bool,
    ) -> tuple[str, Session]:
        """A new session and its token; `replaced` is the token that this browser had.

        Of the person's sessions the oldest beyond `at_most` end. `how` the person has shown who it
        is stands in the access log; whose password was `tried`, nothing is held against the login
        at this address any more.
        """
        now = self._clock()
        token = new_token()
        session = Session(
            token_hash=hash_of(token),
            session_id=str(UUID(bytes=secrets.token_bytes(16), version=4)),
            person_id=account.person_id,
            login=account.login,
            must_change=account.must_change,
            created=now,
            seen=now,
            auth_time=now,
            idle_s=int(idle.total_seconds()),
            factor=factor,
        )
        old = hash_of(replaced) if replaced else None
        look = Look(now, account.person_id, None, "sign_in", account.person_id, "ok", how)
        await self._store.open_session(
            session,
            ip,
            user_agent,
            replaced=old,
            at_most=at_most,
            look=look,
            tried=account.login if tried else None,
        )
        if old is not None:
            self._kept.pop(old, None)
        self.forget(account.person_id)
        return token, session

    async def renew(self, session: Session) -> str | None:
        """Another token for a session whose person was just seen; None: it has ended meanwhile."""
        token = new_token()
        renewed = await self._store.rotate(session.token_hash, hash_of(token), self._clock())
        self._kept.pop(session.token_hash, None)
        return token if renewed else None

    async def living(self, person_id: str) -> list[Living]:
        """The person's sessions that have not ended, the newest first."""
        now = self._clock()
        return await self._store.living(person_id, now, now - ABSOLUTE)

    async def end_of(
        self, person_id: str, why: str, *, only: str | None = None, keep: Session | None = None
    ) -> int:
        """End sessions of a person: the one with the id `only`, or all but `keep`; how many."""
        kept = keep.token_hash if keep else b""
        ended = await self._store.revoke_of(person_id, self._clock(), why, only=only, keep=kept)
        self.forget(person_id)
        return ended

    async def find(self, token: str) -> Session | None:
        """The living session of a token; notes that it is in use."""
        token_hash = hash_of(token)
        kept = self._kept.get(token_hash)
        if kept is not None and monotonic() - kept[0] < KEPT_S:
            session = kept[1]
        else:
            asked = monotonic()
            found = await self._lookups.get(token_hash)
            if found is None:
                self._kept.pop(token_hash, None)
                return None
            session = found
            self._keep(asked, session)
        now = self._clock()
        if now - session.seen > timedelta(seconds=session.idle_s):
            await self.end(session, "idle")
            return None
        if now - session.created > ABSOLUTE:
            await self.end(session, "12 hours")
            return None
        if now - session.seen > TOUCH_AFTER:
            session = session._replace(seen=now)
            self._keep(self._kept[token_hash][0], session)
            await self._store.touch(token_hash, now)
        return session

    async def lives(self, session: Session) -> bool:
        """The session has not ended, as far as the table knows; asking does not prolong it."""
        found = await self._lookups.get(session.token_hash)
        now = self._clock()
        return (
            found is not None
            and now - found.seen <= timedelta(seconds=found.idle_s)
            and now - found.created <= ABSOLUTE
        )

    async def end(self, session: Session, why: str) -> None:
        """End one session."""
        await self._store.revoke(session.token_hash, self._clock(), why)
        self._kept.pop(session.token_hash, None)

    def forget(self, person_id: str) -> None:
        """The person's sessions were ended or changed in the table: look again."""
        gone = [key for key, (_, one) in self._kept.items() if one.person_id == person_id]
        for key in gone:
            del self._kept[key]

    def _keep(self, asked: float, session: Session) -> None:
        self._kept[session.token_hash] = (asked, session)
        self._kept.move_to_end(session.token_hash)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


def system_clock() -> datetime:
    """Now, UTC."""
    return datetime.now(UTC)
