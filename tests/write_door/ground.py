"""A school behind running doors, shared by the exercises of one file; each brings its own class."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from fastapi.testclient import TestClient

from api.auth.sessions import hash_of
from api.house import House, fresh_id, fresh_salt
from domain.access import Actor
from domain.calendar import TimetableEntry
from domain.journal.facts import TeacherAssigned
from domain.office.facts import Appointment, ClassFormed
from domain.people.facts import Name, PersonKind
from domain.school import Handing, MarkInput, School
from domain.values import Role
from domain.world import World
from domain.writing import Answer
from projections.postgres.database import READER, conninfo, open_pool, schema_of
from projections.postgres.log import SchoolLog
from projections.postgres.settings import Settings
from projections.reminders import Reminder, remind
from tests import cast as c
from tests.api.ground import OPERATOR, SLUG, YEAR, Clock, Desk, open_accounts, project, running
from tests.conftest import SECRET
from tests.domain.seventh_a import SEPTEMBER_1, WEDNESDAY
from tests.ground import request
from tests.write_door import ledger
from tests.write_door.ledger import Ledger

SCHEMA = schema_of(SLUG)
NIKITA = Name("Новиков", "Никита")
A_JOB = "tidy_up"
LETTERS = "вгдежзиклмнопрстуфхцшэюя"


@dataclass(frozen=True)
class Room:
    """A class of its own: Anna's algebra on Wednesdays and Thursdays, two pupils, a mother."""

    class_id: str
    pupils: tuple[str, str]
    mother: str
    lesson: str  # this very Wednesday, the first
    tomorrow: str  # nothing is recorded on it
    assignment: str

    @property
    def path(self) -> dict[str, str]:
        """Members of addresses."""
        return {
            "year": str(YEAR),
            "term": "1",
            "class_id": self.class_id,
            "lesson_id": self.lesson,
            "assignment_id": self.assignment,
            "pupil_id": self.pupils[0],
            "person_id": self.pupils[0],
            "guardian_id": self.mother,
        }


