"""`letopis project`: the projector process."""

from __future__ import annotations

import argparse
from typing import Any

from api.commands import leash
from api.commands.answers import GOOD
from api.commands.ground import database, settings_of, with_data
from projections import projector


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("project", help="проекции: дневники, журналы, след (один процесс)")
    with_data(parser)
    leash.register(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Fold facts until SIGTERM or SIGINT."""
    leash.hold(arguments)
    settings = settings_of(arguments)
    with database(settings) as admin:
        projector.main(admin, settings.secret)
    return GOOD
