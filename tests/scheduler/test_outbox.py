"""The outbox as a whole: every fact which concerns a family yields exactly the notices that its
settings ask for, and every letter and every word on a device goes, whatever crashes in between.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.journal.facts import AttendanceEntry
from domain.notices import USUAL, USUAL_PUSH, Kind, Pace
from domain.values import AttendanceCode
from projections import notices
from scheduler.jobs.notices import send_letters, tell_families
from scheduler.jobs.push import send_pushes
from scheduler.push import Push
from scheduler.work import Work
from tests import cast as c
from tests.api.conftest import kukarino, school_template  # noqa: F401 - fixtures
from tests.api.ground import YEAR
from tests.conftest import SECRET
from tests.domain.seventh_a import SEPTEMBER_1, WEDNESDAY
from tests.scheduler.receiver import Receiver, receiving
from tests.scheduler.test_duties import SCHEMA
from tests.scheduler.test_notices import ANNA, Told, told  # noqa: F401 - a fixture
from tests.scheduler.test_push import browser

CLASS = (c.PETYA, c.MASHA, c.YOLKIN)
#: Olga has two children in the class, Oleg one
FAMILY = {c.PETYA: (c.OLGA, c.OLEG), c.MASHA: (c.OLGA,)}
GUARDIANS = FAMILY[c.PETYA]
#: as the domain has them: this test looks at what a person has chosen and what is usual
USUALLY = {"email": USUAL, "push": USUAL_PUSH}
HALF = 0.5
#: (kind, pupil, person, channel) → how often
Expected = Counter[tuple[Kind, str, str, str]]


class Crash(BaseException):
    """The process dies here."""


class Story:
    """A week of a class, told by chance: what is written, and what families are to hear of it."""

    def __init__(self, told: Told, chance: random.Random, service: Receiver) -> None:  # noqa: F811
        self.told, self.chance, self.service = told, chance, service
        self.expected: Expected = Counter()
        self.dropped: set[tuple[str, str, str]] = set()  # pupil, guardian, channel
        self.marks: dict[str, tuple[str, str]] = {}  # mark → pupil, value
        self.away = False
        self.paces = {
            (who, channel, kind): chance.choice([None, *Pace])
            for who in GUARDIANS
            for channel in USUALLY
            for kind in USUAL
        }
        self.devices = {who: chance.randint(0, 2) for who in GUARDIANS}
        self.agreed: set[tuple[str, str, str]] = set()
        told.do("link_guardian", YEAR, c.MASHA, c.OLGA, SEPTEMBER_1)
        for pupil, guardians in FAMILY.items():
            for who in guardians:
                self._agrees(pupil, who)
        with told.app() as conn:
            for who in GUARDIANS:
                self._is_reached(conn, who)

    def _agrees(self, pupil: str, who: str) -> None:
        if (pupil, who) != (c.PETYA, c.OLGA):  # who has agreed to that already
            self.told.do("give_consent", c.CLASS_7A, pupil, who, "diary", SEPTEMBER_1)
        for channel in USUALLY:
            if self.chance.random() < 0.8:
                self.told.do("give_consent", c.CLASS_7A, pupil, who, channel, SEPTEMBER_1)
                self.agreed.add((pupil, who, channel))

    def _is_reached(self, conn: Any, who: str) -> None:
        """An address, devices, choices: a person's own."""
        conn.execute(
            f"INSERT INTO {SCHEMA}.mail_address (person_id, address, confirmed_at)"
            " VALUES (%s, %s, now())".encode(),
            (who, f"{who[:8]}@example.org"),
        )
        for number in range(self.devices[who]):
            one, at = browser(), f"{self.service.url}/{who}/{number}"
            conn.execute(
                f"INSERT INTO {SCHEMA}.push_device (person_id, endpoint, public_key, auth, name,"
                " since) VALUES (%s, %s, %s, %s, 'Chrome', now())".encode(),
                (who, at, one.public, one.auth),
            )
        for (person, channel, kind), pace in self.paces.items():
            if person == who and pace is not None:
                conn.execute(
                    f"INSERT INTO {SCHEMA}.notice_choice (person_id, channel, kind, pace)"
                    " VALUES (%s, %s, %s, %s)".encode(),
                    (who, channel, str(kind), str(pace)),
                )

    def work(self) -> Work:
        """The scheduler's look, with push on."""
        return replace(
            self.told.work(), push=Push("mailto:it@school.example", SECRET, private=True)
        )

    def withdraws(self) -> None:
        """Somebody does not want letters, or words on a device, about a child any more."""
        pupil, who, channel = gone = self.chance.choice(sorted(self.agreed))
        self.told.do("withdraw_consent", c.CLASS_7A, pupil, who, channel)
        self.agreed.remove(gone)
        self.dropped.add(gone)

    def concerns(self, kind: Kind, *pupils: str) -> None:
        """By the settings alone, without a look at the program."""
        for pupil in pupils:
            self.expected[kind, pupil, pupil, "inbox"] += 1
            for who in FAMILY.get(pupil, ()):
                self.expected[kind, pupil, who, "inbox"] += 1
                for channel, usual in USUALLY.items():
                    wanted = (self.paces[who, channel, kind] or usual[kind]) is not Pace.OFF
                    equipped = channel == "email" or self.devices[who] > 0
                    if wanted and equipped and (pupil, who, channel) in self.agreed:
                        self.expected[kind, pupil, who, channel] += 1

    def writes(self) -> None:
        """Anna does one thing or another."""
        choices = [self.gives, self.sets_homework]
        if self.marks:
            choices += [self.corrects, self.comments]
        if not self.away:
            choices.append(self.calls_the_roll)
        self.chance.choice(choices)()

    def gives(self) -> None:
        pupils = self.chance.sample(CLASS, self.chance.randint(1, 3))
        for mark, pupil in zip(self.told.mark(*pupils), pupils, strict=True):
            self.marks[mark] = (pupil, "4")
        self.concerns(Kind.MARK, *pupils)

    def corrects(self) -> None:
        mark = self.chance.choice(list(self.marks))
        pupil, saw = self.marks[mark]
        value = "3" if saw == "4" else "4"
        self.told.corrects(mark, saw, value)
        self.marks[mark] = (pupil, value)
        self.concerns(Kind.MARK_CHANGED, pupil)

    def comments(self) -> None:
        mark = self.chance.choice(list(self.marks))
        self.told.do("comment_mark", c.CLASS_7A, mark, "Старается", by=ANNA)
        self.concerns(Kind.REMARK, self.marks[mark][0])

    def calls_the_roll(self) -> None:
        away = [AttendanceEntry(c.PETYA, AttendanceCode.LATE, 5)]
        self.told.do("take_attendance", c.CLASS_7A, self.told.lesson, away, by=ANNA)
        self.away = True
        self.concerns(Kind.ABSENCE, c.PETYA)

    def sets_homework(self) -> None:
        alone = self.chance.choice([(), (c.MASHA,), (c.PETYA, c.YOLKIN)])
        number = c.an_id(f"задание {self.chance.random()}")
        work = (c.CLASS_7A, self.told.lesson, number, "№ 5", WEDNESDAY + timedelta(days=2))
        self.told.do("assign_homework", *work, alone, by=ANNA)
        self.concerns(Kind.HOMEWORK, *(alone or CLASS))