class Place:
    """Kukarino and one running app on it."""

    def __init__(self, url: str, client: TestClient, clock: Clock, home: Path) -> None:
        self.url, self.client, self.clock, self.home = url, client, clock, home
        self.house: House = client.app.state.house  # type: ignore[attr-defined]
        self.school = School(self.house.engine, SLUG, c.SCHOOL, ids=fresh_id, salts=fresh_salt)
        self.reader = open_pool(conninfo(url, READER, SECRET), max_size=1)
        self.log = SchoolLog(SLUG, reader=self.reader, writer=self.reader)
        self._numbers = itertools.count()
        with psycopg.connect(url) as conn:  # a scheduler has worked here
            conn.execute(
                f"INSERT INTO {SCHEMA}.job (name, place, title, schedule, missed, by_hand, grace_s)"
                " VALUES (%s, 1, 'Уборка', 'каждую ночь', 'выполняется', true, 60)".encode(),
                (A_JOB,),
            )
        self._desks: dict[str, Desk] = {}

    # -- people --------------------------------------------------------------------------------

    def desk(self, login: str) -> Desk:
        """A person, signed in once."""
        if login not in self._desks:
            self._desks[login] = Desk(self.client, login)
        return self._desks[login]

    def everybody_leaves(self) -> None:
        """Nobody is signed in any more."""
        self._desks.clear()

    def session_of(self, login: str) -> str:
        """The opaque id that facts keep of a person's session."""
        token = self.desk(login).cookie["cookie"].partition("=")[2]
        query = f"SELECT session_id::text FROM {SCHEMA}.session WHERE token_hash = %s"
        with psycopg.connect(self.url) as conn:
            row = conn.execute(query.encode(), (hash_of(token),)).fetchone()
        assert row is not None
        return str(row[0])

    def actor(self, login: str) -> Actor:
        """A person as the domain knows them."""
        return Actor(self.desk(login).session["person_id"], self.session_of(login))

    def person(self, kind: PersonKind) -> str:
        """Somebody new."""
        person_id = str(uuid4())
        self.did(
            self.school.register_person(
                YEAR, person_id, kind, NIKITA, by=OPERATOR, request=request()
            )
        )
        return person_id

    # -- things to act upon --------------------------------------------------------------------

    def did(self, answer: Answer) -> int:
        """What prepares an exercise is done."""
        receipt = answer.result(10)
        assert receipt.facts
        return receipt.position

    def room(self) -> Room:
        """A new class with its lessons of the first term."""
        school, class_id = self.school, str(uuid4())
        by: dict[str, Any] = {"by": OPERATOR}
        number = next(self._numbers)
        formed = ClassFormed(class_id, 2 + number % 10, LETTERS[number // 10])
        pupils = (self.person("pupil"), self.person("pupil"))
        mother, assignment = self.person("guardian"), str(uuid4())
        week = [TimetableEntry(day, 1, c.ALGEBRA, c.ANNA) for day in (3, 4)]
        assigned = TeacherAssigned(assignment, c.ANNA, c.ALGEBRA, SEPTEMBER_1)
        for answer in (
            school.form_class(YEAR, formed, **by, request=request()),
            school.enrol_pupils(class_id, pupils, SEPTEMBER_1, **by, request=request()),
            school.assign_teacher(class_id, assigned, **by, request=request()),
            # Anna teaches every one of these classes at the same hour.
            school.adopt_timetable(
                *(YEAR, class_id, SEPTEMBER_1, week),
                allow_clashes=True,
                **by,
                request=request(),
            ),
            school.schedule_lessons(class_id, 1, **by, request=request()),
            school.link_guardian(YEAR, pupils[0], mother, SEPTEMBER_1, **by, request=request()),
        ):
            self.did(answer)
        today, tomorrow = self.lessons(class_id)[:2]
        return Room(class_id, pupils, mother, today, tomorrow, assignment)

    def lessons(self, class_id: str) -> list[str]:
        """Lessons of a class, from this Wednesday's first on."""
        known = World(self.log, 1).journal(class_id).lessons
        days = sorted(known, key=lambda lesson: (known[lesson].date, known[lesson].number))
        assert known[days[0]].date == WEDNESDAY
        return days

    def mark(self, room: Room, value: str = "5", comment: str = "") -> str:
        """Anna's mark for the first pupil of a room, today."""
        mark_id = str(uuid4())
        self.give(room.class_id, room.lesson, room.pupils[0], mark_id, value, comment)
        return mark_id

    def give(
        self,
        class_id: str,
        lesson: str,
        pupil: str,
        mark_id: str,
        value: str = "5",
        comment: str = "",
    ) -> int:
        """A mark of Anna's; its position."""
        mark = MarkInput(mark_id, pupil, value, c.ANSWER, None, comment)
        return self.did(
            self.school.give_marks(
                class_id, lesson, [mark], by=self.actor("anna"), request=request()
            )
        )

    def signing_in(self) -> str:
        """Somebody new who may sign in, and has done so."""
        person = self.person("staff")
        issued = self.school.issue_accounts(
            YEAR, [Handing(person, person)], by=OPERATOR, request=request()
        )
        self.did(issued)
        open_accounts(self.url, {person: self.login_of(person)})
        self.desk(self.login_of(person))
        return person

    @staticmethod
    def login_of(person: str) -> str:
        """The login of somebody new."""
        return f"p{person}"

    def appointed(self) -> str:
        """Somebody new, the secretary."""
        person = self.person("staff")
        secretary = Appointment(person, Role.SECRETARY, SEPTEMBER_1)
        self.did(self.school.appoint(YEAR, secretary, by=OPERATOR, request=request()))
        return person

    def reminder(self, person: str) -> str:
        """The id of a reminder of somebody's."""
        number, now = str(uuid4()), self.clock()
        one = Reminder(person, "homework", number, ("ДЗ",), "/", now + timedelta(days=1))
        with psycopg.connect(self.url) as conn:
            remind(conn, SCHEMA, [one], now)
            query = f"SELECT reminder_id::text FROM {SCHEMA}.reminder WHERE key = %s"
            row = conn.execute(query.encode(), (number,)).fetchone()
        assert row is not None
        return str(row[0])

    def texts_about(self, person: str, kind: str) -> list[str]:
        """Ids of texts in the vault."""
        query = f"SELECT id::text FROM {SCHEMA}.payload WHERE subject = %s AND kind = %s"
        with psycopg.connect(self.url) as conn:
            return [row[0] for row in conn.execute(query.encode(), (person, kind)).fetchall()]

    # -- what is there -------------------------------------------------------------------------

    def settle(self) -> None:
        """Everything is folded, and the app knows it."""
        project(self.url)
        position = self.log.head().position
        assert self.desk("vera").get("/session", min_position=position).status_code == 200

    def ledger(self) -> Ledger:
        """What the database holds now."""
        return ledger.read(self.url, SCHEMA)

    def hot(self) -> World | None:
        """The states in the memory of the app's own engine."""
        opened = self.house.engine._schools.get(SLUG)
        return opened.world if opened else None

    def cold(self) -> World:
        """The states as a fresh process loads them."""
        return World(self.log, 1_000_000)


@contextmanager
def a_place(url: str, home: Path) -> Iterator[Place]:
    """A running app on a clone of Kukarino."""
    settings = Settings(
        data_dir=home,
        secret=SECRET,
        database_url=url,
        pool_max=4,
        push_contact="mailto:it@school.example",
    )
    clock = Clock()
    with running(settings, clock) as client:
        assert client.get("/healthz").status_code == 200
        place = Place(url, client, clock, home)
        try:
            yield place
        finally:
            place.reader.close()
