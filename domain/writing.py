"""What passes through the write door: commands and their requests, batches, receipts, the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent

from domain.access import Actor, Right
from domain.codec import Recorded
from domain.fact import Fact
from domain.world import Streams, World


class Request(NamedTuple):
    """A command's idempotency: key (16 bytes, of person and key) and fingerprint of the body."""

    key: bytes
    fingerprint: bytes


class Payload(NamedTuple):
    """A text about a person, stored in the vault in the same transaction as its fact.

    `subject` is the person it is about. `hash` of the fact is SHA-256(salt ‖ UTF-8 body).
    """

    id: str
    subject: str
    kind: str
    body: str
    salt: bytes


class Decided(NamedTuple):
    """The outcome of a decision: by what right, which facts on which streams, in order."""

    right: Right
    facts: Sequence[tuple[str, Fact]]
    erased: Sequence[str] = ()  # vault rows that leave with these facts
    payloads: Sequence[Payload] = ()  # vault rows that come with these facts


class Receipt(NamedTuple):
    """Where a command's facts are: the last position, their number, when."""

    position: int
    facts: int
    at: datetime | None = None


class Answered(NamedTuple):
    """A request that the log already holds."""

    fingerprint: bytes
    position: int
    facts: int


class Head(NamedTuple):
    """The last position and moment of a school's log."""

    position: int
    at: datetime


class Moved(Exception):  # noqa: N818
    """Somebody appended since: nothing was written."""


class Repeated(Exception):  # noqa: N818
    """Some of the requests are in the log already: nothing was written."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything that one append writes in one transaction."""

    events: Sequence[StoredEvent]
    at: datetime
    expected: int
    requests: Sequence[tuple[bytes, bytes, int, int]]  # key, fingerprint, offset of last, count
    payloads: Sequence[Payload]
    erased: Sequence[str]
    minted: Sequence[str] = ()  # ids that must be new in the school


class Log(Streams, Protocol):
    """One school's log, as the engine needs it (`projections.postgres.log.SchoolLog`)."""

    mapper: Mapper[UUID]

    def head(self) -> Head: ...

    def since(self, position: int) -> Iterable[Recorded]: ...

    def append(self, batch: Batch) -> int:
        """Append and answer the last position. Raises Moved, Repeated, IntegrityError."""
        ...

    def locked(self) -> AbstractContextManager[None]:
        """Hold the head, so that nobody else appends until the end of the block."""
        ...

    def answered(self, keys: Sequence[bytes]) -> dict[bytes, Answered]: ...


Decide = Callable[[World, datetime], Decided]


@dataclass(slots=True)
class Command:
    """One command in the queue. `decide` is pure over the world and the moment."""

    actor: Actor
    decide: Decide
    request: Request
    future: Future[Receipt] = field(default_factory=Future)
