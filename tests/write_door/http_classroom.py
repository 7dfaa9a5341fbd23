"""What the class teacher and the families write: absences."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from domain.journal.facts import AttendanceEntry
from domain.journal.outcome_facts import DefenceKind
from domain.journal.outcomes import SealedFile
from domain.office.facts import ClassTeacherAppointed
from domain.regulation import Regulation
from domain.school import ReasonInput
from domain.values import AttendanceCode
from domain.world import World
from projections import strongbox
from tests import cast as c
from tests.api.ground import OPERATOR, YEAR, open_accounts
from tests.api.papers import PDF, in_text
from tests.domain.seventh_a import SEPTEMBER_1, WEDNESDAY
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


def mothers(p: Place) -> tuple[str, dict[str, str]]:
    """(login, addresses) of the mother of a room's first pupil, who has given her consent."""
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
    return login, fresh.path


DAYS = {"since": "2026-09-03", "until": "2026-09-04", "code": "ILL", "text": "температура"}


def _notice(p: Place) -> Send:
    return Send(*mothers(p), {"notice_id": new_id(), **DAYS})


def _read(p: Place) -> Send:
    login, path = mothers(p)
    return Send(login, path | {"monday": "2026-08-31"}, {"position": 0})


def _read_on_page(p: Place) -> Form:
    login, path = mothers(p)
    return Form(login, path | {"monday": "2026-08-31"}, {"key": new_id(), "position": "0"})


def _set_homework(p: Place) -> tuple[str, dict[str, str], str]:
    """Who may tick it, where, and which."""
    login, path = mothers(p)
    homework, lesson = new_id(), p.lessons(path["class_id"])[0]
    given = p.school.assign_homework(
        path["class_id"],
        lesson,
        homework,
        "§ 12",
        date.fromisoformat("2026-09-03"),
        by=p.actor("anna"),
        request=request(),
    )
    p.did(given)
    p.settle()
    return login, path, homework


TICKED = frozenset({"homework_tick"})


def _tick(p: Place) -> Form:
    login, path, homework = _set_homework(p)
    return Form(login, path, {"tick": homework}, own=TICKED, facts=False)


def _tick_by_api(p: Place) -> Send:
    login, path, homework = _set_homework(p)
    return Send(login, path | {"homework_id": homework}, None, own=TICKED, facts=False)


def _untick(p: Place) -> Send:
    login, path, homework = _set_homework(p)
    there = f"/pupils/{path['pupil_id']}/homework/{homework}/tick"
    assert p.desk(login).post(there).status_code == 200
    return Send(login, path | {"homework_id": homework}, None, own=TICKED, facts=False)


def _defence(p: Place) -> Send:
    fresh = defending(p)
    return Send("kira", fresh.path, defence(fresh.pupils[0], new_id()))


def defence(pupil_id: str, defence_id: str) -> dict[str, Any]:
    """The body of a defence."""
    work = {"title": "Мосты", "value": "5", "date": "2026-09-02", "file": in_text(PDF)}
    return {"defence_id": defence_id, "pupil_id": pupil_id, "kind": "PROJECT"} | work


def defending(p: Place) -> Room:
    """A room of Kira's whose grade defends projects."""
    while True:
        fresh = wards(p)
        if World(p.log, 1).journal(fresh.class_id).grade_level in Regulation().project_levels:
            return fresh


def _defended_otherwise(p: Place) -> Send:
    path = _defended(p)
    body = {"saw": "5", "value": "4", "date": "2026-09-02", "reason_code": "APPEAL"}
    return Send("kira", path, body | {"reason": "апелляция", "file": in_text(PDF)})


def _defended(p: Place) -> dict[str, str]:
    """A class with a defence."""
    fresh, number = defending(p), new_id()
    file = SealedFile("c2VhbGVk", "application/pdf", "9f" * 32)
    p.did(
        p.school.record_defence(
            fresh.class_id,
            number,
            fresh.pupils[0],
            DefenceKind.PROJECT,
            "Мосты",
            "5",
            WEDNESDAY,
            file,
            by=p.actor("kira"),
            request=request(),
        )
    )
    p.settle()
    return fresh.path | {"defence_id": number}


