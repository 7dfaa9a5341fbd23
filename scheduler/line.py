"""One line of the table of jobs, and what of it is owed at a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from scheduler.periods import Every, Period, When
from scheduler.work import Work

#: A job is idempotent: twice is once. It answers how much it did: one number, or what → how many.
Job = Callable[[Work], int | Mapping[str, int]]


class Missed(Enum):
    """What becomes of runs that nobody carried out in time."""

    SKIP = "пропускается"
    ONCE = "выполняется один раз, за последний срок"
    EVERY = "выполняется за каждый пропущенный срок, по порядку"


class Owed(NamedTuple):
    """Periods that are to be noted as missed, and those to be carried out, in order."""

    missed: list[Period]
    due: list[Period]


@dataclass(frozen=True)
class Line:
    """One job.

    name: stable, English; title: for people, Russian. counts: what its number counts, Russian.
    grace: later than that is late; a job that is skipped when missed is skipped then. by_hand:
    who may run jobs may run this one at any time. at_first: a school that has not had the job gets
    its last term at once. watches: it looks for work again and again, and
    only what it did is written down.
    """

    name: str
    title: str
    when: When
    missed: Missed
    job: Job
    counts: str
    grace: timedelta = timedelta(hours=1)
    by_hand: bool = True
    at_first: bool = False
    watches: bool = False

    def owed(self, settled: datetime, now: datetime, zone: str) -> Owed:
        """What is owed at a moment when everything up to `settled` is settled.

        A clock that was put back owes nothing again.
        """
        last = self.when.last(now, zone)
        if last.due <= settled:
            return Owed([], [])
        if isinstance(self.when, Every):  # nobody wants to read of every quarter of an hour
            periods = [last]
        else:
            periods = list(self.when.between(settled, now, zone))
        if self.missed is Missed.EVERY:
            return Owed([], periods)
        if self.missed is Missed.SKIP and now - last.due > self.grace:
            return Owed(periods, [])
        return Owed(periods[:-1], periods[-1:])
