"""Exercises of the control of journals: inspections and remarks. See over_http.py."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from domain.journal.control import NewRemark
from domain.journal.control_facts import Checked, JournalInspected
from tests import cast as c
from tests.domain.seventh_a import SEPTEMBER_1, WEDNESDAY
from tests.ground import request
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.sending import SINCE, TODAY, V1, new_id, room

INSPECTION, REMARK = c.an_id("проверка для чтения"), c.an_id("замечание для чтения")
WORDS = "тема урока не записана"


def inspected(p: Place, class_id: str, inspection_id: str = "") -> str:
    """Vera has looked at a journal."""
    number = inspection_id or str(uuid4())
    new = JournalInspected(number, SEPTEMBER_1, WEDNESDAY, tuple(Checked), 1, "9f" * 32)
    p.did(p.school.inspect_journal(class_id, new, by=p.actor("vera"), request=request()))
    return number


def remarked(p: Place, class_id: str, inspection_id: str = "", remark_id: str = "") -> str:
    """Vera has written a remark about algebra."""
    number = remark_id or str(uuid4())
    new = NewRemark(number, Checked.TOPICS, subject_id=c.ALGEBRA)
    by = inspected(p, class_id, inspection_id)
    p.did(p.school.open_remark(class_id, by, new, WORDS, by=p.actor("vera"), request=request()))
    return number


def to_read(p: Place) -> None:
    """An inspection and a remark with known numbers."""
    remarked(p, c.CLASS_7A, INSPECTION, REMARK)


def _body_of_remark(p: Place) -> tuple[str, dict[str, Any]]:
    number = inspected(p, p.room().class_id)
    body = {"remark_id": new_id(), "kind": "TOPICS", "subject_id": c.ALGEBRA, "text": WORDS}
    return number, body


def _remark(p: Place) -> Send:
    number, body = _body_of_remark(p)
    return Send("vera", {"inspection_id": number}, body)


def _answer(p: Place) -> Send:
    return Send("anna", {"remark_id": remarked(p, p.room().class_id)}, {"text": "исправлено"})


def answered(p: Place) -> str:
    """Anna has answered a remark."""
    class_id = p.room().class_id
    number = remarked(p, class_id)
    p.did(
        p.school.resolve_remark(
            class_id, number, (), "исправлено", by=p.actor("anna"), request=request()
        )
    )
    return number


def _form_of_inspection(p: Place) -> Form:
    fields = {"key": new_id(), "class_id": p.room().class_id, "since": SINCE, "until": TODAY}
    return Form("vera", {}, {**fields, "checked": "TOPICS"})


def _form_of_remark(p: Place) -> Form:
    number, body = _body_of_remark(p)
    fields = {"key": new_id(), "kind": "TOPICS", "subject_id": c.ALGEBRA, "text": body["text"]}
    return Form("vera", {"inspection_id": number}, fields)


def _form_of_answer(p: Place) -> Form:
    number = remarked(p, p.room().class_id)
    return Form("anna", {"remark_id": number}, {"key": new_id(), "text": "исправлено"})


CONTROL: dict[str, Prepare] = {
    "POST /inspections": _form_of_inspection,
    "POST /inspections/{inspection_id}/remarks": _form_of_remark,
    "POST /remarks/{remark_id}/resolution": _form_of_answer,
    "POST /remarks/{remark_id}/acceptance": lambda p: Form(
        "vera", {"remark_id": answered(p)}, {"key": new_id()}
    ),
    "POST /remarks/{remark_id}/return": lambda p: Form(
        "vera", {"remark_id": answered(p)}, {"key": new_id(), "text": "тема не та"}
    ),
    f"POST {V1}/inspections": room(
        "vera",
        lambda r: {
            "inspection_id": new_id(),
            "class_id": r.class_id,
            "since": SINCE,
            "until": TODAY,
            "checked": ["TOPICS", "HOMEWORK"],
        },
    ),
    f"POST {V1}/inspections/{{inspection_id}}/remarks": _remark,
    f"POST {V1}/remarks/{{remark_id}}/resolution": _answer,
    f"POST {V1}/remarks/{{remark_id}}/acceptance": lambda p: Send(
        "vera", {"remark_id": answered(p)}
    ),
    f"POST {V1}/remarks/{{remark_id}}/return": lambda p: Send(
        "vera", {"remark_id": answered(p)}, {"text": "тема не та"}
    ),
}
