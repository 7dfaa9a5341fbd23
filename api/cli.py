"""The `letopis` command: a door like HTTP, for those who run the school's server."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from api import logs
from api.commands import COMMANDS
from api.commands.answers import GOOD, REFUSED, USAGE
from domain.refusals import Refusal
from projections.postgres.account import ServerError
from projections.postgres.migrations import SchoolExists, UnknownLog
from projections.postgres.settings import SettingsError


class RussianParser(argparse.ArgumentParser):
    """argparse with its own words in Russian."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Say what is wrong and end with 2."""
        self.print_usage(sys.stderr)
        print(f"{self.prog}: {message}", file=sys.stderr)
        raise SystemExit(USAGE)


def parser(command: str = "") -> argparse.ArgumentParser:
    """Every subcommand registers its own arguments and the function that carries it out.

    With the name of a command, that one alone is imported.
    """
    top = RussianParser(
        prog="letopis", description="Летопись: школьный журнал, который нельзя переписать."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="КОМАНДА")
    names = [command] if command in COMMANDS else list(COMMANDS)
    for name in names:
        import_module(f"api.commands.{COMMANDS[name]}").register(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0: good, 1: a finding or a refusal, 2: usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["bench"]:
        words.insert(1, "--")  # what follows is the benchmarks' own, options first or not
    arguments = parser(words[0] if words else "").parse_args(words)
    logs.set_up(
        os.environ.get("LETOPIS_LOG_LEVEL", "info"), os.environ.get("LETOPIS_LOG_FORMAT", logs.TEXT)
    )
    try:
        outcome: int = arguments.run(arguments)
    except (SettingsError, ServerError) as fault:
        print(f"letopis: {fault}", file=sys.stderr)
        return USAGE if isinstance(fault, SettingsError) else REFUSED
    except Refusal as refusal:
        print(f"letopis: {refusal.message} ({refusal.code})", file=sys.stderr)
        return REFUSED
    except SchoolExists as fault:
        print(f"letopis: школа «{fault}» уже есть.", file=sys.stderr)
        return REFUSED
    except UnknownLog as fault:
        print(
            f"letopis: база создана более новой программой ({fault}); ничего не тронуто.",
            file=sys.stderr,
        )
        return REFUSED
    except KeyboardInterrupt:
        return REFUSED
    return GOOD if outcome is None else outcome


if __name__ == "__main__":
    raise SystemExit(main())
