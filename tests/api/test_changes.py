"""The change feed: whom it tells what, in which order, and that it never skips anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from projections.postgres.settings import Settings
from scheduler.jobs.notices import tell_families
from scheduler.periods import Every
from scheduler.work import workshop
from tests.api.ground import Clock, Desk, project, running
from tests.api.telephone import refusal
from tests.api.test_lessons import lesson_of
from tests.api.test_marks import FIVE, TYPO, give
from tests.api.test_terms import mark
from tests.cast import CLASS_7A, MASHA, OLGA, PETYA
from tests.conftest import SECRET, admin, clone, url_of

TOKEN_LIFE = "2026-10-01T00:00:00+03:00"


class School(NamedTuple):
    """A running school; what is written is folded when a test says so."""

    client: TestClient
    url: str
    clock: Clock

    def desk(self, login: str) -> Desk:
        """Signed in a second after everybody else: the oldest of many sessions ends."""
        self.clock.forward(timedelta(seconds=1))
        return Desk(self.client, login)

    def tell(self) -> None:
        """The scheduler's look for what families are to be told."""
        with workshop(self.url, SECRET, clock=self.clock) as shop:
            [school] = shop.schools()
            tell_families(shop.work(school, self.clock(), Every(1).last(self.clock(), "UTC")))


@pytest.fixture(scope="module")
def school(
    server: str, school_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[School]:
    """Anna has given marks, corrected one and set homework, and the families were told."""
    name, clock = f"test_{uuid4().hex}", Clock()
    clone(server, name, school_template)
    url = url_of(server, name)
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("feed"), secret=SECRET, database_url=url, pool_max=4
    )
    with running(settings, clock) as client:
        school = School(client, url, clock)
        school.tell()
        anna = school.desk("anna")
        give(anna)
        project(url)
        assert anna.post(f"/marks/{FIVE}/corrections", TYPO).status_code == 200
        work = {"homework_id": str(uuid4()), "text": "№ 5, устно", "due_date": "2026-09-04"}
        assert anna.post(f"/lessons/{lesson_of(anna)}/homework", work).status_code == 200
        project(url)
        school.tell()
        yield school
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def everything(ask: Callable[..., Any], since: str = "0", **query: Any) -> list[dict[str, Any]]:
    """All pages after a place."""
    found: list[dict[str, Any]] = []
    more = True
    while more:
        page = ask("/changes", since=since, **query).json()
        found += page["changes"]
        since, more = page["next"], page["more"]
    return found


def kinds_of(changes: list[dict[str, Any]], pupil_id: str | None = None) -> list[str]:
    return [one["kind"] for one in changes if pupil_id in (None, one["pupil_id"])]


@pytest.mark.parametrize("login", ["zoya", "oleg"])
def test_who_may_read_nothing_finds_no_feed(school: School, login: str) -> None:
    """A stranger, and a father without a consent."""
    assert refusal(school.desk(login).get("/changes")) == (404, "path.unknown")


def test_a_family_is_told_of_its_own_child_alone(school: School) -> None:
    told = everything(school.desk("olga").get)

    assert {one["pupil_id"] for one in told} == {PETYA}
    assert kinds_of(told) == ["mark-given", "mark-corrected", "homework-assigned"]
    assert [told[1]["old_value"], told[1]["value"]] == ["5", "4"]


def test_nobody_is_named(school: School) -> None:
    said = school.desk("vera").get("/changes", limit=500).text

    assert PETYA in said
    for word in ("Петров", "Антонова", "перепутала"):
        assert word not in said


def test_a_teacher_is_told_of_the_classes_that_the_teacher_reads(school: School) -> None:
    told = everything(school.desk("anna").get)

    assert {one["class_id"] for one in told} == {CLASS_7A}
    assert {PETYA, MASHA} <= {one["pupil_id"] for one in told}
    assert told == everything(school.desk("vera").get)  # nothing is written elsewhere yet
    assert kinds_of(everything(school.desk("anna").get, kind="mark-corrected")) == [
        "mark-corrected"
    ]


def test_pages_of_any_length_are_the_whole_in_order(school: School) -> None:
    vera = school.desk("vera")
    whole = everything(vera.get)
    places = [(one["position"], one["ordinal"]) for one in whole]

    assert places == sorted(set(places))
    for limit in (1, 2, 3):
        assert everything(vera.get, limit=limit) == whole
    olga = school.desk("olga")
    assert everything(olga.get, limit=1) == everything(olga.get)


def test_what_is_not_folded_yet_comes_later_and_is_not_skipped(school: School) -> None:
    anna, vera = school.desk("anna"), school.desk("vera")
    here = vera.get("/changes", since="now").json()
    assert (here["changes"], here["more"]) == ([], False)
    written = anna.post(f"/lessons/{lesson_of(anna)}/topic", {"topic": "Дроби"}).json()["position"]

    early = vera.get("/changes", since=here["next"]).json()
    assert early["changes"] == []
    assert int(early["next"]) < written
    ahead = vera.get("/changes", since=str(written)).json()  # the place of one's own write
    assert (ahead["changes"], ahead["next"]) == ([], str(written))
    project(school.url)
    late = vera.get("/changes", since=early["next"]).json()

    assert kinds_of(late["changes"]) == ["topic-recorded"]


def test_a_place_that_is_in_no_log_is_refused(school: School) -> None:
    assert refusal(school.desk("vera").get("/changes", since="999999")) == (422, "changes.cursor")
    assert school.desk("vera").get("/changes", since="вчера").status_code == 422


def test_who_waits_is_told_when_it_is_written(school: School) -> None:
    anna, vera = school.desk("anna"), school.desk("vera")
    since = vera.get("/changes", since="now").json()["next"]
    with ThreadPoolExecutor(1) as aside:
        waiting = aside.submit(vera.get, "/changes", since=since, wait=20)
        mark(anna, "3")
        project(school.url)
        told = waiting.result(60).json()

    assert kinds_of(told["changes"]) == ["mark-given"]
    assert vera.get("/changes", since=told["next"], wait=1).json()["changes"] == []


@pytest.mark.parametrize(
    ("login", "scope", "status"),
    [
        ("vera", "read:journal", 200),
        ("vera", "read:trail", 200),
        ("anna", "read:trail", 404),
        ("vera", "read:diary", 404),
        ("olga", "read:diary", 200),
        ("anna", "write:journal", 403),
    ],
)
def test_a_token_is_told_what_it_is_good_for(
    school: School, login: str, scope: str, status: int
) -> None:
    person = school.desk(login)
    new = {"name": "выгрузка", "scopes": [scope], "until": TOKEN_LIFE}
    token = person.post("/tokens", new).json()["token"]
    school.client.cookies.clear()
    answer = school.client.get("/api/v1/changes", headers={"authorization": f"Bearer {token}"})

    assert answer.status_code == status, answer.text
    assert status != 200 or kinds_of(answer.json()["changes"])


def test_it_is_noted_who_was_told(school: School) -> None:
    school.desk("olga").get("/changes")

    with psycopg.connect(school.url) as conn:
        [(count,)] = conn.execute(
            "SELECT count(*) FROM school_kukarino.access_log WHERE act = 'changes'"
            " AND person_id = %s AND outcome = 'ok'",
            (OLGA,),
        ).fetchall()
    assert count >= 1
