"""`python -m tests.crash`: kill -9 under load, again and again, and what it has come to.

The seed decides who dies, after which command, and every command; the rest is the machine's.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from api.commands.listening import listen
from tests.conftest import in_memory
from tests.crash.installation import installed
from tests.crash.story import Outcome, Round, Size, run

ROUNDS = 12
SEED = 20261130
#: people who write at once
CLIENTS = 6


def a_port() -> int:
    """One that is free just now."""
    listening = listen("127.0.0.1", 0)
    with listening:
        return int(listening.getsockname()[1])


def crash(
    size: Size, seed: int, console: Console, *, memory: bool, log: Path | None = None
) -> Outcome:
    """A school, laid, loaded and killed; gone afterwards."""
    with (
        Progress(console=console) as progress,
        installed(in_memory() if memory else None, a_port(), classes=CLIENTS) as on,
    ):
        bar = progress.add_task("kill -9", total=size.rounds)

        def told(one: Round, found: list[str]) -> None:
            progress.advance(bar)
            for wrong in found:
                progress.console.print(f"{one.number}: {wrong}", style="red", markup=False)

        try:
            return run(on, seed, size, told)
        finally:
            if log is not None:
                log.write_bytes(on.said())


def in_words(outcome: Outcome) -> list[str]:
    """The report for a person."""
    killed = ", ".join(f"{name} {times}" for name, times in sorted(outcome.killed.items()))
    commands = (
        f"{outcome.sent} commands: {outcome.acknowledged} acknowledged ({outcome.repeated} of them"
        f" after a try without an answer), {outcome.refused} refused, {outcome.given_up} given up"
        f" ({outcome.given_up_present} of them in the log, whole)."
    )
    work = (
        f"{outcome.facts} facts, {outcome.seals} seals, {outcome.checks} checks by the scheduler;"
        f" at most {outcome.longest_s:.1f} s from a kill until all was answered and shown."
    )
    return [
        f"{outcome.rounds} rounds, {outcome.seconds:.0f} s, seed {outcome.seed}; killed: {killed}.",
        commands,
        work,
        f"Findings: {len(outcome.findings)}.",
        *outcome.findings,
    ]


def main(arguments: Sequence[str]) -> int:
    """Exit code 0: nothing was lost, doubled or halved."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--memory", action="store_true", help="files where no disk is needed")
    parser.add_argument("--log", type=Path, help="where to leave what the processes have said")
    parser.add_argument(
        "--replay-every", type=int, default=1, metavar="N", help="fold anew every N rounds"
    )
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="then no other round is begun"
    )
    options = parser.parse_args(arguments)
    size = Size(options.rounds, replay_every=options.replay_every, seconds=60 * options.minutes)
    outcome = crash(
        size,
        options.seed,
        Console(stderr=True),
        memory=options.memory,
        log=options.log,
    )
    if options.json:
        print(json.dumps(outcome.as_json(), ensure_ascii=False, indent=2))
    else:
        print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", *in_words(outcome), sep="\n")
    return 1 if outcome.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
