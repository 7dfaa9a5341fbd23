"""An engine over logs in memory, with a clock that tests set."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from domain.access import Actor, Right
from domain.engine import Engine
from domain.fact import Fact
from domain.people import decisions
from domain.people import facts as f
from domain.school import School
from domain.values import Origin, PayloadRef, Role
from domain.world import World
from domain.writing import Answer, Command, Decide, Decided, Payload, Request
from tests.cast import ALLA, SCHOOL, an_id
from tests.domain.memory_log import MemoryLog
from tests.specs import T0

ACTOR = Actor(ALLA, "s")
OPERATOR = Actor(ALLA, "s", Origin.JOB, operator=True)
RIGHT = Right(Role.ADMINISTRATOR, "appointment")
SLUG = "kukarino"
WAIT_S = 10
DAY = timedelta(days=1)

_requests = count(1)


def request(number: int | None = None, body: str = "") -> Request:
    """A fresh request, or the one of that number."""
    number = next(_requests) + 1_000_000 if number is None else number
    return Request(UUID(int=number).bytes, UUID(an_id(body)).bytes)


def salts() -> Callable[[], str]:
    """Salts as a real source spells them, the same in every run."""
    numbers = count()
    return lambda: urlsafe_b64encode(next(numbers).to_bytes(16)).rstrip(b"=").decode()


def ids() -> Callable[[], str]:
    """Ids in the one spelling, the same in every run."""
    numbers = count()
    return lambda: an_id(f"id {next(numbers)}")


class Room:
    """One engine, its logs by school, its clock, and what it told of its commits."""

    def __init__(self, *, hot: int = 4_000, group: int = 256, queue_limit: int = 2_000) -> None:
        self.logs: dict[str, MemoryLog] = {}
        self.now = T0
        self.commits: list[tuple[str, int]] = []
        self.engine = Engine(
            self.log,
            clock=lambda: self.now,
            salts=salts(),
            on_commit=lambda school, position: self.commits.append((school, position)),
            hot=hot,
            group=group,
            queue_limit=queue_limit,
        )

    def log(self, slug: str = SLUG) -> MemoryLog:
        return self.logs.setdefault(slug, MemoryLog())

    def school(self, slug: str = SLUG) -> School:
        return School(self.engine, slug, SCHOOL, ids=ids(), salts=salts())

    def submit(self, decide: Decide, of: Request | None = None, *, slug: str = SLUG) -> Answer:
        return self.engine.submit(slug, Command(ACTOR, decide, of or request()))

    @contextmanager
    def together(self, slug: str = SLUG) -> Iterator[None]:
        """Everything submitted inside waits for the engine in one queue."""
        log = self.log(slug)
        with log.closed():
            plug = self.submit(nobody, slug=slug)
            assert log.reached.wait(WAIT_S)
            yield
        plug.result(WAIT_S)


def nobody(world: World, at: datetime) -> Decided:
    """A decision that decides nothing."""
    return Decided(RIGHT, [])


def register(*names: str, kind: f.PersonKind = "pupil", payloads: Sequence[Payload] = ()) -> Decide:
    """Persons, each on a stream of its own; done once."""

    def decide(world: World, at: datetime) -> Decided:
        facts: list[tuple[str, Fact]] = [
            (an_id(name), fact)
            for name in names
            for fact in decisions.register(world.person(an_id(name)), kind, text_of(name))
        ]
        return Decided(RIGHT, facts, payloads=payloads)

    return decide


def issue(name: str, times: int = 1) -> Decide:
    """Credentials handed out: a fact each time it is decided."""

    def decide(world: World, at: datetime) -> Decided:
        decisions.known(world.person(an_id(name)))
        return Decided(RIGHT, [(an_id(name), f.AccountIssued(an_id(name)))] * times)

    return decide


def text_of(name: str) -> PayloadRef:
    return PayloadRef(an_id(f"имя: {name}"), "A" * 43)
