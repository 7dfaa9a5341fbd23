"""`memory`: what the web process and the projector hold with one school, and with fifty."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from uuid import uuid4

import psutil
import psycopg
from psycopg.sql import SQL, Identifier

from projections.postgres.database import schema_of
from projections.postgres.settings import without_settings
from tests.benchmarks.ground import database
from tests.benchmarks.growth import ids_of, lay_year
from tests.benchmarks.served import ROOT, Served, server, sign_in
from tests.benchmarks.table import Result
from tests.conftest import SECRET
from tests.ground import TODAY, YEAR, ground_of, register

SCHOOLS = 50
LONGEST_S = 600


def memory(rounds: int) -> Iterator[Result]:
    """PSS in MB: projector and web with one school; the projector after it has folded fifty, the
    web after all of them were asked and written to. `rounds` is not used.
    """
    del rounds
    with database() as url:
        slugs = [f"school{n}" for n in range(SCHOOLS)]
        _laid(url, slugs[:1])
        yield _result("memory, projector, one school", _folded(url, slugs[:1]), 100)
        _laid(url, slugs[1:])
        yield _result(f"memory, projector, {SCHOOLS} schools", _folded(url, slugs), None)
        with server(url, "api", "serve", "--socket") as served:
            _used(url, served, slugs[0])
            yield _result("memory, web, one school", _pss(served.process), 120)
            for slug in slugs[1:]:
                _used(url, served, slug)
            yield _result(f"memory, web, {SCHOOLS} schools", _pss(served.process), 400)


def _laid(url: str, slugs: list[str]) -> None:
    for slug in slugs:
        register(url, slug)
        lay_year(url, slug, YEAR, 1)


def _result(name: str, used: float, most: int | None) -> Result:
    target = "–" if most is None else f"≤ {most} MB"
    return Result(name, used, None, used, target, "MB", most is None or used <= most)


def _pss(process: psutil.Process) -> float:
    """With shared pages by halves: MB."""
    of_all = [process, *process.children(recursive=True)]
    return sum(float(one.memory_full_info().pss) for one in of_all) / 1e6


def _folded(url: str, slugs: list[str]) -> float:
    environ = without_settings(os.environ) | {"DATABASE_URL": url, "LETOPIS_SECRET": SECRET}
    projector = subprocess.Popen([sys.executable, "-m", "api", "project"], env=environ, cwd=ROOT)
    try:
        with psycopg.connect(url, autocommit=True) as conn:
            for slug in slugs:
                behind = SQL(
                    "SELECT (SELECT last FROM {s}.head) > coalesce(min(position), 0)"
                    " FROM {s}.bookmark"
                ).format(s=Identifier(schema_of(slug)))
                deadline = time.monotonic() + LONGEST_S
                while conn.execute(behind).fetchone() != (False,):
                    if time.monotonic() > deadline:
                        raise RuntimeError(f"{slug} is not folded")
                    time.sleep(0.1)
        return _pss(psutil.Process(projector.pid))
    finally:
        projector.terminate()
        projector.wait(30)


def _used(url: str, served: Served, slug: str) -> None:
    """A teacher of the school opens the grid and gives a mark in each lesson of a month."""
    one = ids_of(slug, YEAR, 0)
    [token] = sign_in(url, [one.teacher.person_id], slug)
    conn = http.client.HTTPConnection("127.0.0.1", served.port)
    headers = {"Host": f"{slug}.localhost", "Cookie": f"letopis={token}"}

    def asked(method: str, path: str, body: str | None = None, **more: str) -> bytes:
        conn.request(method, path, body, headers | more)
        answer = conn.getresponse()
        read = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{slug}: {path}: {answer.status} {read[:200]!r}")
        return read

    place = f"classes/{one.class_id}/register?subject_id={ground_of(slug).subject_id}&term=2"
    page = json.loads(asked("GET", f"/api/v1/{place}"))
    asked("GET", f"/{place}")
    held = [
        lesson["lesson_id"]
        for lesson in page["lessons"]
        if lesson["date"] <= TODAY.date().isoformat()
    ]
    for lesson_id in held:
        mark = {
            "mark_id": str(uuid4()),
            "pupil_id": one.pupils[0],
            "value": "5",
            "work_type_id": one.work_type_id,
        }
        key = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
        body = json.dumps({"marks": [mark]})
        asked("POST", f"/api/v1/lessons/{lesson_id}/marks", body, **key)
    conn.close()
