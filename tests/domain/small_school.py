"""Class 7а through the write door: every command of the school over a log in memory."""

from __future__ import annotations

from typing import Any

from domain.access import Actor
from domain.codec import Recorded
from domain.fact import Fact
from domain.journal import facts as j
from domain.people import facts as p
from domain.refusals import Refusal
from domain.writing import Answer
from tests.cast import (
    ALLA,
    ANNA,
    BORIS,
    CLASS_7A,
    CLASS_7B,
    DINA,
    GALINA,
    KIRA,
    MASHA,
    NEWCOMER,
    OLGA,
    PETYA,
    SVETA,
    TANYA,
    VERA,
    YOLKIN,
)
from tests.domain.engine_room import OPERATOR, WAIT_S, Room, request
from tests.domain.memory_log import MemoryLog
from tests.domain.seventh_a import (
    ASSIGNED,
    CLASS_FORMED,
    KIRA_APPOINTED,
    SEPTEMBER_1,
    SPLIT,
    WEEK,
    YEAR_OPENED,
)
from tests.specs import YEAR

STAFF = (ANNA, BORIS, GALINA, TANYA, KIRA, VERA, DINA, ALLA, SVETA)
PUPILS = (PETYA, MASHA, YOLKIN)


class SmallSchool:
    """Opened, staffed, enrolled, timetabled; not a mark yet. It is noon of 2 September."""

    def __init__(self) -> None:
        self.room = Room()
        self.door = self.room.school()
        self.does("open_year", YEAR_OPENED, by=OPERATOR)
        people: list[tuple[str, p.PersonKind]] = [
            *((one, "staff") for one in STAFF),
            *((one, "pupil") for one in (*PUPILS, NEWCOMER)),
            (OLGA, "guardian"),
        ]
        for number, (person, kind) in enumerate(people):
            name = p.Name("Иванова", f"Имя {number}")
            self.does("register_person", YEAR, person, kind, name)
        self.does("form_class", YEAR, CLASS_FORMED)
        self.does("form_class", YEAR, type(CLASS_FORMED)(CLASS_7B, 7, "б"))
        self.does("appoint_class_teacher", YEAR, KIRA_APPOINTED)
        self.does("enrol_pupils", CLASS_7A, PUPILS, SEPTEMBER_1, "12-у")
        self.does("split_class", CLASS_7A, SPLIT)
        for one in ASSIGNED:
            self.does("assign_teacher", CLASS_7A, one)
        self.does("adopt_timetable", YEAR, CLASS_7A, SEPTEMBER_1, WEEK)
        self.does("schedule_lessons", CLASS_7A, 1)

    @property
    def log(self) -> MemoryLog:
        return self.room.log()

    def asks(self, command: str, *args: Any, by: str | Actor = VERA, **named: Any) -> Any:
        """Ask the door for something; answers the future."""
        actor = by if isinstance(by, Actor) else Actor(by, "s")
        named.setdefault("request", request())
        future: Answer = getattr(self.door, command)(*args, by=actor, **named)
        return future

    def does(self, command: str, *args: Any, **named: Any) -> list[Recorded]:
        """The facts that a command has written."""
        receipt = self.asks(command, *args, **named).result(WAIT_S)
        facts = self.log.recorded()[receipt.position - receipt.facts : receipt.position]
        assert len(facts) == receipt.facts
        return facts

    def facts(self, command: str, *args: Any, **named: Any) -> list[Fact]:
        """The facts alone."""
        return [one.fact for one in self.does(command, *args, **named)]

    def refuses(self, command: str, *args: Any, **named: Any) -> tuple[type[Refusal], str]:
        """The kind and code of the refusal; nothing was written."""
        before = len(self.log.events)
        try:
            self.asks(command, *args, **named).result(WAIT_S)
        except Refusal as refusal:
            assert len(self.log.events) == before
            return type(refusal), refusal.code
        raise AssertionError(f"{command} was not refused")

    def lesson(self, number: int, subgroup_id: str | None = None) -> str:
        """The lesson of Wednesday, 2 September, with this number."""
        for recorded in self.log.recorded():
            if isinstance(recorded.fact, j.LessonsScheduled):
                for series in recorded.fact.series:
                    for one in series.lessons:
                        place = (one.date, one.number, series.subgroup_id)
                        if place == (self.room.now.date(), number, subgroup_id):
                            return one.lesson_id
        raise LookupError(number)
