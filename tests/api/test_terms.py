"""Terms over HTTP: the suggested mark and its trace, the given one and its reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg

from projections.projector import Projector
from tests.api.ground import ALGEBRA_PLACE, Clock, Desk
from tests.api.test_lessons import lesson_of
from tests.cast import ALGEBRA, ANSWER, CLASS_7A, CONTROL, MASHA, PETYA

At = Callable[[str], Desk]
TERM_MARKS = f"/classes/{CLASS_7A}/term-marks"


def mark(anna: Desk, *values: str, control: str = "", pupil: str = PETYA) -> int:
    """Marks of one lesson: answers, and a control work of twice their weight."""
    column = [
        {"mark_id": str(uuid4()), "pupil_id": pupil, "value": value, "work_type_id": kind}
        for value, kind in [*((value, ANSWER) for value in values), (control, CONTROL)]
        if value
    ]
    answer = anna.post(f"/lessons/{lesson_of(anna)}/marks", {"marks": column})
    return int(answer.json()["position"])


def issue(who: Desk, value: str, pupil: str = PETYA, **why: str) -> Any:
    body = {
        "subject_id": ALGEBRA,
        "term": 1,
        "marks": [{"pupil_id": pupil, "value": value, **why}],
    }
    return who.post(TERM_MARKS, body)


def test_a_stranger_learns_nothing_of_term_marks(desk: At) -> None:
    zoya = desk("zoya")
    assert zoya.get(TERM_MARKS, **ALGEBRA_PLACE).status_code == 404
    assert issue(zoya, "5").status_code == 404
    for family in ("petya", "olga"):
        assert desk(family).get(TERM_MARKS, **ALGEBRA_PLACE).status_code == 404


def test_the_suggested_mark_comes_with_its_trace(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    position = mark(anna, "3", "3", "зач", control="4")

    answer = anna.get(TERM_MARKS, **ALGEBRA_PLACE, min_position=position).json()

    rules = answer["rules"]
    assert rules["thresholds"] == {"3": "2.50", "4": "3.50", "5": "4.50"}
    assert (rules["version"], rules["min_marks"]) == ("kukarino-2026", 3)
    of_petya = {one["pupil_id"]: one for one in answer["pupils"]}[PETYA]
    suggestion = of_petya["suggestion"]
    assert of_petya["term_mark"] is None
    assert (suggestion["value"], suggestion["average"]) == ("4", "3.50")
    assert (suggestion["total"], suggestion["weights"]) == ("14.00", "4.00")
    lines = {(x["value"], x["weight"], x["left_out"]) for x in suggestion["lines"]}
    assert lines == {
        ("3", "1.00", None),
        ("4", "2.00", None),
        ("зач", "1.00", "not_a_number"),
    }


def test_another_mark_needs_a_reason_whose_words_are_in_the_vault(
    desk: At, projector: Projector, kukarino: str
) -> None:
    anna, vera = desk("anna"), desk("vera")
    mark(anna, "3", "3", control="4")

    refused = issue(anna, "5")
    assert (refused.status_code, refused.json()["code"]) == (422, "term_mark.reason_needed")
    assert refused.json()["suggested"] == "4"
    why = {"reason_code": "OTHER", "reason": "победа на олимпиаде"}
    position = issue(anna, "5", **why).json()["position"]

    [line] = vera.get("/trail", kind="term-mark-issued", min_position=position).json()["items"]
    assert (line["value"], line["reason_code"], line["reason"]) == (
        "5",
        "OTHER",
        "победа на олимпиаде",
    )
    with psycopg.connect(kukarino) as conn:
        [(stored,)] = conn.execute(
            "SELECT convert_from(state, 'UTF8') FROM school_kukarino.facts"
            " WHERE topic = 'journal.term-mark-issued'"
        ).fetchall()
    assert '"suggested":"4"' in stored
    assert "олимпиаде" not in stored


def test_nobody_is_left_without_a_mark_who_has_marks(desk: At) -> None:
    anna = desk("anna")
    mark(anna, "3", "3", control="4")
    mark(anna, "5", pupil=MASHA)

    refused = issue(anna, "н/а")

    assert (refused.status_code, refused.json()["code"]) == (422, "term_mark.not_attested")
    assert issue(anna, "н/а", pupil=MASHA).status_code == 200


# -- closing and requests --------------------------------------------------------------------

CLOSING = f"/classes/{CLASS_7A}/terms/1/closing"
REOPENING = f"/classes/{CLASS_7A}/terms/1/reopening"
REQUESTS = "/correction-requests"
WORDS = "не засчитана верно решённая задача"


def a_mark(anna: Desk, value: str = "3") -> str:
    """A mark of Petya's; its id."""
    mark_id = str(uuid4())
    one = {"mark_id": mark_id, "pupil_id": PETYA, "value": value, "work_type_id": ANSWER}
    answer = anna.post(f"/lessons/{lesson_of(anna)}/marks", {"marks": [one]})
    assert answer.status_code == 200, answer.text
    return mark_id


