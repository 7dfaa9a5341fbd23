"""A school's log in memory, for tests of the demonstration that need no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.codec import FactMapper, Recorded
from domain.engine import Answered, Batch, Head, Payload, Repeated
from domain.world import EPOCH, S


class MemoryLog:
    """Keeps stored bytes in order, as the database does."""

    def __init__(self) -> None:
        self.mapper = FactMapper.__new__(FactMapper)  # its two methods need no transcoder
        self.events: list[StoredEvent] = []
        self.streams: dict[UUID, list[StoredEvent]] = {}
        self.payloads: dict[str, Payload] = {}
        self.requests: dict[bytes, Answered] = {}
        self.at = EPOCH
        self.appends = 0
        #: Appends after which the power is cut; None for never.
        self.fails_after: int | None = None

    def head(self) -> Head:
        return Head(len(self.events), self.at)

    def since(self, position: int) -> Iterator[Recorded]:
        for event in self.events[position:]:
            yield self.mapper.to_domain_event(event)  # type: ignore[misc]

    def facts(self, stream: UUID, after: int) -> Iterator[Recorded]:
        for event in self.streams.get(stream, ()):
            if event.originator_version > after:
                yield self.mapper.to_domain_event(event)  # type: ignore[misc]

    def snapshot(self, stream: UUID, kind: type[S]) -> S | None:
        return None

    def answered(self, keys: Sequence[bytes]) -> dict[bytes, Answered]:
        return {key: self.requests[key] for key in keys if key in self.requests}

    def locked(self) -> AbstractContextManager[None]:
        return nullcontext()

    def append(self, batch: Batch) -> int:
        if self.fails_after is not None and self.appends >= self.fails_after:
            raise KeyError("the power is cut")
        if any(key in self.requests for key, *_ in batch.requests):
            raise Repeated
        self.appends += 1
        before = len(self.events)
        self.events += batch.events
        for event in batch.events:
            self.streams.setdefault(event.originator_id, []).append(event)
        for key, fingerprint, offset, count in batch.requests:
            self.requests[key] = Answered(fingerprint, before + offset, count)
        self.payloads.update({one.id: one for one in batch.payloads})
        self.at = batch.at
        return len(self.events)
