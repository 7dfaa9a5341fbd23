"""The projector: batches, bookmarks, restarts, the bell, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from domain.catalogue import FACTS
from projections import waiting
from projections.catalogue import PROJECTIONS
from projections.folding import Folder, catch_up
from projections.postgres.bell import Bell
from projections.postgres.database import APP, PROJECTOR, conninfo
from projections.projection import Place
from projections.projector import LOCK, Projector
from projections.replay import replay
from projections.sql import bound
from tests.conftest import SECRET
from tests.projections.life import Life, life


@pytest.fixture
def at(database: str) -> Iterator[Life]:
    with life(database) as one:
        yield one


@contextmanager
def running(url: str) -> Iterator[Projector]:
    """A projector in a thread, stopped at the end."""
    projector = Projector(conninfo(url, PROJECTOR, SECRET))
    thread = Thread(target=projector.run)
    thread.start()
    try:
        yield projector
    finally:
        projector.stop.set()
        thread.join(timeout=60)
        assert not thread.is_alive()


def reached(at: Life, position: int, timeout: float = 60) -> bool:
    """Wait until every projection has folded a position."""
    return bool(at.read(waiting.wait_for, list(PROJECTIONS), position, timeout))


def head_of(at: Life) -> int:
    """The last position of the log."""
    [(last,)] = at.projector.execute(bound("SELECT last FROM {s}.head", at.schema)).fetchall()
    return int(last)


@pytest.mark.parametrize("name", PROJECTIONS)
def test_every_fact_is_handled_or_passed_over_on_purpose(name: str) -> None:
    projection = PROJECTIONS[name](Place("school_x", "school_x"))
    assert projection.name == name
    assert projection.topics & projection.ignored == set()
    assert projection.topics | projection.ignored == set(FACTS)


def test_each_table_belongs_to_one_projection_and_none_is_forgotten(at: Life) -> None:
    claimed = [table for make in PROJECTIONS.values() for table in make(Place("x", "x")).tables]
    laid = at.projector.execute(
        "SELECT table_name FROM information_schema.table_privileges WHERE table_schema = %s"
        " AND grantee = %s AND privilege_type = 'DELETE'",
        (at.schema, PROJECTOR),
    ).fetchall()
    assert sorted(claimed) == sorted({name for (name,) in laid} - {"bookmark", "trouble"})


@pytest.mark.parametrize("limit", [1, 7, None])
def test_batches_of_any_size_give_the_same_rows(at: Life, limit: int | None) -> None:
    at.fold_all(limit)
    assert replay(at.projector, at.schema).agrees
    assert at.read(waiting.position_of) == head_of(at)


def test_a_transaction_that_fails_leaves_neither_rows_nor_memory(at: Life) -> None:
    class Broken:
        """Fails after the others have folded."""

        name, tables, topics = "broken_v1", (), frozenset(FACTS)
        ignored: frozenset[str] = frozenset()

        def __init__(self, _: Place) -> None:
            self.seen = 0

        def fold(self, batch: Any, _: Any) -> None:
            raise ZeroDivisionError

    broken = Folder(Place(at.schema, at.schema), {**PROJECTIONS, "broken_v1": Broken})
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            broken.step(at.projector)
    assert at.read(waiting.position_of) == 0
    [(rows,)] = at.projector.execute(bound("SELECT count(*) FROM {s}.diary_v1", at.schema))
    assert rows == 0
    at.fold_all()
    assert replay(at.projector, at.schema).agrees


def test_a_new_projection_catches_up_with_the_others(at: Life) -> None:
    trail = {"trail_v1": PROJECTIONS["trail_v1"]}
    assert catch_up(at.projector, at.schema, trail) == head_of(at)
    assert at.read(waiting.position_of, "diary_v1") == 0
    at.fold_all(6)
    assert at.read(waiting.position_of) == head_of(at)
    assert replay(at.projector, at.schema).agrees


def test_the_projector_wakes_by_the_bell_and_looks_by_itself(at: Life) -> None:
    bell = Bell(conninfo(at.url, PROJECTOR, SECRET))
    with running(at.url):
        assert reached(at, head_of(at))  # nobody rang: it looked
        receipt = at.must(at.mark(at.lessons[0], at.pupils[0], "5", "mark"))
        bell.ring(at.slug, receipt.position)
        assert reached(at, receipt.position)
        lag = at.read(waiting.lag)
        assert lag == {"position": receipt.position, "head": receipt.position} | {
            "facts": 0,
            "seconds": 0.0,
        }
    bell.close()


def test_only_one_projector_works_and_the_next_takes_over(at: Life) -> None:
    with psycopg.connect(conninfo(at.url, PROJECTOR, SECRET), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        with running(at.url):
            assert not reached(at, 1, timeout=0.3)
            other.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
            assert reached(at, head_of(at))


def test_whoever_folds_beside_the_projector_leaves_it_whole(at: Life) -> None:
    here = Folder(Place(at.schema, at.schema))
    while here.step(at.projector):
        pass
    at.must(at.mark(at.lessons[0], at.pupils[0], "5", "mark"))
    at.fold_all()  # as a command does that has noted a check
    last = at.must(at.mark(at.lessons[0], at.pupils[1], "4", "another")).position
    assert here.step(at.projector) == 1
    assert reached(at, last)
    assert replay(at.projector, at.schema).agrees


def test_a_projector_survives_the_loss_of_its_connections(at: Life) -> None:
    with running(at.url):
        assert reached(at, head_of(at))
        with psycopg.connect(at.url, autocommit=True) as conn:
            conn.execute(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                " WHERE usename = %s AND pid <> pg_backend_pid()",
                (PROJECTOR,),
            )
        receipt = at.must(at.mark(at.lessons[0], at.pupils[0], "5", "mark"))
        assert reached(at, receipt.position)
    with psycopg.connect(conninfo(at.url, PROJECTOR, SECRET), autocommit=True) as conn:
        assert replay(conn, at.schema).agrees


def test_waiting_ends_with_the_position_or_with_the_patience(at: Life) -> None:
    at.fold_all()
    head = head_of(at)

    async def both() -> tuple[bool, bool, Any]:
        async def connect() -> AsyncConnection[Any]:
            return await AsyncConnection.connect(conninfo(at.url, APP, SECRET), autocommit=True)

        one, two = await connect(), await connect()
        wait: Callable[..., Any] = waiting.wait_for
        two_of_them = ("diary_v1", "trail_v1")
        late = asyncio.create_task(wait(one, at.schema, two_of_them, head + 1, 60))
        early = await wait(two, at.schema, "diary_v1", head)
        at.must(at.mark(at.lessons[0], at.pupils[0], "5", "mark"))
        at.fold_all()
        found = early, await late, await wait(two, at.schema, "diary_v1", head + 9, 0.02)
        await one.close()
        await two.close()
        return found

    assert asyncio.run(both()) == (True, True, False)
