"""What many people at once, a full queue and people who leave do to the doors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.answers import written
from api.auth import crowd
from api.house import ENGINE_WAITS_S, House
from domain.writing import Answer, Receipt
from projections import diary
from tests.api.ground import Desk
from tests.api.test_diary import WEEK, looks
from tests.api.test_lessons import lesson_of
from tests.api.test_marks import COLUMN
from tests.cast import PETYA

At = Callable[[str], Desk]
READERS = 40


def house_of(client: TestClient) -> House:
    """What the running application holds open."""
    app = client.app
    assert isinstance(app, FastAPI)
    house: House = app.state.house
    return house


def test_everybody_reads_at_once_and_each_leaves_a_line(
    client: TestClient, desk: At, kukarino: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bet (c), without a stopwatch: documents and lines are shared round trips, checks are not
    skipped. Its speed beside a bare endpoint is `letopis bench http-diary`.
    """
    olga, oleg = desk("olga"), desk("oleg")
    reads, commits = [], []
    monkeypatch.setattr(crowd, "SOON_S", float("inf"))  # however slow this machine is just now
    usual_weeks = diary.weeks
    store = next(iter(house_of(client)._doors.values())).store
    usual_record = store.record

    async def counted_weeks(conn: Any, schema: str, keys: Any) -> Any:
        reads.append(len(keys))
        return await usual_weeks(conn, schema, keys)

    async def counted_record(lines: Any) -> None:
        commits.append(len(lines))
        await usual_record(lines)

    monkeypatch.setattr(diary, "weeks", counted_weeks)
    monkeypatch.setattr(
        next(iter(house_of(client)._doors.values())).looks, "_write", counted_record
    )
    with ThreadPoolExecutor(READERS) as threads:
        answers = list(
            threads.map(lambda n: (olga, oleg)[n % 4 == 0].get(WEEK).status_code, range(READERS))
        )

    assert answers == [403 if n % 4 == 0 else 200 for n in range(READERS)]
    lines = looks(kukarino, "diary")
    assert lines.count((PETYA, "ok", "guardian")) == READERS * 3 // 4
    assert lines.count((PETYA, "refused", "consent.required")) == READERS // 4
    assert sum(commits) == READERS
    assert len(reads) <= READERS * 3 // 4


def test_a_full_queue_asks_to_come_back(client: TestClient, desk: At) -> None:
    anna = desk("anna")
    path, key = f"/lessons/{lesson_of(anna)}/marks", str(uuid4())
    engine = house_of(client).engine
    usual, engine._queue_limit = engine._queue_limit, 0

    full = anna.post(path, COLUMN, key=key)
    engine._queue_limit = usual

    assert (full.status_code, full.json()["code"]) == (503, "engine.queue_full")
    assert full.headers["retry-after"] == "1"
    assert anna.post(path, COLUMN, key=key).status_code == 200


def test_a_database_that_is_away_is_a_503_and_no_trace_of_a_stack(
    client: TestClient, desk: At, kukarino: str
) -> None:
    olga = desk("olga")
    with psycopg.connect(kukarino, autocommit=True) as conn:
        conn.execute("ALTER ROLE letopis_app NOLOGIN")
        conn.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE usename = 'letopis_app'"
        )
        house_of(client).database._pool.timeout = 0.2
        try:
            answer = olga.get(WEEK)
            health = client.get("/readyz")
        finally:
            conn.execute("ALTER ROLE letopis_app LOGIN")

    assert (answer.status_code, answer.json()["code"]) == (503, "database.unavailable")
    assert answer.headers["retry-after"] == "1"
    assert "Traceback" not in answer.text
    assert (health.status_code, health.json()["database"]) == (503, False)


def test_a_write_while_the_database_is_away_is_a_503_and_its_repeat_is_written_once(
    client: TestClient, desk: At, kukarino: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's one thread writes for every school: it waits for no connection for long."""
    anna, house = desk("anna"), house_of(client)
    path, key = f"/lessons/{lesson_of(anna)}/marks", str(uuid4())
    monkeypatch.setattr("domain.engine.AWAY_ATTEMPTS", 2)
    assert {house._writer.timeout, house._reader.timeout} == {ENGINE_WAITS_S}
    assert ENGINE_WAITS_S <= 1
    house._writer.timeout = house._reader.timeout = 0.1
    with psycopg.connect(kukarino, autocommit=True) as conn:
        conn.execute("ALTER ROLE letopis_writer NOLOGIN")
        conn.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE usename = 'letopis_writer' AND datname = current_database()"
        )
        try:
            away = anna.post(path, COLUMN, key=key)
        finally:
            conn.execute("ALTER ROLE letopis_writer LOGIN")
    house._writer.timeout = house._reader.timeout = 20

    assert (away.status_code, away.json()["code"]) == (503, "log.unavailable")
    assert away.headers["retry-after"] == "1"
    position = anna.post(path, COLUMN, key=key).json()["position"]
    assert anna.post(path, COLUMN, key=key).json()["position"] == position
    with psycopg.connect(kukarino) as conn:
        given = "SELECT count(*) FROM school_kukarino.facts WHERE topic = 'journal.mark-given'"
        assert conn.execute(given).fetchone() == (len(COLUMN["marks"]),)


def test_whoever_leaves_does_not_take_the_write_along() -> None:
    async def story() -> None:
        command: Answer = Answer()
        waiting = asyncio.create_task(written(command))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

        assert not command.done()
        command.set_result(Receipt(1, 1))

    asyncio.run(story())
