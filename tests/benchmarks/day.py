"""`day`: a school day on the demonstration, as people come; overload; reading beside heavy work.

One second of `morning` is minutes of school: in truth the machine would notice nothing of it.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from threading import Thread
from typing import Any

from projections.postgres.settings import without_settings
from tests.benchmarks.demo_school import (
    PASSWORD,
    ROOT,
    DemoSchool,
    Lesson,
    Step,
    Visit,
    demo_school,
)
from tests.benchmarks.table import Result, percentile
from tests.conftest import SECRET

BEFORE_S, LESSON_S, EVENING_S, SEPTEMBER_S = 5.0, 6.0, 20.0, 20.0
MARKS = 6  # of a lesson
SIGN_INS = 200
A_LOAD_S = 6.0
CLIENTS = 64
A_CLIENT = 40  # requests of each, to find out what the machine can do
READS_A_SECOND = 60
SOON_MS, SIGNED_IN_MS = 500.0, 2_000.0
#: every year of the demonstration before this one is archived
REBUILD = (
    "import psycopg, sys; from projections.rebuild import rebuild;"
    " rebuild(psycopg.connect(sys.argv[1], autocommit=True), sys.argv[2])"
)

Seen = dict[str, Any]


def day(rounds: int) -> Iterator[Result]:
    """The day, more than the machine can do, and readings beside heavy work, on one school."""
    del rounds  # a day is a day
    chance = random.Random(20261130)
    with demo_school() as school:
        yield from morning(school, chance)
        yield from overload(school, chance)
        yield from busy(school, chance)


def morning(school: DemoSchool, chance: random.Random) -> Iterator[Result]:
    """All teachers at 8:30, every lesson, families in the evening, the sign-ins of September."""
    before = _given(school)
    seen = school.meet(_day(school, chance))
    kept = _given(school) - before
    for act, of in sorted(seen["acts"].items()):
        target = SIGNED_IN_MS if act == "вход" else SOON_MS
        yield _result(f"morning, {act}", of, target)
    given = seen["acts"]["отметка"]["statuses"].get("200", 0)
    yield _kept("morning, отметки в журнале", given, kept)
    yield _client(seen)


def overload(school: DemoSchool, chance: random.Random) -> Iterator[Result]:
    """What the machine can do, then half of it, all of it, twice and four times as much offered."""
    school.meet(_crowd(school, chance))  # connections, caches and prepared statements
    found = school.meet(_crowd(school, chance))
    good = sum(of["statuses"].get("200", 0) for of in found["acts"].values())
    capacity = good / found["seconds"]
    notes = f"{CLIENTS} at once, half marks, four tenths diaries, a tenth class grids"
    yield Result("overload, capacity", capacity, None, capacity, "–", "req/s", True, notes)
    for times in (0.5, 1, 2, 4):
        before = _given(school)
        people = int(capacity * times * A_LOAD_S)
        visits = [(chance.random() * A_LOAD_S, [_any(school, chance)]) for _ in range(people)]
        seen = school.meet(visits)
        given = seen["acts"]["отметка"]["statuses"].get("200", 0)
        yield _offered(f"overload, {times}×", capacity * times, seen)
        yield _kept(f"overload, {times}×, отметки", given, _given(school) - before)


def busy(school: DemoSchool, chance: random.Random) -> Iterator[Result]:
    """Readings in peace, while every projection is folded anew, and while a year is archived."""
    year = str(school.day.year - (school.day.month < 9) - 1)  # September begins one
    works = {
        "in peace": None,
        "while the projections are rebuilt": ["-c", REBUILD, school.url, school.schema],
        "while a year is archived": [
            *("-m", "api", "archive", "write", "--year", year, "--data", str(school.home))
        ],
    }
    for name, words in works.items():
        statuses: Counter[str] = Counter()
        latencies: list[float] = []
        for seen in _meanwhile(school, chance, words):
            for of in seen["acts"].values():
                statuses.update(of["statuses"])
                latencies += of["latencies"].get("200", [])
        of = {"statuses": dict(statuses), "latencies": {"200": latencies}}
        yield _result(f"busy, {name}", of, SOON_MS)


def _day(school: DemoSchool, chance: random.Random) -> list[Visit]:
    numbers = sorted({one.number for one in school.lessons})
    visits: list[Visit] = []
    for lesson in school.lessons:
        begins = BEFORE_S + numbers.index(lesson.number) * LESSON_S
        if lesson.number == numbers[0]:
            first = ["страница дня", school.get("/", lesson.teacher, page=True)]
            visits.append((chance.random() * BEFORE_S, [first, school.grid(lesson)]))
        visits += _lesson(school, lesson, begins, chance)
    evening = BEFORE_S + len(numbers) * LESSON_S
    for family in school.families:
        due = evening + chance.random() * EVENING_S
        visits.append((due, [school.page(family), school.week(family), school.page(family)]))
    september = evening + EVENING_S
    for _ in range(SIGN_INS):
        family = chance.choice(school.families)
        entering = {"login": family[2], "password": PASSWORD}
        entrance = ["вход", school.post("/session", None, entering)]
        steps = [entrance, school.page(family), school.week(family)]
        visits.append((september + chance.random() * SEPTEMBER_S, steps))
    return visits


def _lesson(
    school: DemoSchool, lesson: Lesson, begins: float, chance: random.Random
) -> Iterator[Visit]:
    """The grid and attendance in the first minutes, then marks and what was done."""
    away = [{"pupil_id": lesson.away, "code": "ABSENT_UNSPECIFIED"}]
    path = f"/lessons/{lesson.lesson_id}"
    roll = school.post(f"{path}/attendance", lesson.teacher, {"entries": away})
    yield begins + chance.random(), [school.grid(lesson), ["посещаемость", roll]]
    for _ in range(MARKS):
        yield begins + 1 + chance.random() * (LESSON_S - 1), [school.mark(lesson, chance)]
    topic = school.post(f"{path}/topic", lesson.teacher, {"topic": "Повторение"})
    yield begins + LESSON_S - chance.random(), [["тема урока", topic]]


def _any(school: DemoSchool, chance: random.Random) -> Step:
    kind = chance.random()
    if kind < 0.5:
        return school.mark(chance.choice(school.lessons), chance)
    if kind < 0.9:
        return school.week(chance.choice(school.families))
    return school.grid(chance.choice(school.lessons))


def _crowd(school: DemoSchool, chance: random.Random) -> list[Visit]:
    return [(0.0, [_any(school, chance) for _ in range(A_CLIENT)]) for _ in range(CLIENTS)]


def _meanwhile(
    school: DemoSchool, chance: random.Random, words: list[str] | None
) -> Iterator[Seen]:
    """Readings, for as long as the work goes on; for a while when there is none."""

    def reading() -> Step:
        if chance.random() < 0.8:
            return school.week(chance.choice(school.families))
        return school.grid(chance.choice(school.lessons))

    def a_while() -> Seen:
        count = int(READS_A_SECOND * A_LOAD_S)
        return school.meet([(chance.random() * A_LOAD_S, [reading()]) for _ in range(count)])

    if words is None:
        yield a_while()
        return
    environ = without_settings(os.environ) | {"LETOPIS_SECRET": SECRET}
    work = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environ, stdout=subprocess.PIPE)
    said: list[bytes] = []
    listening = Thread(target=lambda: said.append(work.communicate()[0]))
    listening.start()
    while listening.is_alive():
        yield a_while()
    listening.join()
    if work.returncode:
        raise RuntimeError(f"{words[:4]}: {work.returncode}")


def _given(school: DemoSchool) -> int:
    [(count,)] = school.rows("SELECT count(*) FROM {s}.facts WHERE topic = 'journal.mark-given'")
    return int(count)


def _result(name: str, of: Seen, target: float) -> Result:
    """p99 of what was answered as it should be; everything else is an error."""
    good = [1_000 * one for one in of["latencies"].get("200", [])]
    errors = {status: count for status, count in of["statuses"].items() if status != "200"}
    p50, p99 = percentile(good, 0.5), percentile(good, 0.99)
    notes = f"{len(good)}, p50 {p50:.0f}, p99 {p99:.0f} ms; errors: {errors or 'none'}"
    met = p99 <= target and not errors
    return Result(name, p99, None, p99, f"p99 ≤ {target:.0f} ms, no error", "ms", met, notes)


def _offered(name: str, offered: float, seen: Seen) -> Result:
    """Of what was let in, the p99; the rest must have been told 503."""
    statuses: Counter[str] = Counter()
    good: list[float] = []
    refused: list[float] = []
    for of in seen["acts"].values():
        statuses.update(of["statuses"])
        good += of["latencies"].get("200", [])
        refused += of["latencies"].get("503", [])
    others = {one: count for one, count in statuses.items() if one not in ("200", "503")}
    p99 = 1_000 * percentile(good, 0.99)
    notes = (
        f"{offered:.0f}/s offered, {statuses['200'] / seen['seconds']:.0f}/s let in"
        f" (p50 {1_000 * percentile(good, 0.5):.0f} ms), {statuses['503']} told 503"
        + (f" (p99 {1_000 * percentile(refused, 0.99):.0f} ms)" if refused else "")
        + f", others: {others or 'none'}; {_of_the_client(seen)}"
    )
    met = p99 <= 4 * SOON_MS and not others
    return Result(name, p99, None, p99, "p99 ≤ 2,000 ms, 200 or 503", "ms", met, notes)


def _kept(name: str, given: int, kept: int) -> Result:
    """Acknowledged marks beside those in the log; one that was not answered may be there."""
    return Result(name, kept, given, kept - given, "all of them", "facts", kept >= given)


def _client(seen: Seen) -> Result:
    late = 1_000 * percentile(seen["late"], 0.99)
    notes = _of_the_client(seen)
    return Result("morning, the people's own lateness", late, None, late, "–", "ms", True, notes)


def _of_the_client(seen: Seen) -> str:
    late = 1_000 * percentile(seen["late"], 0.99)
    share = 100 * seen["cpu"] / max(0.001, seen["seconds"])
    return f"the client {late:.0f} ms late (p99), {share:.0f} % of a core"
