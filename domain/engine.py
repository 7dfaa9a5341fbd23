"""The one write door: decide → one append → evolve, for every school of the process.

One thread owns the hot states and the only writing connection. Commands of a school that are
waiting share one append, so that they share its fsync. An append is a compare-and-swap on the
head of the school's log: whoever was overtaken folds the other's facts and decides again.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from functools import lru_cache, partial
from threading import Condition, Thread
from typing import NamedTuple
from uuid import UUID

from eventsourcing.persistence import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    StoredEvent,
)

from domain.access import Actor, Right
from domain.codec import Envelope, Recorded, UnknownFact
from domain.minting import minted
from domain.refusals import Busy, Conflict, Invalid, Refusal
from domain.world import World
from domain.writing import (
    Answer,
    Answered,
    Batch,
    Command,
    Decided,
    Head,
    Log,
    Moved,
    Receipt,
    Repeated,
)

logger = logging.getLogger(__name__)

RETRY_AFTER_S = 1
AWAY_ATTEMPTS = 6  # the database is away: 0.1 + 0.2 + … + 1.6 s, then 503


class _Ready(NamedTuple):
    command: Command
    stored: list[StoredEvent]
    decided: Decided


class _Outcome(NamedTuple):
    """What became of a group: written, and not written (a refusal, or nothing to do)."""

    ready: list[_Ready]
    idle: list[tuple[Command, Refusal | None]]
    known: dict[bytes, Answered]
    position: int
    at: datetime


class _OpenSchool:
    """A school that this process writes: its log, its hot states, its queue."""

    def __init__(self, log: Log, hot: int) -> None:
        self.log = log
        self.world = World(log, hot)
        self.queue: deque[Command] = deque()
        self.head: Head | None = None


class Engine:
    """Accepts commands from any thread; `submit` answers a future that resolves to a receipt.

    clock: the door's clock, aware UTC. salts: fresh 128-bit leaf salts, base64url.
    on_commit(school, position) is called in the engine's thread after each append.
    """

    def __init__(
        self,
        open_log: Callable[[str], Log],
        *,
        clock: Callable[[], datetime],
        salts: Callable[[], str],
        on_commit: Callable[[str, int], None] = lambda _school, _position: None,
        hot: int = 4_000,
        group: int = 256,
        queue_limit: int = 2_000,
    ) -> None:
        self._open_log = open_log
        self._clock = clock
        self._salts = salts
        self._on_commit = on_commit
        self._hot = hot
        self._group = group
        self._queue_limit = queue_limit
        self._schools: dict[str, _OpenSchool] = {}
        self._waiting: deque[str] = deque()  # schools with commands, in turn
        self._bell = Condition()
        self._closing = False
        self._thread = Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    def submit(self, school: str, command: Command) -> Answer:
        """Queue a command. Raises Busy when the school's queue is full or the engine closes."""
        with self._bell:
            if self._closing:
                raise Busy("engine.closing", "Сервер перезапускается.", retry_after=RETRY_AFTER_S)
            if school not in self._schools:
                self._schools[school] = _OpenSchool(self._open_log(school), self._hot)
            queue = self._schools[school].queue
            if len(queue) >= self._queue_limit:
                raise Busy(
                    "engine.queue_full", "Слишком много записей сразу.", retry_after=RETRY_AFTER_S
                )
            if not queue:
                self._waiting.append(school)
                self._bell.notify()
            queue.append(command)
        return command.future

    def world(self, school: str) -> World:
        """The hot states of a school: for the thread that wrote last, or a night job's reading."""
        return self._schools[school].world

    def log(self, school: str) -> Log:
        """The log of a school that has been written to."""
        return self._schools[school].log

    def close(self, timeout: float = 30.0) -> None:
        """Stop accepting, carry out what is queued, refuse what is left after `timeout` s."""
        with self._bell:
            self._closing = True
            self._bell.notify_all()
        self._thread.join(timeout)
        with self._bell:
            for school in self._schools.values():
                while school.queue:
                    self._refuse(school.queue.popleft(), "engine.closing", "Сервер остановлен.")

    # -- the engine's thread ---------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._bell:
                while not self._waiting and not self._closing:
                    self._bell.wait()
                if not self._waiting:
                    return
                name = self._waiting.popleft()
                school = self._schools[name]
                queue = school.queue
                group = [queue.popleft() for _ in range(min(self._group, len(queue)))]
                if queue:
                    self._waiting.append(name)
            group = _distinct(group)
            if group:
                self._commit_or_answer(name, school, group)

    def _commit_or_answer(self, name: str, school: _OpenSchool, group: list[Command]) -> None:
        """Whatever happens, every command of the group is answered."""
        try:
            self._commit(name, school, group)
        except Exception as fault:
            # Not a refusal: a fault of the program. Its waiter must learn it, the others' commands
            # are carried out one by one (their request keys keep them single), the thread goes on.
            logger.exception("engine: a group of %d commands failed", len(group))
            school.world.forget_all()
            school.head = None
            left = [command for command in group if not command.future.done()]
            if len(left) == 1:
                left[0].future.set_exception(fault)
            else:
                for command in left:
                    self._commit_or_answer(name, school, [command])

    def _commit(  # noqa: C901 - one loop, every way an append can end
        self, name: str, school: _OpenSchool, group: list[Command]
    ) -> None:
        """Append a group: optimistic first, then holding the head; one by one if it must be."""
        pending, away, locked = group, 0, False
        while pending:
            try:
                with school.log.locked() if locked else nullcontext():
                    outcome = self._append(school, pending, holding=locked)
            except Moved:
                locked = True
            except Repeated:
                pending = self._answer_repeated(school, pending)
            except IntegrityError as fault:
                school.world.forget_all()
                school.head = None
                if len(pending) == 1:
                    logger.warning("engine: %s", fault)
                    refusal = Conflict("log.conflict", "Запись с таким номером уже есть.")
                    pending[0].future.set_exception(refusal)
                    return
                for command in pending:
                    self._commit(name, school, [command])
                return
            except UnknownFact:  # another process has written what this program cannot read: from
                school.world.forget_all()  # here on only who needs it is refused
                school.head = None
            except Busy as busy:  # nothing is written here for now: the school is moving
                school.world.forget_all()
                school.head = None
                for command in pending:
                    if not command.future.done():
                        command.future.set_exception(busy)
                return
            except (OperationalError, InterfaceError):
                # The answer of a COMMIT may be lost: the request keys tell, on the next attempt.
                school.world.forget_all()
                school.head = None
                away += 1
                if away == AWAY_ATTEMPTS:
                    for command in pending:
                        self._refuse(command, "log.unavailable", "База данных недоступна.")
                    return
                time.sleep(0.05 * 2**away)
            else:
                self._resolve(outcome)
                if outcome.ready:
                    self._on_commit(name, outcome.position)
                return

    def _append(self, school: _OpenSchool, pending: list[Command], *, holding: bool) -> _Outcome:
        """Decide and append. Facts are written at the head that was decided on, or not at all; a
        group that writes nothing asks whether that head still stands. Raises Moved, Repeated.
        """
        school.world.trim()
        head = self._catch_up(school) if holding or school.head is None else school.head
        at = max(self._clock(), head.at)
        ready: list[_Ready] = []
        idle: list[tuple[Command, Refusal | None]] = []
        for command in pending:
            if command.future.done():
                continue
            one = self._decide(school, command, at)
            if isinstance(one, _Ready):
                ready.append(one)
            elif not command.future.done():
                idle.append((command, one))
        if ready:
            position = self._write(school, ready, head, at)
        else:
            position = head.position
            if not holding and school.log.head().position != position:
                raise Moved
        # Who writes nothing is answered after the neighbours' facts, on which the answer may stand.
        known = school.log.answered([command.request.key for command, _ in idle]) if idle else {}
        return _Outcome(ready, idle, known, position, at)

    def _write(self, school: _OpenSchool, ready: list[_Ready], head: Head, at: datetime) -> int:
        """One append; answers the last position. Raises Moved, Repeated."""
        events = [event for one in ready for event in one.stored]
        requests, offset = [], 0
        for one in ready:
            offset += len(one.stored)
            key, fingerprint = one.command.request
            requests.append((key, fingerprint, offset, len(one.stored)))
        batch = Batch(
            events,
            at,
            head.position,
            requests,
            [payload for one in ready for payload in one.decided.payloads],
            [number for one in ready for number in one.decided.erased],
            [number for one in ready for _, fact in one.decided.facts for number in minted(fact)],
        )
        try:
            position = school.log.append(batch)
        except (Moved, Repeated):
            school.world.forget({str(event.originator_id) for event in events})
            raise
        school.head = Head(position, at)
        return position

    def _catch_up(self, school: _OpenSchool) -> Head:
        """Fold what other processes have appended since our head."""
        if school.head is None:
            school.head = school.log.head()
            school.world.forget_all()
            return school.head
        head = school.log.head()
        if head.position != school.head.position:
            for recorded in school.log.since(school.head.position):
                school.world.catch_up(recorded)
            school.head = head
        return head

    def _decide(
        self, school: _OpenSchool, command: Command, at: datetime
    ) -> _Ready | Refusal | None:
        """Decide one command and fold its facts tentatively.

        Answers the refusal, or None when there is nothing to do. Everything is encoded before
        anything is folded: what cannot be stored leaves the states to the neighbours as they were.
        """
        world = school.world
        world.cited = 0
        try:
            decided = command.decide(world, at)
            new: list[Recorded] = []
            versions: dict[str, int] = {}
            for stream, fact in decided.facts:
                envelope = self._envelope(command.actor, decided.right, at, world.cited)
                world.kind_of(stream, fact.TOPIC)
                versions[stream] = versions.get(stream, world.version(stream)) + 1
                new.append(Recorded(_stream(stream), versions[stream], envelope, fact))
            stored = [school.log.mapper.to_stored_event(recorded) for recorded in new]
        except Refusal as refusal:
            return refusal
        except UnknownFact:
            logger.exception("engine: a stream holds what this program cannot read")
            return Busy(
                "program.outdated",
                "Здесь уже писала более новая версия программы: обновите страницу чуть позже.",
                retry_after=RETRY_AFTER_S,
            )
        except (OperationalError, InterfaceError):
            raise  # the database is away: the whole group tries again
        except Exception as fault:  # a fault of one command is its own, not its neighbours'
            logger.exception("engine: a decision failed")
            command.future.set_exception(fault)
            return None
        for (stream, fact), recorded in zip(decided.facts, new, strict=True):
            world.tentative(stream, recorded.envelope, fact)
        return _Ready(command, stored, decided) if stored else None

    def _envelope(self, actor: Actor, right: Right, at: datetime, cites: int) -> Envelope:
        return Envelope(
            at=at,
            by=actor.person_id,
            role=right.role,
            session=actor.session,
            salt=self._salts(),
            basis=right.basis,
            origin=actor.origin,
            cites=cites,
            acting_for=right.acting_for,
        )

    def _answer_repeated(self, school: _OpenSchool, pending: list[Command]) -> list[Command]:
        """Answer the requests that the log holds already; the rest is decided again."""
        known = school.log.answered([c.request.key for c in pending])
        for command in pending:
            if command.request.key in known and not command.future.done():
                self._answer(command, known[command.request.key])
        return [c for c in pending if not c.future.done()]

    @staticmethod
    def _answer(command: Command, known: Answered) -> None:
        if known.fingerprint == command.request.fingerprint:
            command.future.set_result(Receipt(known.position, known.facts))
        else:
            command.future.set_exception(_key_reused())

    @classmethod
    def _resolve(cls, outcome: _Outcome) -> None:
        last = outcome.position - sum(len(one.stored) for one in outcome.ready)
        for one in outcome.ready:
            last += len(one.stored)
            one.command.future.set_result(Receipt(last, len(one.stored), outcome.at))
        for command, refusal in outcome.idle:
            # Perhaps because this very request was carried out before.
            known = outcome.known.get(command.request.key)
            if known is not None:
                cls._answer(command, known)
            elif refusal is not None:
                command.future.set_exception(refusal)
            else:
                command.future.set_result(Receipt(outcome.position, 0, outcome.at))

    @staticmethod
    def _refuse(command: Command, code: str, why: str) -> None:
        if not command.future.done():
            command.future.set_exception(Busy(code, why, retry_after=RETRY_AFTER_S))


@lru_cache(maxsize=10_000)
def _stream(number: str) -> UUID:
    """The id of a stream; the same few hundred come again and again."""
    return UUID(number)


def _distinct(group: list[Command]) -> list[Command]:
    """A request sent twice at once is carried out once; its twin gets the same answer."""
    first: dict[bytes, Command] = {}
    for command in group:
        original = first.setdefault(command.request.key, command)
        if original is not command:
            original.future.add_done_callback(partial(_pass_on, original, command))
    return list(first.values())


def _pass_on(original: Command, twin: Command, done: Answer) -> None:
    fault = done.exception()
    if original.request.fingerprint != twin.request.fingerprint:
        twin.future.set_exception(_key_reused())
    elif fault is not None:
        twin.future.set_exception(fault)
    else:
        twin.future.set_result(done.result())


def _key_reused() -> Invalid:
    return Invalid(
        "request.key_reused",
        "Ключ Idempotency-Key уже был у другого запроса: возьмите новый.",
    )
