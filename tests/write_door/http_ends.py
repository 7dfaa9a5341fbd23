"""Exercises of ends of terms and years, and of requests for corrections: see over_http.py."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.journal.results import NewResult
from domain.journal.term_marks import NewTermMark
from domain.values import ReasonCode
from tests import cast as c
from tests.api.ground import YEAR
from tests.ground import request
from tests.write_door.exercise import Form, Prepare, Send
from tests.write_door.ground import Place, Room
from tests.write_door.sending import TODAY, TYPO, V1, new_id

WEDNESDAY = date(2026, 9, 2)
REASON = {"reason_code": "APPEAL", "text": "не засчитана верная задача"}


def _with_terms(p: Place) -> Room:
    """A class whose first pupil has the mark of every term in algebra."""
    fresh = p.room()
    world = p.cold()
    level = world.journal(fresh.class_id).grade_level  # the eldest have half-years
    for term in world.office(c.SCHOOL, YEAR).calendar.of(level).terms:
        column = [NewTermMark(fresh.pupils[0], "5")]
        p.did(
            p.school.issue_term_marks(
                fresh.class_id,
                c.ALGEBRA,
                term.number,
                column,
                by=p.actor("anna"),
                request=request(),
            )
        )
    return fresh


def _with_results(p: Place) -> Room:
    """The same with year, examination and final marks."""
    fresh = _with_terms(p)
    column = [NewResult(fresh.pupils[0], "5")]
    by: dict[str, Any] = {"by": p.actor("anna")}
    place = (fresh.class_id, c.ALGEBRA)
    p.did(p.school.issue_year_marks(*place, column, **by, request=request()))
    p.did(p.school.record_exam_marks(*place, WEDNESDAY, column, **by, request=request()))
    p.did(p.school.issue_final_marks(*place, column, **by, request=request()))
    return fresh


def _column(fresh: Room, **more: str) -> dict[str, Any]:
    marks = [{"pupil_id": fresh.pupils[0], "value": "5"}]
    return {"subject_id": c.ALGEBRA, "marks": marks, **more}


def _year(p: Place) -> Send:
    fresh = _with_terms(p)
    return Send("anna", fresh.path, _column(fresh))


def _exam(p: Place) -> Send:
    fresh = p.room()
    return Send("anna", fresh.path, _column(fresh, date=TODAY))


def _final(p: Place) -> Send:
    fresh = _with_terms(p)
    column = [NewResult(fresh.pupils[0], "5")]
    p.did(
        p.school.issue_year_marks(
            fresh.class_id, c.ALGEBRA, column, by=p.actor("anna"), request=request()
        )
    )
    return Send("anna", fresh.path, _column(fresh))


def _correction(p: Place) -> Send:
    fresh = _with_results(p)
    place = {"pupil_id": fresh.pupils[0], "subject_id": c.ALGEBRA}
    return Send("anna", fresh.path, TYPO | place | {"value": "4"})


def _council(p: Place) -> Send:
    fresh = p.room()
    decisions = [{"pupil_id": fresh.pupils[0], "decision": "PROMOTED"}]
    minutes = {"protocol_no": "9", "protocol_date": TODAY}
    return Send("vera", fresh.path, minutes | {"decisions": decisions})


def _settled(p: Place) -> tuple[Room, str]:
    """A mark of a closed term."""
    fresh = p.room()
    mark_id = p.mark(fresh)
    p.did(p.school.close_term(fresh.class_id, 1, by=p.actor("alla"), request=request()))
    return fresh, mark_id


def _request(p: Place) -> Send:
    _, mark_id = _settled(p)
    wanted = {"request_id": new_id(), "mark_id": mark_id, "saw": "5", "value": "4"}
    return Send("anna", {}, wanted | REASON)


def _asked(p: Place) -> str:
    fresh, mark_id = _settled(p)
    request_id = new_id()
    p.did(
        p.school.request_correction(
            fresh.class_id,
            request_id,
            mark_id,
            saw="5",
            value="4",
            reason_code=ReasonCode.TYPO,
            reason="описка",
            by=p.actor("anna"),
            request=request(),
        )
    )
    return request_id


def _approval(p: Place) -> Send:
    return Send("vera", {"request_id": _asked(p)}, {"order_no": "акт 4"})


def _rejection(p: Place) -> Send:
    return Send("vera", {"request_id": _asked(p)}, {"text": "работа оценена верно"})


def _year_form(p: Place) -> Form:
    fresh = _with_terms(p)
    address = fresh.path | {"subject_id": c.ALGEBRA, "kind": "year"}
    return Form("anna", address, {"key": new_id(), f"value-{fresh.pupils[0]}": "5", "do": "issue"})


def _correction_form(p: Place) -> Form:
    fresh = _with_results(p)
    address = fresh.path | {"subject_id": c.ALGEBRA, "kind": "year"}
    fields = {"pupil_id": fresh.pupils[0], "saw": "5", "value": "4", "reason_code": "APPEAL"}
    return Form("anna", address, {"key": new_id(), **fields})


def _term_form(p: Place) -> Form:
    fresh = p.room()
    fields = {"subject_id": c.ALGEBRA, "term": "1", f"value-{fresh.pupils[0]}": "5"}
    return Form("anna", fresh.path, {"key": new_id(), **fields})


def _term_correction_form(p: Place) -> Form:
    fresh = p.room()
    issued = p.school.issue_term_marks(
        fresh.class_id,
        c.ALGEBRA,
        1,
        [NewTermMark(fresh.pupils[0], "5")],
        by=p.actor("anna"),
        request=request(),
    )
    p.did(issued)
    fields = {"subject_id": c.ALGEBRA, "term": "1", "pupil_id": fresh.pupils[0], "saw": "5"}
    other = {"value": "4", "reason_code": "APPEAL", "words": "пересмотр"}
    return Form("anna", fresh.path, {"key": new_id(), **fields, **other})


def _council_form(p: Place) -> Form:
    fresh = p.room()
    fields = {f"decision-promotion-{fresh.pupils[0]}": "PROMOTED", "do": "record"}
    minutes = {"protocol_no": "9", "protocol_date": TODAY}
    return Form("vera", fresh.path, {"key": new_id(), **fields, **minutes})


COLUMN = "POST /classes/{class_id}/subjects/{subject_id}/year/{kind}"
AT = f"POST {V1}/classes/{{class_id}}"
ENDS: dict[str, Prepare] = {
    COLUMN: _year_form,
    f"{COLUMN}/correction": _correction_form,
    "POST /classes/{class_id}/term-marks": _term_form,
    "POST /classes/{class_id}/term-marks/correction": _term_correction_form,
    "POST /classes/{class_id}/term-marks/annulment": _term_correction_form,
    "POST /classes/{class_id}/year": _council_form,
    f"{AT}/year-marks": _year,
    f"{AT}/exam-marks": _exam,
    f"{AT}/final-marks": _final,
    f"{AT}/year-marks/corrections": _correction,
    f"{AT}/exam-marks/corrections": _correction,
    f"{AT}/final-marks/corrections": _correction,
    f"{AT}/council-decisions": _council,
    f"POST {V1}/correction-requests": _request,
    f"POST {V1}/correction-requests/{{request_id}}/approval": _approval,
    f"POST {V1}/correction-requests/{{request_id}}/rejection": _rejection,
}
