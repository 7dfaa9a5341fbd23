"""Families are told: once whatever crashes, by letters that respect choices, hours and consents."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session

from domain.access import Actor
from domain.journal.facts import AttendanceEntry
from domain.notices import Kind, Pace
from domain.school import MarkInput
from domain.values import AttendanceCode, ReasonCode
from projections import notices
from projections.postgres.database import APP, conninfo
from scheduler.jobs.notices import send_letters, tell_families, warn_of_consents
from scheduler.periods import Every
from scheduler.work import Mail, Work, Workshop, workshop
from tests import cast as c
from tests.api.conftest import kukarino, school_template  # noqa: F401 - fixtures
from tests.api.ground import YEAR, Clock
from tests.conftest import SECRET
from tests.domain.seventh_a import SEPTEMBER_1, WEDNESDAY
from tests.scheduler.test_duties import SCHEMA, Day

ANNA = Actor(c.ANNA, "s")
GATHERED = timedelta(minutes=11)
UNTIL_SIX = timedelta(hours=6, minutes=1)  # from noon


class MailServer:
    """aiosmtpd, which takes letters or does what it is told to."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer = "250 OK"
        self.recipients = "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.recipients

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            letter = message_from_bytes(envelope.content, policy=default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
        return self.answer

    @property
    def texts(self) -> list[str]:
        """What the letters say."""
        return [letter.get_content() for letter in self.letters]


class Told(Day):
    """Kukarino whose families are told."""

    def __init__(self, url: str, shop: Workshop, clock: Clock, server: MailServer) -> None:
        super().__init__(url, shop, clock)
        self._shop, self.server = shop, server

    def work(self) -> Work:
        [school] = self._shop.schools()
        return self._shop.work(school, self.clock(), Every(1).last(self.clock(), school.zone))

    def tell(self) -> int:
        """What was written is folded and told; answers how many rows."""
        self.fold()
        return sum(tell_families(self.work()).values())

    def heard(self, after: int) -> notices.Heard:
        work = self.work()
        return work.ask(lambda conn, schema: notices.hear(conn, schema, after, work.today))

    def post(self, later: timedelta = timedelta()) -> int:
        """Letters that are due so much later."""
        self.clock.at += later
        return sum(send_letters(self.work()).values())

    def mark(self, *pupils: str, value: str = "4") -> list[str]:
        """Anna gives marks in one lesson."""
        column = [MarkInput(str(uuid4()), pupil, value, c.ANSWER) for pupil in pupils or (c.PETYA,)]
        self.do("give_marks", c.CLASS_7A, self.lesson, column, by=ANNA)
        return [one.mark_id for one in column]

    def corrects(self, mark_id: str, saw: str, value: str) -> None:
        why = {"reason_code": ReasonCode.REWORK, "saw": saw, "value": value}
        self.do("correct_mark", c.CLASS_7A, mark_id, **why, by=ANNA)

    def agrees(self, who: str = c.OLGA, *purposes: str) -> None:
        """A guardian of Petya's gives consents, and an address that is good."""
        for purpose in purposes or ("email",):
            self.do("give_consent", c.CLASS_7A, c.PETYA, who, purpose, SEPTEMBER_1)
        with self.app() as conn:
            conn.execute(
                f"INSERT INTO {SCHEMA}.mail_address (person_id, address, confirmed_at)"
                " VALUES (%s, %s, now())".encode(),
                (who, f"{who[:8]}@example.org"),
            )

    @property
    def lesson(self) -> str:
        return self.lessons(WEDNESDAY)[c.ANNA]

    def app(self) -> psycopg.Connection[Any]:
        return psycopg.connect(conninfo(self.url, APP, SECRET), autocommit=True)

    def do_sql(self, text: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as conn:
            conn.execute(f"SET search_path = {SCHEMA}".encode())
            conn.execute(text.encode())

    def chooses(self, kind: Kind, pace: Pace, who: str = c.OLGA) -> None:
        with self.app() as conn:
            conn.execute(
                f"INSERT INTO {SCHEMA}.notice_choice VALUES (%s, %s, %s)".encode(),
                (who, str(kind), str(pace)),
            )

    def states(self) -> list[tuple[str, str]]:
        """(kind, state) of the letters."""
        return [
            (kind, state)
            for kind, state in self.rows(
                "SELECT kind, state FROM notice WHERE channel = 'email' ORDER BY position, ordinal"
            )
        ]


@pytest.fixture
def told(kukarino: str) -> Iterator[Told]:  # noqa: F811 - the fixture
    clock, server = Clock(), MailServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    post = Controller(server, hostname="127.0.0.1", port=port, ready_timeout=30)
    post.start()
    mail = Mail(f"smtp://127.0.0.1:{port}", "https://school.example")
    try:
        with workshop(kukarino, SECRET, clock=clock, mail=mail) as shop:
            at = Told(kukarino, shop, clock, server)
            at.tell()  # what was there before is nobody's news
            yield at
    finally:
        post.stop()


def test_a_school_begins_with_its_last_week_and_when_everything_is_folded(told: Told) -> None:
    told.do_sql("DELETE FROM notice_progress")
    told.mark()
    told.clock.at += timedelta(days=6)
    old = told.work()
    assert sum(tell_families(old).values()) == 0  # the mark is not folded yet
    assert told.rows("SELECT * FROM notice_progress") == []
    assert told.tell() == 2
    told.do_sql("DELETE FROM notice_progress")
    told.do_sql("DELETE FROM notice")
    told.clock.at += timedelta(days=2)
    assert told.tell() == 0  # a week and a day ago: nobody's news


def test_who_may_read_the_diary_is_told_inside_the_program(told: Told) -> None:
    told.mark(c.PETYA, c.MASHA)
    told.tell()
    found = told.rows(
        "SELECT pupil_id::text, person_id::text, channel, kind, state FROM notice"
        " ORDER BY position, person_id"
    )
    assert sorted(found) == sorted(
        [
            (c.PETYA, c.PETYA, "inbox", "MARK", "sent"),
            (c.PETYA, c.OLGA, "inbox", "MARK", "sent"),  # Oleg has given no consent
            (c.MASHA, c.MASHA, "inbox", "MARK", "sent"),
        ]
    )


def test_a_changed_mark_and_an_absence_come_at_once_and_marks_at_six(told: Told) -> None:
    told.agrees()
    [mark] = told.mark()
    told.corrects(mark, "4", "3")
    away = [AttendanceEntry(c.PETYA, AttendanceCode.LATE, 5)]
    told.do("take_attendance", c.CLASS_7A, told.lesson, away, by=ANNA)
    told.tell()

    assert told.post() == 0
    assert told.post(GATHERED) == 1
    [text] = told.server.texts
    assert "было 4, стало 3 (пересдача)" in text
    assert "опоздал" in text
    assert "Новые отметки" not in text
    assert told.post(UNTIL_SIX) == 1
    assert "отметка 4" in told.server.texts[-1]
    assert told.post(timedelta(days=1)) == 0
    assert {state for _, state in told.states()} == {"sent"}


def test_two_children_come_in_one_letter_and_two_guardians_get_each_their_own(told: Told) -> None:
    told.agrees(c.OLGA)
    told.agrees(c.OLEG, "diary", "email")
    told.do("link_guardian", YEAR, c.MASHA, c.OLGA, SEPTEMBER_1)
    for purpose in ("diary", "email"):
        told.do("give_consent", c.CLASS_7A, c.MASHA, c.OLGA, purpose, SEPTEMBER_1)
    told.chooses(Kind.MARK, Pace.AT_ONCE, c.OLEG)
    told.mark(c.PETYA, c.MASHA)
    told.tell()

    assert told.post(GATHERED) == 1
    assert "Петров" in told.server.texts[0]
    assert "Морозова" not in told.server.texts[0]
    assert told.post(UNTIL_SIX) == 1
    letter = told.server.letters[-1]
    assert letter["To"] == f"{c.OLGA[:8]}@example.org"
    assert letter["Subject"] == "Дневник: новости о детях"
    assert letter["List-Unsubscribe"] == "<https://school.example/notices>"
    assert "Петров" in letter.get_content()
    assert "Морозова" in letter.get_content()


def test_homework_is_told_to_those_it_is_for(told: Told) -> None:
    work = (
        c.CLASS_7A,
        told.lesson,
        c.an_id("задание"),
        "№ 5, устно",
        WEDNESDAY + timedelta(days=2),
    )
    told.do("assign_homework", *work, by=ANNA)
    told.tell()
    everybody = told.rows("SELECT DISTINCT pupil_id::text FROM notice WHERE kind = 'HOMEWORK'")
    assert {one for (one,) in everybody} >= {c.PETYA, c.MASHA}
    alone = (c.CLASS_7A, told.lesson, c.an_id("личное"), "№ 6", WEDNESDAY + timedelta(days=2))
    told.do("assign_homework", *alone, [c.MASHA], by=ANNA)
    told.tell()
    [(last,)] = told.rows(
        "SELECT DISTINCT pupil_id::text FROM notice WHERE position ="
        " (SELECT max(position) FROM notice)"
    )
    assert last == c.MASHA


def test_a_consent_that_was_withdrawn_meanwhile_stops_the_letter(told: Told) -> None:
    told.agrees()
    told.mark()
    told.tell()
    told.do("withdraw_consent", c.CLASS_7A, c.PETYA, c.OLGA, "email")
    told.fold()
    assert told.post(UNTIL_SIX) == 0
    assert told.server.letters == []
    assert told.states() == [("MARK", "dropped")]


def test_a_mail_server_that_takes_nothing_gets_the_letter_later(told: Told) -> None:
    told.agrees()
    told.mark()
    told.tell()
    told.server.answer = "451 Try again later"
    assert told.post(UNTIL_SIX) == 0
    assert told.states() == [("MARK", "queued")]
    told.server.answer = "250 OK"
    assert told.post() == 0  # not at once
    assert told.post(timedelta(minutes=2)) == 1
    assert told.states() == [("MARK", "sent")]


def test_an_address_that_does_not_exist_is_written_to_no_more_and_the_class_teacher_hears(
    told: Told,
) -> None:
    told.agrees()
    told.mark()
    told.tell()
    told.server.recipients = "550 No such user"
    assert told.post(UNTIL_SIX) == 0
    assert told.states() == [("MARK", "failed")]
    assert told.reminded()[c.KIRA][0] == "7а: письма одному из родителей не доходят"
    told.server.recipients = "250 OK"
    told.mark()
    told.tell()
    assert told.post(timedelta(days=1)) == 0
    assert told.states()[-1] == ("MARK", "dropped")


def test_a_letter_that_waited_for_a_week_is_not_sent_any_more(told: Told) -> None:
    told.agrees()
    told.mark()
    told.tell()
    assert told.post(UNTIL_SIX + timedelta(days=8)) == 0
    assert told.states() == [("MARK", "dropped")]
    assert told.server.letters == []


def test_a_letter_that_was_sent_before_a_crash_is_the_same_letter(told: Told) -> None:
    told.agrees()
    told.mark()
    told.tell()
    told.clock.at += UNTIL_SIX
    with told.app() as conn:
        [parcel] = notices.parcels(conn, SCHEMA, told.clock())
        [again] = notices.parcels(conn, SCHEMA, told.clock())
    assert parcel.number == again.number
    told.post()
    assert told.server.letters[0]["Message-ID"].startswith(f"<letopis-{parcel.number}@")


def test_a_consent_that_ends_is_told_of_once(told: Told) -> None:
    day = WEDNESDAY + timedelta(days=20)
    told.do("give_consent", c.CLASS_7A, c.PETYA, c.OLEG, "diary", SEPTEMBER_1, day)
    told.fold()
    assert sum(warn_of_consents(told.work()).values()) == 1
    assert sum(warn_of_consents(told.work()).values()) == 0
    assert told.rows("SELECT person_id::text, kind FROM notice") == [(c.OLEG, "CONSENT_ENDING")]


def test_a_school_without_a_mail_server_tells_inside_the_program_alone(
    kukarino: str,  # noqa: F811 - the fixture
) -> None:
    with workshop(kukarino, SECRET, clock=Clock()) as shop:
        [school] = shop.schools()
        work = shop.work(school, Clock()(), Every(1).last(Clock()(), school.zone))
        assert send_letters(work) == {}
