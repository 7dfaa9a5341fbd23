"""Exercises of conversations. See over_http.py."""

from __future__ import annotations

from uuid import uuid4

from tests import cast as c
from tests.api.ground import YEAR
from tests.ground import request
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.sending import V1, new_id

CONVERSATION = c.an_id("разговор для чтения")
WORDS = "Как распечатать выписку?"


def asked(p: Place, login: str = "anna", conversation_id: str = "") -> str:
    """Somebody has asked the administrator."""
    number = conversation_id or str(uuid4())
    question = p.school.ask_about_program(
        YEAR, number, c.ALLA, WORDS, by=p.actor(login), request=request()
    )
    p.did(question)
    return number


def _question(_: Place) -> Send:
    return Send("anna", {}, {"conversation_id": new_id(), "to": c.ALLA, "text": WORDS})


def _at(p: Place) -> dict[str, str]:
    return {"conversation_id": asked(p)}


def _key() -> dict[str, str]:
    return {"key": new_id()}


ONE, PAGE = f"POST {V1}/conversations/{{conversation_id}}", "POST /questions/{conversation_id}"
TALKS: dict[str, Prepare] = {
    f"POST {V1}/conversations": _question,
    f"{ONE}/replies": lambda p: Send("alla", _at(p), {"text": "Кнопкой внизу"}),
    f"{ONE}/reading": lambda p: Send("alla", _at(p)),
    f"{ONE}/closing": lambda p: Send("anna", _at(p)),
    "POST /questions": lambda _: Form("anna", {}, {**_key(), "to": c.ALLA, "text": WORDS}),
    f"{PAGE}/replies": lambda p: Form("alla", _at(p), {**_key(), "text": "Кнопкой внизу"}),
    f"{PAGE}/reading": lambda p: Form("alla", _at(p), _key()),
    f"{PAGE}/closing": lambda p: Form("anna", _at(p), _key()),
}
