"""Housekeeping: what is forgotten, what is kept ready, what is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from domain.audit.facts import AccessDaySealed
from domain.calendar import local_date
from domain.writing import Request
from projections import copies, notices, reminders, report_runs, seats, webhooks
from projections.access_log import closed_days, day_hash
from projections.postgres import upkeep
from scheduler.work import WRITE_S, Work

KEEP_REQUESTS = timedelta(days=30)
KEEP_ENDED_SESSIONS = timedelta(days=30)


def prune_requests(work: Work) -> int:
    """Idempotency keys are kept 30 days."""
    return upkeep.prune_requests(work.log, work.now - KEEP_REQUESTS)


def expire_sessions(work: Work) -> int:
    """Sessions that have idled out are ended in the table as well."""
    return upkeep.expire_sessions(work.app, work.slug, work.now, work.now - KEEP_ENDED_SESSIONS)


def take_snapshots(work: Work) -> int:
    """Slim states, so that the first command of a morning need not fold a year."""
    return upkeep.take_snapshots(work.reader, work.log, work.slug)


def tidy_up(work: Work) -> Mapping[str, int]:
    """Reminders whose time is over, kept reports, what people who were erased were told, old seats,
    events that were delivered, and old runs of jobs.
    """
    with work.app.connection() as conn:
        over = reminders.prune(conn, work.schema, work.now)
        over += notices.prune(conn, work.schema)
        free = seats.prune(conn, work.schema, work.now)
        events = webhooks.prune(conn, work.schema, work.now)
        reports = report_runs.prune(conn, work.schema, work.now)
        reports += copies.prune(conn, work.schema, work.now)
    runs = work.book.prune(work.now)
    return {
        "напоминаний и уведомлений стёрто": over,
        "отчётов стёрто": reports,
        "событий забыто": events,
        "мест за партами забыто": free,
        "старых запусков забыто": runs,
    }


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
