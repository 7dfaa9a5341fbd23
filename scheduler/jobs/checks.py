"""Jobs that check the log: what is asked for every night, and what anybody has asked for."""

from __future__ import annotations

import logging
from uuid import uuid4

from domain.audit.facts import CheckCompleted, CheckKind, CheckRequested
from domain.writing import Request
from projections.checks import due, nightly, replay_for, sealer_note, verified
from projections.replay import Uneven
from projections.verification import verify
from scheduler.work import WRITE_S, Work

logger = logging.getLogger(__name__)


def verify_log(work: Work) -> int:
    """Ask for this night's verification; answers how many facts that took."""
    return _ask(work, "verification")


def replay_log(work: Work) -> int:
    """Ask for this night's replay of everything."""
    return _ask(work, "replay")


def carry_out_checks(work: Work) -> int:
    """Do what was asked for, and note what was found; answers how many checks are done.

    Asked for is written in the log, so a crash in the middle only means beginning again.
    """
    count = 0
    for wanted in due(work.reader, work.log, work.slug, work.school.school_id):
        try:
            done = _carry_out(work, wanted)
        except Uneven:
            continue  # the projector is at work: in a few seconds
        work.school.complete_check(done, by=work.actor, request=_once()).result(WRITE_S)
        count += 1
        if done.found:
            first = done.findings[0]
            logger.error(
                "ALARM: school %s: %s found %d; first: %s at %s; letopis verify",
                work.slug,
                done.kind,
                done.found,
                first.kind,
                first.place,
            )
    return count


def _ask(work: Work, kind: CheckKind) -> int:
    wanted = nightly(work.school.school_id, kind, work.period.since)  # the school's night
    answer = work.school.request_check(work.now.year, wanted, by=work.actor, request=_once())
    return answer.result(WRITE_S).facts


def _carry_out(work: Work, wanted: CheckRequested) -> CheckCompleted:
    """Raises Uneven."""
    if wanted.kind == "replay":
        with work.projector.connection() as conn:
            return replay_for(conn, work.schema, wanted)
    school_id = work.school.school_id
    note = sealer_note(work.seals, school_id) if work.seals else None
    with work.reader.connection() as conn:
        return verified(wanted, verify(conn, work.schema, school_id, work.now, sealer_note=note))


def _once() -> Request:
    """A request of its own: that a check is asked for and done once, the log itself sees to."""
    return Request(uuid4().bytes, uuid4().bytes)
