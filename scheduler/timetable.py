"""The only table of jobs: what runs when, and how late it may still run.

Times are UTC; a school night in Russia lies between 17:00 and 04:00 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from domain.audit.facts import AccessDaySealed
from domain.calendar import local_date
from domain.writing import Request
from projections.access_log import closed_days, day_hash
from projections.postgres import upkeep
from scheduler.checking import WRITE_S, carry_out_checks, replay_log, verify_log
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


def seal_access_log(work: Work) -> int:
    """The hash of each closed day's access log goes into the log; answers how many days."""
    with work.reader.connection() as conn:
        today = local_date(work.now, work.zone)
        days = [
            AccessDaySealed(day, *day_hash(conn, work.schema, day, work.zone))
            for day in closed_days(conn, work.schema, work.zone, today)
        ]
    facts = 0
    for day in days:
        once = Request(uuid4().bytes, uuid4().bytes)
        answer = work.school.seal_access_day(day, by=work.actor, request=once)
        facts += answer.result(WRITE_S).facts
    return facts


TIMETABLE = (
    Line("carry_out_checks", {"second": "*/5"}, timedelta(minutes=1), carry_out_checks),
    Line("expire_sessions", {"minute": "*/10"}, timedelta(minutes=5), expire_sessions),
    # Every hour, for midnight is at another hour in every zone; nothing is done twice.
    Line("seal_access_log", {"minute": "7"}, timedelta(minutes=50), seal_access_log),
    Line("take_snapshots", {"hour": "22", "minute": "15"}, timedelta(hours=6), take_snapshots),
    Line("prune_requests", {"hour": "22", "minute": "45"}, timedelta(hours=6), prune_requests),
    Line("verify_log", {"hour": "23", "minute": "15"}, timedelta(hours=6), verify_log),
    Line("replay_log", {"hour": "23", "minute": "20"}, timedelta(hours=6), replay_log),
)
