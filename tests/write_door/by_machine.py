"""Exercises of the doors without a browser: commands, imports, jobs. A new one needs one line:

    "letopis user add": lambda p: Letopis("new", own=frozenset({"account"}), facts=True),
    "job take_snapshots": after(Place.room, Job(own=frozenset({"snapshot"}))),
    "import plans": lambda p: brought(p, "plans", "Класс;Тема", "7а;Дроби"),

A command takes the words after its name; what only tells has nothing more to say: it must change
nothing. `facts=True` where facts come; they must be the operator's. What cannot be exercised in
one line has a test of its own in test_machine_doors.py and a line in `ELSEWHERE`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from api.cli import main
from domain.values import Origin, Role
from projections.postgres import upkeep
from projections.postgres.settings import Settings
from projections.reminders import Reminder, remind
from projections.seals.signer import Signer
from scheduler.jobs.notices import tell_families
from scheduler.timetable import TIMETABLE
from scheduler.work import workshop
from tests import cast as c
from tests.api.ground import OPERATOR, SLUG
from tests.api.imports.test_oneroster import OTHERS, zipped
from tests.api.imports.test_public import ASSESSMENTS, GRADEBOOK, STUDENTS
from tests.api.test_office import ORDERS
from tests.conftest import SECRET
from tests.domain.seventh_a import WEDNESDAY, moment, noon
from tests.ground import request
from tests.scheduler.sealing_room import SealingRoom
from tests.write_door.exercise import Exercise, Prepare, Signature
from tests.write_door.ground import SCHEMA, Place
from tests.write_door.http_archive import over
from tests.write_door.http_classroom import wards
from tests.write_door.http_webhooks import URL as WEBHOOK_URL
from tests.write_door.http_webhooks import WEBHOOK, there
from tests.write_door.http_year import a_year


def the_operator(origin: Origin = Origin.PERSON) -> Signature:
    """Whoever runs the server; the school itself stands for them."""
    return Signature(c.SCHOOL, frozenset({Role.OPERATOR}), None, None, origin)


def letopis(url: str, *words: str, home: Path | None = None) -> int:
    """`letopis …` on a database: the exit code. home: the data directory, if it matters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        patch.setenv("LETOPIS_SECRET", SECRET)
        if home is not None:
            patch.setenv("LETOPIS_DATA_DIR", str(home))
        return main(words)


class Letopis:
    """A command as it is typed: the door's own words, then these. finds: it ends with 1, for it
    has something to say.
    """

    def __init__(
        self,
        *words: str,
        own: frozenset[str] = frozenset(),
        facts: bool = False,
        origin: Origin = Origin.PERSON,
        finds: bool = False,
    ) -> None:
        self.words, self.own, self.facts = words, own, facts
        self.origin, self.finds = origin, finds

    def signature(self, _place: Place) -> Signature:
        return the_operator(self.origin)

    def go(self, place: Place, door: str) -> None:
        words = (*door.removeprefix("letopis ").split(), *self.words)
        assert letopis(place.url, *words, home=place.home) == self.finds


@dataclass(frozen=True)
class Job:
    """A line of the timetable, carried out so much later, or at a moment of the school's year."""

    own: frozenset[str] = frozenset()
    facts: bool = False
    later: timedelta = timedelta()
    at: datetime | None = None

    def signature(self, _place: Place) -> Signature:
        return the_operator(Origin.JOB)

    def go(self, place: Place, door: str) -> None:
        line = next(line for line in TIMETABLE if f"job {line.name}" == door)
        with workshop(place.url, SECRET) as shop, pytest.MonkeyPatch.context() as patch:
            patch.setattr(upkeep, "SNAPSHOT_AFTER", 2)
            now = self.at or place.clock() + self.later
            done = shop.run(line.name, line.job, now, line.when)
        assert done[SLUG] > 0
        if self.facts:  # what a day is over for, nobody may still do on that day
            place.clock.forward(self.later)
        place.everybody_leaves()  # a job may have ended their sessions


