"""`letopis bench [NAME…]`: ours beside the limit measured in the same run, one table.

Names are those of BENCHMARKS; none means all. Nothing here is part of the test suite: a timed
test is a coin thrown, a ratio of two medians in one run is a figure.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.recorded import record
from tests.benchmarks.table import Result, shown

Benchmark = Callable[[int], Result | Iterable[Result]]

#: name → module and function; each takes the number of rounds.
BENCHMARKS: dict[str, tuple[str, str]] = {
    "append": ("engine", "append"),
    "command-cold": ("engine", "command_cold"),
    "project": ("read_side", "project"),
    "replay": ("read_side", "replay"),
    "verify": ("proof", "verify"),
    "proof": ("proof", "proof"),
    "visible": ("read_side", "visible"),
    "as-of": ("read_side", "as_of"),
    "bytes": ("read_side", "bytes_per_fact"),
    "http-mark": ("http", "http_mark"),
    "http-column": ("http", "http_column"),
    "http-diary": ("http", "http_diary"),
    "http-sign-in": ("http", "http_sign_in"),
    "http-grid": ("grid", "http_grid"),
    "memory": ("memory", "memory"),
    "grid-hands": ("hands", "grid_hands"),
    "demo": ("demo", "demo"),
    "growth": ("growth", "growth"),
    "kill": ("bets", "killed_writers"),
    "rebuild": ("bets", "rebuilt_equals_lived"),
    "flips": ("proof", "flips"),
    "forecast": ("forecast", "forecast"),
    "archive": ("archiving", "archive"),
    "day": ("day", "day"),
    "school-add": ("many", "school_add"),
    "neighbour": ("many", "neighbour"),
    "idle": ("many", "idle"),
}
ROUNDS = 5


def run(names: Sequence[str], rounds: int, console: Console) -> list[Result]:
    """The benchmarks in turn, with a line of progress each."""
    results: list[Result] = []
    for name in names:
        module, function = BENCHMARKS[name]
        with console.status(f"{name} …"):
            benchmark: Benchmark = getattr(import_module(f"tests.benchmarks.{module}"), function)
            answer = benchmark(rounds)
            for one in [answer] if isinstance(answer, Result) else answer:
                console.log(f"{one.name}: {shown(one.ours)} {one.unit}; {one.notes}")
                results.append(one)
    return results


def table(results: Iterable[Result]) -> Table:
    """For people."""
    drawn = Table("что", "наше", "предел", "отношение", "цель", "", "заметки", box=None)
    for one in results:
        drawn.add_row(
            one.name,
            f"{shown(one.ours)} {one.unit}",
            "—" if one.limit is None else shown(one.limit),
            f"{one.ratio:.2f}",
            one.target,
            "да" if one.met else "НЕТ",
            one.notes,
        )
    return drawn


def main(arguments: Sequence[str]) -> int:
    """Exit code 0: every target is met; 1: some are not; 2: usage."""
    parser = argparse.ArgumentParser(prog="letopis bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--record", action="store_true", help="renew the rows of docs/benchmarks.md"
    )
    parser.add_argument(
        "--data",
        type=Path,
        help="public data sets for `forecast`; a planted demonstration for `day`",
    )
    options = parser.parse_args(arguments)
    if options.data is not None:
        for one in ("forecast", "demo_school"):
            import_module(f"tests.benchmarks.{one}").DATA.append(options.data)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    results = run(options.names or list(BENCHMARKS), options.rounds, Console(stderr=True))
    if options.json:
        print(json.dumps([one.as_json() for one in results], ensure_ascii=False, indent=2))
    else:
        Console().print(table(results))
    if options.record:
        record(results)
    return 0 if all(one.met for one in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
