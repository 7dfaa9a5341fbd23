"""Keeps the timetable: finds what is owed, carries it out once, writes down how it went.

Nothing here waits or sleeps: whoever drives it calls `tick`. One process acts at a time (the
leader); a run has begun in the diary before the job does anything, so that a process that dies in
the middle leaves a trace, and its period is carried out again by whoever leads next.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID, uuid4

from domain.refusals import Busy, Refusal
from projections.jobs import Published
from projections.postgres.account import ServerError
from projections.postgres.migrations import RegisteredSchool
from scheduler.line import Line, Owed
from scheduler.periods import Period
from scheduler.timetable import TIMETABLE
from scheduler.work import Workshop, total

logger = logging.getLogger(__name__)

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=1)
MORE = "Подробности — в выводе сервера."
UNKNOWN = "Такого задания в расписании нет."


class Keeper:
    """Drives the lines of a timetable in every school of a workshop. May be called by threads,
    each with lines of its own.
    """

    def __init__(self, shop: Workshop, table: Sequence[Line] = TIMETABLE) -> None:
        self._shop = shop
        self._table = tuple(table)
        self._places = {line.name: place for place, line in enumerate(self._table)}
        self._mutex = Lock()
        self._term: int | None = None
        #: (job, school) → not to be looked at before; how often it has failed since it went well
        self._rests: dict[tuple[str, str], datetime] = {}
        self._failures: dict[tuple[str, str], int] = {}
        self._looked: datetime | None = None

    @property
    def table(self) -> tuple[Line, ...]:
        """What is kept."""
        return self._table

    def tick(self, line: Line) -> None:
        """Carry out what is owed of a line in every school, if this process leads."""
        if not self._leads():
            return
        self._mind_the_clock()
        for school in self._shop.schools():
            rest = self._rests.get((line.name, school.slug))
            if rest is None or rest <= self._now():
                self._attend(line, school)

    def answer(self) -> None:
        """Carry out what people have asked for, if this process leads."""
        if not self._leads():
            return
        lines = {line.name: line for line in self._table}
        for school in self._shop.schools():
            book = self._shop.book(school)
            for asked in book.asked():
                line = lines.get(asked.job)
                if line is not None:
                    self.by_hand(line, school, asked.run_id, asked.asked_by)
                    continue
                now = self._now()
                book.begin(asked.run_id, asked.job, "", now, now, asked.asked_by)
                book.fail(asked.run_id, now, UNKNOWN)

    def by_hand(self, line: Line, school: RegisteredSchool, run_id: UUID, by: str) -> bool | None:
        """Somebody wants it now: what is owed, else the last period once more. Answers whether it
        went well; None: another process is at it.
        """
        with self._shop.alone(line.name, school.slug) as mine:
            if not mine:
                return None
            book, now, zone = self._shop.book(school), self._now(), school.zone
            book.bury(line.name, now)
            settled = book.settled(line.name)
            last = line.when.last(now, zone)
            missed, due = line.owed(settled, now, zone) if settled else Owed([], [])
            for period in missed:
                book.note(uuid4(), line.name, period.key, period.due, "missed")
            for number, period in enumerate(due or [last]):
                run = uuid4() if number else run_id
                if not self._carry_out(line, school, period, run, by):
                    return False
            self._publish(line, school)
            return True

    def _mind_the_clock(self) -> None:
        """A clock that was put back lets nobody rest until the moment comes again."""
        with self._mutex:
            now = self._now()
            if self._looked is not None and now < self._looked:
                logger.warning("the clock was put back from %s to %s", self._looked, now)
                self._rests.clear()
            self._looked = now

    def _leads(self) -> bool:
        term = self._shop.leadership.term()
        with self._mutex:
            if term != self._term:
                self._term = term
                self._rests.clear()
                self._failures.clear()
                if term is not None:
                    logger.info("the timetable is kept by this process")
                    for school in self._shop.schools():
                        self._shop.book(school).retire(list(self._places))
        return term is not None

    def _attend(self, line: Line, school: RegisteredSchool) -> None:
        with self._shop.alone(line.name, school.slug) as mine:
            if not mine:
                return  # somebody runs it by hand
            if line.watches:
                self._watch(line, school)
            else:
                self._keep(line, school)

    def _keep(self, line: Line, school: RegisteredSchool) -> None:
        book, now, zone = self._shop.book(school), self._now(), school.zone
        book.bury(line.name, now)
        settled = book.settled(line.name)
        self._publish(line, school)
        if settled is not None:
            missed, due = line.owed(settled, now, zone)
        elif line.at_first:
            missed, due = Owed([], [line.when.last(now, zone)])
        else:  # what was due before the school had this job is nobody's debt
            begun = line.when.last(now, zone)
            book.note(uuid4(), line.name, begun.key, begun.due, "begun")
            missed, due = Owed([], [])
        for period in missed:
            logger.warning("%s: %s of %s was missed", school.slug, line.name, period.key)
            book.note(uuid4(), line.name, period.key, period.due, "missed")
        for period in due:
            if not self._carry_out(line, school, period, uuid4(), None):
                return
        self._publish(line, school)
        self._rest(line, school, line.when.after(now, zone).due)

    def _watch(self, line: Line, school: RegisteredSchool) -> None:
        now = self._now()
        if (line.name, school.slug) not in self._rests:
            self._shop.book(school).bury(line.name, now)
            self._publish(line, school)
        self._carry_out(line, school, line.when.last(now, school.zone), uuid4(), None)

    def _carry_out(
        self, line: Line, school: RegisteredSchool, period: Period, run_id: UUID, by: str | None
    ) -> bool:
        book, started = self._shop.book(school), self._now()
        begun = not line.watches or by is not None
        if begun:
            book.begin(run_id, line.name, period.key, period.due, started, by)
        try:
            done = line.job(self._shop.work(school, started, period))
        except Exception as fault:
            if isinstance(fault, Busy):  # not now; nothing is broken
                told = (school.slug, line.name, period.key, fault.message)
                logger.warning("%s: %s of %s waits: %s", *told)
            else:
                logger.exception("%s: %s of %s has failed", school.slug, line.name, period.key)
            if not begun:
                book.begin(run_id, line.name, period.key, period.due, started, by)
            book.fail(run_id, self._now(), words(fault))
            self._rest(line, school, started + self._patience(line, school))
            return False
        self._failures.pop((line.name, school.slug), None)
        if line.watches:
            self._rest(line, school, started)
        if not begun and total(done):
            book.begin(run_id, line.name, period.key, period.due, started, by)
            begun = True
        if begun:
            figures = done if isinstance(done, Mapping) else {line.counts: done}
            book.finish(run_id, self._now(), figures)
        if total(done):
            logger.info("%s: %s of %s: %s", school.slug, line.name, period.key, done)
        return True

    def _publish(self, line: Line, school: RegisteredSchool) -> None:
        """The first run that is owed, for the other processes: it stays put until it is done."""
        book, settled = self._shop.book(school), None
        if not line.watches:
            settled = book.settled(line.name) or self._now()
        book.publish(
            Published(
                line.name,
                self._places[line.name],
                line.title,
                line.when.words,
                line.missed.value,
                line.by_hand,
                int(line.grace.total_seconds()),
                settled and line.when.after(settled, school.zone).due,
            )
        )

    def _patience(self, line: Line, school: RegisteredSchool) -> timedelta:
        """How long to wait after a failure: longer each time."""
        key = (line.name, school.slug)
        times = self._failures[key] = self._failures.get(key, 0) + 1
        longer: timedelta = FIRST_RETRY * 2 ** (min(times, 10) - 1)
        return min(longer, LAST_RETRY)

    def _rest(self, line: Line, school: RegisteredSchool, until: datetime) -> None:
        self._rests[line.name, school.slug] = until

    def _now(self) -> datetime:
        return self._shop.clock()


def words(fault: Exception) -> str:
    """What went wrong, for a person; about nobody."""
    if isinstance(fault, Refusal):
        return fault.message
    if isinstance(fault, ServerError):
        return str(fault)
    if type(fault).__module__.startswith("psycopg"):
        return f"База данных не ответила как нужно ({type(fault).__name__}). {MORE}"
    return f"Внутренняя ошибка ({type(fault).__name__}). {MORE}"