def brought(place: Place, kind: str, *lines: str) -> Letopis:
    """A list of the school year."""
    file = place.home / f"{kind}.csv"
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    return Letopis(
        str(file), "--year", "2026", "--create-lessons", facts=True, origin=Origin.IMPORT
    )


def bundled(place: Place) -> Letopis:
    """A school year of another system."""
    file = place.home / "bundle.zip"
    file.write_bytes(zipped(OTHERS))
    return Letopis(str(file), "--year", "2026", facts=True, origin=Origin.IMPORT)


def public(place: Place, kind: str, encoding: str, files: dict[str, tuple[str, ...]]) -> Letopis:
    """A public data set."""
    folder = place.home / kind
    folder.mkdir()
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines), encoding=encoding)
    return Letopis("--data", str(folder), facts=True, origin=Origin.IMPORT)


def _year(place: Place) -> Letopis:
    file = place.home / "year.json"
    file.write_text(json.dumps(ORDERS["/years"]), encoding="utf-8")
    return Letopis(str(file), facts=True)


def _rollover(p: Place) -> Letopis:
    words = ("--undecided", "--order", "52-у", "--order-date", "2027-06-01")
    return Letopis(str(a_year(p)), *words, facts=True)


def _new_user(_: Place) -> Letopis:
    words = (f"n{uuid4()}", "--name", "Новикова Нина Николаевна", "--role", "secretary")
    return Letopis(*words, own=frozenset({"account"}), facts=True)


def _new_slips(_: Place) -> Letopis:
    return Letopis("--class", "7а", "--all", own=frozenset({"account"}), facts=True)


def _shut_out(place: Place) -> Letopis:
    login = place.login_of(place.signing_in())
    return Letopis(login, own=frozenset({"account", "session"}), facts=True)


def after(prepare: Callable[[Place], object], act: Exercise) -> Prepare:
    """An act that finds something to do."""

    def prepared(place: Place) -> Exercise:
        prepare(place)
        return act

    return prepared


#: A check from the command line folds the fact that says so: no projector may be there to do it.
NOTED = frozenset({"audit_check", "bookmark", "register_moment", "tree_tile"})


def _a_check_is_due(place: Place) -> None:
    Job().go(place, "job verify_log")


def _a_consent_ends(place: Place, days: int = 20) -> None:
    until = place.clock().date() + timedelta(days=days)
    given = place.school.give_consent(
        c.CLASS_7A,
        c.PETYA,
        c.OLEG,
        "diary",
        WEDNESDAY,
        until,
        by=OPERATOR,
        request=request(),
    )
    place.did(given)


def _somebody_is_away(place: Place) -> None:
    """After everything before it was told."""
    with workshop(place.url, SECRET) as shop:
        shop.run("tell_families", tell_families, place.clock())
    wards(place)


def _a_reminder_is_over(place: Place) -> None:
    over = Reminder(c.ANNA, "homework", "2026-09-01", ("ДЗ",), "/", place.clock())
    with psycopg.connect(place.url) as conn:
        assert remind(conn, SCHEMA, [over], place.clock()) == 1


def _a_week_is_folded(place: Place) -> None:
    place.clock.forward(timedelta(days=7))
    place.room()
    place.settle()


def _a_mark_is_folded(place: Place) -> None:
    place.mark(place.room())
    place.settle()


@dataclass(frozen=True)
class Seal:
    """The sealer's process looks at the log once."""

    own: frozenset[str] = frozenset({"checkpoint"})
    facts: bool = False

    def signature(self, _place: Place) -> Signature:
        return the_operator(Origin.JOB)

    def go(self, place: Place, door: str) -> None:
        with psycopg.connect(place.url) as conn:
            row = conn.execute(f"SELECT max(at) FROM {SCHEMA}.checkpoint".encode()).fetchone()
        head = place.log.head().at
        later = max(head, (row and row[0]) or head) + timedelta(minutes=5)
        assert sealing(place).look(later) == ([] if self.facts else [SLUG])


