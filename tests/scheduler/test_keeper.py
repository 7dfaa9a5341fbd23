"""The timetable is kept: once, by one process, in order, also after a kill. Ticks are by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest

from domain.refusals import Busy, Conflict
from projections.postgres.upkeep import JOB_LOCKS, lock_key
from scheduler.keeper import Keeper
from scheduler.line import Line, Missed
from scheduler.periods import Daily, Every, Weekly
from scheduler.work import Work, Workshop, workshop
from tests.conftest import SECRET
from tests.ground import register

SLUG = "lesnaya"
SCHEMA = f"school_{SLUG}"
MOSCOW = ZoneInfo("Europe/Moscow")
#: Sunday, a second before the week is over
SUNDAY = datetime(2026, 11, 22, 23, 59, 59, tzinfo=MOSCOW).astimezone(UTC)
MONDAY = datetime(2026, 11, 23, 0, 5, tzinfo=MOSCOW).astimezone(UTC)
A_WEEK = timedelta(days=7)


@dataclass
class Clock:
    """A clock that a test moves."""

    at: datetime = SUNDAY

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Doing:
    """A job that remembers what it was about, and does what a test wants."""

    about: list[str] = field(default_factory=list)
    does: Callable[[Work], int | Mapping[str, int]] = lambda _: 1

    def __call__(self, work: Work) -> int | Mapping[str, int]:
        self.about.append(work.period.key)
        return self.does(work)


class Night:
    """A database with one school, and schedulers that keep one line there."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        self.url, self._stack = url, stack
        self.clock, self.doing = Clock(), Doing()
        self.line = Line(
            "check", "Проверка", Weekly(1, time(0, 5)), Missed.EVERY, self.doing, "дел"
        )

    def scheduler(self, line: Line | None = None) -> Keeper:
        """A process that keeps the line."""
        shop = self._stack.enter_context(workshop(self.url, SECRET, clock=self.clock))
        return Keeper(shop, [line or self.line])

    def tick(self, keeper: Keeper, at: datetime | None = None) -> None:
        """A look at the clock."""
        self.clock.at = at or self.clock.at
        keeper.tick(keeper.table[0])

    def rows(self, query: str, *arguments: Any) -> list[Any]:
        """From the school's tables."""
        with psycopg.connect(self.url) as conn:
            conn.execute(f"SET search_path = {SCHEMA}".encode())
            return conn.execute(query.encode(), arguments).fetchall()

    def do(self, query: str, *arguments: Any) -> None:
        """As the superuser."""
        with psycopg.connect(self.url) as conn:
            conn.execute(f"SET search_path = {SCHEMA}".encode())
            conn.execute(query.encode(), arguments)

    def runs(self) -> list[tuple[str, str]]:
        """(period, outcome) in order."""
        return self.rows(
            "SELECT period, outcome FROM job_run ORDER BY scheduled_for, started NULLS LAST"
        )

    def next_at(self) -> Any:
        """When the scheduler says that it is due."""
        [(moment,)] = self.rows("SELECT next_at FROM job")
        return moment


@pytest.fixture
def night(database: str) -> Iterator[Night]:
    register(database, SLUG)
    with ExitStack() as stack:
        yield Night(database, stack)


def test_a_week_is_closed_once_at_five_past_midnight(night: Night) -> None:
    keeper = night.scheduler()
    night.tick(keeper, SUNDAY)
    assert night.runs() == [("2026-W46", "begun")]  # what was due before is nobody's debt
    assert night.next_at() == MONDAY

    night.tick(keeper, MONDAY - timedelta(seconds=1))
    assert night.doing.about == []
    night.tick(keeper, MONDAY)
    for later in range(3):
        night.tick(keeper, MONDAY + timedelta(minutes=later))

    assert night.doing.about == ["2026-W47"]
    assert night.runs() == [("2026-W46", "begun"), ("2026-W47", "done")]
    assert night.next_at() == MONDAY + A_WEEK
    [(figures, asked)] = night.rows("SELECT figures, asked_by FROM job_run WHERE outcome = 'done'")
    assert (figures, asked) == ({"дел": 1}, None)


