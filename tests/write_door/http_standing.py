"""Exercises of how people stand to each other: limits, eighteen, glasses, opened journals, reviews.
See over_http.py.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from domain.access import Actor
from domain.journal.facts import AttendanceEntry, TeacherAssigned
from domain.office.grant_facts import JournalsOpened
from domain.school import Handing
from domain.values import AttendanceCode
from tests import cast as c
from tests.api.ground import OPERATOR, YEAR, open_accounts
from tests.domain.seventh_a import SEPTEMBER_1
from tests.ground import request
from tests.write_door.exercise import Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.sending import FRIDAY, SINCE, V1, new_id, room

COURT = "решение суда от 01.09.2026, дело 2-17"
WHY = "ребёнка ищет полиция, нужен последний урок"


def _lifting(p: Place) -> Send:
    fresh = p.room()
    limited = p.school.limit_guardian(
        YEAR,
        fresh.pupils[0],
        fresh.mother,
        SEPTEMBER_1,
        None,
        COURT,
        by=OPERATOR,
        request=request(),
    )
    p.did(limited)
    return Send("alla", fresh.path, {"on": FRIDAY, "order": "определение суда"})


def _own_say(p: Place) -> Send:
    fresh = p.room()
    pupil = fresh.pupils[0]
    p.did(p.school.record_majority(fresh.class_id, pupil, by=OPERATOR, request=request()))
    open_accounts(p.url, {pupil: p.login_of(pupil)})
    p.settle()
    return Send(p.login_of(pupil), fresh.path, {"reader_id": pupil, "opened": True})


def _glass(p: Place) -> Send:
    body = {"glass_id": new_id(), "pupil_id": p.room().pupils[0], "reason": WHY}
    return Send("vera", {}, body)


def _glass_review(p: Place) -> Send:
    pupil, glass = p.room().pupils[0], str(uuid4())
    broken = p.school.break_glass(YEAR, glass, pupil, WHY, by=p.actor("alla"), request=request())
    p.did(broken)
    return Send("vera", {"pupil_id": pupil, "glass_id": glass})


def _grant(p: Place) -> Send:
    body = {
        "grant_id": new_id(),
        "person_id": c.IGOR,
        "class_ids": [p.room().class_id],
        "since": SINCE,
        "until": "2026-09-20",
        "order_no": "62-у",
    }
    return Send("vera", {}, body)


def _grant_ending(p: Place) -> Send:
    until = SEPTEMBER_1 + timedelta(days=20)
    opened = JournalsOpened(str(uuid4()), c.IGOR, SEPTEMBER_1, until, "63-у")
    p.did(p.school.open_journals(YEAR, opened, by=OPERATOR, request=request()))
    return Send("vera", {"grant_id": opened.grant_id}, {"on": FRIDAY})


def _review(p: Place) -> Send:
    person, class_id = p.signing_in(), p.room().class_id
    login, oneself = p.login_of(person), [Handing(person, person)]
    teaches = TeacherAssigned(str(uuid4()), person, c.HISTORY, SEPTEMBER_1)
    p.did(p.school.assign_teacher(class_id, teaches, by=OPERATOR, request=request()))
    arrived = p.school.receive_accounts(
        YEAR, oneself, "password", by=Actor(person, "s"), request=request()
    )
    position = p.did(arrived)
    p.did(p.school.revoke_account(YEAR, person, "suspicion", by=OPERATOR, request=request()))
    p.settle()
    p.everybody_leaves()  # roles are told at signing in
    return Send(login, {"person_id": person}, {"verdict": "mine", "positions": [position]})


def _red_flag(p: Place) -> Send:
    """A mark of somebody who was not there: another person than Anna looks into it."""
    fresh = p.room()
    position = p.give(fresh.class_id, fresh.lesson, fresh.pupils[0], new_id())
    absent = [AttendanceEntry(fresh.pupils[0], AttendanceCode.ILL)]
    taken = p.school.take_attendance(
        fresh.class_id, fresh.lesson, absent, by=p.actor("anna"), request=request()
    )
    p.did(taken)
    p.settle()
    return Send("vera", {"flag": f"F8-{position}"}, {"word": "Работа сдана на перемене."})


PUPIL = f"POST {V1}/pupils/{{pupil_id}}"
STANDING: dict[str, Prepare] = {
    f"{PUPIL}/guardians/{{guardian_id}}/limit": room("alla", {"since": SINCE, "order": COURT}),
    f"{PUPIL}/guardians/{{guardian_id}}/limit/lifting": _lifting,
    f"{PUPIL}/majority": room("vera", None),
    f"{PUPIL}/own-say": _own_say,
    f"POST {V1}/break-glass": _glass,
    f"{PUPIL}/break-glass/{{glass_id}}/review": _glass_review,
    f"POST {V1}/red-flags/{{flag}}/review": _red_flag,
    f"POST {V1}/grants": _grant,
    f"POST {V1}/grants/{{grant_id}}/ending": _grant_ending,
    f"POST {V1}/people/{{person_id}}/suspicion/review": _review,
}
