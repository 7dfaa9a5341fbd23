"""Exercises of «Всё, что школа хранит»: a copy is asked for."""

from __future__ import annotations

from tests import cast as c
from tests.write_door import http_notices
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.sending import V1, new_id

OWN = frozenset({"person_copy"})
COPY = c.an_id("готовая копия")


def kept(p: Place) -> None:
    """Alla has a copy about Petya that is ready."""
    http_notices.kept(
        p,
        "INSERT INTO {s}.person_copy (run_id, person_id, asked_by, asked_at, state, finished,"
        " position, body) SELECT %s, %s, %s, %s, 'ready', %s, h.last + 1000000, 'zip'"
        " FROM {s}.head h"
        " ON CONFLICT DO NOTHING",
        COPY,
        c.PETYA,
        c.ALLA,
        p.clock(),
        p.clock(),
    )


def _cleared(p: Place) -> None:
    http_notices.kept(p, "DELETE FROM {s}.person_copy WHERE asked_by = %s", c.OLGA)


def _asked(p: Place) -> Send:
    _cleared(p)
    return Send("olga", {"person_id": c.PETYA}, None, own=OWN, facts=False)


def _on_page(p: Place) -> Form:
    _cleared(p)
    fields = {"key": new_id(), "what": "ask"}
    return Form("olga", {"person_id": c.PETYA}, fields, own=OWN, facts=False)


COPIES: dict[str, Prepare] = {
    f"POST {V1}/people/{{person_id}}/copies": _asked,
    "POST /people/{person_id}/copy": _on_page,
}
