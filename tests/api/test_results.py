"""The end of a year over HTTP: the teacher's marks, the council's word, what a family reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from projections.projector import Projector
from tests.api.ground import Desk
from tests.cast import ALGEBRA, CLASS_7A, MASHA, PETYA

At = Callable[[str], Desk]
PLACE = f"/classes/{CLASS_7A}"
TERMS, FINALS = f"/pupils/{PETYA}/terms", f"/pupils/{PETYA}/finals"
A_RESULT: dict[str, Any] = {"subject_id": ALGEBRA, "marks": [{"pupil_id": PETYA, "value": "4"}]}
COUNCIL = {
    "protocol_no": "9",
    "protocol_date": "2026-09-02",
    "decisions": [{"pupil_id": PETYA, "decision": "PROMOTED"}],
}


def issue_terms(anna: Desk) -> None:
    """The terms of Petya, also to be read."""
    answer = None
    for term, value in enumerate("4345", 1):
        marks = [{"pupil_id": PETYA, "value": value}]
        body = {"subject_id": ALGEBRA, "term": term, "marks": marks}
        answer = anna.post(f"{PLACE}/term-marks", body)
        assert answer.status_code == 200
    assert answer is not None
    position = answer.json()["position"]
    assert anna.get(f"{PLACE}/results", subject_id=ALGEBRA, min_position=position).is_success


def test_a_stranger_ends_no_year(desk: At) -> None:
    zoya = desk("zoya")
    for path in (TERMS, FINALS, f"{PLACE}/council-decisions"):
        assert zoya.get(path).status_code == 404
    assert zoya.get(f"{PLACE}/results", subject_id=ALGEBRA).status_code == 404
    for noun in ("year-marks", "final-marks"):
        assert zoya.post(f"{PLACE}/{noun}", A_RESULT).status_code == 404
    assert zoya.post(f"{PLACE}/council-decisions", COUNCIL).status_code == 404


def test_a_year_is_ended_and_the_family_reads_it(desk: At, projector: Projector) -> None:
    anna, vera = desk("anna"), desk("vera")
    early = anna.post(f"{PLACE}/year-marks", A_RESULT)
    assert (early.status_code, early.json()["code"]) == (409, "year_mark.term_missing")
    issue_terms(anna)
    assert desk("boris").post(f"{PLACE}/year-marks", A_RESULT).status_code == 403
    assert vera.post(f"{PLACE}/year-marks", A_RESULT).status_code == 403
    assert anna.post(f"{PLACE}/year-marks", A_RESULT).status_code == 200
    exam = A_RESULT | {"date": "2026-09-02"}
    assert anna.post(f"{PLACE}/exam-marks", exam).status_code == 200
    assert anna.post(f"{PLACE}/final-marks", A_RESULT).status_code == 200
    correction = {
        "pupil_id": PETYA,
        "subject_id": ALGEBRA,
        "saw": "4",
        "value": "5",
        "reason_code": "APPEAL",
    }
    for noun in ("year", "exam", "final"):
        answer = anna.post(f"{PLACE}/{noun}-marks/corrections", correction)
        assert answer.status_code == 200, answer.text
    assert anna.post(f"{PLACE}/council-decisions", COUNCIL).status_code == 403
    assert desk("alla").post(f"{PLACE}/council-decisions", COUNCIL).status_code == 403
    position = vera.post(f"{PLACE}/council-decisions", COUNCIL).json()["position"]

    olga = desk("olga")
    [year] = olga.get(FINALS, min_position=position).json()["years"]
    [line] = year["subjects"]
    assert (year["year"], year["class"]["name"], line["subject"]) == (2026, "7а", "Алгебра")
    for kind in ("year_mark", "exam_mark", "final_mark"):
        assert (line[kind]["value"], line[kind]["was"], line[kind]["corrected"]) == ("5", "4", True)
    assert year["decision"]["decision"] == "PROMOTED"
    [terms] = olga.get(TERMS).json()["years"]
    assert [(one["term"], one["value"]) for one in terms["subjects"][0]["terms"]] == [
        (1, "4"),
        (2, "3"),
        (3, "4"),
        (4, "5"),
    ]
    sheet = anna.get(f"{PLACE}/results", subject_id=ALGEBRA).json()["pupils"]
    assert {one["pupil_id"]: one["year"] and one["year"]["value"] for one in sheet} == {
        PETYA: "5",
        MASHA: None,
        **{one["pupil_id"]: None for one in sheet if one["pupil_id"] not in (PETYA, MASHA)},
    }
    decided = vera.get(f"{PLACE}/council-decisions").json()["pupils"]
    assert {one["pupil_id"] for one in decided if one["decision"]} == {PETYA}


@pytest.mark.parametrize("path", [TERMS, FINALS])
def test_who_reads_the_marks_of_a_pupil(desk: At, path: str) -> None:
    """The family with consent, the class teacher, the administration; not a father without."""
    for login, status in (
        ("petya", 200),
        ("olga", 200),
        ("kira", 200),
        ("vera", 200),
        ("oleg", 403),
        ("anna", 403),
        ("masha", 404),
        ("zoya", 404),
    ):
        assert desk(login).get(path).status_code == status, login
