"""`letopis bench [NAME…]`: ours beside the limit measured in the same run, one table.

Names are those of BENCHMARKS; none means all. Nothing here is part of the test suite: a timed
test is a coin thrown, a ratio of two medians in one run is a figure.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.table import Result

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
    "http-diary": ("http", "http_diary"),
    "demo": ("demo", "demo"),
    "kill": ("bets", "killed_writers"),
    "rebuild": ("bets", "rebuilt_equals_lived"),
    "flips": ("proof", "flips"),
}
ROUNDS = 5
RESULTS = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def run(names: Sequence[str], rounds: int, console: Console) -> list[Result]:
    """The benchmarks in turn, with a line of progress each."""
    results: list[Result] = []
    for name in names:
        module, function = BENCHMARKS[name]
        with console.status(f"{name} …"):
            benchmark: Benchmark = getattr(import_module(f"tests.benchmarks.{module}"), function)
            answer = benchmark(rounds)
        results += [answer] if isinstance(answer, Result) else list(answer)
    return results


def table(results: Iterable[Result]) -> Table:
    """For people."""
    drawn = Table("что", "наше", "предел", "отношение", "цель", "", "заметки", box=None)
    for one in results:
        drawn.add_row(
            one.name,
            f"{one.ours:,.1f} {one.unit}",
            "—" if one.limit is None else f"{one.limit:,.1f}",
            f"{one.ratio:.2f}",
            one.target,
            "да" if one.met else "НЕТ",
            one.notes,
        )
    return drawn


def record(results: Iterable[Result]) -> None:
    """Append the figures with date and commit to docs/benchmarks.md."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
        cwd=RESULTS.parent,
    ).stdout.strip()
    lines = [
        "",
        f"## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {commit or 'no commit'}",
        "",
        "| what | ours | limit | ratio | target | met | notes |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in results:
        limit = "–" if one.limit is None else f"{one.limit:,.1f}"
        met = "yes" if one.met else "**no**"
        lines.append(
            f"| {one.name} | {one.ours:,.1f} {one.unit} | {limit} | {one.ratio:.2f}"
            f" | {one.target} | {met} | {one.notes} |"
        )
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main(arguments: Sequence[str]) -> int:
    """Exit code 0: every target is met; 1: some are not; 2: usage."""
    parser = argparse.ArgumentParser(prog="letopis bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--record", action="store_true", help="append to docs/benchmarks.md")
    options = parser.parse_args(arguments)
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
