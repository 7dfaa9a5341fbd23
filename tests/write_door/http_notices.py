"""Exercises of «Уведомления»: what was seen, what letters are wanted, where they go."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg

from tests import cast as c
from tests.api.ground import OPERATOR, project
from tests.domain.seventh_a import SEPTEMBER_1
from tests.ground import request
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import SCHEMA, Place
from tests.write_door.sending import V1, new_id

CODE = "042917"
HOURS = {"publish": 17, "quiet_from": 20, "quiet_until": 8, "weekday": 6}


def kept(place: Place, query: str, *arguments: Any) -> None:
    """A row of the doors' own, as the server's administrator writes it."""
    with psycopg.connect(place.url) as conn:
        conn.execute(query.replace("{s}", SCHEMA).encode(), arguments)


def told(place: Place, position: int, at: datetime) -> None:
    """Olga was told something, and has not seen it."""
    kept(
        place,
        "INSERT INTO {s}.notice (position, ordinal, pupil_id, person_id, channel, class_id, kind,"
        " at, due, state) VALUES (%s, 0, %s, %s, 'inbox', %s, 'MARK', %s, %s, 'sent')",
        position,
        c.PETYA,
        c.OLGA,
        c.CLASS_7A,
        at,
        at,
    )


def _seen(p: Place) -> Send:
    told(p, 1, p.clock())
    return _own("notice", {"upto": 1})


def _own(table: str, body: dict[str, Any] | None) -> Send:
    return Send("olga", {}, body, own=frozenset({table}), facts=False)


def _address(p: Place) -> None:
    kept(p, "DELETE FROM {s}.mail_address")
    kept(
        p,
        "INSERT INTO {s}.mail_address (person_id, address, code_hash, code_until)"
        " VALUES (%s, 'olga@example.org', %s, %s)",
        c.OLGA,
        sha256(f"{c.OLGA}:{CODE}".encode()).digest(),
        p.clock() + timedelta(hours=1),
    )


def _given(p: Place) -> Send:
    kept(p, "DELETE FROM {s}.mail_address")
    return _own("mail_address", {"address": "olga@example.org"})


def _confirmed(p: Place) -> Send:
    _address(p)
    return _own("mail_address", {"code": CODE})


def _withdrawn(p: Place) -> Send:
    _address(p)
    return _own("mail_address", None)


ENDPOINT = "https://push.example.org/1"
PUSH = {
    "endpoint": ENDPOINT,
    "p256dh": (
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    ),
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
DEVICE = c.an_id("телефон Ольги")


def _agreed(p: Place) -> None:
    """Olga has agreed to push; the facts of that are nobody's business here."""
    kept(p, "DELETE FROM {s}.push_device")
    p.school.give_consent(
        c.CLASS_7A, c.PETYA, c.OLGA, "push", SEPTEMBER_1, by=OPERATOR, request=request()
    ).result(10)
    project(p.url)


def _device(p: Place) -> None:
    kept(p, "DELETE FROM {s}.push_device")
    kept(
        p,
        "INSERT INTO {s}.push_device (device_id, person_id, endpoint, public_key, auth, name,"
        " since) VALUES (%s, %s, %s, %s, %s, 'Chrome, Android', %s)",
        DEVICE,
        c.OLGA,
        ENDPOINT,
        bytes(65),
        bytes(16),
        p.clock(),
    )


def _subscribed(p: Place) -> Send:
    _agreed(p)
    return _own("push_device", PUSH)


def _forgotten(p: Place) -> Send:
    _device(p)
    own = frozenset({"push_device"})
    return Send("olga", {"device_id": DEVICE}, None, own=own, facts=False)


def _on_page(p: Place) -> Form:
    kept(p, "DELETE FROM {s}.notice_choice")
    fields = {"key": new_id(), "what": "paces", "pace-MARK": "WEEKLY"}
    return Form("olga", {}, fields, own=frozenset({"notice_choice"}), facts=False)


NOTICES: dict[str, Prepare] = {
    f"POST {V1}/notices/seen": _seen,
    f"POST {V1}/notices/settings": lambda _: _own("notice_choice", {"paces": {"MARK": "OFF"}}),
    f"POST {V1}/notices/address": _given,
    f"POST {V1}/notices/address/confirmation": _confirmed,
    f"DELETE {V1}/notices/address": _withdrawn,
    f"POST {V1}/notice-hours": lambda _: Send(
        "dina", {}, HOURS, own=frozenset({"notice_hours"}), facts=False
    ),
    f"POST {V1}/notices/devices": _subscribed,
    f"DELETE {V1}/notices/devices/{{device_id}}": _forgotten,
    "POST /notices": _on_page,
}
