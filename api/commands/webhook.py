"""`letopis webhook`: which other programs are told of what is written."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from api import webhooks as keeping
from api.commands.answers import GOOD, show, show_json
from api.commands.ground import database, school_of, settings_of, with_data, with_school
from api.webhooks import UNKNOWN, Keeping
from projections import webhooks
from projections.postgres.database import APP, conninfo
from projections.postgres.pool import Database

T = TypeVar("T")


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("webhook", help="вебхуки: кому сообщается о записях")
    kinds = parser.add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    for name, help_, run in (
        ("list", "адреса и как туда доходит", run_list),
        ("add", "новый адрес; секрет печатается один раз", run_add),
        ("rotate", "новый секрет; прежний подписывает ещё сутки", run_rotate),
        ("test", "пробное событие", run_test),
        ("replay", "повторить события после места в журнале", run_replay),
        ("remove", "удалить адрес", run_remove),
    ):
        one = kinds.add_parser(name, help=help_)
        if name == "add":
            one.add_argument("url", metavar="URL")
            one.add_argument("--kind", action="append", default=[], help="только такие события")
        elif name != "list":
            one.add_argument(
                "webhook", type=_number, metavar="ID", help="как его называет letopis webhook list"
            )
        if name == "replay":
            one.add_argument("--since", type=int, required=True, help="место в журнале")
        with_data(one)
        with_school(one)
        one.add_argument("--json", action="store_true", help="для программ")
        one.set_defaults(run=run)


def _number(text: str) -> str:
    """An id in its one spelling; argparse says what is wrong with another word."""
    return str(UUID(text))


def run_list(arguments: argparse.Namespace) -> int:
    """The addresses."""

    async def listed(here: Keeping, _: str) -> list[dict[str, Any]]:
        found = await webhooks.listed(here.conn, here.schema, here.now)
        return [keeping.shown(one) for one in found]

    show(_kept(arguments, listed), as_json=arguments.json, empty="Вебхуков нет.")
    return GOOD


def run_add(arguments: argparse.Namespace) -> int:
    """A new address."""
    number = str(uuid4())

    async def added(here: Keeping, school_id: str) -> str | None:
        return await keeping.add(here, number, arguments.url, arguments.kind, school_id)

    return _told(arguments, {"webhook_id": number, "secret": _kept(arguments, added)})


def run_rotate(arguments: argparse.Namespace) -> int:
    """Another secret."""

    async def rotated(here: Keeping, _: str) -> dict[str, Any]:
        secret, until = await keeping.rotate(here, arguments.webhook)
        return {"secret": secret, "old_secret_until": until.isoformat()}

    return _told(arguments, _kept(arguments, rotated))


def run_test(arguments: argparse.Namespace) -> int:
    """An event of trial."""

    async def tried(here: Keeping, school_id: str) -> str:
        return await keeping.try_out(here, arguments.webhook, school_id)

    return _told(arguments, {"event_id": _kept(arguments, tried)})


def run_replay(arguments: argparse.Namespace) -> int:
    """Events after a place once more."""

    async def replayed(here: Keeping, _: str) -> None:
        await keeping.replay(here, arguments.webhook, arguments.since)

    _kept(arguments, replayed)
    return _told(arguments, {"since": arguments.since})


def run_remove(arguments: argparse.Namespace) -> int:
    """Nothing goes there any more."""

    async def removed(here: Keeping, _: str) -> None:
        if not await webhooks.remove(here.conn, here.schema, arguments.webhook):
            raise UNKNOWN

    _kept(arguments, removed)
    return _told(arguments, {"removed": arguments.webhook})


def _told(arguments: argparse.Namespace, said: dict[str, Any]) -> int:
    if arguments.json:
        show_json(said)
    else:
        show([said], as_json=False, empty="")
    return GOOD


def _kept(arguments: argparse.Namespace, do: Callable[[Keeping, str], Awaitable[T]]) -> T:
    """What an operation on the addresses of the school answers."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        school = school_of(admin, arguments.school)

        async def done() -> T:
            shared = Database(conninfo(admin, APP, settings.secret), max_size=1)
            await shared.open()
            try:
                async with shared.connection() as conn:
                    here = Keeping(
                        conn,
                        school.schema,
                        school.opener(settings.secret),
                        datetime.now(UTC),
                    )
                    return await do(here, school.school_id)
            finally:
                await shared.close()

        return asyncio.run(done())
