"""A password that somebody else may have known (clause 3.3.6): the review of what was written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from api.auth.devices import device
from api.auth.store import Living
from api.auth.sure import may_revoke
from api.caller import Caller
from api.deps import noted
from domain.people.standing_facts import Verdict
from domain.refusals import Forbidden, Invalid, NotFound
from domain.writing import Answer, Request
from projections import directory, suspicion
from projections.suspicion import MOST_LINES

#: What is looked at when nothing is known of earlier sign-ins.
A_MONTH = timedelta(days=31)
STATES = ("untouched", "confirmed", "denied", "answered")


async def may_review(caller: Caller, person_id: str) -> None:
    """The person, or who may close anybody's sign-in; noted. Raises NotFound, Forbidden."""

    async def decide() -> str:
        if caller.person_id != person_id:
            may_revoke(caller)
        return "self" if caller.person_id == person_id else "administration"

    await noted(caller, "suspicion", person_id, decide)


async def review(caller: Caller, person_id: str, since: datetime | None) -> dict[str, Any]:
    """`{person{person_id, name}, raised{at, position, by, reason}, since, complete, sign_ins[],
    sessions[{session_id, device, address, at, lines[]}], counts{untouched, …}}`.

    since: by default the sign-in before the one from a place never seen before. Without a
    suspicion `raised` is None and there is nothing to review. Raises NotFound.
    """
    door = caller.door
    async with door.reading() as (conn, schema):
        person = await directory.person(conn, schema, person_id)
        doubt = await suspicion.raised(conn, schema, person_id)
        who = doubt and await directory.person(conn, schema, doubt.by)
    if person is None:
        raise NotFound("person.unknown", "Такого человека в школе нет.")
    begun = await door.store.begun(person_id, doubt.at if doubt else door.house.clock())
    first, lines = since, []
    if doubt is not None:
        first = since or trusted(begun, doubt.at)
        async with door.reading() as (conn, schema):
            lines = await suspicion.lines(conn, schema, person_id, first, doubt)
    signed = {one.session_id: one for one in begun}
    of_session: dict[str, list[dict[str, Any]]] = {}
    for one in lines:
        of_session.setdefault(one["session"], []).append(one)
    return {
        "person": {"person_id": person_id, "name": person["name"]},
        "raised": doubt
        and {
            "at": _iso(doubt.at),
            "position": doubt.position,
            "by": {"person_id": doubt.by, "name": who["name"] if who else ""},
            "reason": await door.store.suspicion_of(person_id),
        },
        "since": first and _iso(first),
        "complete": len(lines) < MOST_LINES,
        "sign_ins": [
            _sign_in(one.session_id, one) | {"records": len(of_session.get(one.session_id, ()))}
            for one in reversed(begun)
        ],
        "sessions": [
            _sign_in(session, signed.get(session)) | {"lines": of_it}
            for session, of_it in of_session.items()
        ],
        "counts": {state: sum(1 for one in lines if one["state"] == state) for state in STATES},
    }


def trusted(begun: Sequence[Living], until: datetime) -> datetime:
    """The sign-in before the suspected one.

    begun: sign-ins before the suspicion, the oldest first. Suspected is the newest from a device
    and address that the person had not used before; without one, the last sign-in of all.
    """
    if not begun:
        return until - A_MONTH
    seen: set[tuple[str | None, str]] = set()
    suspected = len(begun) - 1
    for place, (where, _) in enumerate(groupby(begun, key=lambda one: (one.ip, one.user_agent))):
        if place and where not in seen:
            suspected = next(n for n, one in enumerate(begun) if (one.ip, one.user_agent) == where)
        seen.add(where)
    return begun[max(0, suspected - 1)].created


async def judge(
    caller: Caller, person_id: str, verdict: Verdict, positions: Sequence[int], once: Request
) -> Answer:
    """«Это я» or «это не я» about records under the caller's name. Raises Forbidden for another's,
    Conflict without a suspicion, Invalid for records that are not in question.
    """
    door, who = caller.door, caller.person_id
    if who != person_id:
        raise Forbidden("suspicion.not_you", "Свои записи узнаёт только сам человек.")
    wanted = sorted(set(positions))
    async with door.reading() as (conn, schema):
        doubt = await suspicion.raised(conn, schema, who)
        before = 0 if doubt is None else doubt.position
        marks = await suspicion.about_marks(conn, schema, who, wanted, before)
    if doubt is not None and marks is None:
        raise Invalid("suspicion.not_yours", "Среди записей есть такие, каких в проверке нет.")
    return door.school.review_facts(verdict, wanted, marks or (), by=caller.actor, request=once)


def _sign_in(session_id: str, one: Living | None) -> dict[str, Any]:
    """A sign-in in words; what is no sign-in any more is a program, an import, or too old."""
    return {
        "session_id": session_id,
        "device": device(one.user_agent) if one else "",
        "address": one.ip if one else None,
        "at": _iso(one.created) if one else None,
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