def crashing(
    job: Any, work: Work, where: str, chance: random.Random, patch: pytest.MonkeyPatch
) -> None:
    """The job dies before or after it has written something down."""
    real, after = getattr(notices, where), chance.random() < HALF

    def dies(*arguments: Any) -> Any:
        if after:
            real(*arguments)
        raise Crash

    with patch.context() as here:
        here.setattr(notices, where, dies)
        with suppress(Crash):  # unless there is nothing to do
            job(work)


def told_rows(told: Told) -> Expected:  # noqa: F811
    found: Expected = Counter()
    for kind, pupil, person, channel, count in told.rows(
        "SELECT kind, pupil_id::text, person_id::text, channel, count(*) FROM notice"
        " GROUP BY 1, 2, 3, 4"
    ):
        found[Kind(kind), pupil, person, channel] = count
    return found


def a_week_of_the_class(story: Story, patch: pytest.MonkeyPatch) -> None:
    """It is written, and told by a job that dies again and again; in the end all of it is told."""
    told, chance = story.told, story.chance  # noqa: F811
    for _ in range(3):
        for _ in range(chance.randint(1, 3)):
            story.writes()
        told.fold()
        if chance.random() < 0.7:
            crashing(tell_families, told.work(), "tell", chance, patch)
    told.tell()
    told.tell()


