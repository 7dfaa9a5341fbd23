"""What passes through the write door: commands and their requests, batches, receipts, the log."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import NamedTuple, Protocol
from uuid import UUID

from eventsourcing.persistence import Mapper, StoredEvent

from domain.access import Actor, Right
from domain.codec import Recorded
from domain.fact import Fact
from domain.world import Streams, World

logger = logging.getLogger(__name__)


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


class Answer:
    """What will become of a command: a receipt, or what it was refused with; given once.

    As a `concurrent.futures.Future` that nobody cancels, but without its lock and condition, which
    took as long as deciding about a mark: an append to a deque and a pop from it are atomic.
    """

    __slots__ = ("_callbacks", "_fault", "_receipt")

    def __init__(self) -> None:
        self._receipt: Receipt | None = None
        self._fault: BaseException | None = None
        self._callbacks: deque[Callable[[Answer], object]] = deque()

    def done(self) -> bool:
        """It is given."""
        return self._receipt is not None or self._fault is not None

    def set_result(self, receipt: Receipt) -> None:
        """The command was carried out. Raises RuntimeError when an answer was given before."""
        self._once()
        self._receipt = receipt
        self._tell()

    def set_exception(self, fault: BaseException) -> None:
        """The command was not carried out. Raises RuntimeError as `set_result`."""
        self._once()
        self._fault = fault
        self._tell()

    def add_done_callback(self, call: Callable[[Answer], object]) -> None:
        """`call(self)` once it is given: at once, or in the thread that gives it."""
        self._callbacks.append(call)
        if self.done():
            self._tell()

    def result(self, timeout: float | None = None) -> Receipt:
        """The receipt, waited for `timeout` s. Raises what it was refused with, TimeoutError."""
        fault = self.exception(timeout)
        if fault is not None:
            raise fault
        assert self._receipt is not None  # noqa: S101 - one of the two is given
        return self._receipt

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """What it was refused with, waited for `timeout` s; None: nothing. Raises TimeoutError."""
        if not self.done():
            given = Event()
            self.add_done_callback(lambda _: given.set())
            if not given.wait(timeout):
                raise TimeoutError
        return self._fault

    def _once(self) -> None:
        if self.done():
            raise RuntimeError("a command is answered once")

    def _tell(self) -> None:
        """Every callback once, whichever of two threads gets here."""
        while self._callbacks:
            try:
                call = self._callbacks.popleft()
            except IndexError:
                return
            try:
                call(self)
            except Exception:
                logger.exception("engine: an answer did not reach who asked")


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
    future: Answer = field(default_factory=Answer)
