"""given(facts).when(decision).then(facts): specifications of the domain.

No database, no clock. A decision must be pure (the states are compared before and after), its
facts must survive storage and be folded by their state; a refusal must name itself in Russian.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from domain.audit.state import Audit
from domain.codec import Envelope, Recorded, decode, encode
from domain.fact import Fact
from domain.journal.state import Journal
from domain.office.state import Office
from domain.people.state import Person
from domain.refusals import Refusal
from domain.values import Origin, Role
from domain.world import S, State, audit_id, fold, office_id
from tests.cast import ANNA, CLASS_7A, PETYA, SCHOOL

#: Wednesday, 2 September 2026, noon in Moscow.
T0 = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)
YEAR = 2026

SALT = "AAAAAAAAAAAAAAAAAAAAAA"


def envelope(by: str = ANNA, at: datetime = T0, role: Role = Role.TEACHER) -> Envelope:
    """Who and when of a fact, where a test does not care for the rest."""
    return Envelope(at=at, by=by, role=role, session="s", salt=SALT, origin=Origin.PERSON)


class Past(msgspec.Struct, frozen=True):
    """A fact that happened to somebody in particular, or at another moment than T0."""

    fact: Fact
    stream: str = ""
    by: str = ANNA
    at: datetime = T0


def past(fact: Fact, *, stream: str = "", by: str = ANNA, at: datetime = T0) -> Past:
    """`fact` on `stream` (else class 7а, the office, or Petya: by its topic)."""
    return Past(fact, stream, by, at)


class Known:
    """The states that a pure decision may ask for."""

    def __init__(self) -> None:
        self.states: dict[str, State] = {}

    @property
    def journal(self) -> Journal:
        return self.journal_of(CLASS_7A)

    def journal_of(self, class_id: str) -> Journal:
        return self._state(class_id, Journal)

    @property
    def office(self) -> Office:
        return self._state(office_id(SCHOOL, YEAR), Office)

    def person(self, person_id: str = PETYA) -> Person:
        return self._state(person_id, Person)

    @property
    def audit(self) -> Audit:
        return self._state(audit_id(SCHOOL), Audit)

    def happen(self, one: Fact | Past) -> None:
        """Store a fact, read it back, fold it."""
        event = one if isinstance(one, Past) else past(one)
        state = self._home(event)
        stored = encode(envelope(event.by, event.at), event.fact)
        body = decode(event.fact.TOPIC, stored)
        assert body.fact == event.fact
        number = UUID(next(stream for stream, s in self.states.items() if s is state))
        fold(state, [Recorded(number, state.version + 1, body, body.fact)])

    def stored(self) -> bytes:
        """Everything known, as bytes."""
        return msgspec.msgpack.encode({k: s for k, s in self.states.items() if s.version})

    def _home(self, event: Past) -> State:
        kind = event.fact.TOPIC.partition(".")[0]
        if kind == "journal":
            return self.journal_of(event.stream or CLASS_7A)
        if kind == "audit":
            return self.audit
        return self.office if kind == "office" else self.person(event.stream or PETYA)

    def _state(self, stream: str, kind: type[S]) -> S:
        state = self.states.setdefault(stream, kind(stream))
        assert isinstance(state, kind)
        return state


Decision = Callable[[Known], Iterable[Fact]]


class given:  # noqa: N801 - reads as a sentence
    """What has happened so far."""

    def __init__(self, *happened: msgspec.Struct) -> None:
        self.world = Known()
        for one in happened:
            assert isinstance(one, Fact | Past)
            self.world.happen(one)
        self._decision: Decision | None = None

    def when(self, decision: Decision) -> given:
        """What somebody wants to do, of the states that it needs."""
        self._decision = decision
        return self

    def then(self, *expected: Fact) -> given:
        """These facts follow, and no others. They have happened now."""
        assert self._decided() == list(expected)
        for fact in expected:
            self.world.happen(fact)
        return self

    def then_nothing_happens(self) -> None:
        """The command is done already."""
        assert self._decided() == []

    def and_again_nothing_happens(self) -> None:
        """Repeating the done command yields no facts."""
        self.then_nothing_happens()

    def then_refused(self, kind: type[Refusal], code: str) -> Refusal:
        """Refused by this name, with a sentence for a person, and no trace."""
        with pytest.raises(Refusal) as caught:
            self._decided()
        refusal = caught.value
        assert (type(refusal), refusal.code) == (kind, code)
        assert re.match(r"[А-ЯЁ«0-9].*[.»]$", refusal.message, re.DOTALL), refusal.message
        return refusal

    def _decided(self) -> list[Fact]:
        assert self._decision is not None
        before = self.world.stored()
        try:
            return list(self._decision(self.world))
        finally:
            assert self.world.stored() == before, "a decision does not change what it sees"
