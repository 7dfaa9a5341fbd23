"""Rounds of load and kill -9: a seed makes up who dies and when; what comes of it is judged."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.crash.installation import DATABASE, EVERYTHING, PROCESSES, Installation, NeverCame
from tests.crash.judgement import Judge
from tests.crash.writers import Client, Command, Writing
from tests.crash.writers import Counter as Begun

VICTIMS = (*PROCESSES, DATABASE)
AFTERWARDS_S = 0.02  # a kill comes so long after a command was begun, at most
EVERYTHING_EVERY = 10  # rounds: the supervisor itself
CHECKS_EVERY = 4  # rounds: somebody asks for a check of the log


@dataclass(frozen=True)
class Round:
    """Who dies in it, after how many commands were begun and how long after that, in seconds."""

    number: int
    victims: tuple[str, ...]
    after: int
    pause_s: float


@dataclass(frozen=True)
class Size:
    """How large a run is. `commands`: of a client in a round. A replay folds the whole log again,
    which takes longest: it may be every so many rounds; what was wrong once is wrong then, too.
    """

    rounds: int
    commands: int = 20
    replay_every: int = 1
    seconds: float = math.inf  # after which no other round is begun


@dataclass
class Outcome:
    """What a run has come to. `findings`: round → sentences; none of them is good."""

    seed: int
    rounds: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    acknowledged: int = 0
    repeated: int = 0  # acknowledged only after a try that was not answered
    refused: int = 0
    given_up: int = 0
    given_up_present: int = 0
    facts: int = 0
    seals: int = 0
    checks: int = 0
    longest_s: float = 0.0  # from a kill to everything acknowledged and shown
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return vars(self) | {"killed": dict(self.killed)}


def plan(seed: int, size: Size, clients: int) -> list[Round]:
    """Every victim comes in turn, in an order of its own each time; sometimes two at once."""
    chance = random.Random(seed)
    order: list[str] = []
    planned = []
    for number in range(1, size.rounds + 1):
        if not order:
            order = chance.sample(VICTIMS, len(VICTIMS))
        victims = [order.pop()]
        if chance.random() < 0.25:
            victims.append(chance.choice([one for one in VICTIMS if one not in victims]))
        if number % EVERYTHING_EVERY == 0:
            victims = [EVERYTHING]
        after = chance.randint(1, clients * size.commands)
        planned.append(Round(number, tuple(victims), after, chance.random() * AFTERWARDS_S))
    return planned


def run(
    on: Installation, seed: int, size: Size, told: Callable[[Round, list[str]], None]
) -> Outcome:
    """All the rounds, then everything once more. told: of each round, as it is over."""
    started = time.monotonic()
    story = _Story(on, seed, size)
    outcome = story.outcome
    try:
        with ThreadPoolExecutor(len(story.clients)) as threads:
            for one in plan(seed, size, len(story.writings)):
                if time.monotonic() - started > size.seconds:
                    break
                told(one, story.round(one, threads))
        story.end()
    except NeverCame as late:  # what is not there cannot be judged
        outcome.findings.append(f"after round {outcome.rounds}: {late}")
    finally:
        for client in story.clients:
            client.close()
    outcome.seconds = time.monotonic() - started
    return outcome


class _Story:
    """Who writes, and what has come of it so far."""

    def __init__(self, on: Installation, seed: int, size: Size) -> None:
        self._on, self._seed, self._size = on, seed, size
        self.outcome = Outcome(seed)
        laid = on.laid
        self.writings = [
            Writing(laid, teacher, random.Random(f"{seed}/{n}"))
            for n, teacher in enumerate(laid.teachers)
        ]
        # the last one asks for checks of the log
        self.clients = [Client(on.port, on.tokens[one]) for one in (*laid.teachers, laid.deputy)]
        self._judge = Judge(on)
        self._checks: list[str] = []

    def round(self, one: Round, threads: ThreadPoolExecutor) -> list[str]:
        """One round and what is wrong after it."""
        commands = [writing.round(self._size.commands) for writing in self.writings]
        asked = self._asked(one.number)
        found = _round(self._on, one, threads, self.clients, [*commands, asked], self.outcome)
        replays = one.number % self._size.replay_every == 0 or one.number == self._size.rounds
        done = [command for batch in commands for command in batch]
        found += self._judge.round(done, replays=replays)
        named = f"round {one.number} ({', '.join(one.victims)})"
        self.outcome.findings += [f"{named}: {wrong}" for wrong in found]
        _count(self.outcome, one, commands)
        return found

    def end(self) -> None:
        """Everything again. Raises NeverCame."""
        on, outcome, judge = self._on, self.outcome, self._judge
        _settle(on, self._checks)
        outcome.findings += [f"at the end: {wrong}" for wrong in judge.end(self._checks)]
        outcome.facts, outcome.checks = judge.facts, len(self._checks)
        outcome.given_up_present = judge.given_up_present
        [(outcome.seals,)] = on.rows("SELECT count(*) FROM checkpoint")

    def _asked(self, number: int) -> list[Command]:
        """In some rounds somebody wants the log checked."""
        if number % CHECKS_EVERY != 1:
            return []
        chance = random.Random(f"{self._seed}/{number}")
        self._checks.append(str(UUID(int=chance.getrandbits(128), version=4)))
        return [_check(self._on.laid.deputy, self._checks[-1])]


def _round(
    on: Installation,
    one: Round,
    threads: ThreadPoolExecutor,
    clients: list[Client],
    commands: list[list[Command]],
    outcome: Outcome,
) -> list[str]:
    """Load, a death in the middle of it, and until all is answered and shown again."""
    begun = Begun()

    def work(client: Client, batch: list[Command]) -> None:
        for command in batch:
            client.carry_out(command, begun)

    try:
        before = {victim: on.process(victim) for victim in one.victims if victim != EVERYTHING}
        working = [threads.submit(work, *pair) for pair in zip(clients, commands, strict=True)]
        while begun.count < one.after and not all(future.done() for future in working):
            time.sleep(0.001)
        time.sleep(one.pause_s)
        killed = time.monotonic()
        for victim in one.victims:
            on.kill(victim)
        if EVERYTHING in one.victims:
            on.start()
        for victim, process in before.items():
            on.await_return(victim, process)
        for future in working:
            future.result()
        on.until("the projections", lambda: _caught_up(on))
    except NeverCame as late:
        return [str(late)]
    outcome.longest_s = max(outcome.longest_s, time.monotonic() - killed)
    return []


def _caught_up(on: Installation) -> bool:
    [(behind,)] = on.rows(
        "SELECT (SELECT last FROM head) - coalesce((SELECT min(position) FROM bookmark), 0)"
    )
    return bool(behind == 0)


def _settle(on: Installation, checks: list[str]) -> None:
    """Until the scheduler has done what it was asked and told what was written."""

    def done() -> bool:
        [(completed,)] = on.rows("SELECT count(*) FROM facts WHERE topic = 'audit.check-completed'")
        told = on.rows("SELECT position FROM notice_progress")
        [(head,)] = on.rows("SELECT last FROM head")
        return completed >= len(checks) and bool(told) and told[0][0] >= head

    on.until("the checks and the notices", done)


def _check(person: str, number: str) -> Command:
    body = {"check_id": number, "kind": "verification"}
    wants: list[tuple[str, str]] = []
    return Command(person, "/log/checks", body, number, wants)


def _count(outcome: Outcome, one: Round, commands: list[list[Command]]) -> None:
    outcome.rounds += 1
    outcome.killed.update(one.victims)
    for command in (command for batch in commands for command in batch):
        outcome.sent += 1
        outcome.acknowledged += command.position is not None
        outcome.repeated += command.position is not None and command.unsure > 0
        outcome.refused += bool(command.refused)
        outcome.given_up += command.given_up
