"""Clauses about what families have: one school behind its doors, read as the family reads it.

The tests share a school: each gives what it needs and reads its own part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from msgspec.structs import replace

from domain.formulas import Tally, quality_rate
from domain.notices import Kind
from projections import backups, notices
from projections.postgres.database import APP, conninfo, schema_of
from projections.postgres.settings import Settings
from projections.verification.findings import Report
from tests import cast as c
from tests.api.conftest import school_template  # noqa: F401 - a fixture
from tests.api.ground import SLUG, Clock, Desk, project, running
from tests.api.test_lessons import lesson_of
from tests.conftest import SECRET, admin, clone, url_of
from tests.domain.seventh_a import WEDNESDAY

At = Callable[[str], Desk]
MONDAY = "2026-08-31"
WEEK = f"/pupils/{c.PETYA}/diary/weeks/{MONDAY}"


@pytest.fixture(scope="module")
def url(server: str, school_template: str) -> Iterator[str]:  # noqa: F811 - the fixture
    """Kukarino of this file."""
    name = f"families_{uuid4().hex}"
    clone(server, name, school_template)
    yield url_of(server, name)
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="module")
def client(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The running application at noon of Wednesday, the second of September."""
    data = tmp_path_factory.mktemp("families")
    settings = Settings(data_dir=data, secret=SECRET, database_url=url, pool_max=4)
    with running(settings, Clock()) as client:
        yield client


@pytest.fixture(scope="module")
def desk(client: TestClient, url: str) -> At:
    """Anna has given Petya three marks and homework, and taken nobody's attendance yet."""
    anna = Desk(client, "anna")
    lesson = lesson_of(anna)
    for value in "455":
        mark = {
            "mark_id": str(uuid4()),
            "pupil_id": c.PETYA,
            "value": value,
            "work_type_id": c.ANSWER,
        }
        assert anna.post(f"/lessons/{lesson}/marks", {"marks": [mark]}).is_success
    homework = {"homework_id": str(uuid4()), "text": "№ 5", "due_date": "2026-09-04"}
    assert anna.post(f"/lessons/{lesson}/homework", homework).is_success
    project(url)
    return lambda login: Desk(client, login)


def algebra(week: dict[str, Any]) -> dict[str, Any]:
    """Wednesday's algebra of a week of the diary."""
    [day] = [one for one in week["days"] if one["date"] == "2026-09-02"]
    [lesson] = [one for one in day["lessons"] if one["subject"] == "Алгебра"]
    return dict(lesson)


@pytest.mark.clause("1.9")
@pytest.mark.clause("2.2.11")
def test_the_diary_brings_marks_and_homework_home_over_the_network(desk: At) -> None:
    lesson = algebra(desk("olga").get(WEEK).json())
    assert [one["value"] for one in lesson["marks"]] == ["4", "5", "5"]
    assert [one["text"] for one in lesson["homework"]] == ["№ 5"]


@pytest.mark.clause("1.8")
def test_the_diary_says_nothing_of_attendance_that_nobody_has_taken(desk: At, url: str) -> None:
    kira, anna = desk("kira"), desk("anna")
    weeks = [WEEK, WEEK.replace(c.PETYA, c.MASHA)]  # with marks, and without
    assert [algebra(kira.get(one).json())["attendance"] for one in weeks] == [None, None]
    assert anna.post(f"/lessons/{lesson_of(anna)}/attendance", {"entries": []}).is_success
    project(url)
    taken = [algebra(kira.get(one).json())["attendance"] for one in weeks]
    assert [one["code"] for one in taken] == ["PRESENT", "PRESENT"]


@pytest.mark.clause("1.12")
def test_a_guardian_finds_no_diary_but_the_child_s_own(desk: At) -> None:
    olga = desk("olga")
    assert olga.get(WEEK).status_code == 200
    assert olga.get(WEEK.replace(c.PETYA, c.MASHA)).status_code == 404


