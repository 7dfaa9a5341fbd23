"""Day-one bet (a): three schools, two processes, kill -9 around COMMIT, retried keys → exact."""

from __future__ import annotations

import random
import subprocess
import sys

import psycopg

from domain.school import MarkInput
from tests.ground import engine_on, lay, number, register, request, school_on

SCHOOLS = ("one", "two", "three")
COMMENTS = 150
KILLS = 6


def start(url: str, first: int, last: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.acceptance.writer", url, str(first), str(last)]
    return subprocess.Popen([*command, *SCHOOLS], stdout=subprocess.PIPE, text=True)


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(count)]


def comments_in(url: str, slug: str) -> int:
    query = f"SELECT count(*) FROM school_{slug}.facts WHERE topic = 'journal.mark-commented'"
    with psycopg.connect(url) as conn:
        row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_killed_and_retried_writers_leave_every_fact_exactly_once(blank: str) -> None:
    for slug in SCHOOLS:
        register(blank, slug)
    with engine_on(blank) as engine:
        for slug in SCHOOLS:
            school = school_on(engine, slug)
            ground = lay(school)
            lesson = next(iter(engine.world(slug).journal(ground.class_id).lessons))
            column = [MarkInput(number(f"{slug}/mark"), ground.pupils[0], "5", ground.work_type_id)]
            school.give_marks(
                ground.class_id, lesson, column, by=ground.teacher, request=request()
            ).result(10)

    chance = random.Random(20261123)
    written = []
    for _ in range(KILLS):
        # Two processes write overlapping halves; both die at a random moment of their work.
        pair = [start(blank, 0, 100), start(blank, 50, COMMENTS)]
        for process in pair:
            lines(process, 1 + chance.randrange(20))
        for process in pair:
            process.kill()
            process.communicate()
        written.append(comments_in(blank, "one"))
    assert 0 < written[0] < COMMENTS  # they did die in the middle of their work
    pair = [start(blank, 0, 100), start(blank, 50, COMMENTS)]
    assert [process.wait(60) for process in pair] == [0, 0]
    for process in pair:
        process.communicate()

    with psycopg.connect(blank) as conn:
        for slug in SCHOOLS:
            facts = f"school_{slug}.facts"
            assert comments_in(blank, slug) == COMMENTS
            vault = f"SELECT count(*) FROM school_{slug}.payload WHERE kind = 'comment'"
            assert conn.execute(vault.encode()).fetchone() == (COMMENTS,)
            holes = (
                f"SELECT count(*), max(notification_id), min(notification_id),"
                f" (SELECT last FROM school_{slug}.head) FROM {facts}"
            )
            count, last, first, head = conn.execute(holes.encode()).fetchone() or ()
            assert (count, first, head) == (last, 1, last)
            streams = (
                f"SELECT count(*) FROM (SELECT originator_id FROM {facts} GROUP BY originator_id"
                " HAVING max(originator_version) <> count(*) OR min(originator_version) <> 1) AS s"
            )
            assert conn.execute(streams.encode()).fetchone() == (0,)
            moments = (
                f"SELECT count(*) FROM (SELECT convert_from(state, 'UTF8')::jsonb ->> 'at' AS at,"
                f" lag(convert_from(state, 'UTF8')::jsonb ->> 'at') OVER (ORDER BY notification_id)"
                f" AS before FROM {facts}) AS m WHERE at::timestamptz < before::timestamptz"
            )
            assert conn.execute(moments.encode()).fetchone() == (0,)
