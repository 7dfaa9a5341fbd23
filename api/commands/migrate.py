"""`letopis migrate`: roles, tables, triggers; again and again without harm."""

from __future__ import annotations

import argparse
from typing import Any

from api.commands.answers import GOOD
from api.commands.ground import database, settings_of, with_data
from projections.postgres import migrations


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("migrate", help="привести базу к виду, которого ждёт программа")
    with_data(parser)
    parser.set_defaults(run=run, creates=True)


def run(arguments: argparse.Namespace) -> int:
    """Migrate and say what was done."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        done = migrations.migrate(admin, settings.secret)
    print(f"Сделано: {', '.join(done)}." if done else "Роли и таблицы такие, как нужно.")
    return GOOD
