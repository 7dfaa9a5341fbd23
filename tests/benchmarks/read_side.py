"""The read side on the demonstration school: folding, replay, freshness, the past, bytes."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from statistics import median
from typing import Any

import orjson
import psycopg
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from projections.postgres.bell import Bell
from projections.postgres.database import APP, PROJECTOR, conninfo
from projections.projector import Projector
from projections.rebuild import rebuild
from projections.register.page import page
from projections.replay import replay as replayed
from tests.benchmarks.engine import give, marks
from tests.benchmarks.ground import database, lay_classes
from tests.benchmarks.lived import SCHEMA, lived
from tests.benchmarks.table import Result, interleaved, percentile, timed
from tests.conftest import SECRET
from tests.ground import engine_on

PAGE = 5_000
COMMANDS_PER_S = 200
VISIBLE_COMMANDS = 2_000


def read_and_parse(url: str) -> None:
    """The limit of folding: a keyset SELECT of every fact and orjson.loads of its bytes."""
    with psycopg.connect(url) as conn:
        cursor = conn.cursor(binary=True)
        position = 0
        while True:
            rows = cursor.execute(
                SQL(
                    "SELECT notification_id, originator_id, originator_version, topic, state"
                    " FROM {}.facts WHERE notification_id > %s ORDER BY notification_id LIMIT %s"
                ).format(Identifier(SCHEMA)),
                (position, PAGE),
            ).fetchall()
            for row in rows:
                orjson.loads(row[4])
            if len(rows) < PAGE:
                return
            position = rows[-1][0]


def project(rounds: int = 5) -> list[Result]:
    """All projections, and the diary alone, from nothing into real tables with indexes."""
    school = lived()

    def fold(*names: str) -> float:
        with psycopg.connect(school.url, autocommit=True) as conn:
            return school.facts / timed(lambda: rebuild(conn, SCHEMA, names or None))

    every, diary, limit = interleaved(
        min(rounds, 3),
        fold,
        lambda: fold("diary_v1"),
        lambda: school.facts / timed(lambda: read_and_parse(school.url)),
    )
    notes = f"{school.facts:,} facts of the demonstration; limit: keyset SELECT + orjson.loads"
    return [
        Result("project, all", every, limit, every / limit, "≥ 0.15×", "facts/s",
               every / limit >= 0.15, notes),
        Result("project, diary", diary, limit, diary / limit, "≥ 0.4×", "facts/s",
               diary / limit >= 0.4, notes),
    ]  # fmt: skip


def replay(rounds: int = 5) -> Result:
    """The whole school replayed, row by row; the log itself is `verify`'s."""
    school = lived()
    with psycopg.connect(conninfo(school.url, PROJECTOR, SECRET), autocommit=True) as conn:
        seconds = timed(lambda: agree(conn))
    limit = school.facts / median(timed(lambda: read_and_parse(school.url)) for _ in range(rounds))
    whole = school.facts / seconds
    notes = f"{seconds:.0f} s, all projections, every row compared, none differs"
    return Result(
        "replay", whole, limit, whole / limit, "no difference", "facts/s", met=True, notes=notes
    )


def agree(conn: psycopg.Connection[Any]) -> None:
    """Replay and insist that nothing differs."""
    report = replayed(conn, SCHEMA)
    assert report.agrees, report.differences


