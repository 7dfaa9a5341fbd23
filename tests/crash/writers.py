"""Teachers at their programs: each command has an idempotency key and a line in the client's own
journal, so that it is known afterwards what was acknowledged, refused, or never answered.
"""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock
from typing import Any
from uuid import UUID

from tests.crash.ground import Laid, Lesson

LONGEST_S = 240.0  # a patient client gives nothing up before
PAUSE_S = 0.03  # between two tries
TIMEOUT_S = 30.0
VALUES = "5432"
GIVEN, COMMENTED = "journal.mark-given", "journal.mark-commented"
ABSENT = "ABSENT_UNSPECIFIED"


@dataclass
class Command:
    """A write and what became of it. `wants`: what of it the log must hold, all or nothing:
    topic, and the id of the mark or the lesson; `texts`: of the vault.
    """

    person: str
    path: str
    body: dict[str, Any]
    key: str
    wants: list[tuple[str, str]]
    texts: list[str] = field(default_factory=list)
    patient: bool = True
    position: int | None = None  # acknowledged
    refused: str = ""  # for good
    given_up: bool = False  # never answered
    unsure: int = 0  # tries without an answer
    faults: list[str] = field(default_factory=list)  # answers that no client should get


class Writing:
    """One client's commands, made up by a seed; it comments on its own marks of earlier rounds."""

    def __init__(self, laid: Laid, teacher: str, chance: random.Random) -> None:
        self._laid, self._teacher, self._chance = laid, teacher, chance
        self._lessons = [one for one in laid.lessons if one.teacher == teacher]
        self._marks: list[str] = []

    def round(self, commands: int) -> list[Command]:
        """The commands of a round."""
        made = [self._one() for _ in range(commands)]
        self._marks += [number for one in made for topic, number in one.wants if topic == GIVEN]
        return made

    def _one(self) -> Command:
        kind = self._chance.random()
        if self._marks and kind < 0.3:
            return self._comment(self._chance.choice(self._marks))
        if kind < 0.45:
            return self._attendance(self._chance.choice(self._lessons))
        return self._column(self._chance.choice(self._lessons))

    def _column(self, lesson: Lesson) -> Command:
        pupils = self._laid.classes[lesson.class_id]
        chosen = self._chance.sample(pupils, self._chance.randint(1, len(pupils)))
        marks: list[dict[str, str]] = []
        texts = []
        for pupil in chosen:
            one = {
                "mark_id": self._id(),
                "pupil_id": pupil,
                "value": self._chance.choice(VALUES),
                "work_type_id": self._laid.work_type,
            }
            if self._chance.random() < 0.2:
                texts.append(f"Рассуждает верно, {self._id()}")
                one["comment"] = texts[-1]
            marks.append(one)
        wants = [(GIVEN, one["mark_id"]) for one in marks]
        return self._command(f"/lessons/{lesson.lesson_id}/marks", {"marks": marks}, wants, texts)

    def _comment(self, mark: str) -> Command:
        text = f"Молодец, {self._id()}"
        path, wants = f"/marks/{mark}/comments", [(COMMENTED, mark)]
        return self._command(path, {"comment": text}, wants, [text])

    def _attendance(self, lesson: Lesson) -> Command:
        pupils = self._laid.classes[lesson.class_id]
        away = self._chance.sample(pupils, self._chance.randint(0, len(pupils)))
        entries = [{"pupil_id": one, "code": ABSENT} for one in away]
        return self._command(f"/lessons/{lesson.lesson_id}/attendance", {"entries": entries}, [])

    def _command(
        self,
        path: str,
        body: dict[str, Any],
        wants: list[tuple[str, str]],
        texts: list[str] | None = None,
    ) -> Command:
        patient = self._chance.random() < 0.75
        key = self._id()
        return Command(self._teacher, path, body, key, wants, texts or [], patient)

    def _id(self) -> str:
        return str(UUID(int=self._chance.getrandbits(128), version=4))


class Client:
    """One connection that is opened again whenever it breaks."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._headers = {
            "Cookie": f"letopis={token}",
            "Content-Type": "application/json",
        }
        self._connection: http.client.HTTPConnection | None = None

    def carry_out(self, command: Command, sent: Callable[[], None]) -> None:
        """Send it until it is answered; an impatient client gives up at the first broken try.

        sent: called once, before the first byte.
        """
        deadline = time.monotonic() + LONGEST_S
        sent()
        while True:
            try:
                status, answer = self.send("POST", command.path, command.body, command.key)
            except (OSError, http.client.HTTPException):
                self.close()
                status, answer = 0, {}
            if status == HTTPStatus.OK:
                command.position = int(answer["position"])
                return
            if status and status < HTTPStatus.INTERNAL_SERVER_ERROR:
                command.refused = str(answer.get("code", status))
                return
            if status not in (0, HTTPStatus.SERVICE_UNAVAILABLE):
                command.faults.append(f"{status} {answer.get('code', '')} {command.path}")
            command.unsure += 1
            if not command.patient:
                command.given_up = True
                return
            if time.monotonic() > deadline:
                command.faults.append(f"no answer within {LONGEST_S:.0f} s: {command.path}")
                command.given_up = True
                return
            time.sleep(PAUSE_S)

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def send(
        self, method: str, path: str, body: Any = None, key: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """One try under /api/v1. Raises OSError, HTTPException."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=TIMEOUT_S
            )
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        raw = None if body is None else json.dumps(body).encode()
        self._connection.request(method, f"/api/v1{path}", raw, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        try:
            return answer.status, json.loads(text) if text else {}
        except ValueError:
            return answer.status, {"code": text[:200].decode(errors="replace")}


class Counter:
    """How many commands all the clients have begun."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.count = 0

    def __call__(self) -> None:
        with self._lock:
            self.count += 1
