"""Exercises of «Журнал в Excel»: a sheet is brought back."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import Any

import openpyxl

from tests import cast as c
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.sending import V1, new_id

TYPO = {"reason_code": "TYPO", "reason": ""}


def _brought(p: Place) -> tuple[dict[str, str], dict[str, Any]]:
    """(path, body) of a sheet with a new mark of the first pupil."""
    room = p.room()
    p.settle()
    anna = p.desk("anna")
    there = f"/classes/{room.class_id}/sheet"
    answer = anna.get(there, subject_id=c.ALGEBRA, term=1)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    book.active["D6"] = "5"
    file = io.BytesIO()
    book.save(file)
    body: dict[str, Any] = {"file": b64encode(file.getvalue()).decode(), **TYPO}
    found = anna.post(f"{there}/preview", body).json()
    return dict(room.path), body | {"plan_hash": found["plan_hash"]}


def _sent(p: Place) -> Send:
    path, body = _brought(p)
    return Send("anna", path, body)


def _looked_at(p: Place) -> Send:
    path, body = _brought(p)
    del body["plan_hash"]
    return Send("anna", path, body, facts=False)


def _on_page(p: Place) -> Form:
    path, body = _brought(p)
    fields = {"key": new_id(), "data": body["file"], "plan_hash": body["plan_hash"]}
    return Form("anna", path, fields)


GRADESHEET: dict[str, Prepare] = {
    "POST /school-year/oneroster": lambda _: Form(
        "alla", {}, {"key": new_id(), "year": "2026"}, facts=False
    ),
    f"POST {V1}/classes/{{class_id}}/sheet": _sent,
    f"POST {V1}/classes/{{class_id}}/sheet/preview": _looked_at,
    "POST /classes/{class_id}/sheet": _on_page,
}
