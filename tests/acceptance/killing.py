"""Two processes write three schools and die at random; what the log holds afterwards."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import dataclass

import psycopg

from domain.school import MarkInput
from tests.ground import engine_on, lay, number, register, request, school_on

SCHOOLS = ("one", "two", "three")


@dataclass(frozen=True)
class Aftermath:
    """What one school's log holds; the last two should be zero."""

    comments: int
    vault_rows: int
    facts: int
    first: int
    last: int
    head: int
    broken_streams: int
    moments_going_back: int


def lay_schools(url: str) -> None:
    """Three schools with a mark to comment on."""
    for slug in SCHOOLS:
        register(url, slug)
    with engine_on(url) as engine:
        for slug in SCHOOLS:
            school = school_on(engine, slug)
            ground = lay(school)
            lesson = next(iter(engine.world(slug).journal(ground.class_id).lessons))
            column = [MarkInput(number(f"{slug}/mark"), ground.pupils[0], "5", ground.work_type_id)]
            school.give_marks(
                ground.class_id, lesson, column, by=ground.teacher, request=request()
            ).result(10)


def start_pair(url: str, comments: int) -> list[subprocess.Popen[str]]:
    """Two writers of overlapping halves: the middle third is written by both."""
    third = comments // 3
    return [_start(url, 0, 2 * third), _start(url, third, comments)]


def kill_pairs(url: str, kills: int, comments: int, seed: int = 20261123) -> list[int]:
    """Start and kill -9 pairs; answers how many comments school one held after each."""
    chance = random.Random(seed)
    held = []
    for _ in range(kills):
        pair = start_pair(url, comments)
        for process in pair:
            assert process.stdout is not None
            for _line in range(1 + chance.randrange(max(2, comments // 8))):
                process.stdout.readline()
        for process in pair:
            process.kill()
            process.communicate()
        held.append(comments_in(url, "one"))
    return held


def finish(url: str, comments: int) -> None:
    """A last pair with the same keys, to its end."""
    pair = start_pair(url, comments)
    for process in pair:
        process.communicate(timeout=300)
    assert [process.returncode for process in pair] == [0, 0]


def comments_in(url: str, slug: str) -> int:
    """Comments in the log of a school."""
    query = f"SELECT count(*) FROM school_{slug}.facts WHERE topic = 'journal.mark-commented'"
    return _numbers(url, query)[0]


def aftermath(url: str, slug: str) -> Aftermath:
    """Counts, holes, streams and moments of a school's log."""
    facts = f"school_{slug}.facts"
    vault = f"SELECT count(*) FROM school_{slug}.payload WHERE kind = 'comment'"
    whole = (
        "SELECT count(*), min(notification_id), max(notification_id),"
        f" (SELECT last FROM school_{slug}.head) FROM {facts}"
    )
    streams = (
        f"SELECT count(*) FROM (SELECT originator_id FROM {facts} GROUP BY originator_id"
        " HAVING max(originator_version) <> count(*) OR min(originator_version) <> 1) AS s"
    )
    moments = (
        "SELECT count(*) FROM (SELECT at, lag(at) OVER (ORDER BY notification_id) AS before FROM"
        " (SELECT notification_id, (convert_from(state, 'UTF8')::jsonb ->> 'at')::timestamptz AS at"
        f" FROM {facts}) AS f) AS m WHERE at < before"
    )
    count, first, last, head = _numbers(url, whole)
    return Aftermath(
        comments_in(url, slug),
        _numbers(url, vault)[0],
        count,
        first,
        last,
        head,
        _numbers(url, streams)[0],
        _numbers(url, moments)[0],
    )


def _start(url: str, first: int, last: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.acceptance.writer", url, str(first), str(last)]
    return subprocess.Popen([*command, *SCHOOLS], stdout=subprocess.PIPE, text=True)


def _numbers(url: str, query: str) -> tuple[int, ...]:
    with psycopg.connect(url) as conn:
        row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return tuple(row)
