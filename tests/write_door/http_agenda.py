"""Exercises of «Календарь»: a secret address is made and taken back."""

from __future__ import annotations

from hashlib import sha256

from tests import cast as c
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.http_notices import kept
from tests.write_door.sending import V1, new_id

OWN = frozenset({"calendar_link"})
#: of Olga's calendar of her son, for who looks
SECRET = "an-address-for-who-looks"


def linked(p: Place, secret: str = SECRET) -> None:
    """Olga has an address of her son's lessons."""
    kept(p, "DELETE FROM {s}.calendar_link WHERE person_id = %s", c.OLGA)
    kept(
        p,
        "INSERT INTO {s}.calendar_link VALUES (%s, %s, %s, %s, %s)",
        c.OLGA,
        c.PETYA,
        new_id(),
        sha256(secret.encode()).digest(),
        p.clock(),
    )


def _issued_on_page(p: Place) -> Form:
    linked(p)
    return Form("olga", {}, {"key": new_id(), "issue": c.PETYA}, own=OWN, facts=False)


def _revoked(p: Place) -> Send:
    linked(p)
    return Send("olga", {"about": c.PETYA}, None, own=OWN, facts=False)


AGENDA: dict[str, Prepare] = {
    f"POST {V1}/calendars": lambda _: Send("olga", {}, {"about": c.PETYA}, own=OWN, facts=False),
    f"DELETE {V1}/calendars/{{about}}": _revoked,
    "POST /calendar": _issued_on_page,
}
