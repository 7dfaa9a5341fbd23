"""What exercises of the HTTP door have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from tests.write_door.exercise import Prepare, Send
from tests.write_door.ground import Place, Room

V1 = "/api/v1"
SINCE, TODAY, TOMORROW, FRIDAY = "2026-09-01", "2026-09-02", "2026-09-03", "2026-09-04"
TYPO = {"saw": "5", "reason_code": "TYPO", "reason": "перепутала строки"}

Body = Mapping[str, Any]


def room(login: str, body: Body | Callable[[Room], Body] | None) -> Prepare:
    """Somebody writes into a fresh class."""

    def prepare(p: Place) -> Send:
        fresh = p.room()
        return Send(login, fresh.path, body(fresh) if callable(body) else body)

    return prepare


def mark(body: Body) -> Prepare:
    """Anna writes about her mark."""

    def prepare(p: Place) -> Send:
        fresh = p.room()
        return Send("anna", fresh.path | {"mark_id": p.mark(fresh)}, body)

    return prepare


def new_id() -> str:
    return str(uuid4())
