"""`http-mark`, `http-column`, `http-diary`: our endpoints beside bare ones, in the same run."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from statistics import median
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from api.auth.passwords import AT_ONCE
from domain.engine import Engine
from domain.people.facts import Name
from domain.school import MarkInput, School
from projections.folding import catch_up
from projections.postgres.database import PROJECTOR, conninfo, schema_of
from tests.benchmarks.ground import ClassGround, database, lay_classes
from tests.benchmarks.served import (
    SLUG,
    Served,
    bare_server,
    compare,
    get,
    load,
    post,
    server,
    sign_in,
)
from tests.benchmarks.table import Result
from tests.conftest import OWN_HASHER, SECRET
from tests.ground import SINCE, YEAR, engine_on, ground_of, request

CLASSES = 16
READERS = 64  # guardians with a consent
A_ROUND = 2_400  # requests
A_COLUMN_ROUND = 400
SIGN_INS = 5  # of each teacher in a round
SIGNING_IN = 2 * AT_ONCE  # people at once: always one more waits for each thread
PASSWORD, SIGN_IN_MS = "синица в небе над рекой", 2.0
HELD = 40  # lessons of each class that have marks


@dataclass(frozen=True)
class Bench:
    """A laid school behind two servers."""

    url: str
    classes: list[ClassGround]
    wards: list[tuple[str, str]]  # token of a guardian, pupil
    tokens: list[str]  # of the teachers, by class
    mondays: list[date]
    tags: dict[tuple[str, date], str]
    ours: Served
    limit: Served


def http_diary(rounds: int) -> Iterator[Result]:
    """A diary week with session, consent and access row beside the same document by key."""
    with _bench() as bench:
        chance = random.Random(1)
        asked = [
            (token, pupil, chance.choice(bench.mondays))
            for token, pupil in (chance.choice(bench.wards) for _ in range(A_ROUND))
        ]
        ours = [get(_week(pupil, monday), token) for token, pupil, monday in asked]
        known = [
            get(_week(pupil, monday), token, bench.tags[pupil, monday])
            for token, pupil, monday in asked
        ]
        limit = [get(f"/doc/{pupil}/{monday}") for _, pupil, monday in asked]
        for name, target, requests, status, cpu_ms in (
            ("http-diary", 0.7, ours, "200", 0.8),
            ("http-diary-304", 1.5, known, "304", 0.4),
        ):
            yield compare(
                name,
                target,
                rounds,
                partial(load, bench.ours, requests, status),
                partial(load, bench.limit, limit, "200"),
                cpu_ms=cpu_ms,
            )


def http_mark(rounds: int) -> Result:
    """A mark with everything on beside one INSERT and COMMIT."""
    with _bench() as bench:
        return compare(
            "http-mark",
            1.0,
            rounds,
            lambda: load(bench.ours, _marks(bench, ours=True), "200"),
            lambda: load(bench.limit, _marks(bench, ours=False), "200"),
            p99=2.0,
            cpu_ms=0.8,
        )


def http_column(rounds: int) -> Result:
    """A column of 25 marks beside 25 rows inserted by one statement."""
    with _bench() as bench:
        return compare(
            "http-column",
            0.75,
            rounds,
            lambda: load(bench.ours, _marks(bench, ours=True, column=True), "200"),
            lambda: load(bench.limit, _marks(bench, ours=False, column=True), "200"),
            cpu_ms=1.5,
        )


def http_sign_in(rounds: int) -> Result:
    """CPU of a sign-in but that of the threads in which it hashes.

    Of the same hash alone only the whole can be taken off, and two hashes at once wander by more
    than what is looked for; the threads of a process are counted apart by the kernel. What a hash
    leaves behind, nineteen mebibytes through every cache, is in the figure.
    """
    hashed = OWN_HASHER.hash(PASSWORD)
    with _bench() as bench:
        with psycopg.connect(bench.url) as conn:
            conn.execute(
                SQL("UPDATE {}.account SET hash = %s").format(Identifier(schema_of(SLUG))),
                (hashed,),
            )
        people = range(len(bench.wards), len(bench.wards) + len(bench.tokens))
        told = [json.dumps({"login": f"login-{n}", "password": PASSWORD}) for n in people]
        work = json.dumps({"hash": hashed, "password": PASSWORD})
        ours = [post("/api/v1/session", one) for one in told] * SIGN_INS
        bare = [post("/hash", work)] * len(ours)
        seen: dict[str, list[tuple[float, float]]] = {"ours": [], "bare": []}
        for turn in range(rounds + 1):
            for name, served, requests in (("ours", bench.ours, ours), ("bare", bench.limit, bare)):
                figures = _apart(served, requests)
                if turn:  # the first one is for connections, caches and prepared statements
                    seen[name].append(figures)
    whole, alone, beside = (
        median(one)
        for one in (
            map(sum, seen["ours"]),
            map(sum, seen["bare"]),
            (rest for _, rest in seen["ours"]),
        )
    )
    hashes = " and ".join(f"{median(h for h, _ in seen[name]):.1f}" for name in seen)
    return Result(
        "http-sign-in",
        whole,
        alone,
        beside,
        "≤ 2 ms beside the hash",
        "ms CPU",
        beside <= SIGN_IN_MS,
        f"server and database; the hash in its threads {hashes} ms; the ratio is all the rest",
    )


def _apart(served: Served, requests: list[str]) -> tuple[float, float]:
    """CPU ms a request: of the threads that hash, which are those that worked most; of all else."""
    before = served.threads_s()
    figures = load(served, requests, "200", SIGNING_IN)
    after = served.threads_s()
    spent = sorted(1_000 * (after[one] - before.get(one, 0.0)) / len(requests) for one in after)
    return sum(spent[-AT_ONCE:]), sum(spent[:-AT_ONCE]) + figures.database


def _week(pupil: str, monday: date) -> str:
    return f"/api/v1/pupils/{pupil}/diary/weeks/{monday}"


def _marks(bench: Bench, *, ours: bool, column: bool = False) -> list[str]:
    """One mark a request, or one for each pupil of the class; `CLIENTS` teachers at once."""
    chance = random.Random()
    requests = []
    for n in range(A_COLUMN_ROUND if column else A_ROUND):
        which = n % len(bench.classes)
        group = bench.classes[which]
        lesson = chance.choice(group.lessons[-HELD:])
        marks = [
            {
                "mark_id": str(uuid4()),
                "pupil_id": pupil,
                "value": chance.choice("5432"),
                "work_type_id": group.work_type_id,
            }
            for pupil in (group.pupils if column else [chance.choice(group.pupils)])
        ]
        body = json.dumps({"marks": marks})
        if ours:
            path = f"/api/v1/lessons/{lesson}/marks"
            requests.append(post(path, body, bench.tokens[which], str(uuid4())))
        else:
            requests.append(post(f"/{'column' if column else 'mark'}/{lesson}", body))
    return requests


@contextmanager
def _bench() -> Iterator[Bench]:
    with database() as url:
        with engine_on(url, group=2_000) as engine:
            school, classes = lay_classes(url, engine, SLUG, CLASSES)
            _fill(school, classes)
            wards = _consents(school, engine, classes)
        with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
            catch_up(conn, schema_of(SLUG))
        people = [guardian for guardian, _ in wards] + [one.teacher.person_id for one in classes]
        tokens = sign_in(url, people)
        with server(url, "api", "serve", "--socket") as ours, bare_server(url) as limit:
            mondays, tags = _documents(url, [pupil for _, pupil in wards])
            yield Bench(
                url,
                classes,
                [(token, pupil) for token, (_, pupil) in zip(tokens, wards, strict=False)],
                tokens[len(wards) :],
                mondays,
                tags,
                ours,
                limit,
            )


def _fill(school: School, classes: list[ClassGround]) -> None:
    """A mark for every third pupil in each of the last lessons."""
    answers = [
        school.give_marks(
            group.class_id,
            lesson,
            [
                MarkInput(str(uuid4()), pupil, "5432"[(n + k) % 4], group.work_type_id)
                for k, pupil in enumerate(group.pupils[n % 3 :: 3])
            ],
            by=group.teacher,
            request=request(),
        )
        for group in classes
        for n, lesson in enumerate(group.lessons[-HELD:])
    ]
    for answer in answers:
        answer.result(60)


def _consents(school: School, engine: Engine, classes: list[ClassGround]) -> list[tuple[str, str]]:
    """(guardian, pupil): families who have consented."""
    del engine  # it is the school's
    by = ground_of(SLUG).operator
    pupils = [(group.class_id, pupil) for group in classes for pupil in group.pupils][:READERS]
    wards = []
    for class_id, pupil in pupils:
        guardian = str(uuid4())
        for answer in (
            school.register_person(
                YEAR, guardian, "guardian", Name("Ольгина", "Ольга"), by=by, request=request()
            ),
            school.link_guardian(YEAR, pupil, guardian, SINCE, by=by, request=request()),
            school.give_consent(
                class_id, pupil, guardian, "diary", SINCE, by=by, request=request()
            ),
        ):
            answer.result(60)
        wards.append((guardian, pupil))
    return wards


def _documents(url: str, pupils: list[str]) -> tuple[list[date], dict[tuple[str, date], str]]:
    """Mondays that every pupil has a document for, and the tags of the documents."""
    with psycopg.connect(url) as conn:
        found = conn.execute(
            SQL(
                "SELECT pupil_id::text, monday, etag FROM {}.diary_v1"
                " WHERE pupil_id = ANY (%s::uuid[])"
            ).format(Identifier(schema_of(SLUG))),
            (pupils,),
        ).fetchall()
    tags = {(pupil, monday): f'"{etag}"' for pupil, monday, etag in found}
    mondays = {monday for _, monday in tags}
    return sorted(m for m in mondays if all((p, m) in tags for p in pupils)), tags