def sealing(place: Place) -> SealingRoom:
    """The sealer of the place; its keys are in the data directory."""
    return SealingRoom(Settings(data_dir=place.home, secret=SECRET, database_url=place.url))


def _begun(place: Place) -> None:
    """The key is announced; something is to be sealed."""
    sealing(place).look(place.clock())
    place.room()
    place.settle()


def _retired(place: Place) -> Letopis:
    _begun(place)
    [old, *_] = Signer(place.home / "seals", c.SCHOOL).own_keys()
    assert letopis(place.url, "seal", "rotate", "--reason", "planned", home=place.home) == 0
    place.settle()
    Seal().go(place, "letopis seal")
    return Letopis(str(old.verifier), facts=True)


REMINDED = frozenset({"reminder"})
EVENTS = frozenset({"webhook", "webhook_delivery"})
TOLD = frozenset({"notice", "notice_progress"})
EXERCISES: dict[str, Prepare] = {
    "letopis school list": lambda _: Letopis(),
    "letopis school year": _year,
    "letopis rollover": _rollover,
    "letopis user add": _new_user,
    "letopis user issue": _new_slips,
    "letopis user revoke": _shut_out,
    "letopis user list": lambda _: Letopis("--school", SLUG),
    "letopis replay": lambda _: Letopis("--school", SLUG, own=NOTED, facts=True),
    "letopis verify": lambda _: Letopis("--school", SLUG, own=NOTED, facts=True),
    "letopis seal": after(_begun, Seal()),
    "letopis seal key": after(_begun, Letopis()),
    "letopis seal rotate": after(_begun, Letopis("--reason", "planned", facts=True)),
    "letopis seal retire": _retired,
    "letopis seal trust": after(_begun, Letopis()),
    "letopis archive close": lambda p: Letopis(
        *("--school", SLUG, "--year", str(over(p)[0]), "--order", "12-у", "--accept-gaps"),
        facts=True,
    ),
    "letopis webhook list": after(there, Letopis()),
    "letopis webhook add": lambda _: Letopis(WEBHOOK_URL, own=frozenset({"webhook"})),
    "letopis webhook rotate": after(there, Letopis(WEBHOOK, own=frozenset({"webhook"}))),
    "letopis webhook test": after(there, Letopis(WEBHOOK, own=EVENTS)),
    "letopis webhook replay": after(there, Letopis(WEBHOOK, "--since", "3", own=EVENTS)),
    "letopis webhook remove": after(there, Letopis(WEBHOOK, own=EVENTS)),
    "letopis jobs": lambda _: Letopis(),
    "letopis jobs run": after(
        Place.signing_in,
        Letopis("take_snapshots", own=frozenset({"job", "job_run"})),
    ),
    "letopis doctor": lambda _: Letopis(finds=True),  # nobody seals here
    "import classes": lambda p: brought(p, "classes", "Класс;ФИО", "11ю;Зуев Лев Игоревич"),
    "import staff": lambda p: brought(
        p, "staff", "ФИО;Должность;Предмет;Классы", "Ким Олег Юрьевич;Учитель;Химия;7б"
    ),
    "import marks": lambda p: brought(
        p,
        "marks",
        "Класс;Предмет;Дата;№ урока;ФИО;Отметка;Вид работы",
        "7а;Алгебра;02.09.2026;1;Морозова Мария;5;К",
    ),
    "import timetable": lambda p: brought(
        p,
        "timetable",
        "Класс;День недели;Урок;Предмет;Учитель",
        "7б;вторник;1;Алгебра;Антонова А. А.",
    ),
    "import plan": lambda p: brought(p, "plan", "Класс;Предмет;Тема", "7а;Алгебра;Дроби"),
    "import oneroster": bundled,
    "import oulad": lambda p: public(
        p,
        "oulad",
        "utf-8",
        {
            "oulad_students.csv": (STUDENTS, "AAA,2013J,11,268"),
            "oulad_assessments.csv": (ASSESSMENTS, "1,11,18,0,90,AAA,2013J,TMA,19,12.5"),
        },
    ),
    "import k12": lambda p: public(
        p,
        "k12",
        "latin-1",
        {"gradebook-2015-16.csv": (GRADEBOOK, "BioA-S116-01,7,Cells,10,N,Hw,9.5,10")},
    ),
    "job seal_access_log": after(Place.signing_in, Job(facts=True, later=timedelta(days=1))),
    "job take_snapshots": after(Place.room, Job(own=frozenset({"snapshot"}))),
    "job prune_requests": after(
        Place.room, Job(own=frozenset({"request"}), later=timedelta(days=365))
    ),
    "job close_fill_checks": after(_a_week_is_folded, Job(facts=True, later=timedelta(days=7))),
    "job verify_log": lambda _: Job(facts=True, later=timedelta(days=1)),
    "job replay_log": lambda _: Job(facts=True),
    "job carry_out_checks": after(_a_check_is_due, Job(facts=True)),
    "job homework_reminder": lambda _: Job(own=REMINDED, at=moment(WEDNESDAY, "18:00:00")),
    "job absence_reminder": lambda _: Job(own=REMINDED, at=noon(date(2026, 9, 15))),
    "job consent_reminder": after(_a_consent_ends, Job(own=REMINDED)),
    "job consent_notice": after(lambda place: _a_consent_ends(place, 19), Job(own=TOLD)),
    "job tell_families": after(_somebody_is_away, Job(own=TOLD)),
    "job term_end_reminder": lambda _: Job(own=REMINDED, at=noon(date(2026, 10, 20))),
    "job inspection_reminder": lambda _: Job(own=REMINDED, at=noon(date(2026, 9, 25))),
    "job fit_forecast": after(
        _a_mark_is_folded, Job(own=frozenset({"forecast_fit"}), at=noon(date(2026, 11, 20)))
    ),
    "job tidy_up": after(_a_reminder_is_over, Job(own=REMINDED)),
    "job expire_sessions": after(
        Place.signing_in, Job(own=frozenset({"session"}), later=timedelta(hours=2))
    ),
}