def ask(who: Desk, mark_id: str, request_id: str | None = None, value: str | None = "4") -> Any:
    body = {
        "request_id": request_id or str(uuid4()),
        "mark_id": mark_id,
        "saw": "3",
        "value": value,
        "reason_code": "APPEAL",
        "text": WORDS,
    }
    return who.post(REQUESTS, body)


def test_a_stranger_asks_and_decides_nothing(desk: At) -> None:
    anna, zoya = desk("anna"), desk("zoya")
    mark_id, request_id = a_mark(anna), str(uuid4())
    assert ask(zoya, mark_id).status_code == 404
    assert zoya.get(REQUESTS).status_code == 404
    assert zoya.get(CLOSING).status_code == 404
    assert zoya.post(REOPENING, {"order_no": "1"}).status_code == 404
    for answer in ("approval", "rejection"):
        body = {"text": WORDS} if answer == "rejection" else {}
        assert zoya.post(f"{REQUESTS}/{request_id}/{answer}", body).status_code == 404
    for family in ("petya", "olga"):
        assert desk(family).get(REQUESTS).status_code == 404
        assert desk(family).get(CLOSING).status_code == 404


def test_debts_are_in_the_way_of_closing_and_the_checklist_says_so(
    desk: At, projector: Projector
) -> None:
    anna, vera = desk("anna"), desk("vera")
    lesson = lesson_of(anna)
    one = {
        "debt_id": (debt := str(uuid4())),
        "pupil_id": PETYA,
        "work_type_id": CONTROL,
        "due_date": "2026-09-09",
    }
    position = anna.post(f"/lessons/{lesson}/debts", {"debts": [one]}).json()["position"]
    found = vera.get(CLOSING, min_position=position).json()
    assert (found["blocked"], found["closed"]) == (True, False)
    assert [owed["pupil_id"] for owed in found["debts"]] == [PETYA]
    assert {one["subject"] for one in found["term_marks_missing"]} == {"Алгебра", "Английский язык"}
    refused = vera.post(CLOSING)
    assert (refused.status_code, refused.json()["code"]) == (409, "term.open_debts")

    assert anna.post(f"/lessons/{lesson}/debts/{debt}/resolution").status_code == 200
    assert vera.post(CLOSING).status_code == 200
    assert desk("alla").post(REOPENING, {"order_no": "77-у"}).status_code == 403
    position = vera.post(REOPENING, {"order_no": "77-у"}).json()["position"]
    found = vera.get(CLOSING, min_position=position).json()
    assert (found["blocked"], found["closed"], found["order_no"]) == (False, False, "77-у")


