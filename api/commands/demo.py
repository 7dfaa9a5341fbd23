"""`letopis demo`: who lives in the demonstration school, and what is wrong there."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from api import demo
from api.auth.passwords import AT_ONCE, hash_now
from api.auth.store import Look, Store
from api.commands.answers import GOOD, REFUSED, show, show_json
from api.commands.ground import database, settings_of, with_data
from api.commands.progress import shown
from api.house import fresh_salt
from domain.calendar import local_date
from projections.postgres import migrations
from projections.postgres.database import APP, READER, WRITER, conninfo, open_pool
from projections.postgres.log import SchoolLog
from projections.postgres.pool import Database
from projections.postgres.settings import Settings

#: whom `letopis up` names, in this order
GREETED = {
    "teacher": "учитель",
    "class_teacher": "классный руководитель",
    "parent": "родитель",
    "pupil": "ученик",
    "deputy": "завуч",
    "auditor": "проверяющий",
}


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("demo", help="показательная школа: кто в ней и что подложено")
    with_data(parser)
    parser.add_argument("--json", action="store_true", help="для программ")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tell about the demonstration of this database; 1 when there is none."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        migrations.migrate(admin, settings.secret)
        found = find(settings, admin)
    if found is None:
        print(
            "Показательной школы здесь нет: её создаёт letopis up --demo small "
            "(или school) на пустой базе.",
            file=sys.stderr,
        )
        return REFUSED
    report = demo.report(found.recipe)
    if arguments.json:
        show_json(report)
        return GOOD
    rows = [{k: one[k] for k in ("role", "name", "login", "password")} for one in report["people"]]
    show(rows, as_json=False)
    print(f"\nПодложено: {len(report['planted'])} (подробно — с --json).")
    return GOOD


def find(settings: Settings, admin: str) -> demo.Found | None:
    """The demonstration in a database, whole or interrupted."""
    if all(school.slug != demo.SLUG for school in migrations.schools(admin)):
        return None
    with opened(settings, admin) as log:
        return demo.find(log(demo.SLUG))


def wanted(settings: Settings, admin: str) -> bool:
    """The database is empty, or holds a demonstration that was interrupted."""
    if not migrations.schools(admin):
        return True
    if [school.slug for school in migrations.schools(admin)] != [demo.SLUG]:
        return False
    with opened(settings, admin) as log:
        found = demo.find(log(demo.SLUG))
        return not found.whole if found else log(demo.SLUG).head().position == 0


def plant(settings: Settings, admin: str, size: demo.SizeName, turn: Callable[[], None]) -> None:
    """Live the demonstration through the write door; `turn` is called now and then meanwhile."""
    with opened(settings, admin) as log:
        schools = {school.slug: school for school in migrations.schools(admin)}
        found = demo.find(log(demo.SLUG)) if demo.SLUG in schools else None
        recipe = (
            found.recipe if found else demo.Recipe(size, local_date(datetime.now(UTC), demo.ZONE))
        )
        if demo.SLUG not in schools:
            migrations.add_school(
                admin, settings.secret, demo.SLUG, demo.SCHOOL_NAME, demo.ZONE, recipe.school_id
            )

        # First, so that a demonstration that is whole is one that people can enter.
        looks = demo.looks(recipe) if found is None else ()  # they are added, never rewritten
        silent = demo.silent(recipe)
        asyncio.run(_open_accounts(settings, admin, demo.accounts(recipe), silent, looks))
        with shown("Показательная школа") as bar:

            def progress(now: demo.Progress) -> None:
                bar.reach(now.done, now.total, f"{now.day:%d.%m.%Y}")
                turn()

            demo.build(recipe, log, secret=settings.secret, progress=progress)


def greet(settings: Settings, admin: str, address: str) -> None:
    """Tell a person whom to sign in as."""
    found = find(settings, admin)
    if found is None:
        return
    print(f"\nПоказательная школа: откройте {address} и войдите, например, так:")
    people = demo.report(found.recipe)["people"]
    for role, words in GREETED.items():
        one = next((one for one in people if one["role"] == role), None)
        if one is not None:
            print(f"  {words:<22} {one['login']:<18} {one['password']:<18} {one['name']}")
    print("Все и всё подложенное: letopis demo --json. Остановить: Ctrl+C.", flush=True)


@contextmanager
def opened(settings: Settings, admin: str) -> Iterator[Callable[[str], SchoolLog]]:
    """Logs of the schools, by slug."""
    reader = open_pool(conninfo(admin, READER, settings.secret), max_size=2)
    writer = open_pool(conninfo(admin, WRITER, settings.secret), max_size=1)
    try:
        yield lambda slug: SchoolLog(slug, reader=reader, writer=writer)
    finally:
        reader.close()
        writer.close()


async def _open_accounts(
    settings: Settings,
    admin: str,
    accounts: tuple[demo.Account, ...],
    silent: tuple[demo.Silent, ...],
    looks: tuple[Look, ...],
) -> None:
    """Accounts of the demonstration, and what families have looked at. The silent ones share the
    hash of a password that is forgotten at once: a hash of its own for each would take as long as
    the rest of the school.
    """
    with ThreadPoolExecutor(AT_ONCE) as threads:
        hashes = list(threads.map(hash_now, [one.password for one in accounts]))
    forgotten = hash_now(fresh_salt())
    groups = {
        False: [
            (one.person_id, one.login.lower(), hashed)
            for one, hashed in zip(accounts, hashes, strict=True)
        ],
        True: [],
    }
    for one in silent:
        groups[not one.arrived].append((one.person_id, one.login.lower(), forgotten))
    shared = Database(conninfo(admin, APP, settings.secret), max_size=1)
    await shared.open()
    try:
        for must_change, group in groups.items():
            await Store(shared, demo.SLUG).issue(
                group, at=datetime.now(UTC), must_change=must_change
            )
        if looks:
            await Store(shared, demo.SLUG).record(list(looks))
    finally:
        await shared.close()
