"""Hot states of one school, and what a decision sees of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Protocol, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.audit import state as audit_state
from domain.audit.state import Audit
from domain.codec import Envelope, Recorded
from domain.fact import Fact
from domain.journal import folding as journal_folding
from domain.journal.state import Journal
from domain.office import state as office_state
from domain.office.state import Office
from domain.people import state as person_state
from domain.people.state import Person
from domain.refusals import NotFound

State = Journal | Office | Person | Audit
S = TypeVar("S", Journal, Office, Person, Audit)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: state → (topic prefix, fold of one fact)
FOLDS: dict[type, tuple[str, Callable[..., None]]] = {
    Journal: ("journal.", journal_folding.evolve),
    Office: ("office.", office_state.evolve),
    Person: ("person.", person_state.evolve),
    Audit: ("audit.", audit_state.evolve),
}


class Streams(Protocol):
    """What the world reads: a stored state, and the facts of a stream after a version."""

    def snapshot(self, stream: UUID, kind: type[S]) -> S | None:
        """The newest stored state of this very shape, or None."""
        ...

    def facts(self, stream: UUID, after: int) -> Iterable[Recorded]:
        """Facts of a stream with a version above `after`, in order."""
        ...


@cache
def office_id(school_id: str, year: int) -> str:
    """The stream of a school's office in a year: derived, for it belongs to no person."""
    return str(uuid5(NAMESPACE_URL, f"letopis:{school_id}:office:{year}"))


@cache
def audit_id(school_id: str) -> str:
    """The stream of a school's log about itself."""
    return str(uuid5(NAMESPACE_URL, f"letopis:{school_id}:audit"))


def fold(state: State, facts: Iterable[Recorded]) -> None:
    """Fold recorded facts into a state in place."""
    _, evolve = FOLDS[type(state)]
    for recorded in facts:
        evolve(state, recorded.fact, recorded.envelope)
        state.version = recorded.originator_version


def empty(kind: type[S], stream: str) -> S:
    """The state of a stream without facts."""
    return kind(stream)


class World:
    """The states of one school that are in memory, loaded on first use, least used out first.

    A decision asks for what it needs; asking for the office is noted, because the envelope cites
    its version.
    """

    def __init__(self, streams: Streams, hot: int) -> None:
        self._streams = streams
        self._hot = hot
        self._states: OrderedDict[str, State] = OrderedDict()
        self.cited = 0

    def journal(self, class_id: str) -> Journal:
        """The journal of a class. Raises NotFound."""
        state = self.state(class_id, Journal)
        if state.version == 0:
            raise NotFound("class.unknown", "Такого класса нет.")
        return state

    def office(self, school_id: str, year: int) -> Office:
        """The office of a year. Raises NotFound."""
        state = self.state(office_id(school_id, year), Office)
        if state.version == 0:
            raise NotFound("year.unknown", f"Учебный год {year} не открыт.")
        self.cited = max(self.cited, state.version)
        return state

    def person(self, person_id: str) -> Person:
        """A person, known or not (version 0)."""
        return self.state(person_id, Person)

    def state(self, stream: str, kind: type[S]) -> S:
        """The state of a stream, empty when it has no facts. Raises NotFound for another kind."""
        found = self._states.get(stream)
        if found is None:
            found = self._load(stream, kind)
            self._states[stream] = found
        else:
            self._states.move_to_end(stream)
        if not isinstance(found, kind):
            raise NotFound("thing.unknown", "Такой записи нет.")
        return found

    def trim(self) -> None:
        """Let the least used states go. Between groups only: one with facts that are not appended
        yet must not be read again from the log.
        """
        while len(self._states) > self._hot:
            self._states.popitem(last=False)

    def version(self, stream: str) -> int:
        """The version of a state in memory, with the facts that are about to be appended."""
        return self._states[stream].version

    def tentative(self, stream: str, envelope: Envelope, fact: Fact) -> int:
        """Fold a fact that is about to be appended; answers its version in the stream."""
        state = self._states[stream]
        _, evolve = FOLDS[type(state)]
        evolve(state, fact, envelope)
        state.version += 1
        return state.version

    def kind_of(self, stream: str, topic: str) -> None:
        """Make sure that the stream is in memory before a fact of this topic is folded."""
        if stream not in self._states:
            for kind, (prefix, _) in FOLDS.items():
                if topic.startswith(prefix):
                    self.state(stream, kind)

    def forget(self, streams: Iterable[str]) -> None:
        """Drop states that may hold facts which were not appended after all."""
        for stream in streams:
            self._states.pop(stream, None)

    def forget_all(self) -> None:
        """Drop everything: the outcome of an append is not known."""
        self._states.clear()

    def catch_up(self, recorded: Recorded) -> None:
        """Fold a fact that another process has appended, if its stream is in memory."""
        state = self._states.get(str(recorded.originator_id))
        if state is not None and recorded.originator_version == state.version + 1:
            fold(state, (recorded,))
        elif state is not None and recorded.originator_version > state.version:
            self.forget((str(recorded.originator_id),))

    def _load(self, stream: str, kind: type[S]) -> S:
        number = UUID(stream)
        state = self._streams.snapshot(number, kind) or empty(kind, stream)
        prefix, _ = FOLDS[kind]
        facts = list(self._streams.facts(number, state.version))
        if facts and not facts[0].fact.TOPIC.startswith(prefix):
            raise NotFound("thing.unknown", "Такой записи нет.")
        fold(state, facts)
        return state
