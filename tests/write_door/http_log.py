"""Exercises of the log's own doors, and the seal that those who look at it need."""

from __future__ import annotations

from typing import Any

from projections.seals.checkpoint import Checkpoint
from projections.seals.note import Note
from tests import cast as c
from tests.api.ground import OPERATOR, SLUG
from tests.ground import request
from tests.sealing import Sealer
from tests.write_door.exercise import Prepare, Send
from tests.write_door.ground import Place

V1 = "/api/v1"
CHECK = c.an_id("проверка для чтения")


def _check(p: Place) -> Send:
    check = {"check_id": c.an_id("заказанная проверка"), "kind": "verification"}
    return Send("igor", {}, check)


LOG: dict[str, Prepare] = {
    f"POST {V1}/log/checks": _check,
    f"POST {V1}/log/verification": lambda _: Send(
        "zoya", {}, {"text": "не квитанция"}, facts=False
    ),
}


def queries(size: int) -> dict[str, dict[str, Any]]:
    """What an address asks for that means something else elsewhere."""
    days = {"from": "2026-09-01", "to": "2026-10-25"}
    return {
        f"{V1}/compliance/delays": days,
        f"{V1}/compliance/teachers/{{teacher_id}}/sheet": days,
        "/compliance/teachers/{teacher_id}": days,
        f"{V1}/log/consistency": {"from": size, "to": size},
        f"{V1}/classes/{{class_id}}/register/difference": {"from": "2026-09-01T09:00:00+03:00"},
    }


def sealed(p: Place) -> int:
    """A key, a check that was asked for, a checkpoint over everything; its size."""
    sealer = Sealer(p.url, SLUG, c.SCHOOL)
    key = str(sealer.key.verifier)
    p.did(p.school.introduce_seal_key(key, "first", by=OPERATOR, request=request()))
    Send("igor", {}, {"check_id": CHECK, "kind": "verification"}).go(p, f"POST {V1}/log/checks")
    p.settle()
    return Checkpoint.of(Note.parse(sealer.seal(p.clock()))).size
