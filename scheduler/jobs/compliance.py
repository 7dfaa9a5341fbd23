"""The weekly check of how journals are filled."""

from __future__ import annotations

from uuid import uuid4

from domain.writing import Request
from projections.compliance import weeks_to_close
from scheduler.work import WRITE_S, Work


def close_fill_checks(work: Work) -> int:
    """Close the check of every week that is over, the oldest first; answers how many.

    Raises Busy while the projection has not folded a week: a little later it has.
    """
    done = 0
    with work.reader.connection() as conn:
        for year, week in weeks_to_close(conn, work.schema, work.now):
            once = Request(uuid4().bytes, uuid4().bytes)
            answer = work.school.close_fill_check(year, week, by=work.actor, request=once)
            done += answer.result(WRITE_S).facts
    return done
