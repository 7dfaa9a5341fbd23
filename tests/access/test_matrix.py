"""Every route × everybody × one's own and others' things: what the caller type promises holds.

OWASP ASVS 5.0.0: V8.2.1 (functions), V8.2.2 (data of others), V8.3.1 (the server decides).
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from httpx2 import Response

from domain.permissions import ADMINISTRATION, Act
from domain.values import Role
from tests.access.asking import (
    GETS,
    OF_SOMEBODY,
    WRITES,
    Members,
    caller_names,
    get,
    send,
    things_of,
)
from tests.access.ground import CAST, NAMES, NEW_ROOM, NO_THING, Ground, Thing
from tests.access.rules import RULES, Outcome, knows, outcome
from tests.house.test_every_route_names_its_caller import ROUTES
from tests.write_door.exercise import IN_PASSING, Form, Send
from tests.write_door.over_http import EXERCISES

ACTS = {str(act): act for act in Act}
#: to whom every class and every pupil is the same
ALIKE = {*ADMINISTRATION, Role.AUDITOR}
ROOM = Thing(NEW_ROOM, "", {})
IDS = OF_SOMEBODY | {"guardian_id", "debt_id", "assignment_id", "inspection_id"}
IDS |= {"remark_id", "conversation_id"}


def assert_discreet(answer: Response, said: str) -> None:
    """No fault of ours; no name of anybody in what is refused."""
    assert answer.status_code < 500 or answer.status_code == 503, (said, answer.text)
    if answer.status_code >= 400:
        named = [name for name in NAMES if name in answer.text]
        assert not named, f"{said} tells of {named}"


def assert_asks_to_sign_in(answer: Response, path: str) -> None:
    if path.startswith("/api/"):
        assert answer.status_code == 401
    else:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=")


def assert_kept(promised: Outcome, answer: Response, absent: Response | None, said: str) -> None:
    """The promise of a caller type. absent: the same, asked about what does not exist; None: it is
    no secret that the thing exists.
    """
    status = answer.status_code
    assert_discreet(answer, said)
    if promised is Outcome.HIDDEN and not (absent is not None and status == 422):
        assert status == 404, said
    elif promised is Outcome.FORBIDDEN:
        assert status == 403, said
    else:
        assert status != 401, said
    if status in {404, 422} and absent is not None:
        assert (absent.status_code, absent.text) == (status, answer.text), said


def test_every_caller_type_has_a_rule() -> None:
    named = set().union(*map(caller_names, ROUTES))

    lacking = sorted(named - {"anyone"} - RULES.keys())
    assert not lacking, "say in tests/access/rules.py who passes"


@pytest.mark.parametrize("name", GETS)
def test_looking(ground: Ground, name: str) -> None:
    named, path = caller_names(name), ROUTES[name].path
    nobody = get(ground, name, None, ground.petya.members)
    assert_discreet(nobody, name)
    if named == {"anyone"}:
        return
    assert_asks_to_sign_in(nobody, path)
    nothing, everything = ground.nothing, things_of(ground, name)
    for person in CAST:
        things = everything[:1] if person.role in ALIKE else everything
        strange = not all(knows(person, thing) for thing in things)
        absent = get(ground, name, person.login, nothing.members) if strange else None
        for thing in things:
            promised = outcome(named, person, thing)
            answer = get(ground, name, person.login, thing.members)
            said = f"{name}: {person.login} about {thing}: {promised.name}"
            if promised is Outcome.OPEN:
                assert answer.status_code < 400, (said, answer.text)
            assert_kept(promised, answer, None if knows(person, thing) else absent, said)


@pytest.mark.parametrize("name", WRITES)
def test_writing(ground: Ground, name: str) -> None:
    """Whom the caller type refuses sends what would be done for another; who passes sends no
    Idempotency-Key, without which nothing is done.
    """
    named, route = caller_names(name), ROUTES[name]
    act = prepared(ground, name)
    ground.place.settle()
    before = ground.place.ledger()
    assert_discreet(written(ground, name, None, act), name)
    if named == {"anyone"}:
        return
    assert_asks_to_sign_in(written(ground, name, None, act), route.path)
    assert isinstance(route, APIRoute)
    about = {*act.path, *(act.body or {})} & OF_SOMEBODY
    thing = ROOM if about else NO_THING
    can = ACTS.get(route.name) if name in EXERCISES else None
    keyed = "signed_in" in named and route.path.startswith("/api/")
    for person in CAST:
        promised = outcome(named, person, thing, can if keyed else None)
        said = f"{name}: {person.login}: {promised.name}"
        if promised <= Outcome.DECIDED:
            if keyed:
                answer = written(ground, name, person.login, act, key=None)
                assert answer.status_code in {403, 404, 422}, (said, answer.text)
                assert_kept(promised, answer, None, said)
            continue
        answer = written(ground, name, person.login, act)
        known = knows(person, thing)
        absent = None if known else written(ground, name, person.login, of_nothing(act))
        assert_kept(promised, answer, absent, f"{said} {answer.text}")
    assert ground.place.ledger().changed(before) <= IN_PASSING


def prepared(ground: Ground, name: str) -> Send:
    """The exercise of a write, or an empty one about 7а."""
    if name in EXERCISES:
        act = EXERCISES[name](ground.place)
        assert isinstance(act, Send)
        return act
    return Send("", dict(ground.petya.members), {})


def of_nothing(act: Send) -> Send:
    """The same about what does not exist."""
    path = {one: str(uuid4()) if one in IDS else value for one, value in act.path.items()}
    body = dict(act.body or {})
    if "class_id" in body:
        body["class_id"] = str(uuid4())
    return type(act)(act.login, path, None if act.body is None else body)


def written(
    ground: Ground, name: str, login: str | None, act: Send, *, key: str | None = ""
) -> Response:
    """A write as its exercise sends it, by somebody else."""
    method, _, template = name.partition(" ")
    headers = {} if key is None else {"idempotency-key": str(uuid4())}
    more: dict[str, Any] = {"data" if isinstance(act, Form) else "json": act.body}
    if not template.startswith("/api/"):
        more = {"data": act.body}
    url = template.format_map(Members(act.path))
    return send(ground, method, url, login, headers=headers, **more)
