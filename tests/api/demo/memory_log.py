"""A school's log in memory, for tests of the demonstration that need no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent

from domain.codec import FactMapper, Recorded
from domain.world import EPOCH, S
from domain.writing import Answered, Batch, Head, Payload, Repeated


class MemoryLog:
    """Keeps stored bytes in order, as the database does."""

    def __init__(self) -> None:
        # Its two methods need no transcoder.
        self.mapper: Mapper[UUID] = FactMapper.__new__(FactMapper)
        self.events: list[StoredEvent] = []
        self.streams: dict[UUID, list[StoredEvent]] = {}
        self.payloads: dict[str, Payload] = {}
        self.requests: dict[bytes, Answered] = {}
        self.at = EPOCH
        self.appends = 0

    def head(self) -> Head:
        return Head(len(self.events), self.at)

    def since(self, position: int) -> Iterator[Recorded]:
        for event in self.events[position:]:
            yield self._recorded(event)

    def facts(self, stream: UUID, after: int) -> Iterator[Recorded]:
        for event in self.streams.get(stream, ()):
            if event.originator_version > after:
                yield self._recorded(event)

    def snapshot(self, stream: UUID, kind: type[S]) -> S | None:
        return None

    def answered(self, keys: Sequence[bytes]) -> dict[bytes, Answered]:
        return {key: self.requests[key] for key in keys if key in self.requests}

    def locked(self) -> AbstractContextManager[None]:
        return nullcontext()

    def append(self, batch: Batch) -> int:
        if any(key in self.requests for key, *_ in batch.requests):
            raise Repeated
        self.appends += 1
        before = len(self.events)
        self.events += batch.events
        for event in batch.events:
            self.streams.setdefault(UUID(str(event.originator_id)), []).append(event)
        for key, fingerprint, offset, count in batch.requests:
            self.requests[key] = Answered(fingerprint, before + offset, count)
        self.payloads.update({one.id: one for one in batch.payloads})
        self.at = batch.at
        return len(self.events)

    def _recorded(self, event: StoredEvent) -> Recorded:
        recorded = self.mapper.to_domain_event(event)
        assert isinstance(recorded, Recorded)
        return recorded
