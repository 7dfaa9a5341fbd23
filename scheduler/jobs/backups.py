"""The night's copy of the database, and the drill that shows that it comes back.

Copy and drill are the installation's: the first school that is due has them made, the others find
them there. Each school notes in its own tables what the copy has of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from projections import backups
from projections.postgres.account import ServerError
from scheduler.work import Work

FRESH = timedelta(hours=12)  # nights of Kaliningrad and Kamchatka are one night's copy


def back_up(work: Work) -> Mapping[str, int]:
    """Take a copy unless there is a fresh one, thin the old ones, bring it back aside unless that
    was done. Raises ServerError, in words: what PostgreSQL says, or what did not agree.
    """
    plan = work.copies
    if plan is None:  # where no directory is set, the line is not kept either
        return {}
    with backups.alone_in(plan.directory):
        there = backups.copies(plan.directory)
        taken = removed = 0
        if not there or work.now - there[-1].taken > FRESH or not _has(there[-1], work.slug):
            there.append(backups.take(plan.admin, plan.directory, work.now))
            taken, removed = 1, len(backups.tidy(plan.directory, plan.keep))
        copy = there[-1]
        drill = backups.held(plan.directory, copy.name)
        if drill is None or drill.findings:
            drill = backups.hold(plan.directory, plan.secret, copy.name, work.now)
        kept = len(backups.copies(plan.directory))
    with work.app.connection() as conn:
        backups.note(conn, work.schema, work.slug, copy, kept, drill)
    _, found = drill.of(work.slug)
    if found:
        message = (
            f"Копия {copy.name} восстанавливается не такой, какой снята: расхождений {found}. "
            "Какие, говорит letopis restore --drill."
        )
        raise ServerError(message)
    return {"копий снято": taken, "копий проверено восстановлением": 1, "старых убрано": removed}


def _has(copy: backups.Copy, slug: str) -> bool:
    """The school was there when the copy was taken."""
    return any(one.school == slug for one in copy.heads)
