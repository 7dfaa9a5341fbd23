"""What families decide of the forecast, what teachers say to it, and letters to parents."""

from __future__ import annotations

from typing import Any

from tests import cast as c
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.http_classroom import mothers, wards
from tests.write_door.sending import V1, new_id

NOTE = {"note": "болел, догоняет"}


def _annotated(p: Place) -> Send:
    fresh = p.room()
    about = {"pupil_id": fresh.pupils[0], "subject_id": c.ALGEBRA, "hidden": True}
    return Send("anna", fresh.path, about | NOTE)


def _annotated_on_page(p: Place) -> Form:
    fresh = p.room()
    about = {"pupil_id": fresh.pupils[0], "subject_id": c.ALGEBRA, "hidden": "no"}
    return Form("anna", fresh.path, {"key": new_id(), **about, **NOTE})


def _letters(p: Place) -> Send:
    fresh = wards(p)
    return Send("kira", fresh.path, {"term": 1, "pupil_ids": [fresh.pupils[0]], "how": "PAPER"})


def _letters_on_page(p: Place) -> Form:
    fresh = wards(p)
    fields: dict[str, Any] = {"key": new_id(), "term": "1", "how": "PAPER"}
    return Form("kira", fresh.path, fields | {"pupil_id": fresh.pupils[0]})


FAMILIES: dict[str, Prepare] = {
    f"POST {V1}/classes/{{class_id}}/forecast/annotations": _annotated,
    "POST /classes/{class_id}/forecast": _annotated_on_page,
    f"POST {V1}/pupils/{{pupil_id}}/forecast/switch": lambda p: Send(*mothers(p), {"on": False}),
    "POST /pupils/{pupil_id}/forecast": lambda p: Form(*mothers(p), {"key": new_id(), "on": "no"}),
    f"POST {V1}/classes/{{class_id}}/parent-reports": _letters,
    "POST /classes/{class_id}/parent-reports": _letters_on_page,
}
