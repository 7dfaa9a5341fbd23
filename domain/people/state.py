"""What decisions need to know of a person: kind, name in force, links, consents. Ids only."""

from __future__ import annotations

from datetime import date
from functools import singledispatch

import msgspec

from domain.codec import Envelope
from domain.fact import Fact
from domain.people import facts as f
from domain.people import standing, talks
from domain.people.standing_facts import FACTS, GlassBroken, StandingFact
from domain.people.talk_facts import FACTS as TALK_FACTS
from domain.people.talk_facts import TalkFact
from domain.values import PayloadRef


class Consent(msgspec.Struct, array_like=True):
    guardian_id: str
    purpose: str
    since: date
    until: date | None


class Person(msgspec.Struct):
    """The state of one person. `name` is None before registration and after erasure."""

    person_id: str
    version: int = 0
    kind: str = ""
    name: PayloadRef | None = None
    guardians: dict[str, date] = {}
    consents: list[Consent] = []
    erased: bool = False
    account: bool = False
    received: tuple[str, ...] = ()  # how the last issue was received
    standing: standing.Standing = msgspec.field(default_factory=standing.Standing)
    talks: dict[str, talks.Talk] = {}  # conversations that this person has begun


def evolve(state: Person, fact: Fact, envelope: Envelope) -> None:
    """Fold one fact. Raises TypeError for a fact of another stream."""
    _apply(fact, state)
    if isinstance(fact, TalkFact):
        talks.evolve(state.talks, state.person_id, fact, envelope.by)
    if isinstance(fact, GlassBroken):  # another person than this one is to review it
        state.standing.glasses[fact.glass_id].by = envelope.by


@singledispatch
def _apply(fact: Fact, _state: Person) -> None:
    raise TypeError(f"{type(fact).__name__} is not a fact of a person")


@_apply.register
def _registered(fact: f.PersonRegistered, s: Person) -> None:
    s.kind, s.name = fact.kind, fact.name


@_apply.register
def _renamed(fact: f.PersonRenamed, s: Person) -> None:
    s.name = fact.name


@_apply.register
def _payload_erased(_: f.PayloadErased, s: Person) -> None:
    """The texts of a person are not state."""


@_apply.register
def _erased(_: f.PersonErased, s: Person) -> None:
    s.name, s.erased = None, True


@_apply.register
def _linked(fact: f.GuardianLinked, s: Person) -> None:
    s.guardians[fact.guardian_id] = fact.since


@_apply.register
def _unlinked(fact: f.GuardianUnlinked, s: Person) -> None:
    s.guardians.pop(fact.guardian_id, None)


@_apply.register
def _consent(fact: f.ConsentGiven, s: Person) -> None:
    s.consents.append(Consent(fact.guardian_id, fact.purpose, fact.since, fact.until))


@_apply.register
def _documented(_: f.ConsentDocumented, s: Person) -> None:
    """Papers are not state."""


@_apply.register
def _withdrawn(fact: f.ConsentWithdrawn, s: Person) -> None:
    gone = (fact.guardian_id, fact.purpose)
    s.consents = [c for c in s.consents if (c.guardian_id, c.purpose) != gone]


@_apply.register
def _account(_: f.AccountIssued, s: Person) -> None:
    s.account, s.received = True, ()


@_apply.register
def _account_received(fact: f.AccountReceived, s: Person) -> None:
    s.received = (*s.received, fact.how)


@_apply.register
def _account_revoked(fact: f.AccountRevoked, s: Person) -> None:
    s.account, s.received = False, ()
    s.standing.suspected |= fact.reason == "suspicion"


def _standing(fact: StandingFact, s: Person) -> None:
    standing.evolve(s.standing, fact)


for _kind in FACTS:
    _apply.register(_kind, _standing)


def _talk(_: TalkFact, __: Person) -> None:
    """Folded with who said it: see `evolve`."""


for _kind in TALK_FACTS:
    _apply.register(_kind, _talk)
