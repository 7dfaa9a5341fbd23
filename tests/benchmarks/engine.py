"""The write side: group commit beside INSERT + commit; a cold command; bytes per fact."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import UUID, uuid4

import psycopg

from domain.engine import Engine
from domain.journal.state import Journal
from domain.school import MarkInput, School
from projections.postgres.database import READER, conninfo
from projections.postgres.log import SchoolLog
from tests.benchmarks.ground import ClassGround, database, lay_classes
from tests.benchmarks.table import Result, interleaved, timed
from tests.conftest import SECRET
from tests.ground import engine_on, ground_of, request, school_on

CALLERS = 64
CLASSES = 40
MARKS = 2_000  # a round
COLD_FACTS = 12_000


def marks(classes: list[ClassGround]) -> Iterator[tuple[ClassGround, str, MarkInput]]:
    """Marks for ever, over classes, lessons and pupils in turn."""
    for n in count():
        one = classes[n % len(classes)]
        lesson = one.lessons[n // len(classes) % len(one.lessons)]
        pupil = one.pupils[n % len(one.pupils)]
        yield one, lesson, MarkInput(str(uuid4()), pupil, "5432"[n % 4], one.work_type_id)


def append(rounds: int = 5) -> Result:
    """64 callers, 40 classes, one mark each, beside one INSERT + commit per call."""
    with database() as url, engine_on(url) as engine, psycopg.connect(url, autocommit=True) as conn:
        school, classes = lay_classes(url, engine, "bench", CLASSES)
        stream = marks(classes)
        conn.execute("CREATE TABLE bare (id uuid, version bigint, topic text, state bytea)")
        state = secrets.token_bytes(420)

        def ours() -> float:
            jobs = [next(stream) for _ in range(MARKS)]
            with ThreadPoolExecutor(CALLERS) as callers:
                return MARKS / timed(
                    lambda: list(callers.map(lambda job: give(school, *job), jobs))
                )

        def limit() -> float:
            def insert() -> None:
                for n in range(MARKS):
                    conn.execute(
                        "INSERT INTO bare VALUES (%b, %b, %b, %b)",
                        (UUID(int=n), n, "journal.mark-given", state),
                        prepare=True,
                    )

            return MARKS / timed(insert)

        mine, bare = interleaved(rounds, ours, limit)
    ratio = mine / bare
    return Result(
        "append",
        mine,
        bare,
        ratio,
        "≥ 2.0×",
        "commands/s",
        ratio >= 2.0,
        f"{CALLERS} callers, {CLASSES} classes; limit: INSERT + commit, one connection",
    )


def give(school: School, one: ClassGround, lesson: str, mark: MarkInput) -> None:
    """One mark, waited for."""
    school.give_marks(one.class_id, lesson, [mark], by=one.teacher, request=request()).result(60)


def command_cold(rounds: int = 5) -> list[Result]:
    """The first command on a class-year of 12,000 facts: with and without a snapshot."""
    with database() as url:
        with engine_on(url) as engine:
            school, [one] = lay_classes(url, engine, "bench", 1)
            stream = marks([one])
            answers = []
            for _ in range(COLD_FACTS // 10):
                column = [next(stream) for _ in range(10)]
                lesson = column[0][1]
                answers.append(
                    school.give_marks(
                        one.class_id,
                        lesson,
                        [m for _, _, m in column],
                        by=one.teacher,
                        request=request(),
                    )
                )
            answers.append(
                school.close_term(
                    one.class_id, 1, by=ground_of("bench").operator, request=request()
                )
            )
            for answer in answers:
                answer.result(60)

        def read_bytes() -> float:
            with psycopg.connect(conninfo(url, READER, SECRET)) as conn:
                cursor = conn.cursor(binary=True)
                query = "SELECT state FROM school_bench.facts WHERE originator_id = %s"
                return timed(lambda: cursor.execute(query, (UUID(one.class_id),)).fetchall()) * 1e3

        def cold(engine: Engine) -> float:
            """A process that is warm, a class-year that is not in its memory."""
            engine.world("bench").forget_all()
            mark = (one, one.lessons[-1], next(stream)[2])
            return timed(lambda: give(school_on(engine, "bench"), *mark)) * 1e3

        with engine_on(url) as engine:
            give(school_on(engine, "bench"), one, one.lessons[-1], next(stream)[2])
            absent, limit = interleaved(rounds, lambda: cold(engine), read_bytes)
            log = engine.log("bench")
            assert isinstance(log, SchoolLog)
            log.keep_snapshot(engine.world("bench").state(one.class_id, Journal), one.class_id)
            present, _ = interleaved(rounds, lambda: cold(engine), read_bytes)
    return [
        Result(
            "command-cold, snapshot present",
            present,
            limit,
            present,
            "≤ 10 ms",
            "ms",
            present <= 10,
            "limit: reading the bytes of the class-year",
        ),
        Result(
            "command-cold, snapshot absent",
            absent,
            limit,
            absent,
            "≤ 150 ms",
            "ms",
            absent <= 150,
            f"{COLD_FACTS} facts on the stream",
        ),
    ]
