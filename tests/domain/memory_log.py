"""A school's log in memory, with the manners of the real one and faults on demand."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import msgspec
from eventsourcing.persistence import IntegrityError, JSONTranscoder, Mapper, StoredEvent

from domain.codec import FactMapper, Recorded, recorded
from domain.world import EPOCH, S, State
from domain.writing import Answered, Batch, Head, Moved, Payload, Repeated

Fault = Callable[[], None]


class MemoryLog:
    """`before` and `after` an append run scripted faults, one each time; after = COMMIT is done."""

    mapper: Mapper[UUID]

    def __init__(self) -> None:
        self.mapper = FactMapper(JSONTranscoder())
        self.events: list[StoredEvent] = []
        self.batches: list[Batch] = []
        self.vault: dict[str, Payload] = {}
        self.requests: dict[bytes, Answered] = {}
        self.at = EPOCH
        self.before: deque[Fault] = deque()
        self.after: deque[Fault] = deque()
        self.reading: deque[Fault] = deque()
        self.heads: deque[Fault] = deque()
        self.held = 0  # how often the head was held
        self.reads = 0  # how many streams were read
        self.snapshots: dict[UUID, State] = {}
        self._gate = threading.Event()
        self._gate.set()
        self.reached = threading.Event()

    # -- for tests -------------------------------------------------------------------------

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Nobody gets past the head until the end of the block: a queue can build up."""
        self._gate.clear()
        self.reached.clear()
        try:
            yield
        finally:
            self._gate.set()

    def recorded(self) -> list[Recorded]:
        """Everything in the log, in order."""
        return [_recorded(e) for e in self.events]

    def topics(self) -> list[str]:
        return [event.topic for event in self.events]

    # -- what the engine needs -------------------------------------------------------------

    def head(self) -> Head:
        self.reached.set()
        assert self._gate.wait(10)
        _next(self.heads)
        return Head(len(self.events), self.at)

    def snapshot(self, stream: UUID, kind: type[S]) -> S | None:
        found = self.snapshots.get(stream)
        return msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=kind) if found else None

    def facts(self, stream: UUID, after: int) -> Iterator[Recorded]:
        self.reads += 1
        _next(self.reading)
        mine = (e for e in self.events if e.originator_id == stream)
        return (_recorded(e) for e in mine if e.originator_version > after)

    def since(self, position: int) -> Iterator[Recorded]:
        return iter(self.recorded()[position:])

    def append(self, batch: Batch) -> int:
        _next(self.before)
        if batch.expected != len(self.events):
            raise Moved
        if any(key in self.requests for key, *_ in batch.requests):
            raise Repeated
        places = {(e.originator_id, e.originator_version) for e in self.events}
        new = [(e.originator_id, e.originator_version) for e in batch.events]
        if len(set(new)) < len(new) or not places.isdisjoint(new):
            raise IntegrityError
        assert batch.at >= self.at, "the head only grows"
        for key, fingerprint, offset, count in batch.requests:
            self.requests[key] = Answered(fingerprint, batch.expected + offset, count)
        self.events += batch.events
        self.vault |= {payload.id: payload for payload in batch.payloads}
        for number in batch.erased:
            self.vault.pop(number, None)
        self.at = batch.at
        self.batches.append(batch)
        _next(self.after)
        return len(self.events)

    @contextmanager
    def locked(self) -> Iterator[None]:
        self.held += 1
        yield

    def answered(self, keys: Sequence[bytes]) -> dict[bytes, Answered]:
        return {key: self.requests[key] for key in keys if key in self.requests}


def _recorded(e: StoredEvent) -> Recorded:
    return recorded(UUID(str(e.originator_id)), e.originator_version, e.topic, e.state)


def _next(script: deque[Fault]) -> None:
    if script:
        script.popleft()()


def fail(fault: Exception) -> Fault:
    """A fault that raises."""

    def now() -> None:
        raise fault

    return now


def nothing() -> None:
    """No fault this time."""
