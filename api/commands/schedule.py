"""`letopis schedule`: the process that keeps the timetable of jobs."""

from __future__ import annotations

import argparse
import os
import runpy
from typing import Any

from api.commands import leash
from api.commands.answers import GOOD
from api.commands.ground import settings_of, with_data


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("schedule", help="расписание ночных работ (один процесс)")
    with_data(parser)
    leash.register(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Become `python -m scheduler`: the doors stand side by side and do not import each other."""
    leash.hold(arguments)
    os.environ.update(settings_of(arguments).environment())
    runpy.run_module("scheduler", run_name="__main__")
    return GOOD
