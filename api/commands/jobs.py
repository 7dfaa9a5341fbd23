"""`letopis jobs`: what the scheduler does and how it went; `letopis jobs run NAME`: one at once."""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from api.commands.answers import GOOD, REFUSED, USAGE, show, show_json
from api.commands.ground import database, school_of, settings_of, with_data, with_school
from api.commands.up import child_environment
from projections.jobs import Job
from projections.jobs import jobs as scheduled
from projections.postgres.database import APP, conninfo
from projections.postgres.migrations import RegisteredSchool
from projections.postgres.pool import Database
from projections.postgres.settings import Settings

OUTCOMES = {
    "asked": "ждёт запуска",
    "running": "выполняется",
    "done": "выполнено",
    "failed": "не получилось",
    "interrupted": "прервано",
}
#: how `scheduler.once` ends → what is said
ENDED = {
    GOOD: "Выполнено.",
    REFUSED: "Не получилось: причина выше и в истории задания.",
    USAGE: "Такого задания нет. Какие есть, говорит letopis jobs.",
    3: "Это задание сейчас выполняет другой процесс. Повторите позже.",
}


def register(commands: Any) -> None:
    """Arguments of the command."""
    parser = commands.add_parser("jobs", help="задания по расписанию: когда и как прошли")
    _options(parser, None)
    parser.set_defaults(run=run)
    kinds = parser.add_subparsers(metavar="[ДЕЙСТВИЕ]")
    running = kinds.add_parser("run", help="выполнить задание сейчас")
    running.add_argument("name", metavar="NAME", help="как его называет letopis jobs")
    _options(running, argparse.SUPPRESS)
    running.set_defaults(run=run_one)


def _options(parser: argparse.ArgumentParser, default: str | None) -> None:
    with_data(parser, default)
    with_school(parser)
    parser.add_argument("--json", action="store_true", help="для программ")


def run(arguments: argparse.Namespace) -> int:
    """The table of jobs; 1 when something is late or has failed."""
    settings, now = settings_of(arguments), datetime.now(UTC)
    with database(settings) as admin:
        found = asyncio.run(_jobs(settings, admin, school_of(admin, arguments.school), now))
    rows = [_row(one, now) for one in found]
    show(rows, as_json=arguments.json, empty="Планировщик здесь ещё не работал: letopis schedule.")
    return REFUSED if any(one.failed or one.late_s(now) for one in found) else GOOD


async def _jobs(
    settings: Settings, admin: str, school: RegisteredSchool, now: datetime
) -> list[Job]:
    shared = Database(conninfo(admin, APP, settings.secret), max_size=1)
    await shared.open()
    try:
        async with shared.connection() as conn:
            return await scheduled(conn, school.schema, now)
    finally:
        await shared.close()


def _row(one: Job, now: datetime) -> dict[str, Any]:
    last = one.last
    return {
        "name": one.name,
        "title": one.title,
        "schedule": one.schedule,
        "next_at": _moment(one.next_at),
        "late_s": round(one.late_s(now)),
        "last": last and _moment(last.started),
        "outcome": last and OUTCOMES[last.outcome],
        "error": last and last.error,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def run_one(arguments: argparse.Namespace) -> int:
    """Carry a job out at once, in a process of its own: the doors do not import each other."""
    settings = settings_of(arguments)
    with database(settings) as admin:
        school = school_of(admin, arguments.school)
        ended = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "scheduler.once", arguments.name, school.slug],
            env=child_environment(settings, admin, settings.port),
            check=False,
        ).returncode
    if arguments.json:
        show_json({"job": arguments.name, "school": school.slug, "done": ended == GOOD})
    else:
        print(ENDED.get(ended, ENDED[REFUSED]))
    return ended if ended in {GOOD, USAGE} else REFUSED
