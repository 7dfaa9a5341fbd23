"""Exercises of classes, lessons, marks: see over_http.py."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from domain.journal.marks import NewDebt
from domain.journal.term_marks import NewTermMark
from tests import cast as c
from tests.api.ground import OPERATOR
from tests.domain.seventh_a import CALENDAR, THURSDAY
from tests.ground import request
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place
from tests.write_door.http_ends import ENDS
from tests.write_door.sending import FRIDAY, SINCE, TODAY, TOMORROW, TYPO, V1, mark, new_id, room


def _resolution(p: Place) -> Send:
    fresh = p.room()
    debt = NewDebt(new_id(), fresh.pupils[0], c.ANSWER, THURSDAY)
    p.did(
        p.school.raise_debts(
            fresh.class_id, fresh.lesson, [debt], by=p.actor("anna"), request=request()
        )
    )
    return Send("anna", fresh.path | {"debt_id": debt.debt_id}, {"mark_id": p.mark(fresh)})


def _closed_in_a_form(p: Place) -> Form:
    sent = _resolution(p)
    fields = {"key": new_id(), "lesson_id": sent.path["lesson_id"], "debt_id": sent.path["debt_id"]}
    return Form("anna", {**sent.path, "what": "closed"}, fields)


def _cleared(p: Place) -> Send:
    fresh = p.room()
    seen = [{"mark_id": p.mark(fresh), "saw": TYPO["saw"]}]
    how = {"reason_code": "TYPO", "reason": "не тот класс"}
    return Send("anna", fresh.path, {"marks": seen, **how})


def _seated(p: Place) -> Form:
    fresh = p.room()
    p.settle()
    seat = {f"{part}.{fresh.pupils[0]}": "1" for part in ("lane", "desk", "side")}
    return Form("anna", fresh.path, seat, own=frozenset({"seat"}), facts=False)


def _term_correction(p: Place) -> Send:
    fresh = p.room()
    p.did(
        p.school.issue_term_marks(
            fresh.class_id,
            c.ALGEBRA,
            1,
            [NewTermMark(fresh.pupils[0], "5")],
            by=p.actor("anna"),
            request=request(),
        )
    )
    place = {"pupil_id": fresh.pupils[0], "subject_id": c.ALGEBRA, "term": 1}
    return Send("anna", fresh.path, TYPO | place | {"value": "4"})


def _term_annulment(p: Place) -> Send:
    sent = _term_correction(p)
    body = {name: value for name, value in (sent.body or {}).items() if name != "value"}
    return Send("anna", sent.path, body)


def _rescheduling(p: Place) -> Send:
    """After a holiday has come into the calendar."""
    fresh = p.room()
    holiday = msgspec.structs.replace(CALENDAR, holidays=(date(2026, 9, 9),))
    by: dict[str, Any] = {"by": OPERATOR}
    p.did(p.school.change_calendar(holiday, "9-у", **by, request=request()))
    return Send("alla", fresh.path, {"since": TODAY})


def _reopening(p: Place) -> Send:
    fresh = p.room()
    p.did(p.school.close_term(fresh.class_id, 1, by=p.actor("alla"), request=request()))
    return Send("vera", fresh.path, {"order_no": "77-у"})


def _of_class() -> dict[str, Prepare]:
    at = f"POST {V1}/classes/{{class_id}}"
    term_mark = {"subject_id": c.ALGEBRA, "term": 1}
    return {
        f"{at}/assignments": room(
            "alla",
            lambda _: {
                "assignment_id": new_id(),
                "teacher_id": c.BORIS,
                "subject_id": c.ENGLISH,
                "since": SINCE,
            },
        ),
        f"{at}/assignments/{{assignment_id}}/release": room("alla", {"on": FRIDAY}),
        f"{at}/departures": room(
            "alla", lambda r: {"pupil_id": r.pupils[0], "on": TOMORROW, "order_no": "3-у"}
        ),
        f"{at}/enrolments": lambda p: Send(
            "alla", p.room().path, {"pupil_ids": [p.person("pupil")], "since": TODAY}
        ),
        f"{at}/subgroup-orders": room(
            "alla",
            lambda r: {
                "subject_id": c.ENGLISH,
                "since": TODAY,
                "order_no": "15-у",
                "order_date": SINCE,
                "subgroups": [
                    {"subgroup_id": new_id(), "name": "1 группа", "pupils": [r.pupils[0]]},
                    {"subgroup_id": new_id(), "name": "2 группа", "pupils": [r.pupils[1]]},
                ],
            },
        ),
        f"{at}/substitutions": room(
            "alla",
            lambda _: {
                "substitution_id": new_id(),
                "substitute_id": c.TANYA,
                "teacher_id": c.ANNA,
                "since": TODAY,
                "until": FRIDAY,
            },
        ),
        f"{at}/term-marks": room(
            "anna", lambda r: term_mark | {"marks": [{"pupil_id": r.pupils[0], "value": "5"}]}
        ),
        f"{at}/term-marks/corrections": _term_correction,
        f"{at}/term-marks/annulment": _term_annulment,
        f"{at}/terms/{{term}}/closing": room("alla", None),
        f"{at}/terms/{{term}}/reopening": _reopening,
        f"{at}/terms/{{term}}/lessons": lambda p: Send("alla", p.room().path | {"term": "2"}),
        f"{at}/lesson-plans": room(
            "anna",
            lambda _: {
                "plan_id": new_id(),
                "subject_id": c.ALGEBRA,
                "lessons": [{"number": 1, "topic": "Дроби", "homework": "§ 1"}],
            },
        ),
        f"{at}/lessons/rescheduling": _rescheduling,
        f"{at}/day-changes": room(
            "alla",
            lambda r: {
                "date": TOMORROW,
                "reason": "Болезнь учителя",
                "order_no": "41-у",
                "changes": [{"kind": "room", "lesson_id": r.tomorrow, "room": "актовый зал"}],
            },
        ),
        f"{at}/transfers": lambda p: Send(
            "alla",
            (fresh := p.room()).path,
            {
                "pupil_id": fresh.pupils[0],
                "to_class": c.CLASS_7B,
                "on": TOMORROW,
                "order_no": "14-у",
            },
        ),
    }


def _of_lesson() -> dict[str, Prepare]:
    at = f"POST {V1}/lessons/{{lesson_id}}"
    absence = {"code": "ILL"}
    return {
        f"POST {V1}/lessons": room(
            "alla",
            lambda r: {
                "lesson_id": new_id(),
                "class_id": r.class_id,
                "subject_id": c.ALGEBRA,
                "teacher_id": c.ANNA,
                "date": TODAY,
                "number": 3,
            },
        ),
        f"{at}/topic": room("anna", {"topic": "Дроби"}),
        f"{at}/attendance": room(
            "anna", lambda r: {"entries": [absence | {"pupil_id": r.pupils[1]}]}
        ),
        f"{at}/homework": room(
            "anna", lambda _: {"homework_id": new_id(), "text": "§ 12", "due_date": TOMORROW}
        ),
        f"{at}/no-homework": room("anna", None),
        f"{at}/move": lambda p: Send(
            "alla",
            {"lesson_id": p.room().tomorrow},
            {"date": FRIDAY, "number": 2},
        ),
        f"{at}/cancel": lambda p: Send(
            "alla", {"lesson_id": p.room().tomorrow}, {"reason": "карантин"}
        ),
        f"{at}/marks": room(
            "anna",
            lambda r: {
                "marks": [
                    {
                        "mark_id": new_id(),
                        "pupil_id": pupil,
                        "value": "5",
                        "work_type_id": c.ANSWER,
                        "comment": "хорошо",
                    }
                    for pupil in r.pupils
                ]
            },
        ),
        f"{at}/annulments": _cleared,
        f"{at}/debts": room(
            "anna",
            lambda r: {
                "debts": [
                    {
                        "debt_id": new_id(),
                        "pupil_id": r.pupils[0],
                        "work_type_id": c.CONTROL,
                        "due_date": FRIDAY,
                    }
                ]
            },
        ),
        f"{at}/debts/{{debt_id}}/resolution": _resolution,
    }


OF_MARK = f"POST {V1}/marks/{{mark_id}}"
CLASSES: dict[str, Prepare] = {
    **ENDS,
    f"{OF_MARK}/corrections": mark(TYPO | {"value": "4"}),
    f"{OF_MARK}/annulment": mark(TYPO),
    f"{OF_MARK}/comments": mark({"comment": "Хорошо рассуждает вслух"}),
    **_of_class(),
    **_of_lesson(),
    "POST /classes/{class_id}/debts/{what}": _closed_in_a_form,
    "POST /classes/{class_id}/lessons/{lesson_id}/seats": _seated,
}