def told(
    p: Place, words: tuple[str, str, str, str, str], work: tuple[str, str, str], teacher: str
) -> None:
    """Words of a teacher on a pupil, and a defence whose document can be opened."""
    by: dict[str, Any] = {"by": p.actor(teacher)}
    p.did(p.school.comment_pupil(*words, **by, request=request()))
    body = strongbox.seal(p.house.secret, work[2], PDF)
    file = SealedFile(body, "application/pdf", sha256(PDF).hexdigest())
    kind = DefenceKind.PROJECT
    p.did(
        p.school.record_defence(*work, kind, "Мосты", "5", WEDNESDAY, file, **by, request=request())
    )


def _comment(p: Place) -> Send:
    fresh = p.room()
    about = {"pupil_id": fresh.pupils[0], "subject_id": c.ALGEBRA}
    return Send("anna", fresh.path, {"comment_id": new_id(), "comment": "рассуждает"} | about)


def _work(p: Place) -> Send:
    fresh = wards(p)
    result = {"pupil_id": fresh.pupils[0], "level": "BASIC", "points": 12}
    work = {"title": "Работа", "date": "2026-09-02", "most_points": 20, "results": [result]}
    return Send("kira", fresh.path, {"work_id": new_id(), **work})


def _levels(p: Place) -> Send:
    fresh = wards(p)
    level = {"pupil_id": fresh.pupils[0], "level": "BASIC"}
    return Send("kira", fresh.path, {"levels": [level]})


def _form_of_levels(p: Place) -> Form:
    fresh = wards(p)
    level = {f"level-{fresh.pupils[0]}": "BASIC"}
    return Form("kira", fresh.path | {"what": "levels"}, {"key": new_id(), **level})


def _form_of_words(p: Place) -> Form:
    fresh = p.room()
    about = {"pupil_id": fresh.pupils[0]}
    said = {"key": new_id(), "comment_id": new_id(), "comment": "рассуждает"}
    return Form("anna", fresh.path | {"subject_id": c.ALGEBRA}, said | about)


#: a defence whose document can be opened, and words to be read
DEFENCE = c.an_id("защита для чтения")
SPOKEN = c.an_id("комментарий для чтения")
ABSENCES = "POST /classes/{class_id}/absences/{week}"
OF_WEEK = f"POST {V1}/classes/{{class_id}}/attendance-weeks/{{week}}"
CLASSROOM: dict[str, Prepare] = {
    f"POST {V1}/classes/{{class_id}}/attendance-reasons": _reasons,
    f"{OF_WEEK}/confirmation": lambda p: Send("kira", over(p)),
    f"POST {V1}/pupils/{{pupil_id}}/homework/{{homework_id}}/tick": _tick_by_api,
    f"DELETE {V1}/pupils/{{pupil_id}}/homework/{{homework_id}}/tick": _untick,
    f"POST {V1}/pupils/search": lambda _: Send("anna", {}, {"q": "петр"}, facts=False),
    f"POST {V1}/pupils/{{pupil_id}}/absence-notices": _notice,
    f"POST {V1}/pupils/{{pupil_id}}/diary/weeks/{{monday}}/acknowledgement": _read,
    "POST /pupils/{pupil_id}/diary/{monday}": _read_on_page,
    "POST /pupils/{pupil_id}/homework": _tick,
    f"POST {V1}/classes/{{class_id}}/pupil-comments": _comment,
    f"POST {V1}/classes/{{class_id}}/defences": _defence,
    f"POST {V1}/classes/{{class_id}}/defences/{{defence_id}}/corrections": _defended_otherwise,
    f"POST {V1}/classes/{{class_id}}/defences/{{defence_id}}/annulment": lambda p: Send(
        "kira", _defended(p), {"saw": "5", "reason_code": "WRONG_PUPIL", "reason": "не та"}
    ),
    f"POST {V1}/classes/{{class_id}}/comprehensive-works": _work,
    f"POST {V1}/classes/{{class_id}}/metasubject-levels": _levels,
    "POST /pupils/{pupil_id}/year": lambda p: Form(*mothers(p), {"key": new_id(), **DAYS}),
    "POST /classes/{class_id}/outcomes/{what}": _form_of_levels,
    "POST /classes/{class_id}/subjects/{subject_id}/comments": _form_of_words,
    ABSENCES: _explained,
    f"{ABSENCES}/confirmation": lambda p: Form("kira", over(p), {"key": new_id()}),
}