def visible(rounds: int = 5) -> Result:
    """From commit to a diary that has it, under 200 commands a second."""
    del rounds
    with database() as url, engine_on(url) as engine:
        school, classes = lay_classes(url, engine, "bench", 11)
        projector = Projector(conninfo(url, PROJECTOR, SECRET))
        thread = threading.Thread(target=projector.run)
        thread.start()
        bell = Bell(conninfo(url, APP, SECRET))
        committed: list[tuple[int, float]] = []

        def on_commit(slug: str, position: int) -> None:
            committed.append((position, time.perf_counter()))
            bell.ring(slug, position)

        engine._on_commit = on_commit
        seen: list[tuple[int, float]] = []
        done = threading.Event()
        watcher = threading.Thread(target=_watch, args=(url, seen, done))
        watcher.start()
        stream = marks(classes)
        laid = engine.log("bench").head().position
        while not seen or seen[-1][0] < laid:  # the school is furnished before the day begins
            time.sleep(0.01)
        committed.clear()
        started = time.perf_counter()
        for n in range(VISIBLE_COMMANDS):
            due = started + n / COMMANDS_PER_S
            time.sleep(max(0.0, due - time.perf_counter()))
            give(school, *next(stream))
        last = committed[-1][0]
        deadline = time.perf_counter() + 10
        while (not seen or seen[-1][0] < last) and time.perf_counter() < deadline:
            time.sleep(0.01)
        done.set()
        watcher.join()
        projector.stop.set()
        thread.join()
        bell.close()
    waits = []
    k = 0
    for position, at in committed:
        while seen[k][0] < position:
            k += 1
        waits.append(max(0.0, seen[k][1] - at) * 1e3)
    p50, p99 = median(waits), percentile(waits, 0.99)
    return Result("visible", p50, None, p50, "p50 ≤ 25 ms, p99 ≤ 150 ms", "ms",
                  p50 <= 25 and p99 <= 150,
                  f"p99 {p99:.0f} ms, {COMMANDS_PER_S} commands/s")  # fmt: skip


def _watch(url: str, seen: list[tuple[int, float]], done: threading.Event) -> None:
    """Note when the diary's bookmark moves; looks every millisecond."""
    with psycopg.connect(conninfo(url, APP, SECRET), autocommit=True) as conn:
        position = 0
        while not done.is_set():
            row = conn.execute(
                "SELECT position FROM school_bench.bookmark WHERE name = 'diary_v1'", prepare=True
            ).fetchone()
            if row and row[0] > position:
                position = row[0]
                seen.append((position, time.perf_counter()))
            time.sleep(0.001)


def as_of(rounds: int = 5) -> Result:
    """A register page at a random past moment beside the same page now."""
    school = lived()
    chance = random.Random(1)
    return asyncio.run(_as_of(school.url, school.facts, chance, rounds * 20))


async def _as_of(url: str, facts: int, chance: random.Random, pages: int) -> Result:
    conn = await AsyncConnection.connect(conninfo(url, APP, SECRET), autocommit=True)
    async with conn:
        cursor = await conn.execute(
            SQL(
                "SELECT l.class_id::text, l.subject_id::text, t.term, min(l.valid_from)"
                " FROM {s}.register_lesson l JOIN {s}.directory_class c USING (class_id)"
                " JOIN {s}.register_term t ON t.year = c.year AND t.grade_level = c.grade_level"
                " AND l.date BETWEEN t.starts AND t.ends GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
            ).format(s=Identifier(SCHEMA))
        )
        places = await cursor.fetchall()
        now: list[float] = []
        past: list[float] = []
        for _ in range(pages):
            class_id, subject_id, term, first = chance.choice(places)
            position = chance.randint(first, facts)
            for times, at in ((now, None), (past, position)):
                started = time.perf_counter()
                await page(conn, SCHEMA, class_id, subject_id, None, term, at)
                times.append((time.perf_counter() - started) * 1e3)
    ratio = median(past) / median(now)
    return Result("as-of", median(past), median(now), ratio, "≤ 10×, ≤ 60 ms", "ms",
                  ratio <= 10 and median(past) <= 60,
                  f"p99 {percentile(past, 0.99):.0f} ms; limit: the same page now")  # fmt: skip


def bytes_per_fact(rounds: int = 5) -> list[Result]:
    """Disk per fact: the log with its indexes; with requests, vault, tree and projections."""
    del rounds
    school = lived()
    with psycopg.connect(school.url, autocommit=True) as conn:
        sizes: dict[str, int] = dict(
            conn.execute(
                "SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_class c"
                " JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = %s AND c.relkind = 'r'",
                (SCHEMA,),
            ).fetchall()
        )
    log = sizes["facts"] / school.facts
    whole = sum(sizes.values()) / school.facts
    heavy = sorted(sizes.items(), key=lambda item: -item[1])[1:6]
    notes = ", ".join(f"{name} {size / school.facts:.0f}" for name, size in heavy)
    return [
        Result("bytes, facts", log, None, log, "≤ 650 B", "B", log <= 650, "with indexes"),
        Result("bytes, everything", whole, None, whole, "≤ 1,638 B", "B", whole <= 1638, notes),
    ]