def test_a_job_may_begin_with_the_last_term(night: Night) -> None:
    keeper = night.scheduler(replace(night.line, at_first=True))

    night.tick(keeper, SUNDAY)
    night.tick(keeper)
    night.tick(keeper, MONDAY)

    assert night.doing.about == ["2026-W46", "2026-W47"]


def test_three_weeks_of_downtime_are_three_weeks_each_by_itself(night: Night) -> None:
    night.tick(night.scheduler(), SUNDAY)

    again = night.scheduler()
    first_dies(night)
    night.tick(again, MONDAY + 2 * A_WEEK + timedelta(hours=9))
    night.tick(again)

    assert night.doing.about == ["2026-W47", "2026-W48", "2026-W49"]
    assert [outcome for _, outcome in night.runs()] == ["begun", "done", "done", "done"]


def test_what_is_missed_is_written_down(night: Night) -> None:
    once = replace(night.line, when=Daily(time(2, 15)), missed=Missed.ONCE)
    keeper = night.scheduler(once)
    night.tick(keeper, SUNDAY)

    night.tick(keeper, SUNDAY + timedelta(days=3))

    assert night.doing.about == ["2026-11-25"]
    assert night.runs() == [
        ("2026-11-22", "begun"),
        ("2026-11-23", "missed"),
        ("2026-11-24", "missed"),
        ("2026-11-25", "done"),
    ]


def test_a_clock_that_jumps_back_does_nothing_twice(night: Night) -> None:
    keeper = night.scheduler()
    night.tick(keeper, SUNDAY)
    night.tick(keeper, MONDAY)

    for step in (timedelta(minutes=-6), timedelta(days=-20), timedelta(minutes=1)):
        night.tick(keeper, MONDAY + step)
        night.tick(night.scheduler(), MONDAY + step)

    assert night.doing.about == ["2026-W47"]


def test_what_looks_for_work_all_the_time_goes_on_after_the_clock_was_put_back(
    night: Night,
) -> None:
    watching = replace(night.line, when=Every(1), missed=Missed.ONCE, watches=True)
    keeper = night.scheduler(watching)
    night.tick(keeper, MONDAY)

    night.tick(keeper, MONDAY - timedelta(hours=1))

    assert len(night.doing.about) == 2


def test_the_other_scheduler_takes_over_when_the_first_dies(night: Night) -> None:
    first, second = night.scheduler(), night.scheduler()
    night.tick(first, SUNDAY)
    night.tick(second, MONDAY)
    assert night.doing.about == []  # it does not lead

    first_dies(night)
    night.tick(second, MONDAY)
    night.tick(first, MONDAY)  # it has come back, and leads no more

    assert night.doing.about == ["2026-W47"]
    assert [outcome for _, outcome in night.runs()] == ["begun", "done"]


def first_dies(night: Night) -> None:
    """The leader's connection breaks, as when its process is killed."""
    night.do(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'"
        " AND granted AND classid = %s AND objid = %s::bigint::oid"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        JOB_LOCKS,
        lock_key("leader", "") % 2**32,
    )


def test_what_a_dead_process_left_in_the_middle_is_run_again(night: Night) -> None:
    dying, living = night.scheduler(), night.scheduler()
    night.tick(dying, SUNDAY)

    def dies(_: Work) -> int:
        raise SystemExit  # like a kill: nothing after this line is done by the process

    night.doing.does = dies
    with pytest.raises(SystemExit):
        night.tick(dying, MONDAY)
    assert night.runs()[-1] == ("2026-W47", "running")

    night.doing.does = lambda _: 1
    first_dies(night)
    night.tick(living, MONDAY + timedelta(minutes=2))

    assert night.doing.about == ["2026-W47", "2026-W47"]
    assert night.runs()[1:] == [("2026-W47", "interrupted"), ("2026-W47", "done")]
    [(error,)] = night.rows("SELECT error FROM job_run WHERE outcome = 'interrupted'")
    assert "заново" in error