def all_of_it_goes(story: Story, patch: pytest.MonkeyPatch) -> None:
    """A week of mail servers and push services that fail, and of jobs that die; each time at most
    one letter a person, and one word a device.
    """
    told, chance, service = story.told, story.chance, story.service  # noqa: F811
    for weather in [*(chance.choice(["fine", "fine", "crash", "storm"]) for _ in range(10)), ""]:
        told.clock.at += timedelta(hours=18 if weather else 3)
        if weather == "crash":
            crashing(send_letters, story.work(), "sent", chance, patch)
            crashing(send_pushes, story.work(), "sent", chance, patch)
        told.server.answer = "451 Try again later" if weather == "storm" else "250 OK"
        service.answers = [503] * 9 if weather == "storm" else []
        letters, words = len(told.server.letters), len(service.received)
        send_letters(story.work())
        send_pushes(story.work())
        service.answers = []
        written = Counter(letter["To"] for letter in told.server.letters[letters:])
        reached = Counter(word.path for word in service.received[words:])
        assert not written or max(written.values()) == 1
        assert not reached or max(reached.values()) == 1


@pytest.fixture(scope="module")
def service() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.mark.parametrize("seed", [0, 2, 7])
def test_every_fact_is_told_exactly_as_the_settings_ask_and_every_letter_and_word_goes(
    told: Told,  # noqa: F811
    service: Receiver,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service.received.clear()
    story = Story(told, random.Random(seed), service)
    a_week_of_the_class(story, monkeypatch)
    before = Counter(story.expected)
    story.withdraws()
    a_week_of_the_class(story, monkeypatch)
    assert told_rows(told) == story.expected

    all_of_it_goes(story, monkeypatch)

    assert told_rows(told) == story.expected
    sent: Counter[str] = Counter()  # guardian and channel
    for pupil, who, channel, state, count in told.rows(
        "SELECT pupil_id::text, person_id::text, channel, state, count(*) FROM notice"
        " WHERE channel <> 'inbox' GROUP BY 1, 2, 3, 4"
    ):
        withdrawn = (pupil, who, channel) in story.dropped
        assert state == ("dropped" if withdrawn else "sent"), (pupil, who, channel)
        sent[f"{who} {channel}"] += 0 if withdrawn else count
        if withdrawn:
            owed = {key: n for key, n in before.items() if key[1:] == (pupil, who, channel)}
            assert count == sum(owed.values())  # of before the withdrawal; nothing after it
    written = {letter["To"] for letter in told.server.letters}
    assert written == {f"{who[:8]}@example.org" for who in GUARDIANS if sent[f"{who} email"]}
    paths = {
        f"/hook/{who}/{number}"
        for who in GUARDIANS
        if sent[f"{who} push"]
        for number in range(story.devices[who])
    }
    assert {word.path for word in service.received} == paths
    each = {letter["Message-ID"]: letter.get_content() for letter in told.server.letters}
    lines = sum(sent[f"{who} email"] for who in GUARDIANS)
    assert sum(text.count("Алгебра") for text in each.values()) >= lines
