"""Clause 3.1.1: the journal is brought in: from nothing to a mark in a diary, by the API alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.commands.school import typical
from api.house import Door, fresh_id, fresh_salt
from domain.office.facts import Appointment
from domain.people.facts import Name
from domain.school import School
from domain.values import Role
from projections.postgres.migrations import add_school
from projections.postgres.settings import Settings
from tests import cast as c
from tests.api.ground import (
    OPERATOR,
    PASSWORD,
    SLUG,
    Clock,
    Desk,
    open_accounts,
    project,
    running,
)
from tests.conftest import SECRET, admin, clone, url_of
from tests.domain.seventh_a import SEPTEMBER_1, WEDNESDAY, noon
from tests.ground import engine_on, request

YEAR, SINCE, TODAY = 2026, "2026-09-01", WEDNESDAY.isoformat()
ANNA, KIRA, PETYA, MASHA, OLGA = (str(uuid4()) for _ in range(5))
CLASS, ALGEBRA, ENGLISH, ANSWER = (str(uuid4()) for _ in range(4))
OWN = "журавль стоит над озером"
HALVES = (str(uuid4()), str(uuid4()))


def install(url: str) -> None:
    """What whoever installs the program types: a school, its first year, an administrator."""
    add_school(url, SECRET, SLUG, "Новая школа", "Europe/Moscow", c.SCHOOL)
    door = cast("Door", SimpleNamespace(school_id=c.SCHOOL, zone="Europe/Moscow"))
    alla = Appointment(c.ALLA, Role.ADMINISTRATOR, SEPTEMBER_1)
    with engine_on(url, clock=lambda: noon(SEPTEMBER_1)) as engine:
        school = School(engine, SLUG, c.SCHOOL, ids=fresh_id, salts=fresh_salt)
        by = OPERATOR
        for answer in (
            school.open_year(typical(door, YEAR), by=by, request=request()),
            school.register_person(
                YEAR, c.ALLA, "staff", Name("Абрамова", "Алла"), by=by, request=request()
            ),
            school.appoint(YEAR, alla, by=by, request=request()),
        ):
            answer.result(10)
    open_accounts(url, {c.ALLA: "alla"}, must_change=True)


def someone(person_id: str, kind: str, family: str, given: str) -> tuple[str, dict[str, Any]]:
    """The order that registers a person."""
    return "/people", {"person_id": person_id, "kind": kind, "family": family, "given": given}


def orders() -> list[tuple[str, dict[str, Any]]]:
    """What the administrator sends, in order: path under /api/v1 and body."""
    year, of_class = f"/years/{YEAR}", f"/classes/{CLASS}"
    terms = [
        {"number": n, "name": f"{n} четверть", "starts": starts, "ends": ends}
        for n, (starts, ends) in enumerate(
            (
                (SINCE, "2026-10-23"),
                ("2026-11-02", "2026-12-29"),
                ("2027-01-11", "2027-03-19"),
                ("2027-03-29", "2027-05-26"),
            ),
            1,
        )
    ]
    bells = [{"number": n, "starts": f"{7 + n:02}:30", "ends": f"{8 + n:02}:15"} for n in (1, 2, 3)]
    split = [
        {"subgroup_id": HALVES[n], "name": f"{n + 1} группа", "pupils": [pupil]}
        for n, pupil in enumerate((PETYA, MASHA))
    ]
    given = [(ANNA, ALGEBRA, None), (ANNA, ENGLISH, HALVES[0]), (KIRA, ENGLISH, HALVES[1])]
    week = [
        {"weekday": 3, "number": 1, "subject_id": ALGEBRA, "teacher_id": ANNA},
        *(
            {
                "weekday": 3,
                "number": 2,
                "subject_id": ENGLISH,
                "teacher_id": who,
                "subgroup_id": half,
            }
            for who, half in ((ANNA, HALVES[0]), (KIRA, HALVES[1]))
        ),
    ]
    return [
        (f"{year}/calendar", {"terms": terms, "order_no": "1-о"}),
        (f"{year}/bells", {"since": SINCE, "schedules": [{"name": "Обычное", "bells": bells}]}),
        *(
            (f"{year}/subjects", {"subject_id": number, "name": name})
            for number, name in ((ALGEBRA, "Алгебра"), (ENGLISH, "Английский язык"))
        ),
        (
            f"{year}/work-types",
            {"work_type_id": ANSWER, "name": "Ответ", "abbr": "О", "weight": "1"},
        ),
        someone(ANNA, "staff", "Антонова", "Анна"),
        someone(KIRA, "staff", "Кириллова", "Кира"),
        someone(PETYA, "pupil", "Петров", "Пётр"),
        someone(MASHA, "pupil", "Морозова", "Мария"),
        someone(OLGA, "guardian", "Петрова", "Ольга"),
        *(
            (f"{year}/appointments", {"person_id": who, "role": "teacher", "since": SINCE})
            for who in (ANNA, KIRA)
        ),
        (f"{year}/classes", {"class_id": CLASS, "grade_level": 7, "letter": "а"}),
        (f"{year}/class-teachers", {"class_id": CLASS, "person_id": KIRA, "since": SINCE}),
        (
            f"{of_class}/enrolments",
            {"pupil_ids": [PETYA, MASHA], "since": SINCE, "order_no": "2-у"},
        ),
        (f"/pupils/{PETYA}/guardians", {"guardian_id": OLGA, "since": SINCE}),
        (
            f"{of_class}/subgroup-orders",
            {
                "subject_id": ENGLISH,
                "since": SINCE,
                "order_no": "3-у",
                "order_date": SINCE,
                "subgroups": split,
            },
        ),
        *(
            (
                f"{of_class}/assignments",
                {
                    "assignment_id": str(uuid4()),
                    "teacher_id": who,
                    "subject_id": what,
                    "subgroup_id": half,
                    "since": SINCE,
                },
            )
            for who, what, half in given
        ),
        (f"{year}/timetables", {"class_id": CLASS, "since": SINCE, "entries": week}),
        (f"{of_class}/terms/1/lessons", {}),
    ]


@pytest.fixture(scope="module")
def place(
    server: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, TestClient]]:
    """URL of a new school, and the program running on it."""
    name = f"nothing_{uuid4().hex}"
    clone(server, name, template)
    url, home = url_of(server, name), Path(tmp_path_factory.mktemp("nothing"))
    install(url)
    project(url)
    settings = Settings(data_dir=home, secret=SECRET, database_url=url, pool_max=4)
    with running(settings, Clock()) as client:
        yield url, client
    admin(server, "DROP DATABASE {} WITH (FORCE)", name)


def own_password(client: TestClient, login: str, told: str) -> Desk:
    """Somebody signs in with a password that was handed out, and makes one's own."""
    client.cookies.clear()
    session = client.post("/api/v1/session", json={"login": login, "password": told})
    assert session.status_code == 200, session.text
    change = {"current": told, "new": OWN}
    done = client.put("/api/v1/session/password", json=change)
    assert done.is_success, done.text
    client.cookies.clear()
    return Desk(client, login, password=change["new"])