#: Doors with another proof than a line above.
ELSEWHERE = {
    "letopis import": "one exercise for each kind, above",
    "letopis serve": "one exercise for each route: test_http_doors.py",
    "letopis schedule": "one exercise for each job, above",
    "letopis project": "test_the_projector_writes_what_it_shows_and_nothing_else",
    "letopis up": "test_the_demonstration_is_the_fold_of_its_facts",
    "letopis demo": "test_the_demonstration_is_the_fold_of_its_facts",
    "letopis school add": "test_a_new_school_leaves_the_others_alone",
    "letopis school export": "closes the school: tests/api/test_moving.py",
    "letopis school bring": "lays a school that is not there: tests/api/test_moving.py",
    "letopis school release": "gives the school away: tests/api/test_moving.py",
    "letopis school open": "opens a school that was brought: tests/api/test_moving.py",
    "letopis school reopen": "opens the school again: tests/api/test_moving.py",
    "letopis migrate": "test_a_migration_adds_tables_and_touches_no_fact",
    "letopis archive write": "needs a seal: tests/archive/test_command.py",
    "letopis archive verify": "has no database: it reads a file",
    "letopis archive restore": "lays a school that is not there: tests/archive/test_restore.py",
    "letopis witness": "has no database: it watches from another machine",
    "letopis witness check": "has no database: it watches from another machine",
    "letopis forecast": "reads a file, opens no database",
    "job deliver_webhooks": "hands events to a program: tests/scheduler/test_webhooks.py",
    "job send_letters": "hands letters to a mail server: tests/scheduler/test_notices.py",
    "job back_up": "copies the whole server: tests/projections/test_backups.py",
    "job send_pushes": "hands words to push services: tests/scheduler/test_push.py",
    "letopis backup": "only copies: tests/projections/test_backups.py",
    "letopis restore": "fills an empty directory: tests/projections/test_backups.py",
    "letopis bench": "works on databases of its own, in the source tree only",
}
