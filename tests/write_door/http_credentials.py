"""Exercises of credentials: issued, signed for, closed; by JSON and by the forms of the pages."""

from __future__ import annotations

from collections.abc import Callable

from domain.school import Handing
from tests.api.ground import OPERATOR, YEAR
from tests.ground import request
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place, Room
from tests.write_door.http_access import own
from tests.write_door.sending import V1, new_id


def issued(p: Place) -> Room:
    """A class whose first pupil was given credentials."""
    room = p.room()
    handed = [Handing(room.pupils[0], room.pupils[0])]
    p.did(p.school.issue_accounts(YEAR, handed, room.class_id, by=OPERATOR, request=request()))
    return room


def _in_class(prepare: Callable[[Place], Room], send: Callable[[Room], Send]) -> Prepare:
    return lambda p: send(prepare(p))


def _new(p: Place) -> Room:
    return p.room()


def _to_staff(p: Place) -> Send:
    return Send("alla", {}, {"person_ids": [p.person("staff")]}, own=own("account"))


def _by_staff(p: Place) -> Send:
    return Send("alla", {}, {"slips": [{"person_id": p.signing_in()}]})


def _form_to_staff(p: Place) -> Form:
    return Form("alla", {}, {"person": p.person("staff"), "key": new_id()}, own=own("account"))


def _particulars(p: Place) -> Form:
    fields = {"key": new_id(), "family": "Новикова", "given": "Ника", "born": "2013-05-09"}
    return Form("sveta", {"person_id": p.room().pupils[0]}, fields)


CLASS = "classes/{class_id}/credentials"
CREDENTIALS: dict[str, Prepare] = {
    f"POST {V1}/{CLASS}": _in_class(
        _new,
        lambda r: Send("vera", r.path, {"person_ids": [*r.pupils, r.mother]}, own=own("account")),
    ),
    f"POST {V1}/{CLASS}/signatures": _in_class(
        issued,
        lambda r: Send("vera", r.path, {"slips": [{"person_id": r.pupils[0], "to": r.mother}]}),
    ),
    f"POST {V1}/{CLASS}/{{person_id}}/revocation": _in_class(
        issued, lambda r: Send("vera", r.path, {"reason": "left"})
    ),
    f"POST {V1}/staff/credentials": _to_staff,
    f"POST {V1}/staff/credentials/signatures": _by_staff,
    f"POST /{CLASS}": _in_class(
        issued,
        lambda r: Form("vera", r.path, {"signed": f"{r.pupils[0]} {r.mother}", "key": new_id()}),
    ),
    "POST /staff/credentials": _form_to_staff,
    "POST /people/{person_id}/particulars": _particulars,
}
