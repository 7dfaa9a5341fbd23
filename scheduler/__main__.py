"""`python -m scheduler`: time's door. `letopis schedule` runs the same."""

from __future__ import annotations

import logging
import os
import signal
from datetime import UTC, datetime
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler

from projections.postgres.embedded import EmbeddedServer
from projections.postgres.settings import Settings
from scheduler.timetable import TIMETABLE, Line
from scheduler.work import Workshop, workshop

logger = logging.getLogger(__name__)


def start(shop: Workshop) -> BackgroundScheduler:
    """A running scheduler with every line of the timetable."""
    scheduler = BackgroundScheduler(timezone=UTC)
    for line in TIMETABLE:
        scheduler.add_job(
            _carry_out,
            "cron",
            args=(shop, line),
            id=line.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=int(line.grace.total_seconds()),
            **line.cron,
        )
    scheduler.start()
    return scheduler


def run(admin: str, settings: Settings) -> None:
    """Keep the timetable until SIGTERM or SIGINT."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    with workshop(admin, settings.secret, settings.seals) as shop:
        scheduler = start(shop)
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


def _carry_out(shop: Workshop, line: Line) -> None:
    done = shop.run(line.name, line.job, datetime.now(UTC))
    if any(done.values()):
        logger.info("%s: %s", line.name, done)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    main()
