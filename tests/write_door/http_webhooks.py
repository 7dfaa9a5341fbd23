"""Exercises of «Вебхуки»: addresses of other programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from projections.strongbox import seal
from tests import cast as c
from tests.conftest import SECRET
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.http_notices import kept
from tests.write_door.sending import V1, new_id

WEBHOOK = c.an_id("вебхук")
URL = "https://reports.example/letopis"
OWN, SENT = frozenset({"webhook"}), frozenset({"webhook_delivery"})


def there(p: Place) -> None:
    """An address with an event that could not be delivered."""
    kept(p, "DELETE FROM {s}.webhook")
    kept(
        p,
        "INSERT INTO {s}.webhook (webhook_id, url, kinds, created_at, created_by, secret,"
        " position, due) VALUES (%s, %s, ARRAY[]::text[], %s, %s, %s, 5, %s)",
        WEBHOOK,
        URL,
        p.clock(),
        c.ALLA,
        seal(SECRET, WEBHOOK, b"whsec_AAAA"),
        p.clock() + timedelta(hours=1),
    )
    kept(
        p,
        "INSERT INTO {s}.webhook_delivery (webhook_id, event_id, position, kind, body, at, due,"
        " state) VALUES (%s, '4.0', 4, 'mark-given', '', %s, %s, 'dead')",
        WEBHOOK,
        p.clock(),
        p.clock(),
    )


def _post(own: frozenset[str], body: Mapping[str, Any] | None) -> Prepare:
    def prepared(p: Place) -> Send:
        there(p)
        return Send("alla", {"webhook_id": WEBHOOK}, body, own=own, facts=False)

    return prepared


def _form(p: Place) -> Form:
    there(p)
    fields = {"key": new_id(), "what": "stop", "webhook": WEBHOOK}
    return Form("alla", {}, fields, own=OWN, facts=False)


ONE = f"{V1}/webhooks/{{webhook_id}}"
WEBHOOKS: dict[str, Prepare] = {
    f"POST {V1}/webhooks": lambda _: Send("alla", {}, {"url": URL}, own=OWN, facts=False),
    f"DELETE {ONE}": _post(OWN | SENT, None),
    f"POST {ONE}/secret": _post(OWN, None),
    f"POST {ONE}/state": _post(OWN, {"active": False}),
    f"POST {ONE}/test": _post(OWN | SENT, None),
    f"POST {ONE}/replay": _post(OWN | SENT, {"since": 3}),
    f"POST {ONE}/dead": _post(SENT, {}),
    "POST /webhooks": _form,
}
