"""The whole import decided before its first append, by the same commands that will be appended.

A `Rehearsal` stands where the engine stands: the school's own methods hand it their decisions, it
decides them against a private copy of the states and folds the facts there. What comes out is the
list of facts and, for each state that was looked at, the version it had. The commit decides nothing
again: it checks the versions and appends the facts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from domain.access import Actor, Right
from domain.codec import Envelope, Recorded
from domain.fact import Fact
from domain.office.state import Office
from domain.refusals import Conflict, Refusal
from domain.world import S, Streams, World
from domain.writing import Answer, Command, Decide, Decided, Payload, Receipt, Request

#: A row that begins beyond this goes to the next append, but no row is torn in two. People at
#: their desks must not wait long behind an import: about 5,000 facts at most.
FACTS_PER_APPEND = 4_500
#: Well below the engine's number of hot states: an append must not push out its own streams.
STREAMS_PER_APPEND = 2_500

_EVERYTHING = 1 << 40  # hot states of a rehearsal: it forgets nothing


class _Unless:
    """Streams, except that nothing is asked about ids which were made a moment ago."""

    def __init__(self, streams: Streams, fresh: set[str]) -> None:
        self._streams = streams
        self._fresh = fresh

    def snapshot(self, stream: UUID, kind: type[S]) -> S | None:
        return None if str(stream) in self._fresh else self._streams.snapshot(stream, kind)

    def facts(self, stream: UUID, after: int) -> Iterator[Recorded]:
        if str(stream) not in self._fresh:
            yield from self._streams.facts(stream, after)


class _Watched(World):
    """A private world that notes which states are looked at, and their versions."""

    def __init__(self, streams: Streams, fresh: set[str]) -> None:
        super().__init__(_Unless(streams, fresh), _EVERYTHING)
        self.seen: dict[str, tuple[type, int]] = {}

    def state(self, stream: str, kind: type[S]) -> S:
        found = super().state(stream, kind)
        self.seen.setdefault(stream, (kind, found.version))
        return found


class Part(msgspec.Struct):
    """What one append of an import writes, and the versions it was decided on."""

    right: Right
    facts: list[tuple[str, Fact]] = []
    payloads: list[Payload] = []
    seen: dict[str, tuple[type, int]] = {}


class Rehearsal:
    """Decides commands at once, in order. Put in the place of an `Engine`.

    `ids` makes new ids; those that `new_id` has handed out are known to have no facts yet.
    """

    def __init__(self, streams: Streams, at: datetime, ids: Callable[[], str]) -> None:
        self._fresh: set[str] = set()
        self._ids = ids
        self.world = _Watched(streams, self._fresh)
        self.parts: list[Part] = []
        self._at = at
        self._between_rows = True

    def new_id(self) -> str:
        """A fresh UUIDv4 string."""
        number = self._ids()
        self._fresh.add(number)
        return number

    def begin_row(self) -> None:
        """What follows belongs to another row of the file: an append may end here."""
        self._between_rows = True

    def submit(self, school: str, command: Command) -> Answer:
        """Decide against the private world; the answer is a receipt without a position."""
        del school
        world, answer = self.world, Answer()
        world.seen = {}
        try:
            decided = command.decide(world, self._at)
        except Refusal as refusal:
            answer.set_exception(refusal)
            return answer
        versions = world.seen
        for stream, fact in decided.facts:
            world.kind_of(stream, fact.TOPIC)
            world.tentative(stream, _envelope(command.actor, decided.right, self._at), fact)
        if decided.facts:
            self._keep(decided, versions)
        answer.set_result(Receipt(0, len(decided.facts), self._at))
        return answer

    def _keep(self, decided: Decided, versions: dict[str, tuple[type, int]]) -> None:
        part = self.parts[-1] if self.parts else None
        full = part is not None and (
            len(part.facts) >= FACTS_PER_APPEND or len(part.seen) >= STREAMS_PER_APPEND
        )
        if part is None or part.right != decided.right or (full and self._between_rows):
            part = Part(decided.right)
            self.parts.append(part)
        self._between_rows = False
        part.facts += decided.facts
        part.payloads += decided.payloads
        for stream, version in versions.items():
            part.seen.setdefault(stream, version)  # the version before the part's own facts


def _envelope(actor: Actor, right: Right, at: datetime) -> Envelope:
    return Envelope(
        at=at,
        by=actor.person_id,
        role=right.role,
        session=actor.session,
        salt="",
        basis=right.basis,
    )


def as_decision(part: Part) -> Decide:
    """The decision that appends a part if every state still is what the rehearsal saw.

    It raises Conflict otherwise: nothing of the part is recorded.
    """

    def decide(world: World, at: datetime) -> Decided:
        del at
        for stream, (kind, version) in part.seen.items():
            if world.state(stream, kind).version != version:
                raise Conflict(
                    "import.changed_meanwhile",
                    "Пока шла загрузка, журнал изменился. Повторите команду: "
                    "что уже записано, второй раз не запишется.",
                )
            if kind is Office:
                world.cited = max(world.cited, version)
        return Decided(part.right, part.facts, payloads=part.payloads)

    return decide


def requests_of(plan_hash: str, nonce: str, parts: Sequence[Part]) -> Iterable[Request]:
    """A request per part. A commit sent twice is answered, not recorded, the second time.

    `nonce` belongs to one preparation: another one of the same plan has other ids in its facts and
    must not take this one's parts for its own.
    """
    for number in range(1, len(parts) + 1):
        said = f"letopis import\n{plan_hash}\n{nonce}\n{number}"
        digest = hashlib.sha256(said.encode()).digest()
        yield Request(digest[:16], digest[16:])
