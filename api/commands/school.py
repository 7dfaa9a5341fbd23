"""`letopis school add|list`: one schema per school."""

from __future__ import annotations

import argparse
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from api.commands.answers import GOOD, show
from api.commands.ground import database, settings_of, with_data
from projections.postgres import migrations


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("school", help="школы этой установки")
    kinds = parser.add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    adding = kinds.add_parser("add", help="завести школу")
    adding.add_argument("slug", metavar="SLUG", type=slug, help="латиницей, он же имя в адресе")
    adding.add_argument("--name", required=True, help="как школа называется")
    adding.add_argument("--zone", type=zone, default="Europe/Moscow", help="часовой пояс IANA")
    adding.set_defaults(run=add)
    listing = kinds.add_parser("list", help="какие школы есть")
    listing.set_defaults(run=list_all)
    for one in (adding, listing):
        with_data(one)
        one.add_argument("--json", action="store_true", help="для программ")


def slug(text: str) -> str:
    """The name of a school in addresses and of its schema. Raises argparse.ArgumentTypeError."""
    if not migrations.SLUG.match(text):
        message = "латинские строчные буквы, цифры и «_», первая — буква, до 40 знаков"
        raise argparse.ArgumentTypeError(message)
    return text


def zone(text: str) -> str:
    """An IANA zone. Raises argparse.ArgumentTypeError."""
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError):
        message = f"нет часового пояса «{text}»; пример: Europe/Moscow"
        raise argparse.ArgumentTypeError(message) from None


def add(arguments: argparse.Namespace) -> int:
    """Add a school."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        added = migrations.add_school(
            admin, settings.secret, arguments.slug, arguments.name, arguments.zone, str(uuid4())
        )
    show([_row(added)], as_json=arguments.json)
    return GOOD


def list_all(arguments: argparse.Namespace) -> int:
    """List the schools."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        migrations.migrate(admin, settings.secret)
        found = migrations.schools(admin)
    show([_row(one) for one in found], as_json=arguments.json, empty="Школ пока нет.")
    return GOOD


def _row(school: migrations.RegisteredSchool) -> dict[str, str]:
    return {
        "slug": school.slug,
        "name": school.name,
        "zone": school.zone,
        "school_id": school.school_id,
    }
