"""Exercises of the two books of the office. See over_http.py."""

from __future__ import annotations

from uuid import uuid4

from domain.office.ledger_facts import AwayKind, Channel, StaffAway
from domain.office.ledgers import Application, NewRequest
from tests import cast as c
from tests.api.ground import YEAR
from tests.domain.seventh_a import THURSDAY, WEDNESDAY
from tests.ground import request
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.sending import TODAY, V1, new_id


def _training(_: Place) -> Send:
    body = {"training_id": new_id(), "date": TODAY, "topic": "Журнал", "person_ids": [c.ANNA]}
    return Send("vera", {}, body)


def _service(p: Place) -> Send:
    body = {
        "request_id": new_id(),
        "pupil_id": p.room().pupils[0],
        "channel": "PORTAL",
        "date": TODAY,
        "applicant": "Новикова",
        "about": "отметки",
    }
    return Send("sveta", {}, body)


def requested(p: Place) -> dict[str, str]:
    """Somebody has asked for the service."""
    new = NewRequest(str(uuid4()), p.room().pupils[0], Channel.POST, WEDNESDAY)
    said = Application("Новикова", "", "отметки")
    p.did(p.school.request_service(YEAR, new, said, by=p.actor("sveta"), request=request()))
    p.settle()
    return {"request_id": new.request_id}


def _form_of_training(_: Place) -> Form:
    fields = {"key": new_id(), "on": TODAY, "topic": "Журнал", "person_ids": c.ANNA}
    return Form("vera", {}, fields)


def _form_of_service(p: Place) -> Form:
    pupil = p.room().pupils[0]
    fields = {"key": new_id(), "pupil_id": pupil, "on": TODAY, "channel": "POST"}
    return Form("sveta", {}, {**fields, "applicant": "Новикова", "about": "отметки"})


def _away(_: Place) -> Send:
    body = {"absence_id": new_id(), "person_id": c.BORIS, "since": TODAY, "until": TODAY}
    return Send("vera", {}, {**body, "kind": "ILL", "words": "у врача"})


def away(p: Place, who: str) -> dict[str, str]:
    """A teacher is away for two days."""
    new = StaffAway(str(uuid4()), who, WEDNESDAY, THURSDAY, AwayKind.TRIP)
    p.did(p.school.record_staff_away(YEAR, new, by=p.actor("vera"), request=request()))
    p.settle()
    return {"absence_id": new.absence_id}


def _form_of_absence(_: Place) -> Form:
    fields = {"key": new_id(), "date": TODAY, "person_id": c.KIRA, "kind": "LEAVE"}
    return Form("vera", {}, fields)


LEDGERS: dict[str, Prepare] = {
    f"POST {V1}/trainings": _training,
    f"POST {V1}/service-requests": _service,
    f"POST {V1}/service-requests/{{request_id}}/decision": lambda p: Send(
        "sveta", requested(p), {"outcome": "REFUSED", "reason": "не представитель"}
    ),
    f"POST {V1}/staff-absences": _away,
    f"POST {V1}/staff-absences/{{absence_id}}/return": lambda p: Send(
        "vera", away(p, c.GALINA), {"date": THURSDAY.isoformat()}
    ),
    "POST /substitutions/absences": _form_of_absence,
    "POST /substitutions/absences/{absence_id}/return": lambda p: Form(
        "vera", away(p, c.TANYA), {"key": new_id(), "date": THURSDAY.isoformat()}
    ),
    "POST /trainings": _form_of_training,
    "POST /service-requests": _form_of_service,
    "POST /service-requests/{request_id}/decision": lambda p: Form(
        "sveta", requested(p), {"key": new_id(), "outcome": "GRANTED"}
    ),
}
