"""The office over HTTP: the year, people, guardians, consents, accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import YEAR, Desk
from tests.cast import (
    ALGEBRA,
    ANNA,
    BORIS,
    CLASS_7A,
    CLASS_7B,
    GALINA,
    MASHA,
    OLEG,
    PETYA,
    TANYA,
    an_id,
)

At = Callable[[str], Desk]
NEW = an_id("новый")
YEARS = f"/years/{YEAR}"
CALENDAR: dict[str, Any] = {
    "terms": [
        {"number": 1, "name": "1 четверть", "starts": "2027-09-01", "ends": "2027-10-24"},
        {"number": 2, "name": "2 четверть", "starts": "2027-11-01", "ends": "2027-12-26"},
    ]
}
#: path → a body that the administration may send
ORDERS: dict[str, dict[str, Any]] = {
    "/years": {
        "year": 2027,
        "zone": "Europe/Moscow",
        "calendar": CALENDAR,
        "bells": [{"number": 1, "starts": "08:30", "ends": "09:15"}],
        "staff": [{"person_id": ANNA, "role": "director", "since": "2027-09-01"}],
    },
    f"{YEARS}/calendar": CALENDAR
    | {
        "terms": [
            {"number": 1, "name": "1 четверть", "starts": "2026-09-01", "ends": "2026-10-23"},
            {"number": 2, "name": "2 четверть", "starts": "2026-11-02", "ends": "2026-12-27"},
        ],
        "order_no": "7-о",
    },
    f"{YEARS}/regulation": {"version": "kukarino-2026-2", "order_no": "8-о"},
    f"{YEARS}/subjects": {"subject_id": an_id("физика"), "name": "Физика"},
    f"{YEARS}/bells": {
        "since": "2026-09-03",
        "schedules": [
            {
                "name": "Первая смена",
                "bells": [
                    {"number": n, "starts": f"{7 + n:02}:00", "ends": f"{7 + n:02}:40"}
                    for n in (1, 2, 3)
                ],
            },
            {
                "name": "Вторая смена",
                "shift": 2,
                "bells": [
                    {"number": n, "starts": f"{12 + n}:30", "ends": f"{13 + n}:10"}
                    for n in (1, 2, 3)
                ],
            },
        ],
    },
    f"{YEARS}/shifts": {"class_id": CLASS_7A, "shift": 2, "since": "2026-09-03"},
    f"{YEARS}/day-bells": {
        "day": "2026-09-04",
        "bells": [{"number": 1, "starts": "14:00", "ends": "14:25"}],
        "order_no": "40-у",
    },
    f"{YEARS}/work-types": {
        "work_type_id": an_id("диктант"),
        "name": "Диктант",
        "abbr": "Д",
        "weight": "1.50",
    },
    f"{YEARS}/appointments": {"person_id": TANYA, "role": "secretary", "since": "2026-09-02"},
    f"{YEARS}/classes": {"class_id": an_id("8а"), "grade_level": 8, "letter": "а"},
    f"{YEARS}/class-teachers": {
        "class_id": CLASS_7B,
        "person_id": BORIS,
        "since": "2026-09-02",
    },
    f"{YEARS}/timetables": {
        "class_id": CLASS_7B,
        "since": "2026-09-02",
        "entries": [{"weekday": 5, "number": 1, "subject_id": ALGEBRA, "teacher_id": ANNA}],
    },
    f"/classes/{CLASS_7B}/enrolments": {"pupil_ids": [NEW], "since": "2026-09-02"},
    f"/classes/{CLASS_7A}/transfers": {
        "pupil_id": MASHA,
        "to_class": CLASS_7B,
        "on": "2026-09-03",
        "order_no": "14-у",
    },
    f"/classes/{CLASS_7B}/assignments": {
        "assignment_id": an_id("назначение в 7б"),
        "teacher_id": ANNA,
        "subject_id": ALGEBRA,
        "since": "2026-09-01",
    },
    f"/classes/{CLASS_7A}/substitutions": {
        "substitution_id": an_id("замещение"),
        "substitute_id": TANYA,
        "teacher_id": ANNA,
        "since": "2026-09-02",
        "until": "2026-09-04",
    },
    "/people": {"person_id": NEW, "kind": "pupil", "family": "Новиков", "given": "Никита"},
    f"/people/{PETYA}/names": {"family": "Петров-Водкин", "given": "Пётр"},
    f"/pupils/{PETYA}/guardians": {"guardian_id": OLEG, "since": "2026-09-01"},
    f"/people/{GALINA}/account": {"login": "galina"},
    f"/people/{MASHA}/erasure": {"basis": "акт № 1"},
}
each_order = pytest.mark.parametrize("path", sorted(ORDERS))


@each_order
def test_a_stranger_finds_no_office(desk: At, path: str) -> None:
    zoya = desk("zoya")

    assert zoya.post(path, ORDERS[path]).status_code == 404
    assert zoya.get("/people").status_code == 404


def test_a_teacher_is_sent_to_the_administration(desk: At) -> None:
    anna = desk("anna")

    for path, body in ORDERS.items():
        answer = anna.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (
            403,
            "access.administration_only",
        ), path


def test_the_administration_orders(desk: At, projector: Projector) -> None:
    alla = desk("alla")

    for path, body in sorted(ORDERS.items(), key=lambda item: item[0] != "/people"):
        answer = alla.post(path, body)
        assert answer.status_code in {200, 201}, (path, answer.text)
        position = answer.json()["position"]

    people = {
        one["person_id"]: one for one in alla.get("/people", min_position=position).json()["people"]
    }
    assert people[NEW]["name"] == "Новиков Никита"
    assert people[PETYA]["name"] == "Петров-Водкин Пётр"
    assert people[MASHA]["erased"] is True
    assert "Физика" in [one["name"] for one in alla.get("/subjects").json()["subjects"]]
    card = alla.get(f"/classes/{CLASS_7B}", date="2026-09-03").json()
    assert {one["pupil_id"] for one in card["roster"]} == {NEW, MASHA}
    assert card["class_teacher"]["person_id"] == BORIS


def test_those_in_office_open_the_next_year(desk: At, projector: Projector) -> None:
    alla = desk("alla")

    position = alla.post("/years", ORDERS["/years"]).json()["position"]

    years = alla.get("/years", min_position=position).json()["years"]
    assert [one["year"] for one in years] == [2027, 2026]


def test_lessons_of_a_term_follow_from_the_timetable(desk: At, projector: Projector) -> None:
    alla, anna = desk("alla"), desk("anna")
    for path in (f"{YEARS}/timetables", f"/classes/{CLASS_7B}/assignments"):
        alla.post(path, ORDERS[path])

    position = alla.post(f"/classes/{CLASS_7B}/terms/2/lessons").json()["position"]

    day = anna.get("/lessons", date="2026-11-06", min_position=position).json()["lessons"]
    assert ("7б", 1) in [(one["class_name"], one["number"]) for one in day]


def test_a_substitute_writes_on_behalf(desk: At, projector: Projector) -> None:
    alla, tanya = desk("alla"), desk("tanya")
    path = f"/classes/{CLASS_7A}/substitutions"
    position = alla.post(path, ORDERS[path]).json()["position"]

    [lesson, *_] = tanya.get("/lessons", min_position=position).json()["lessons"]
    written = tanya.post(f"/lessons/{lesson['lesson_id']}/topic", {"topic": "Дроби"}).json()

    query = {"kind": "topic-recorded", "min_position": written["position"]}
    [sentence] = desk("vera").get("/trail", **query).json()["items"]
    assert sentence["by"]["person_id"] == TANYA
    assert sentence["acting_for"]["person_id"] == ANNA


def test_only_the_class_teacher_records_a_consent(desk: At) -> None:
    consent = {"guardian_id": OLEG, "purpose": "diary", "since": "2026-09-01"}

    assert desk("zoya").post(f"/pupils/{PETYA}/consents", consent).status_code == 404
    assert desk("anna").post(f"/pupils/{PETYA}/consents", consent).status_code == 403
    assert desk("kira").post(f"/pupils/{PETYA}/consents", consent).status_code == 200
    stranger = desk("kira").post(f"/pupils/{an_id('никто')}/consents", consent)
    assert stranger.status_code == 404


def test_a_password_is_told_once(client: TestClient, desk: At) -> None:
    alla, key = desk("alla"), str(uuid4())
    path, body = f"/people/{GALINA}/account", {"login": "Galina"}

    first = alla.post(path, body, key=key).json()
    again = alla.post(path, body, key=key).json()

    assert first["login"] == "galina"
    assert (again["position"], again["password"]) == (first["position"], None)
    signed_in = client.post(
        "/api/v1/session", json={"login": "galina", "password": first["password"]}
    )
    assert signed_in.json()["must_change_password"] is True


def test_a_login_belongs_to_one_person(desk: At) -> None:
    answer = desk("alla").post(f"/people/{GALINA}/account", {"login": "ANNA"})

    assert (answer.status_code, answer.json()["code"]) == (409, "account.login_taken")


def test_a_revoked_account_is_out_at_once(client: TestClient, desk: At) -> None:
    alla = desk("alla")
    path, body = f"/people/{GALINA}/account", {"login": "galina"}
    password = alla.post(path, body).json()["password"]
    client.cookies.clear()
    client.post("/api/v1/session", json={"login": "galina", "password": password})
    assert client.get("/api/v1/session").status_code == 200
    mine = dict(client.cookies)
    client.cookies.clear()

    revoked = alla.post(f"{path}/revocation", {"reason": "suspicion"})

    assert revoked.status_code == 200
    client.cookies.update(mine)
    assert client.get("/api/v1/session").status_code == 401
    client.cookies.clear()
    again = client.post("/api/v1/session", json={"login": "galina", "password": password})
    assert again.status_code == 401


def test_a_class_teacher_is_nobody_elses_administration(desk: At) -> None:
    assert desk("kira").get("/people").status_code == 403
