"""`letopis bench`: the benchmarks of the source tree, not part of the installed program."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from api.commands.answers import REFUSED


def register(commands: Any) -> None:
    """Arguments of the command; the benchmarks parse their own."""
    parser = commands.add_parser(
        "bench", help="замеры рядом с пределом того же прогона", add_help=False
    )
    parser.add_argument("words", nargs=argparse.REMAINDER)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run benchmarks by name, all without a name."""
    sys.path.insert(0, "")  # the source tree is where the command is given
    if find_spec("tests") is None or find_spec("tests.benchmarks") is None:
        print("letopis: замеры идут из исходников: запустите их там, make bench.", file=sys.stderr)
        return REFUSED
    words = [word for word in arguments.words if word != "--"]  # put there by api.cli
    outcome: int = import_module("tests.benchmarks.__main__").main(words)
    return outcome
