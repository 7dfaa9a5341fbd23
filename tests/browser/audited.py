"""Two weeks of algebra in 7а: entries, late corrections, an annulment; then sealed and cosigned."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import httpx2

from domain.school import School
from tests import cast as c
from tests.api.ground import OPERATOR, SLUG, Desk
from tests.browser.ground import AFTERNOON, NEWCOMERS, TODAY, Site
from tests.domain.seventh_a import noon
from tests.ground import engine_on, request
from tests.sealing import Sealer

FIRST = date(2026, 9, 14)  # a Monday
PUPILS = (c.PETYA, c.MASHA, c.YOLKIN, *NEWCOMERS)
SLIP = {"reason_code": "TYPO", "reason": "перепутала строки"}


#: so many waits of the door for a position, a few seconds each, on a machine with much to do
PATIENCE = 20


def live(site: Site) -> str:
    """Anna fills the journal day by day; the seal over all of it, as a note with a cosignature."""
    sealer = Sealer(site.database, SLUG, c.SCHOOL)
    with engine_on(site.database, clock=lambda: noon(FIRST)) as engine:
        school = School(engine, SLUG, c.SCHOOL, ids=str, salts=lambda: "a" * 22)
        key = str(sealer.key.verifier)
        school.introduce_seal_key(key, "first", by=OPERATOR, request=request()).result(10)
    with httpx2.Client(base_url=site.url) as client:
        for number, day in enumerate(_school_days()):
            site.clock.at = noon(day) + timedelta(hours=2)
            anna = Desk(client, "anna")  # type: ignore[arg-type]  # speaks as the test client does
            for lesson in anna.get("/lessons", date=day.isoformat()).json()["lessons"]:
                last = _fill(site, anna, lesson, day, number)
        folded = (anna.get("/classes", min_position=last).status_code for _ in range(PATIENCE))
        assert 200 in folded, "the projector does not get there"
        site.clock.at = AFTERNOON
    with ThreadPoolExecutor(1) as aside:  # Playwright's event loop runs in this thread
        return aside.submit(_seal, sealer).result()


def _seal(sealer: Sealer) -> str:
    note = sealer.seal(AFTERNOON)
    return note + sealer.cosign(note, AFTERNOON)


def _school_days() -> Iterator[date]:
    days = (FIRST + timedelta(days=number) for number in itertools.count())
    return (day for day in itertools.takewhile(lambda day: day <= TODAY, days) if _works(day))


def _works(day: date) -> bool:
    return day.isoweekday() < 6


def _fill(site: Site, anna: Desk, lesson: dict[str, Any], day: date, number: int) -> int:
    """One lesson: its topic, who was there, marks one by one, now and then a correction. Answers
    the position of the last of them.
    """
    lesson_id, place = lesson["lesson_id"], lesson["number"]
    done = [
        anna.post(f"/lessons/{lesson_id}/topic", {"topic": f"Дроби, часть {number + 1}"}),
        anna.post(
            f"/lessons/{lesson_id}/attendance",
            {"entries": [{"pupil_id": PUPILS[number % len(PUPILS)], "code": "ILL"}]},
        ),
    ]
    for turn, pupil in enumerate(PUPILS):
        if (turn + number + place) % 3 or turn == number % len(PUPILS):
            continue
        site.clock.forward(timedelta(seconds=37))
        mark_id = c.an_id(f"{lesson_id}/{pupil}")
        value = "5432"[(turn * 7 + number) % 4]
        mark = {"mark_id": mark_id, "pupil_id": pupil, "value": value, "work_type_id": c.ANSWER}
        done.append(anna.post(f"/lessons/{lesson_id}/marks", {"marks": [mark]}))
        if (turn + place) % 5 == 0:
            site.clock.forward(timedelta(minutes=3))
            seen = {"saw": value, **SLIP}
            done.append(
                anna.post(f"/marks/{mark_id}/annulment", seen)
                if value == "2"
                else anna.post(f"/marks/{mark_id}/corrections", {**seen, "value": "3"})
                if value != "3"
                else anna.post(f"/marks/{mark_id}/comments", {"comment": "молодец"})
            )
    for answer in done:
        assert answer.status_code == 200, answer.text
    return int(done[-1].json()["position"])
