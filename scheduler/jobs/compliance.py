"""The weekly check of how journals are filled (clause 4.2.а)."""

from __future__ import annotations

from uuid import uuid4

from domain.weeks import days_of
from domain.writing import Request
from projections.compliance import weeks_to_close
from scheduler.work import WRITE_S, Work


def close_fill_checks(work: Work) -> int:
    """Close the check of the period's week, and of older ones that are open; answers how many.

    Raises Busy while the projection has not folded a week: a little later it has.
    """
    done = 0
    with work.reader.connection() as conn:
        for year, week in weeks_to_close(conn, work.schema, work.now):
            if days_of(week.week)[0] > work.period.since:
                break  # of a later period
            once = Request(uuid4().bytes, uuid4().bytes)
            answer = work.school.close_fill_check(year, week, by=work.actor, request=once)
            done += answer.result(WRITE_S).facts
    return done
