"""A school's office for the command line: its write door, its accounts, by the operator's right."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

from api.commands.ground import database, settings_of
from api.house import Door, House
from domain.access import Actor
from domain.engine import Request
from domain.refusals import NotFound
from projections.postgres import migrations

T = TypeVar("T")


def with_school(parser: argparse.ArgumentParser) -> None:
    """`--school SLUG`: needed where there are several."""
    parser.add_argument("--school", metavar="SLUG", help="школа, если их несколько")


def at_the_office(arguments: argparse.Namespace, work: Callable[[Door], Awaitable[T]]) -> T:
    """Do something in a school, with all that a web process has open. Raises NotFound."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        migrations.migrate(admin, settings.secret)

        async def inside() -> T:
            async with House(settings, admin) as house:
                return await work(_named(await house.doors(), arguments.school))

        return asyncio.run(inside())


def operator_of(door: Door) -> Actor:
    """The command line has no person: the school itself stands for it."""
    return Actor(door.school_id, str(uuid4()), operator=True)


def new_request() -> Request:
    """A request that is made once: whoever types a command again means it again."""
    return Request(uuid4().bytes, uuid4().bytes)


def _named(doors: list[Door], slug: str | None) -> Door:
    found = [door for door in doors if slug in (None, door.slug)]
    if len(found) == 1:
        return found[0]
    if slug is not None:
        raise NotFound("school.unknown", f"Школы «{slug}» здесь нет.")
    raise NotFound(
        "school.which",
        "Школа не одна: назовите её в --school."
        if found
        else "Школ пока нет: заведите её командой letopis school add.",
    )
