"""Credentials: the fact that they were handed out is the log's, the hash is the table's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from api.answers import written
from api.auth.passwords import one_time_password
from api.auth.store import Suspicion
from domain.access import Actor
from domain.people.facts import RevocationReason
from domain.refusals import Conflict
from domain.writing import Request

if TYPE_CHECKING:
    from api.house import Door

GOOD_FOR = timedelta(days=3)


async def issue_account(
    door: Door,
    person_id: str,
    login: str,
    handed_to: str | None,
    *,
    by: Actor,
    request: Request,
) -> dict[str, Any]:
    """`{position, login, password, good_until}`: credentials, or new ones, for a person.

    The fact comes first: whoever repeats the request after a crash in between gets the password
    then; whoever repeats it after it was carried out gets the position alone.
    Raises Conflict for a login in use, and what the domain refuses.
    """
    login = login.lower()
    taken = Conflict("account.login_taken", f"Логин «{login}» уже занят.")
    if not await door.store.login_free(login, person_id):
        raise taken
    year = await door.rights.year()
    receipt = await written(
        door.school.issue_account(year, person_id, handed_to or person_id, by=by, request=request)
    )
    answer = {"position": receipt.position, "login": login, "password": None, "good_until": None}
    account = await door.store.account(person_id=person_id)
    if account is not None and account.issued_by == request.key:
        return answer | {"login": account.login}
    password = one_time_password()
    now = door.house.clock()
    issued = await door.store.issue(
        [(person_id, login, await door.house.passwords.hash(password))],
        at=now,
        must_change=True,
        issued_by=request.key,
        good_until=now + GOOD_FOR,
    )
    if not issued:
        raise taken
    door.sessions.forget(person_id)
    return answer | {"password": password, "good_until": (now + GOOD_FOR).isoformat()}


async def revoke_account(
    door: Door,
    person_id: str,
    reason: RevocationReason,
    *,
    by: Actor,
    request: Request,
    why: Suspicion | None = None,
) -> int:
    """Close sign-in: first the fact (who may, decides the domain), then the table; the position.

    In the table the password, the sessions and the tokens go in one transaction.
    """
    year = await door.rights.year()
    receipt = await written(
        door.school.revoke_account(year, person_id, reason, by=by, request=request)
    )
    await door.store.disable(person_id, door.house.clock(), why)
    door.sessions.forget(person_id)
    return receipt.position