def test_a_late_correction_is_asked_for_and_made_by_another_person(
    desk: At, projector: Projector, clock: Clock
) -> None:
    anna = desk("anna")
    mark_id, request_id = a_mark(anna), str(uuid4())
    early = ask(anna, mark_id)
    assert (early.status_code, early.json()["code"]) == (422, "request.not_needed")

    clock.forward(timedelta(days=15))
    anna, vera = desk("anna"), desk("vera")
    late = {"saw": "3", "value": "4", "reason_code": "APPEAL"}
    settled = anna.post(f"/marks/{mark_id}/corrections", late)
    assert (settled.status_code, settled.json()["code"]) == (403, "mark.settled")
    assert settled.json()["last_day"] == "2026-09-16"
    assert ask(desk("boris"), mark_id).status_code == 403
    position = ask(anna, mark_id, request_id).json()["position"]

    [waiting] = vera.get(REQUESTS, min_position=position, status="waiting").json()["requests"]
    assert (waiting["request_id"], waiting["reason"]) == (request_id, WORDS)
    assert (waiting["needs_order"], waiting["answer"]) == (False, None)
    assert desk("boris").get(REQUESTS).json()["requests"] == []
    assert anna.post(f"{REQUESTS}/{request_id}/approval").status_code == 403
    assert desk("sveta").post(f"{REQUESTS}/{request_id}/approval").status_code == 403
    position = vera.post(f"{REQUESTS}/{request_id}/approval").json()["position"]

    [mine] = anna.get(REQUESTS, min_position=position).json()["requests"]
    assert (mine["now"], mine["answer"]["decision"], mine["answer"]["tier"]) == (
        "4",
        "approved",
        "T2",
    )
    history = anna.get(f"/marks/{mark_id}/history").json()
    assert [one["kind"] for one in history] == [
        "mark-given",
        "correction-requested",
        "correction-approved",
        "mark-corrected",
    ]
    assert (history[-1]["old_value"], history[-1]["value"]) == ("3", "4")


def test_a_settled_mark_needs_an_act_and_a_word_on_the_term_mark(
    desk: At, projector: Projector
) -> None:
    anna, vera = desk("anna"), desk("vera")
    request_id = str(uuid4())
    mark_id = a_mark(anna)
    mark(anna, "3", control="4")
    issue(anna, "4")
    assert vera.post(CLOSING).status_code == 200
    assert ask(anna, mark_id, request_id).status_code == 200
    at = f"{REQUESTS}/{request_id}/approval"

    assert vera.post(at).json()["code"] == "request.order_needed"
    undecided = vera.post(at, {"order_no": "акт № 4"}).json()
    assert (undecided["code"], undecided["term_mark"], undecided["suggested"]) == (
        "request.term_mark_undecided",
        "4",
        "4",
    )
    word = {"order_no": "акт № 4", "term_mark": {"decision": "keep"}}
    position = vera.post(at, word).json()["position"]
    [line] = vera.get("/trail", kind="mark-corrected", min_position=position).json()["items"]
    assert (line["tier"], line["after_term_mark"], line["role"]) == ("T3", True, "deputy")
    rejection = vera.post(f"{REQUESTS}/{request_id}/rejection", {"text": "нет"})
    assert (rejection.status_code, rejection.json()["code"]) == (409, "request.answered")


def test_a_rejection_is_told_to_who_asked(desk: At, projector: Projector, clock: Clock) -> None:
    mark_id, request_id = a_mark(desk("anna")), str(uuid4())
    clock.forward(timedelta(days=15))
    anna, dina = desk("anna"), desk("dina")
    assert ask(anna, mark_id, request_id, value=None).status_code == 200
    answer = dina.post(f"{REQUESTS}/{request_id}/rejection", {"text": "оценено верно"})
    assert answer.status_code == 200, answer.text
    position = answer.json()["position"]
    [mine] = anna.get(REQUESTS, min_position=position).json()["requests"]
    assert (mine["value"], mine["now"]) == (None, "3")
    assert (mine["answer"]["decision"], mine["answer"]["reason"]) == ("rejected", "оценено верно")