def test_a_failure_is_told_in_words_and_tried_again_later(night: Night) -> None:
    def refused(_: Work) -> int:
        raise Conflict("week.open", "Неделя ещё не закончилась.")

    keeper = night.scheduler()
    night.tick(keeper, SUNDAY)
    night.doing.does = refused
    for minutes in (0, 0.5, 1, 2, 3):  # again after one minute, then after two
        night.tick(keeper, MONDAY + timedelta(minutes=minutes))
    assert len(night.doing.about) == 3
    assert night.next_at() == MONDAY  # late, and anybody can see it

    night.doing.does = lambda _: 1
    night.tick(keeper, MONDAY + timedelta(hours=2))

    assert [outcome for _, outcome in night.runs()] == ["begun", *["failed"] * 3, "done"]
    assert night.rows("SELECT DISTINCT error FROM job_run WHERE outcome = 'failed'") == [
        ("Неделя ещё не закончилась.",)
    ]
    assert night.next_at() == MONDAY + A_WEEK


def test_what_is_only_too_early_is_a_line_of_warning_and_tried_again(
    night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    def early(_: Work) -> int:
        raise Busy("projection.behind", "Записи недели ещё готовятся к показу.")

    keeper = night.scheduler()
    night.tick(keeper)
    night.doing.does = early
    night.tick(keeper, MONDAY)
    [line] = [one for one in caplog.records if "check" in one.message]
    assert line.levelname == "WARNING"
    assert line.message.endswith("check of 2026-W47 waits: Записи недели ещё готовятся к показу.")
    assert line.exc_info is None
    night.doing.does = lambda _: 1
    night.tick(keeper, MONDAY + timedelta(minutes=2))
    assert night.doing.about == ["2026-W47", "2026-W47"]


def test_a_week_that_fails_holds_up_the_next_one(night: Night) -> None:
    def fails(work: Work) -> int:
        if work.period.key == "2026-W48":
            raise ZeroDivisionError
        return 1

    keeper = night.scheduler()
    night.tick(keeper, SUNDAY)
    night.doing.does = fails
    night.tick(keeper, MONDAY + 3 * A_WEEK)

    assert night.doing.about == ["2026-W47", "2026-W48"]
    [(error,)] = night.rows("SELECT error FROM job_run WHERE outcome = 'failed'")
    assert error == "Внутренняя ошибка (ZeroDivisionError). Подробности — в выводе сервера."

    night.doing.does = lambda _: 1
    night.tick(keeper, MONDAY + 3 * A_WEEK + timedelta(hours=1))
    assert night.doing.about[2:] == ["2026-W48", "2026-W49", "2026-W50"]


def test_schools_in_two_zones_have_their_own_midnight(night: Night) -> None:
    register(night.url, "kamchatka")
    with psycopg.connect(night.url) as conn:
        conn.execute("UPDATE public.school SET zone = 'Asia/Kamchatka' WHERE slug = 'kamchatka'")
    seen: list[str] = []

    def sees(work: Work) -> int:
        seen.append(f"{work.slug} {work.period.key}")
        return 1

    night.doing.does = sees
    keeper = night.scheduler()
    night.tick(keeper, MONDAY - timedelta(hours=10))
    assert seen == []

    night.tick(keeper, MONDAY - timedelta(hours=9))
    assert seen == ["kamchatka 2026-W47"]
    night.tick(keeper, MONDAY)
    assert seen == ["kamchatka 2026-W47", f"{SLUG} 2026-W47"]


def test_who_looks_for_work_writes_down_only_what_was_done(night: Night) -> None:
    keeper = night.scheduler(replace(night.line, when=Every(5), watches=True))
    night.doing.does = lambda work: work.now == MONDAY
    for seconds in (-10, -5, 0, 5):
        night.tick(keeper, MONDAY + timedelta(seconds=seconds))

    assert len(night.doing.about) == 4
    assert night.runs() == [("2026-11-22T21:05:00Z", "done")]
    assert night.next_at() is None


def test_a_watch_that_fails_is_not_tried_every_five_seconds(night: Night) -> None:
    def fails(_: Work) -> int:
        raise ZeroDivisionError

    keeper = night.scheduler(replace(night.line, when=Every(5), watches=True))
    night.doing.does = fails
    for seconds in range(0, 61, 5):
        night.tick(keeper, MONDAY + timedelta(seconds=seconds))

    assert [outcome for _, outcome in night.runs()] == ["failed", "failed"]


def ask(night: Night, job: str = "check") -> UUID:
    """The director wants it now."""
    run_id = uuid4()
    night.do(
        "INSERT INTO job_run (run_id, job, period, scheduled_for, asked_at, asked_by, outcome)"
        " VALUES (%s, %s, '', %s, %s, %s, 'asked')",
        run_id,
        job,
        night.clock(),
        night.clock(),
        uuid4(),
    )
    return run_id


def test_what_somebody_asks_for_is_what_is_owed(night: Night) -> None:
    keeper = night.scheduler()
    night.tick(keeper, SUNDAY)
    night.clock.at = MONDAY + A_WEEK
    run_id = ask(night)

    keeper.answer()
    keeper.answer()
    night.tick(keeper)

    assert night.doing.about == ["2026-W47", "2026-W48"]
    [(period, outcome)] = night.rows(
        "SELECT period, outcome FROM job_run WHERE run_id = %s", run_id
    )
    assert (period, outcome) == ("2026-W47", "done")


def test_what_is_done_already_is_done_once_more_for_who_asks(night: Night) -> None:
    keeper = night.scheduler()
    night.tick(keeper, SUNDAY)
    night.tick(keeper, MONDAY)
    ask(night)

    keeper.answer()

    assert night.doing.about == ["2026-W47", "2026-W47"]
    assert night.rows("SELECT count(*) FROM job_run WHERE asked_by IS NOT NULL") == [(1,)]


def test_nobody_answers_for_a_job_that_is_no_more(night: Night) -> None:
    keeper = night.scheduler()
    ask(night, "forgotten")

    keeper.answer()

    assert night.rows("SELECT outcome, error FROM job_run") == [
        ("failed", "Такого задания в расписании нет.")
    ]


def test_a_job_that_left_the_table_is_told_of_no_more(night: Night) -> None:
    night.tick(night.scheduler(), SUNDAY)
    first_dies(night)

    night.tick(night.scheduler(replace(night.line, name="another")), SUNDAY)

    assert night.rows("SELECT name FROM job") == [("another",)]


def test_the_diary_is_pruned_but_for_what_a_job_goes_on_from(night: Night) -> None:
    keeper = night.scheduler()
    night.tick(keeper, SUNDAY)
    night.doing.does = lambda _: {"дел": 0}
    for week in range(3):
        night.tick(keeper, MONDAY + week * A_WEEK)
    shops = shop_of(keeper)
    book = shops.book(shops.schools()[0])

    pruned = [book.prune(MONDAY + 10 * A_WEEK), book.prune(MONDAY + 100 * A_WEEK)]

    assert pruned == [2, 1]  # those that had nothing to do; then what is older than a year
    assert night.runs() == [("2026-W49", "done")]


def shop_of(keeper: Keeper) -> Workshop:
    """What it works with."""
    return keeper._shop


def test_the_database_does_not_keep_a_period_done_twice(night: Night) -> None:
    keeper = night.scheduler()
    night.tick(keeper, SUNDAY)
    night.tick(keeper, MONDAY)

    with pytest.raises(psycopg.errors.UniqueViolation):
        night.do(
            "INSERT INTO job_run (run_id, job, period, scheduled_for, started, finished, outcome)"
            " SELECT gen_random_uuid(), job, period, scheduled_for, started, finished, outcome"
            " FROM job_run WHERE outcome = 'done'"
        )
