"""How a door is exercised: something is really written, and then everything is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

import msgspec

from domain.codec import Envelope, Recorded
from domain.values import Origin
from tests import cast as c
from tests.write_door.ground import Place
from tests.write_door.ledger import (
    Ledger,
    assert_continued,
    assert_folded,
)

#: What a door may touch besides what it is there for: the session was seen, somebody looked, a
#: calendar was fetched; and a report that was asked for earlier is being made.
IN_PASSING = frozenset(
    {"session", "access_log", "uptime", "report_run", "person_copy", "calendar_link"}
)
APPENDED = frozenset({"facts", "head", "request"})
MAY_COME = frozenset({"minted", "payload"})

#: An envelope is never a caller's choice: what a request may try to say of it.
FORGED = {
    "by": c.ZOYA,
    "role": "director",
    "at": "2020-01-01T00:00:00Z",
    "recorded_at": "2020-01-01T00:00:00Z",
    "session": str(uuid4()),
    "acting_for": c.DINA,
    "origin": "import",
    "basis": "appointment",
    "cites": 0,
    "salt": "AAAAAAAAAAAAAAAAAAAAAA",
    "position": 1,
}


class Signature(msgspec.Struct, frozen=True):
    """What the envelopes of an exercise must say. at, session: None for a process of its own."""

    by: str
    roles: frozenset[str]
    session: str | None
    at: datetime | None
    origin: Origin = Origin.PERSON

    def check(self, envelope: Envelope) -> None:
        """This envelope says who, by what right, in which session and when."""
        assert envelope.by == self.by
        assert envelope.role in self.roles
        assert envelope.origin is self.origin
        assert envelope.session == (self.session or envelope.session) != ""
        assert envelope.at == (self.at or envelope.at)
        assert len(envelope.salt) == 22
        assert envelope.basis


class Exercise(Protocol):
    """One use of a door. own: tables of the doors that must change; facts: whether facts come."""

    @property
    def own(self) -> frozenset[str]: ...

    @property
    def facts(self) -> bool: ...

    def signature(self, place: Place) -> Signature: ...

    def go(self, place: Place, door: str) -> None:
        """Through the door, with success."""
        ...


Prepare = Callable[[Place], Exercise]


@dataclass(frozen=True)
class Send:
    """A person's request: members of the path, body (None: the route takes none)."""

    login: str
    path: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    own: frozenset[str] = frozenset()
    facts: bool = True

    def signature(self, place: Place) -> Signature:
        """The session's person, in a role that this person has today, by the app's clock."""
        session = place.desk(self.login).session
        return Signature(
            session["person_id"],
            frozenset(session["roles"]),
            place.session_of(self.login),
            place.clock(),
        )

    def go(self, place: Place, door: str) -> None:
        """Forged envelopes are refused, or overlooked where nothing is read; then in earnest."""
        method, _, template = door.partition(" ")
        url = template.format(**self.path)

        def send(body: Mapping[str, Any]) -> tuple[int, str]:
            headers = {"idempotency-key": str(uuid4())} | place.desk(self.login).cookie
            answer = place.client.request(method, url, json=body, headers=headers)
            place.client.cookies.clear()
            return answer.status_code, answer.text

        if self.body is not None:
            for member in FORGED.keys() - self.body.keys():
                status, said = send({**self.body, member: FORGED[member]})
                assert status == 422, (member, status, said)
        status, said = send(FORGED if self.body is None else self.body)
        assert status in {200, 201, 202, 204}, (door, status, said)


@dataclass(frozen=True)
class Form(Send):
    """The same from a page with a form."""

    def go(self, place: Place, door: str) -> None:
        """As a browser sends it."""
        method, _, template = door.partition(" ")
        answer = place.client.request(
            method,
            template.format(**self.path),
            data=self.body,
            headers=place.desk(self.login).cookie,
            follow_redirects=False,
        )
        place.client.cookies.clear()
        assert answer.status_code < 400, (door, answer.status_code, answer.text)


def exercised(place: Place, door: str, prepare: Prepare) -> None:
    """Use a door and prove `state == fold(facts)`, that facts were only added and by whom, and
    that nothing else changed than what the door is there for.
    """
    act = prepare(place)
    place.clock.forward(timedelta(seconds=1))
    place.settle()
    signature = act.signature(place)
    before = place.ledger()
    act.go(place, door)
    after = place.ledger()

    assert_continued(before, after)
    new = after.since(before)
    _assert_touched(act, before, after, new)
    for one in new:
        signature.check(one.envelope)
    assert_folded(after, place.hot(), place.cold(), None if "snapshot" in act.own else new)


def _assert_touched(act: Exercise, before: Ledger, after: Ledger, new: list[Recorded]) -> None:
    changed = after.changed(before)
    missing = act.own - changed
    assert not missing, f"the exercise achieves nothing in {sorted(missing)}"
    allowed = act.own | IN_PASSING
    if act.facts:
        assert new, "the exercise records nothing"
        assert changed >= APPENDED
        assert after.requested - before.requested == len(new)  # each fact answers a request
        allowed |= APPENDED | MAY_COME
    assert changed <= allowed, f"{sorted(changed - allowed)} changed: is that this door's business?"