@pytest.mark.clause("2.2.6")
def test_a_family_reads_the_marks_of_every_term_of_every_subject(desk: At, url: str) -> None:
    marks = [{"pupil_id": c.PETYA, "value": "5", "reason_code": "OTHER"}]
    body = {"subject_id": c.ALGEBRA, "term": 1, "marks": marks}
    assert desk("anna").post(f"/classes/{c.CLASS_7A}/term-marks", body).is_success
    project(url)
    [year] = desk("olga").get(f"/pupils/{c.PETYA}/terms").json()["years"]
    [line] = year["subjects"]
    assert [(one["term"], one["value"]) for one in line["terms"]] == [(1, "5")]


@pytest.mark.clause("2.2.10")
def test_a_family_is_told_what_may_come_and_what_other_marks_would_do(desk: At) -> None:
    [subject] = desk("olga").get(f"/pupils/{c.PETYA}/forecast").json()["subjects"]
    assert [one["marks"] for one in subject["if"]] == [["5"] * 3, ["4"] * 3, ["3"] * 3]


@pytest.mark.clause("4.1.в")
def test_a_letter_is_about_one_pupil_and_for_that_family(desk: At) -> None:
    letter = f"/pupils/{c.PETYA}/letter"
    [part] = desk("olga").get(letter, term=1).json()["parts"]
    assert part["title"].startswith("Петров Пётр")
    assert desk("masha").get(letter).status_code == 404


@pytest.mark.clause("2.2.9")
def test_a_guardian_signs_a_week_as_it_was_read_and_not_twice(desk: At) -> None:
    olga = desk("olga")
    read = olga.get(WEEK).json()["as_of"]["position"]
    first = olga.post(f"{WEEK}/acknowledgement", {"position": read}).json()["position"]
    assert olga.post(f"{WEEK}/acknowledgement", {"position": read}).json()["position"] == first


@pytest.mark.clause("2.2.8")
def test_what_is_new_is_told_to_whoever_may_read_the_diary(desk: At, url: str) -> None:
    """Olga has consented, Oleg has not; Petya himself is told as well."""
    assert desk("petya").get(WEEK).is_success

    async def hear() -> notices.Heard:
        conn = await psycopg.AsyncConnection.connect(conninfo(url, APP, SECRET), autocommit=True)
        async with conn:
            return await notices.hear(conn, schema_of(SLUG), 0, WEDNESDAY)

    heard = asyncio.run(hear())
    assert {one.kind for one in heard.told if one.pupil_id == c.PETYA} >= {Kind.MARK}
    assert {one.person_id for one in heard.readers[c.PETYA]} == {c.PETYA, c.OLGA}


@pytest.mark.clause("4.2.г-2")
def test_a_guardian_gets_a_password_that_is_good_once(desk: At, client: TestClient) -> None:
    issued = desk("kira").post(f"/classes/{c.CLASS_7A}/credentials", {"person_ids": [c.OLEG]})
    [slip] = issued.json()["people"]
    entered = client.post(
        "/api/v1/session", json={"login": slip["login"], "password": slip["password"]}
    )
    client.cookies.clear()
    assert (entered.status_code, entered.json()["must_change_password"]) == (200, True)


@pytest.mark.clause("2.2.7")
def test_a_report_counts_quality_as_the_share_of_fives_and_fours() -> None:
    assert quality_rate(Tally(n5=1, n4=2, n3=1)).value == "75.00"


@pytest.mark.clause("5.1")
def test_what_a_copy_promised_is_asked_of_what_came_back(desk: At, url: str) -> None:
    """The same log is as promised; of another root it is another log."""
    del desk
    heads = backups.heads(url)
    whole = Report(heads[0].position, heads[0].size, 0, 0, heads[0].root, 0, ())

    def found(of: list[backups.Head]) -> list[str]:
        copy = backups.Copy("one", datetime(2026, 9, 2, tzinfo=UTC), of)
        return [str(one.kind) for one in backups.findings(url, SECRET, copy, lambda *_: whole)]

    assert found(heads) == []
    assert found([replace(heads[0], root="00" * 32)]) == ["other"]
