"""What the twenty tests of leaking audits ask of a running school."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from domain.codec import Recorded
from tests import cast as c
from tests.write_door.ground import Place, Room

TYPO = {"saw": "5", "value": "4", "reason_code": "TYPO", "reason": "перепутала строки"}


def mark(room: Room, value: str = "5", pupil: int = 0) -> dict[str, Any]:
    """One mark of a column."""
    return {
        "mark_id": str(uuid4()),
        "pupil_id": room.pupils[pupil],
        "value": value,
        "work_type_id": c.ANSWER,
    }


def write(place: Place, login: str, path: str, body: Mapping[str, Any]) -> list[Recorded]:
    """Somebody writes: the facts that came of it, then folded into what is shown."""
    place.settle()
    before = place.ledger()
    answer = place.desk(login).post(path, body)
    assert answer.status_code in {200, 201}, answer.text
    new = place.ledger().since(before)
    place.settle()
    return new


def refused(place: Place, login: str, path: str, body: Mapping[str, Any]) -> str:
    """Somebody tries to write and may not: the refusal's code. Nothing was recorded."""
    place.settle()
    before = place.ledger()
    answer = place.desk(login).post(path, body)
    assert answer.status_code >= 400, answer.text
    assert place.ledger().facts == before.facts
    return str(answer.json()["code"])


def history(place: Place, mark_id: str) -> list[dict[str, Any]]:
    """What the deputy is told of a mark, the oldest first."""
    answer = place.desk("vera").get(f"/marks/{mark_id}/history")
    assert answer.status_code == 200, answer.text
    told: list[dict[str, Any]] = answer.json()
    return told


def substitute(place: Place, room: Room) -> None:
    """Tanya takes Anna's lessons of the class from Wednesday to Friday."""
    body = {
        "substitution_id": str(uuid4()),
        "substitute_id": c.TANYA,
        "teacher_id": c.ANNA,
        "since": "2026-09-02",
        "until": "2026-09-04",
    }
    write(place, "alla", f"/classes/{room.class_id}/substitutions", body)
