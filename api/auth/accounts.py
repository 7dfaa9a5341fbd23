"""Credentials: the fact that they were handed out is the log's, the hash is the table's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from api.answers import written
from api.auth.logins import in_parts
from api.auth.logins import login as new_login
from api.auth.passwords import one_time_password
from api.auth.store import Account, Suspicion
from domain.access import Actor
from domain.people.facts import RevocationReason
from domain.refusals import Conflict
from domain.school import Handing
from domain.writing import Request
from projections import directory
from projections.credentials import credentials

if TYPE_CHECKING:
    from api.caller import Caller
    from api.house import Door

GOOD_FOR = timedelta(days=3)
#: Somebody else takes a login between our look and our write.
ATTEMPTS = 3


class OneTime(NamedTuple):
    """What one person is to be told, once. `password` None: it was told before."""

    person_id: str
    name: str
    login: str
    password: str | None


class Issue(NamedTuple):
    """One issue of credentials; `good_until` None: a repeat, and no password is told again."""

    position: int
    good_until: datetime | None
    people: list[OneTime]


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

    Raises Conflict for a login in use, and what the domain refuses.
    """
    handed = [Handing(person_id, handed_to or person_id)]
    issue = await issue_accounts(door, handed, login=login, by=by, request=request)
    [one] = issue.people
    return {
        "position": issue.position,
        "login": one.login,
        "password": one.password,
        "good_until": issue.good_until and issue.good_until.isoformat(),
    }


async def issue_accounts(
    door: Door,
    handed: Sequence[Handing],
    *,
    login: str = "",
    class_id: str | None = None,
    by: Actor,
    request: Request,
) -> Issue:
    """Credentials, or new ones, for all of these people or for none. What the older passwords
    opened ends. Whoever has a login keeps it, unless `login` (of a single person) is given; others
    get one made of the name.

    The fact comes first: whoever repeats the request after a crash in between gets the passwords
    then; whoever repeats it after it was carried out, or after another issue, gets none.
    Raises Conflict for a login in use, and what the domain refuses.
    """
    handed = list({one.person_id: one for one in handed}.values())
    login = login.lower()
    if login and not await door.store.login_free(login, handed[0].person_id):
        raise _taken(login)
    year = await door.rights.year()
    receipt = await written(
        door.school.issue_accounts(year, handed, class_id, by=by, request=request)
    )
    numbers = [one.person_id for one in handed]
    async with door.reading() as (conn, schema):
        last = await credentials(conn, schema, numbers)
        people = {one["person_id"]: one for one in await directory.people(conn, schema, numbers)}
    full = {number: people[number]["name"] if number in people else "" for number in numbers}
    later = any(last[number].position > receipt.position for number in numbers)
    for _ in range(ATTEMPTS):
        known = {account.person_id: account for account in await door.store.accounts()}
        told = later or any(
            number in known and known[number].issued_by == request.key for number in numbers
        )
        logins = _logins(known, full, login)
        if told:
            repeated = [OneTime(number, full[number], logins[number], None) for number in numbers]
            return Issue(receipt.position, None, repeated)
        issue = await _passwords(door, receipt.position, full, logins, request.key)
        if issue is not None:
            return issue
        if login:
            break
    raise _taken(login)


async def _passwords(
    door: Door, position: int, full: Mapping[str, str], logins: Mapping[str, str], key: bytes
) -> Issue | None:
    """New passwords in force; None: nothing was done, for a login is in use."""
    passwords = {number: one_time_password() for number in logins}
    hashes = [
        # One after the other: half of the hashing is left to those who sign in meanwhile.
        (number, logins[number], await door.house.passwords.hash(password))
        for number, password in passwords.items()
    ]
    now = door.house.clock()
    issued = await door.store.issue(
        hashes, at=now, must_change=True, issued_by=key, good_until=now + GOOD_FOR
    )
    if not issued:
        return None
    for number in passwords:
        door.sessions.forget(number)
    people = [
        OneTime(number, full[number], logins[number], password)
        for number, password in passwords.items()
    ]
    return Issue(position, now + GOOD_FOR, people)


def _logins(known: Mapping[str, Account], full: Mapping[str, str], given: str) -> dict[str, str]:
    """person → login: the given one, the one that the person has, or a new one."""
    taken = {account.login for account in known.values()}
    return {
        number: given
        or (known[number].login if number in known else new_login(in_parts(name), taken))
        for number, name in full.items()
    }


def _taken(login: str) -> Conflict:
    return Conflict("account.login_taken", f"Логин «{login}» уже занят.")


async def revoke_account(
    door: Door,
    person_id: str,
    reason: RevocationReason,
    class_id: str | None = None,
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
        door.school.revoke_account(year, person_id, reason, class_id, by=by, request=request)
    )
    await door.store.disable(person_id, door.house.clock(), why)
    door.sessions.forget(person_id)
    return receipt.position


async def arrived(caller: Caller) -> None:
    """The person is about to change the one-time password for one's own: it has arrived."""
    if caller.session.must_change:
        door, oneself = caller.door, Handing(caller.person_id, caller.person_id)
        year = await door.rights.year()
        once = Request(uuid4().bytes, uuid4().bytes)  # a second time has nothing to record
        await written(
            door.school.receive_accounts(year, [oneself], "password", by=caller.actor, request=once)
        )
