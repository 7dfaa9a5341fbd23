"""The only table of jobs: what runs when, and how late it may still run.

Times are UTC; a school night in Russia lies between 17:00 and 04:00 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from projections.postgres import upkeep
from scheduler.checking import carry_out_checks, replay_log, verify_log
from scheduler.work import Job, Work

KEEP_REQUESTS = timedelta(days=30)
KEEP_ENDED_SESSIONS = timedelta(days=30)


@dataclass(frozen=True)
class Line:
    """One job. `cron` is APScheduler's; missed by more than `grace`, it waits for the next."""

    name: str
    cron: dict[str, str]
    grace: timedelta
    job: Job


def prune_requests(work: Work) -> int:
    """Idempotency keys are kept 30 days."""
    return upkeep.prune_requests(work.log, work.now - KEEP_REQUESTS)


def expire_sessions(work: Work) -> int:
    """Sessions that have idled out are ended in the table as well."""
    return upkeep.expire_sessions(work.app, work.slug, work.now, work.now - KEEP_ENDED_SESSIONS)


def take_snapshots(work: Work) -> int:
    """Slim states, so that the first command of a morning need not fold a year."""
    return upkeep.take_snapshots(work.reader, work.log, work.slug)


TIMETABLE = (
    Line("carry_out_checks", {"second": "*/5"}, timedelta(minutes=1), carry_out_checks),
    Line("expire_sessions", {"minute": "*/10"}, timedelta(minutes=5), expire_sessions),
    Line("take_snapshots", {"hour": "22", "minute": "15"}, timedelta(hours=6), take_snapshots),
    Line("prune_requests", {"hour": "22", "minute": "45"}, timedelta(hours=6), prune_requests),
    Line("verify_log", {"hour": "23", "minute": "15"}, timedelta(hours=6), verify_log),
    Line("replay_log", {"hour": "23", "minute": "20"}, timedelta(hours=6), replay_log),
)
