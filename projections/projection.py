"""What a projection is: a fold of facts into tables. No clock, no letters, no other projection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, runtime_checkable

from psycopg import Cursor

from domain.codec import Body
from domain.fact import Fact
from domain.values import PayloadRef

F = TypeVar("F", bound=Fact)
T = TypeVar("T")


class Placed(NamedTuple):
    """A fact in its place in the school's log. `stored` is the bytes that the tree covers."""

    position: int
    stream: str
    version: int
    topic: str
    stored: bytes
    body: Body[Any]

    @property
    def fact(self) -> Fact:
        """The fact itself."""
        fact: Fact = self.body.fact
        return fact


class Place(NamedTuple):
    """Where a projection works: `tables` is the schema of its rows (the school's, or that of a
    rebuild or a replay), `log` the school's own (facts and vault).
    """

    tables: str
    log: str


class Projection(Protocol):
    """One projection of one school. It may keep what it has read in memory between batches:
    the projector makes a new one whenever a transaction fails or its tables are swapped.
    """

    @property
    def name(self) -> str:
        """With the version, as in the bookmark."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """What a rebuild makes anew."""
        ...

    @property
    def topics(self) -> frozenset[str]:
        """The facts it handles."""
        ...

    @property
    def ignored(self) -> frozenset[str]:
        """The facts it passes over on purpose; together with `topics` all there are."""
        ...

    def fold(self, batch: Sequence[Placed], cursor: Cursor[Any]) -> None:
        """Fold facts of its topics, in order, into rows; nothing outside of the cursor's
        transaction. The outcome must not depend on where batches end.
        """
        ...


@runtime_checkable
class Patient(Protocol):
    """A projection that may hold back what would be written again and again, while nobody reads its
    rows: what a batch has touched, until one has not touched it, or until `finish`.
    """

    holds_back: bool

    def finish(self, cursor: Cursor[Any]) -> None:
        """Write what is held back."""
        ...


def id_of(ref: PayloadRef | None) -> str | None:
    """The vault row that a fact points to, or None."""
    return None if ref is None else ref.id


def topics_of(*facts: type[Fact]) -> frozenset[str]:
    """Topics of kinds of facts."""
    return frozenset(fact.TOPIC for fact in facts)


class Handlers(Generic[T]):
    """A table of handlers by kind of fact: handler(projection, fact, placed)."""

    def __init__(self) -> None:
        self._by_kind: dict[type[Fact], Callable[[T, Any, Placed], None]] = {}

    def on(self, kind: type[F]) -> Callable[[Callable[[T, F, Placed], None]], None]:
        """Decorate the handler of a kind of fact."""

        def remember(handler: Callable[[T, F, Placed], None]) -> None:
            self._by_kind[kind] = handler

        return remember

    def handle(self, to: T, one: Placed) -> None:
        """Call the handler of a fact. Raises KeyError for a fact of another topic."""
        fact = one.body.fact
        self._by_kind[type(fact)](to, fact, one)

    def topics(self) -> frozenset[str]:
        """What the handlers registered so far handle."""
        return frozenset(kind.TOPIC for kind in self._by_kind)
