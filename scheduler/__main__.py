"""`python -m scheduler`: time's door. `letopis schedule` runs the same."""

from __future__ import annotations

import logging
import os
import signal
from datetime import UTC, datetime
from threading import Event

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from projections.postgres.embedded import EmbeddedServer
from projections.postgres.settings import Settings
from scheduler.keeper import Keeper
from scheduler.timetable import kept
from scheduler.work import workshop_of

LOOK_S = 5  # for what people ask for, and for lines that look for work
LINE_S = 30  # for a line whose hour may have come
LOOK_UP_S = 0.5
AT_ONCE = 10  # jobs side by side: a replay that takes minutes holds up nobody


def start(keeper: Keeper) -> BackgroundScheduler:
    """A running scheduler that asks every line of the timetable again and again.

    The hours of the lines are the keeper's to know, in each school's zone: nothing here is late or
    missed. A line that is still at work is not asked meanwhile.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(AT_ONCE)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    scheduler.add_job(keeper.answer, "interval", seconds=LOOK_S, id="answer")
    for line in keeper.table:
        every = LOOK_S if line.watches else LINE_S
        scheduler.add_job(keeper.tick, "interval", args=(line,), seconds=every, id=line.name)
    for job in scheduler.get_jobs():
        job.modify(next_run_time=datetime.now(UTC))  # the first look is at once
    scheduler.start()
    return scheduler


def until(stop: Event) -> None:
    """Wait for it, and look up again and again: a signal that another thread has got, or that came
    a moment before the wait, wakes nobody.
    """
    while not stop.wait(LOOK_UP_S):
        pass


def run(admin: str, settings: Settings) -> None:
    """Keep the timetable until SIGTERM or SIGINT."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    with workshop_of(settings, admin) as shop:
        scheduler = start(Keeper(shop, kept(settings)))
        stop.wait()
        scheduler.shutdown(wait=True)


def main() -> None:
    """Run with the settings of the environment."""
    settings = Settings.from_env(os.environ)
    if settings.database_url is not None:
        run(settings.database_url, settings)
        return
    with EmbeddedServer(settings.data_dir, secret=settings.secret) as server:
        run(server.url(), settings)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    main()
