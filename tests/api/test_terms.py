"""Terms over HTTP: the suggested mark and its trace, the given one and its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg

from projections.projector import Projector
from tests.api.ground import ALGEBRA_PLACE, Desk
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
