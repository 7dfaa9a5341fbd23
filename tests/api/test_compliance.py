"""How journals are filled, over HTTP: whose eyes, which week, and that figures lead to facts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from projections.compliance import weeks_to_close
from projections.postgres.database import READER, conninfo, schema_of
from tests.api.ground import OPERATOR, SLUG, Clock, Desk, project, school_behind
from tests.api.telephone import refusal
from tests.cast import ALGEBRA, ANNA, BORIS, CLASS_7A, CLASS_7B, GALINA, PETYA
from tests.conftest import SECRET
from tests.ground import request

At = Callable[[str], Desk]
WEEK = "2026-W36"
DAYS = {"from": "2026-09-01", "to": "2026-09-06"}
MONDAY_NIGHT = datetime(2026, 9, 6, 21, 5, tzinfo=UTC)  # five past midnight in Moscow


def week(desk: Desk, **query: Any) -> dict[str, Any]:
    answer = desk.get("/compliance", **{"week": WEEK} | query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def fill(anna: Desk, url: str, day: str = "2026-09-02") -> str:
    """Anna takes attendance of her lesson of a day and writes its topic; answers the lesson."""
    [lesson] = anna.get("/lessons", date=day).json()["lessons"]
    number = str(lesson["lesson_id"])
    for path, body in (
        ("topic", {"topic": "Дроби", "kind": "LESSON"}),
        ("attendance", {"entries": []}),
    ):
        answer = anna.post(f"/lessons/{number}/{path}", body)
        assert answer.status_code == 200, answer.text
    project(url)
    return number


def close_weeks(client: TestClient, url: str, clock: Clock) -> list[str]:
    """The Monday job, five past midnight."""
    clock.at = max(clock.at, MONDAY_NIGHT)
    school, closed = school_behind(client), []
    with psycopg.connect(conninfo(url, READER, SECRET), autocommit=True) as conn:
        found = list(weeks_to_close(conn, schema_of(SLUG), clock.at))
    for year, one in found:
        school.close_fill_check(year, one, by=OPERATOR, request=request()).result(10)
        closed.append(one.week)
    project(url)
    return closed


@pytest.mark.parametrize("login", ["zoya", "olga", "petya"])
def test_a_stranger_and_a_family_find_nothing(desk: At, login: str) -> None:
    other = desk(login)
    for path in (
        "/compliance",
        "/compliance/debts",
        f"/compliance/teachers/{ANNA}/sheet",
        "/compliance/delays",
        "/availability",
        f"/classes/{CLASS_7A}/lacks",
    ):
        assert other.get(path, **DAYS).status_code == 404, path


@pytest.mark.parametrize("login", ["sveta", "igor"])
def test_who_neither_teaches_nor_oversees_is_refused(desk: At, login: str) -> None:
    other = desk(login)
    for path in ("/compliance", "/compliance/debts"):
        assert refusal(other.get(path)) == (403, "compliance.not_for_you")


def test_a_teacher_sees_ones_own_lessons_and_nobody_elses(desk: At, kukarino: str) -> None:
    anna = desk("anna")
    filled = fill(anna, kukarino)
    found = week(anna)
    assert {one["teacher_id"] for one in found["teachers"]} == {ANNA}
    by_id = {one["lesson_id"]: one for one in found["lessons"]}
    duties = by_id[filled]["duties"]
    assert duties["topic"]["status"] == duties["attendance"]["status"] == "ON_TIME"
    assert duties["homework"]["status"] == "PENDING"
    assert duties["marks"]["reason"] == "no_marks"
    assert duties["topic"]["position"] < duties["attendance"]["position"]
    assert refusal(anna.get("/compliance", week=WEEK, teacher_id=BORIS)) == (
        403,
        "compliance.not_yours",
    )
    assert anna.get("/compliance", week=WEEK, class_id=CLASS_7B).status_code == 404


def test_a_week_is_the_teachers_own_until_its_check_is_closed(
    desk: At, client: TestClient, kukarino: str, clock: Clock
) -> None:
    fill(desk("anna"), kukarino)
    before = week(desk("vera"))
    assert before["visible"] is False
    assert before["closed"] is None
    assert before["opens_at"] == "2026-09-06T21:00:00+00:00"
    assert before["total"]["lessons"] == 0
    assert before["teachers"] == before["groups"] == []
    assert week(desk("vera"), teacher_id=ANNA)["lessons"] == []

    assert close_weeks(client, kukarino, clock) == [WEEK]
    for login in ("vera", "dina", "alla"):
        after = week(desk(login))
        assert after["visible"] is True
        assert after["closed"]["lessons"] == after["total"]["lessons"] > 0
        assert {ANNA, BORIS, GALINA} <= {one["teacher_id"] for one in after["teachers"]}


def test_the_closing_fact_says_what_it_found(
    desk: At, client: TestClient, kukarino: str, clock: Clock
) -> None:
    fill(desk("anna"), kukarino)
    close_weeks(client, kukarino, clock)
    closed = week(desk("vera"))["closed"]
    assert closed["duties"]["topic"]["on_time"] == 1
    assert closed["duties"]["topic"]["missing"] == closed["lessons"] - 1
    assert closed["duties"]["attendance"]["pending"] == closed["lessons"] - 1
    assert closed["unfilled_groups"] == closed["groups"] - 1
    assert closed["position"] > closed["checked_position"] > 0


def test_a_teacher_without_any_record_is_missing_and_in_the_table(
    desk: At, client: TestClient, kukarino: str, clock: Clock
) -> None:
    close_weeks(client, kukarino, clock)
    clock.at = MONDAY_NIGHT + timedelta(days=7)
    found = week(desk("vera"))
    boris = next(one for one in found["teachers"] if one["teacher_id"] == BORIS)
    assert boris["status"] == "MISSING"
    assert boris["duties"]["attendance"]["missing"] == boris["lessons"] > 0
    assert boris["unfilled_groups"] == 1


def test_a_group_without_lessons_in_the_timetable_is_told(
    desk: At, client: TestClient, kukarino: str, clock: Clock
) -> None:
    with psycopg.connect(kukarino) as conn:  # Galina's half has no lessons this week
        conn.execute(
            f"DELETE FROM {schema_of(SLUG)}.compliance_lesson WHERE teacher_id = %s", (GALINA,)
        )
    close_weeks(client, kukarino, clock)
    found = week(desk("vera"))
    galina = next(one for one in found["teachers"] if one["teacher_id"] == GALINA)
    assert (galina["lessons"], galina["unscheduled"]) == (0, 1)


def test_what_is_still_to_fill_comes_by_how_soon_it_is_late(
    desk: At, kukarino: str, clock: Clock
) -> None:
    anna = desk("anna")
    lesson = fill(anna, kukarino)
    found = anna.get("/compliance/debts").json()["debts"]
    assert [(one["duty"], one["lesson"]["lesson_id"]) for one in found] == [("homework", lesson)]
    assert found[0]["due_at"] == "2026-09-02T20:59:59+00:00"
    clock.forward(timedelta(days=2))
    found = desk("anna").get("/compliance/debts").json()["debts"]
    assert [one["status"] for one in found] == ["MISSING", "MISSING", "MISSING", "PENDING"]
    dues = [one["due_at"] for one in found]
    assert dues == sorted(dues)


def test_the_sheet_of_a_teacher_has_the_place_of_every_record(
    desk: At, client: TestClient, kukarino: str, clock: Clock
) -> None:
    anna = desk("anna")
    lesson = fill(anna, kukarino)
    path = f"/compliance/teachers/{ANNA}/sheet"
    own = anna.get(path, **DAYS).json()
    assert own["weeks_left_out"] == 0
    of_lesson = next(one for one in own["lessons"] if one["lesson_id"] == lesson)
    position = of_lesson["duties"]["topic"]["position"]
    with psycopg.connect(kukarino) as conn:
        topic = conn.execute(
            f"SELECT topic FROM {schema_of(SLUG)}.facts WHERE notification_id = %s", (position,)
        ).fetchone()
    assert topic == ("journal.topic-recorded",)

    vera = desk("vera")
    hidden = vera.get(path, **DAYS).json()
    assert (hidden["lessons"], hidden["weeks_left_out"]) == ([], 1)
    close_weeks(client, kukarino, clock)
    shown = desk("vera").get(path, **DAYS).json()
    assert shown["weeks_left_out"] == 0
    assert shown["figures"]["lessons"] == len(shown["lessons"]) == len(own["lessons"])
    assert refusal(desk("boris").get(path, **DAYS)) == (403, "compliance.not_yours")
    assert shown["delay"]["records"] == 2


def test_the_sheet_as_csv_is_the_same_line_by_line(desk: At, kukarino: str) -> None:
    anna = desk("anna")
    fill(anna, kukarino)
    path = f"/compliance/teachers/{ANNA}/sheet"
    answer = anna.get(path, **DAYS, format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    [head, *lines, last] = list(
        csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    )
    told = anna.get(path, **DAYS).json()
    assert len(lines) == 4 * len(told["lessons"])
    assert head[0] == "дата"
    assert next(line for line in lines if line[8] == "вовремя")[:6] == [
        "02.09.2026",
        "1",
        "7а",
        "Алгебра",
        "",
        "тема",
    ]
    assert last[0].startswith("Антонова Анна Андреевна; по записям журнала до № ")


@pytest.mark.parametrize(
    "days",
    [
        {"from": "2026-09-02", "to": "2026-09-01"},
        {"from": "2025-01-01", "to": "2026-09-01"},
    ],
)
def test_a_period_is_a_period(desk: At, days: dict[str, str]) -> None:
    answer = desk("anna").get(f"/compliance/teachers/{ANNA}/sheet", **days)
    assert refusal(answer) == (422, "compliance.period")


def test_a_week_that_is_none_is_refused(desk: At) -> None:
    assert refusal(desk("anna").get("/compliance", week="2026-W60")) == (422, "week.unknown")


def test_delays_are_measured_from_the_end_of_the_lesson(
    desk: At, kukarino: str, clock: Clock
) -> None:
    anna = desk("anna")
    fill(anna, kukarino)
    [delay] = anna.get("/compliance/delays", **DAYS).json()["teachers"]
    ends = datetime(2026, 9, 2, 6, 15, tzinfo=UTC)  # 9:15 in Moscow
    late = -(-(clock.at - ends).total_seconds() // 60)
    assert delay["teacher_id"] == ANNA
    assert (delay["records"], delay["median_minutes"], delay["p90_minutes"]) == (2, late, late)


def test_a_term_lacks_marks_by_the_hours_a_week(desk: At, kukarino: str, clock: Clock) -> None:
    anna = desk("anna")
    lesson = fill(anna, kukarino)
    marks = [{"mark_id": PETYA, "pupil_id": PETYA, "value": "5", "work_type_id": _work(anna)}]
    assert anna.post(f"/lessons/{lesson}/marks", {"marks": marks}).status_code == 200
    project(kukarino)
    clock.forward(timedelta(days=1))
    found = desk("kira").get(f"/classes/{CLASS_7A}/lacks").json()
    algebra = next(one for one in found["subjects"] if one["subject_id"] == ALGEBRA)
    assert algebra["marks_needed"] == {1: 3, 2: 5}.get(algebra["hours_a_week"], 7)
    assert {one["name"]: one["marks"] for one in algebra["too_few_marks"]} == {
        "Петров Пётр": 1,
        "Морозова Мария": 0,
        "Ёлкин Егор": 0,
    }
    assert algebra["without_topic"] == algebra["lessons_held"] - 1
    assert algebra["in_order"] is False
    assert desk("kira").get(f"/classes/{CLASS_7A}/lacks", term=9).status_code == 404


def _work(anna: Desk) -> str:
    return str(anna.get("/work-types").json()["work_types"][0]["work_type_id"])


def test_the_answer_has_a_tag_and_a_place(desk: At) -> None:
    anna = desk("anna")
    answer = anna.get("/compliance", week=WEEK)
    assert answer.json()["as_of"]["position"] > 0
    again = anna.get("/compliance", week=WEEK, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_tag_changes_when_a_deadline_passes(desk: At, clock: Clock) -> None:
    anna = desk("anna")
    before = anna.get("/compliance", week=WEEK).headers["etag"]
    clock.at = datetime(2026, 9, 2, 21, 0, 0, tzinfo=UTC)  # midnight: Wednesday's homework is late
    assert desk("anna").get("/compliance", week=WEEK).headers["etag"] != before
