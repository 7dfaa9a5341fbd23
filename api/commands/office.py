"""A school's office for the command line: its write door, its accounts, by the operator's right."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

from api.commands.ground import database, school_of, settings_of
from api.house import Door, House
from domain.access import Actor
from domain.writing import Request
from projections.postgres import migrations
from projections.postgres.closed import moving
from projections.postgres.settings import Settings

T = TypeVar("T")


def at_the_office(arguments: argparse.Namespace, work: Callable[[Door], Awaitable[T]]) -> T:
    """Do something in a school, with all that a web process has open.

    Raises NotFound; Busy while the school moves.
    """
    settings = settings_of(arguments)
    with database(settings) as admin:
        migrations.migrate(admin, settings.secret)
        return inside(settings, admin, school_of(admin, arguments.school).slug, work)


def inside(settings: Settings, admin: str, slug: str, work: Callable[[Door], Awaitable[T]]) -> T:
    """The same where the database is at hand already."""

    async def at_work() -> T:
        async with House(settings, admin) as house:
            doors = {door.slug: door for door in await house.doors()}
            if slug not in doors:
                raise moving()
            return await work(doors[slug])

    return asyncio.run(at_work())


def operator_of(door: Door) -> Actor:
    """The command line has no person: the school itself stands for it."""
    return Actor(door.school_id, str(uuid4()), operator=True)


def new_request() -> Request:
    """A request that is made once: whoever types a command again means it again."""
    return Request(uuid4().bytes, uuid4().bytes)
