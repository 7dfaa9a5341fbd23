"""Personal tokens: what a program shows instead of a cookie. Never more than its owner may."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from api.auth.scopes import PREFIX, grantable
from api.auth.sessions import hash_of, new_token
from api.auth.store import Look, Session, Token
from api.errors import SignInRequired
from domain.refusals import Conflict, Forbidden, Invalid, NotFound
from domain.writing import Request

if TYPE_CHECKING:
    from api.caller import Caller
    from api.house import Door

LONGEST = timedelta(days=366)
AT_MOST = 20  # of a person, not revoked


async def session_of_token(
    door: Door, bearer: str, address: str | None
) -> tuple[Session, list[str]]:
    """The token as a session of its owner, and its scopes. Raises SignInRequired, TooMany.

    Asked of the table each time: what is revoked is refused at the next request.
    """
    now = door.house.clock()
    found = await door.store.token(hash_of(bearer), now) if bearer.startswith(PREFIX) else None
    if found is None:
        await door.throttle.wrong_token(address)
        await door.store.record([Look(now, None, None, "token", "", "refused", "unknown")])
        raise SignInRequired("token.unknown", "Такого ключа нет, или он больше не действует.")
    return found


async def issue_token(
    caller: Caller, name: str, scopes: Iterable[str], until: datetime, request: Request
) -> tuple[Token, str | None]:
    """A new token and its text, told once: a repeat of the request answers without it.

    Raises Forbidden for scopes beyond the roles, Invalid for dates, Conflict for too many.
    """
    caller.fresh()
    door, now, until = caller.door, caller.door.house.clock(), until.astimezone(UTC)
    wanted = sorted(set(scopes))
    if not set(wanted) <= set(grantable(caller.roles)):
        raise Forbidden("token.scope", "Семье ключ даёт только чтение дневника.")
    if not now < until <= now + LONGEST:
        raise Invalid("token.until", "Срок ключа — в будущем и не дальше года.")
    known = await door.store.tokens_of(caller.person_id)
    text = PREFIX + new_token()
    number = str(UUID(bytes=request.key, version=4))
    token = Token(number, caller.person_id, name, wanted, now, until, None, None)
    if len(known) >= AT_MOST and number not in {one.token_id for one in known}:
        raise Conflict("token.too_many", f"Ключей уже {AT_MOST}: отзовите ненужные.")
    former = await door.store.issue_token(token, hash_of(text))
    if former is not None:
        if (former.name, former.scopes, former.until) != (name, wanted, until):
            raise Invalid(
                "request.key_reused",
                "Ключ Idempotency-Key уже был у другого запроса: возьмите новый.",
            )
        return former, None
    await door.looks.add(caller.look("token", number, "ok", "issued"))
    return token, text


async def revoke_token(caller: Caller, token_id: str) -> datetime:
    """The token is refused from its next request on: since when. Raises NotFound, Forbidden."""
    caller.fresh()
    door = caller.door
    since = await door.store.revoke_token(caller.person_id, token_id, door.house.clock())
    if since is None:
        raise NotFound("token.unknown", "Такого ключа нет.")
    await door.looks.add(caller.look("token", token_id, "ok", "revoked"))
    return since
