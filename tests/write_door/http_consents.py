"""Exercises of consents, on paper and by hand, and of erasing a person. See over_http.py."""

from __future__ import annotations

from tests import cast as c
from tests.api.ground import OPERATOR, YEAR
from tests.api.papers import PAPER, PDF, in_text
from tests.domain.seventh_a import SEPTEMBER_1
from tests.ground import request
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import NIKITA, Place, Room
from tests.write_door.sending import SINCE, V1, new_id

SOMEBODY_ERASED = c.an_id("удалённый для чтения")
FORM = "POST /classes/{class_id}/consents/{pupil_id}/{guardian_id}"


def read_about(p: Place) -> int:
    """A consent of Oleg's with its paper and scan, and somebody erased; the consent's position."""
    body = {"guardian_id": c.OLEG, "purpose": "push", "since": SINCE}
    given = p.desk("kira").post(
        f"/pupils/{c.PETYA}/consents", body | {"paper": PAPER, "scan": in_text(PDF)}
    )
    assert given.status_code == 200, given.text
    person = SOMEBODY_ERASED
    p.did(
        p.school.register_person(YEAR, person, "guardian", NIKITA, by=OPERATOR, request=request())
    )
    p.did(p.school.erase_person(YEAR, person, "акт № 9", by=OPERATOR, request=request()))
    p.settle()
    consents = p.desk("kira").get(f"/pupils/{c.PETYA}/consents").json()["consents"]
    [position] = [one["position"] for one in consents if one["purpose"] == "push"]
    assert isinstance(position, int)
    return position


def _with_consent(p: Place) -> Room:
    fresh = p.room()
    p.did(
        p.school.give_consent(
            fresh.class_id,
            fresh.pupils[0],
            fresh.mother,
            "diary",
            SEPTEMBER_1,
            by=OPERATOR,
            request=request(),
        )
    )
    return fresh


def _paper(p: Place) -> Send:
    fresh = p.room()
    body = {"guardian_id": fresh.mother, "purpose": "diary", "since": SINCE}
    return Send("vera", fresh.path, body | {"paper": PAPER, "scan": in_text(PDF)})


def _withdrawal(p: Place) -> Send:
    fresh = _with_consent(p)
    return Send("vera", fresh.path, {"guardian_id": fresh.mother, "purpose": "diary"})


def _form(p: Place) -> Form:
    fields = {"key": new_id(), "purpose": "diary", "since": SINCE}
    return Form("vera", p.room().path, fields)


def _button(p: Place) -> Form:
    return Form("vera", _with_consent(p).path, {"key": new_id(), "purpose": "diary"})


def _erasure(p: Place) -> Send:
    person = p.signing_in()
    return Send(
        "alla", {"person_id": person}, {"basis": "акт № 1"}, own=frozenset({"account", "session"})
    )


CONSENTS: dict[str, Prepare] = {
    f"POST {V1}/pupils/{{pupil_id}}/consents": _paper,
    f"POST {V1}/pupils/{{pupil_id}}/consents/withdrawal": _withdrawal,
    FORM: _form,
    f"{FORM}/withdrawal": _button,
    f"POST {V1}/people/{{person_id}}/erasure": _erasure,
}
