"""Each job with a given `now`: what it does, and that twice is once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.journal.state import Journal
from domain.world import World
from projections.folding import catch_up
from projections.postgres.database import PROJECTOR, conninfo
from projections.postgres.log import SchoolLog
from projections.postgres.settings import Settings
from projections.postgres.upkeep import alone
from scheduler import __main__ as process
from scheduler.jobs import upkeep
from scheduler.keeper import Keeper
from scheduler.timetable import TIMETABLE
from scheduler.work import Work, Workshop, workshop
from tests.conftest import SECRET
from tests.ground import TODAY, Ground, engine_on, lay, register, school_on

SLUG = "lesnaya"
#: the end of a day of Moscow's clocks
MIDNIGHT = datetime(2026, 9, 10, 21, tzinfo=UTC)


@pytest.fixture
def ground(database: str) -> Ground:
    """A school with a class and its lessons."""
    register(database, SLUG)
    with engine_on(database) as engine:
        return lay(school_on(engine, SLUG))


@pytest.fixture
def shop(settings: Settings, ground: Ground) -> Iterator[Workshop]:
    """The pools of a scheduler process."""
    with workshop(str(settings.database_url), SECRET) as opened:
        yield opened


def count(url: str, table: str, where: str = "true") -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute(f"SELECT count(*) FROM school_{SLUG}.{table} WHERE {where}").fetchone()
    assert row is not None
    return int(row[0])


def test_requests_are_kept_thirty_days(shop: Workshop, database: str) -> None:
    held = count(database, "request")
    assert held > 0

    early = shop.run("prune", upkeep.prune_requests, TODAY + timedelta(days=29))
    late = shop.run("prune", upkeep.prune_requests, TODAY + timedelta(days=31))
    again = shop.run("prune", upkeep.prune_requests, TODAY + timedelta(days=31))

    assert (early[SLUG], late[SLUG], again[SLUG]) == (0, held, 0)
    assert count(database, "request") == 0


def test_idle_sessions_are_ended_and_old_ones_forgotten(shop: Workshop, database: str) -> None:
    person = str(uuid4())
    with psycopg.connect(database) as conn:
        conn.execute(
            f"INSERT INTO school_{SLUG}.account (person_id, login, must_change, issued_at)"
            " VALUES (%s, 'anna', false, now())",
            (person,),
        )
        for name, seen in (("idle", TODAY - timedelta(hours=1)), ("living", TODAY)):
            conn.execute(
                f"INSERT INTO school_{SLUG}.session (token_hash, session_id, person_id, created,"
                " seen, auth_time, idle_s) VALUES (%s, %s, %s, %s, %s, %s, 600)",
                (name.encode().ljust(32), uuid4(), person, seen, seen, seen),
            )

    ended = [shop.run("expire", upkeep.expire_sessions, TODAY)[SLUG] for _ in range(2)]
    assert ended == [1, 0]
    assert count(database, "session", "revoked IS NULL") == 1

    shop.run("expire", upkeep.expire_sessions, TODAY + timedelta(days=31))
    shop.run("expire", upkeep.expire_sessions, TODAY + timedelta(days=62))
    assert count(database, "session") == 0


def test_grown_states_are_stored_once(
    shop: Workshop, database: str, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.postgres.upkeep.SNAPSHOT_AFTER", 2)

    taken = [shop.run("snapshots", upkeep.take_snapshots, TODAY)[SLUG] for _ in range(2)]

    assert taken == [2, 0]  # the journal of the class, the office of the year
    assert count(database, "snapshot") == 2
    logs: list[SchoolLog] = []

    def looked(work: Work) -> int:
        logs.append(work.log)
        return 0

    shop.run("look", looked, TODAY)
    stored = logs[0].snapshot(UUID(ground.class_id), Journal)
    assert stored is not None
    assert set(stored.pupils) == set(ground.pupils)
    assert stored.version == World(logs[0], hot=1).journal(ground.class_id).version


def test_a_job_that_another_process_is_at_is_left_to_it(shop: Workshop, database: str) -> None:
    with alone(database, "prune", SLUG) as mine:
        assert mine
        assert shop.run("prune", upkeep.prune_requests, TODAY) == {}

    assert SLUG in shop.run("prune", upkeep.prune_requests, TODAY)


def test_a_job_visits_every_school(shop: Workshop, database: str) -> None:
    register(database, "zarechnaya")
    seen = []

    def job(work: Work) -> int:
        seen.append(work.slug)
        return 1

    assert shop.run("job", job, TODAY) == {SLUG: 1, "zarechnaya": 1}
    assert seen == [SLUG, "zarechnaya"]


def test_who_looked_is_sealed_when_the_day_is_over_in_the_schools_zone(
    shop: Workshop, database: str
) -> None:
    with psycopg.connect(database) as conn:
        conn.execute(
            f"INSERT INTO school_{SLUG}.access_log (at, act, subject, outcome)"
            " VALUES (%s, 'diary', 'somebody', 'ok')",
            (MIDNIGHT - timedelta(hours=30),),
        )

    before = shop.run("seal", upkeep.seal_access_log, MIDNIGHT - timedelta(days=1, seconds=1))
    after = shop.run("seal", upkeep.seal_access_log, MIDNIGHT)
    again = shop.run("seal", upkeep.seal_access_log, MIDNIGHT + timedelta(hours=1))

    assert (before[SLUG], after[SLUG], again[SLUG]) == (0, 2, 0)
    with psycopg.connect(conninfo(database, PROJECTOR, SECRET), autocommit=True) as conn:
        catch_up(conn, f"school_{SLUG}")
        lines = conn.execute(
            f"SELECT lines FROM school_{SLUG}.audit_access_day ORDER BY day"
        ).fetchall()
    assert lines == [(1,), (0,)]


def test_the_process_asks_every_line_and_misses_nothing_twice(shop: Workshop) -> None:
    scheduler = process.start(Keeper(shop))
    try:
        jobs = {job.id: job for job in scheduler.get_jobs()}
        assert set(jobs) == {"answer"} | {line.name for line in TIMETABLE}
        for job in jobs.values():
            assert job.coalesce is True
            assert job.max_instances == 1
            assert job.misfire_grace_time is None
    finally:
        scheduler.shutdown()
