"""What the class teacher and the families write: absences."""

from __future__ import annotations

from typing import Any

from domain.journal.facts import AttendanceEntry
from domain.office.facts import ClassTeacherAppointed
from domain.school import ReasonInput
from domain.values import AttendanceCode
from tests import cast as c
from tests.api.ground import OPERATOR, YEAR, open_accounts
from tests.domain.seventh_a import SEPTEMBER_1
from tests.ground import request
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place, Room
from tests.write_door.sending import V1, new_id

WEEK = {"week": "2026-W36"}
SAID = "справка № 12"


def wards(p: Place) -> Room:
    """A room whose class teacher is Kira; its first pupil was away today."""
    fresh = p.room()
    kira = ClassTeacherAppointed(fresh.class_id, c.KIRA, SEPTEMBER_1)
    p.school.appoint_class_teacher(YEAR, kira, by=OPERATOR, request=request()).result(10)
    away = [AttendanceEntry(fresh.pupils[0], AttendanceCode.ABSENT_UNSPECIFIED)]
    p.did(
        p.school.take_attendance(
            fresh.class_id, fresh.lesson, away, by=p.actor("anna"), request=request()
        )
    )
    p.settle()
    return fresh


def _reasons(p: Place) -> Send:
    fresh = wards(p)
    reason = {"pupil_id": fresh.pupils[0], "code": "ILL", "lesson_ids": [fresh.lesson]}
    return Send("kira", fresh.path, {"reasons": [reason | {"document": SAID}]})


def _explained(p: Place) -> Form:
    fresh = wards(p)
    fields: dict[str, Any] = {"key": new_id(), "pupil_id": fresh.pupils[0], "code": "ILL"}
    return Form("kira", fresh.path | WEEK, fields | {"document": SAID})


def over(p: Place) -> dict[str, str]:
    """Addresses of a room whose only lesson of the week is over."""
    fresh = wards(p)
    by: dict[str, Any] = {"by": OPERATOR, "request": request()}
    p.did(p.school.cancel_lesson(fresh.class_id, fresh.tomorrow, "Карантин", **by))
    reason = ReasonInput(fresh.pupils[0], AttendanceCode.ILL, (fresh.lesson,))
    p.did(
        p.school.set_absence_reasons(
            fresh.class_id, [reason], by=p.actor("kira"), request=request()
        )
    )
    p.settle()
    return fresh.path | WEEK


def _notice(p: Place) -> Send:
    """By the mother of a room's first pupil, who has given her consent."""
    fresh = p.room()
    who, login = fresh.mother, p.login_of(fresh.mother)
    p.did(
        p.school.give_consent(
            fresh.class_id,
            fresh.pupils[0],
            who,
            "diary",
            SEPTEMBER_1,
            by=OPERATOR,
            request=request(),
        )
    )
    open_accounts(p.url, {who: login})
    p.settle()
    days = {"since": "2026-09-03", "until": "2026-09-04", "code": "ILL", "text": "температура"}
    return Send(login, fresh.path, {"notice_id": new_id(), **days})


ABSENCES = "POST /classes/{class_id}/absences/{week}"
OF_WEEK = f"POST {V1}/classes/{{class_id}}/attendance-weeks/{{week}}"
CLASSROOM: dict[str, Prepare] = {
    f"POST {V1}/classes/{{class_id}}/attendance-reasons": _reasons,
    f"{OF_WEEK}/confirmation": lambda p: Send("kira", over(p)),
    f"POST {V1}/pupils/{{pupil_id}}/absence-notices": _notice,
    ABSENCES: _explained,
    f"{ABSENCES}/confirmation": lambda p: Form("kira", over(p), {"key": new_id()}),
}
