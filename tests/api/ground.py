"""Class 7а behind real doors: a school laid by commands, accounts for the cast, a running app."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
from fastapi.testclient import TestClient
from httpx2 import Response
from psycopg.sql import SQL, Identifier

from api.app import create_app
from api.auth.passwords import hash_now
from api.house import House, fresh_id, fresh_salt
from domain.access import Actor
from domain.engine import Engine
from domain.journal.facts import TeacherAssigned
from domain.office.facts import Appointment, ClassFormed, ClassTeacherAppointed
from domain.office.grant_facts import JournalsOpened
from domain.people.facts import Name
from domain.school import School
from domain.values import Role
from projections.folding import catch_up
from projections.postgres.database import PROJECTOR, conninfo, schema_of
from projections.postgres.migrations import add_school
from projections.postgres.settings import Settings
from tests import cast as c
from tests.api.transport import QuickClient
from tests.conftest import SECRET
from tests.domain.seventh_a import SEPTEMBER_1, SPLIT, WEEK, YEAR_OPENED, noon
from tests.domain.seventh_a import WEDNESDAY as TODAY
from tests.ground import engine_on, request

SLUG, YEAR = "kukarino", 2026
PASSWORD = "синица в небе над рекой"
#: one hash for the whole cast: sixty milliseconds are spent once
HASHED = hash_now(PASSWORD)
OPERATOR = Actor(c.SCHOOL, "tests", operator=True)

STAFF = {
    c.ANNA: Name("Антонова", "Анна", "Андреевна"),
    c.BORIS: Name("Борисов", "Борис", "Борисович"),
    c.GALINA: Name("Галкина", "Галина", "Глебовна"),
    c.TANYA: Name("Тихонова", "Татьяна", "Тимофеевна"),
    c.KIRA: Name("Кириллова", "Кира", "Кирилловна"),
    c.VERA: Name("Веденеева", "Вера", "Викторовна"),
    c.DINA: Name("Дмитриева", "Дина", "Денисовна"),
    c.ALLA: Name("Абрамова", "Алла", "Алексеевна"),
    c.SVETA: Name("Светлова", "Светлана", "Сергеевна"),
    c.IGOR: Name("Игнатьев", "Игорь", "Ильич"),
}
PUPILS = {
    c.PETYA: Name("Петров", "Пётр"),
    c.MASHA: Name("Морозова", "Мария"),
    c.YOLKIN: Name("Ёлкин", "Егор"),
}
GUARDIANS = {
    c.OLGA: Name("Петрова", "Ольга"),
    c.OLEG: Name("Петров", "Олег"),
    c.ZOYA: Name("Зайцева", "Зоя"),
}
LOGINS = {
    c.ANNA: "anna",
    c.BORIS: "boris",
    c.TANYA: "tanya",
    c.KIRA: "kira",
    c.VERA: "vera",
    c.DINA: "dina",
    c.ALLA: "alla",
    c.SVETA: "sveta",
    c.IGOR: "igor",
    c.ZOYA: "zoya",
    c.PETYA: "petya",
    c.MASHA: "masha",
    c.OLGA: "olga",
    c.OLEG: "oleg",
}


ALGEBRA_PLACE = {"subject_id": c.ALGEBRA, "term": "1"}


@dataclass
class Clock:
    """A clock that a test moves."""

    at: datetime = field(default_factory=lambda: noon(TODAY))

    def __call__(self) -> datetime:
        return self.at

    def forward(self, step: timedelta) -> None:
        """Time passes."""
        self.at += step


def lay_school(url: str) -> None:
    """7а of Kukarino on Wednesday, the second of September, and accounts for everybody."""
    add_school(url, SECRET, SLUG, "Кукаринская школа", "Europe/Moscow", c.SCHOOL)
    with engine_on(url, clock=lambda: noon(SEPTEMBER_1)) as engine:
        for answer in _commands(_school(engine)):
            answer.result(10)
    open_accounts(url, LOGINS)
    project(url)


#: applications at work, by their database
RUNNING: dict[str, TestClient] = {}


def project(url: str) -> int:
    """Fold what there is to fold; answers how many facts. An application at work on this database
    knows of it at once, not a tenth of a second later (`api.progress`).
    """
    with psycopg.connect(conninfo(url, PROJECTOR, SECRET), autocommit=True) as conn:
        folded = catch_up(conn, schema_of(SLUG))
    look_again(url)
    return folded


def look_again(url: str) -> None:
    """Let the application at work on this database read anew how far the projections are."""
    client = RUNNING.get(url)
    if client is not None and client.portal is not None:
        client.portal.call(_look_again, client.app.state.house)  # type: ignore[attr-defined]


async def _look_again(house: House) -> None:
    for door in await house.doors():
        await door.progress.now(0.0)


def _school(engine: Engine) -> School:
    numbers = itertools.count()
    return School(
        engine,
        SLUG,
        c.SCHOOL,
        ids=lambda: c.an_id(f"id {next(numbers)}"),
        salts=lambda: secrets.token_urlsafe(16),
    )


def _commands(school: School) -> Iterator[Any]:
    by: dict[str, Any] = {"by": OPERATOR}
    yield school.open_year(YEAR_OPENED, **by, request=request())
    for kind, people in (("staff", STAFF), ("pupil", PUPILS), ("guardian", GUARDIANS)):
        for person_id, name in people.items():
            yield school.register_person(YEAR, person_id, kind, name, **by, request=request())  # type: ignore[arg-type]
    auditor = Appointment(c.IGOR, Role.AUDITOR, SEPTEMBER_1)
    yield school.appoint(YEAR, auditor, **by, request=request())
    inspection = (SEPTEMBER_1, SEPTEMBER_1 + timedelta(days=365))
    every = JournalsOpened(c.an_id("допуск Игоря"), c.IGOR, *inspection, "61-у")
    yield school.open_journals(YEAR, every, **by, request=request())
    for class_id, letter in ((c.CLASS_7A, "а"), (c.CLASS_7B, "б")):
        formed = ClassFormed(class_id, 7, letter)
        yield school.form_class(YEAR, formed, **by, request=request())
    kira = ClassTeacherAppointed(c.CLASS_7A, c.KIRA, SEPTEMBER_1)
    yield school.appoint_class_teacher(YEAR, kira, **by, request=request())
    yield school.enrol_pupils(c.CLASS_7A, tuple(PUPILS), SEPTEMBER_1, **by, request=request())
    yield school.split_class(c.CLASS_7A, SPLIT, **by, request=request())
    for teacher, subject, half in (
        (c.ANNA, c.ALGEBRA, None),
        (c.BORIS, c.ENGLISH, c.FIRST_HALF),
        (c.GALINA, c.ENGLISH, c.SECOND_HALF),
    ):
        assigned = TeacherAssigned(
            c.an_id(f"{teacher}/{subject}"), teacher, subject, SEPTEMBER_1, half
        )
        yield school.assign_teacher(c.CLASS_7A, assigned, **by, request=request())
    yield school.adopt_timetable(YEAR, c.CLASS_7A, SEPTEMBER_1, WEEK, **by, request=request())
    yield school.schedule_lessons(c.CLASS_7A, 1, **by, request=request())
    for guardian in (c.OLGA, c.OLEG):
        yield school.link_guardian(YEAR, c.PETYA, guardian, SEPTEMBER_1, **by, request=request())
    yield school.give_consent(
        c.CLASS_7A, c.PETYA, c.OLGA, "diary", SEPTEMBER_1, **by, request=request()
    )


def open_accounts(url: str, logins: dict[str, str], *, must_change: bool = False) -> None:
    """Accounts with `PASSWORD` for these people."""
    with psycopg.connect(url) as conn:
        conn.cursor().executemany(
            SQL(
                "INSERT INTO {}.account (person_id, login, hash, must_change, issued_at)"
                " VALUES (%s, %s, %s, %s, now())"
            ).format(Identifier(f"school_{SLUG}")),
            [(person, login, HASHED, must_change) for person, login in logins.items()],
        )


@contextmanager
def running(settings: Settings, clock: Clock) -> Iterator[TestClient]:
    """The application on a database, spoken to as if from this very machine."""
    app = create_app(settings, str(settings.database_url), clock=clock)
    with QuickClient(app, "http://127.0.0.1", ("127.0.0.1", 50000)) as client:
        url = str(settings.database_url)
        outer = RUNNING.get(url)  # another may be at work on the same database
        RUNNING[url] = client
        try:
            yield client
        finally:
            RUNNING.pop(url, None)
            if outer is not None:
                RUNNING[url] = outer


def school_behind(client: TestClient) -> School:
    """The commands of Kukarino by the engine of the running app."""
    house: House = client.app.state.house  # type: ignore[attr-defined]
    return School(house.engine, SLUG, c.SCHOOL, ids=fresh_id, salts=fresh_salt)


class Desk:
    """One person at one browser."""

    def __init__(
        self, client: TestClient, login: str, code: str | None = None, password: str = PASSWORD
    ) -> None:
        self._client = client
        client.cookies.clear()
        credentials = {"login": login, "password": password, "code": code}
        answer = client.post("/api/v1/session", json=credentials)
        assert answer.status_code == 200, answer.text
        self.cookie = {"cookie": "; ".join(f"{k}={v}" for k, v in client.cookies.items())}
        client.cookies.clear()
        self.session: dict[str, Any] = answer.json()

    def get(self, path: str, **query: Any) -> Response:
        """GET under /api/v1; `headers` go as headers."""
        headers = query.pop("headers", {})
        return self._client.get(f"/api/v1{path}", params=query, headers=headers | self.cookie)

    def post(self, path: str, body: Any = None, key: str | None = None, **more: Any) -> Response:
        """POST under /api/v1 with a fresh Idempotency-Key, or this one."""
        headers = {"idempotency-key": key or str(uuid4())} | more.get("headers", {})
        return self._client.post(f"/api/v1{path}", json=body or {}, headers=headers | self.cookie)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """Any other request under /api/v1."""
        return self._client.request(
            method, f"/api/v1{path}", json=body, headers=headers | self.cookie
        )