@pytest.mark.clause("3.1.1")
def test_from_an_empty_school_to_a_mark_in_a_diary(
    place: tuple[str, TestClient],
) -> None:
    url, client = place
    alla = own_password(client, "alla", PASSWORD)

    def ask(desk: Desk, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = desk.post(path, body)
        assert answer.is_success, f"{path}: {answer.text}"
        project(url)
        return answer.json()

    assert "Школу заводят по шагам" in client.get("/desk", headers=alla.cookie).text
    for path, body in orders():
        ask(alla, path, body)
    assert "Школу заводят по шагам" not in client.get("/desk", headers=alla.cookie).text
    told = {
        login: ask(alla, f"/people/{who}/account", {"login": login})["password"]
        for who, login in ((ANNA, "anna"), (KIRA, "kira"), (OLGA, "olga"))
    }
    kira, anna, olga = (own_password(client, one, told[one]) for one in ("kira", "anna", "olga"))
    week = f"/pupils/{PETYA}/diary/weeks/2026-08-31"
    assert olga.get(week).status_code == 403  # no consent yet (clause 1.11)
    consent = {"guardian_id": OLGA, "purpose": "diary", "since": SINCE}
    ask(kira, f"/pupils/{PETYA}/consents", consent)

    lessons = anna.get("/lessons", date=TODAY).json()["lessons"]
    first = next(one["lesson_id"] for one in lessons if one["subject_id"] == ALGEBRA)
    ask(anna, f"/lessons/{first}/topic", {"topic": "Дроби"})
    ask(anna, f"/lessons/{first}/attendance", {"entries": []})
    mark = {"mark_id": str(uuid4()), "pupil_id": PETYA, "value": "5", "work_type_id": ANSWER}
    ask(anna, f"/lessons/{first}/marks", {"marks": [mark]})

    days = olga.get(week).json()["days"]
    [shown] = [
        given["value"] for day in days for lesson in day["lessons"] for given in lesson["marks"]
    ]
    assert shown == "5"
    assert len(lessons) == 2  # algebra, and English of her half
