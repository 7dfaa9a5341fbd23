"""Marks over HTTP: a column, corrections with what was seen, histories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from projections.projector import Projector
from tests.api.ground import Desk
from tests.api.test_lessons import column_of, lesson_of
from tests.cast import ANNA, ANSWER, CONTROL, MASHA, PETYA, an_id

At = Callable[[str], Desk]
FIVE, FOUR = an_id("пятёрка"), an_id("четвёрка")
A_FIVE: dict[str, Any] = {
    "mark_id": FIVE,
    "pupil_id": PETYA,
    "value": "5",
    "work_type_id": ANSWER,
}
A_FOUR: dict[str, Any] = {
    "mark_id": FOUR,
    "pupil_id": MASHA,
    "value": "4",
    "work_type_id": CONTROL,
    "comment": "хорошо рассуждает",
}
COLUMN = {"marks": [A_FIVE, A_FOUR]}
TYPO = {"saw": "5", "value": "4", "reason_code": "TYPO", "reason": "перепутала строки"}


def give(anna: Desk, **more: Any) -> int:
    """Give the column of marks; the position."""
    answer = anna.post(f"/lessons/{lesson_of(anna)}/marks", COLUMN, **more)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["position"])


def test_a_stranger_touches_no_mark(desk: At) -> None:
    anna, zoya = desk("anna"), desk("zoya")
    lesson = lesson_of(anna)
    give(anna)

    assert zoya.post(f"/lessons/{lesson}/marks", COLUMN).status_code == 404
    assert zoya.post(f"/marks/{FIVE}/corrections", TYPO).status_code == 404
    assert zoya.post(f"/marks/{FIVE}/comments", {"comment": "молодец"}).status_code == 404
    annulment = {"saw": "5", "reason_code": "TYPO"}
    assert zoya.post(f"/marks/{FIVE}/annulment", annulment).status_code == 404
    assert zoya.post(f"/lessons/{lesson}/debts", {"debts": []}).status_code in {404, 422}


def test_neither_a_colleague_nor_the_deputy_gives_marks(desk: At) -> None:
    lesson = lesson_of(desk("anna"))

    for login in ("boris", "vera", "kira"):
        answer = desk(login).post(f"/lessons/{lesson}/marks", COLUMN)
        assert answer.status_code == 403, login


def test_a_column_of_marks_is_in_the_register(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    position = give(anna)

    column = column_of(anna, lesson_of(anna), position)

    cells = {one["pupil_id"]: one["cells"] for one in column["pupils"]}
    assert [one["value"] for one in cells[PETYA][lesson_of(anna)]] == ["5"]
    [four] = cells[MASHA][lesson_of(anna)]
    assert (four["mark_id"], four["value"], four["weight"]) == (FOUR, "4", "2.00")
    assert four["comment"] == "хорошо рассуждает"


def test_one_bad_mark_and_none_is_given(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    column = {"marks": [A_FIVE, A_FOUR | {"value": "6"}]}

    answer = anna.post(f"/lessons/{lesson_of(anna)}/marks", column)

    assert (answer.status_code, answer.json()["code"]) == (422, "mark.unknown_value")
    assert anna.post(f"/marks/{FIVE}/corrections", TYPO).status_code == 404


def test_a_correction_says_what_it_saw(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    give(anna)

    assert anna.post(f"/marks/{FIVE}/corrections", TYPO).status_code == 200
    again = anna.post(f"/marks/{FIVE}/corrections", TYPO | {"value": "3"})

    assert again.status_code == 409
    assert again.json()["code"] == "mark.changed_meanwhile"
    assert again.json()["value"] == "4"


def test_the_history_of_a_mark_tells_it_all(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    give(anna)
    position = anna.post(f"/marks/{FIVE}/corrections", TYPO).json()["position"]

    answer = desk("vera").get(f"/marks/{FIVE}/history", min_position=position)

    given, corrected = answer.json()
    assert (given["kind"], given["value"]) == ("mark-given", "5")
    assert corrected["kind"] == "mark-corrected"
    assert (corrected["old_value"], corrected["value"]) == ("5", "4")
    assert (corrected["reason_code"], corrected["reason"]) == ("TYPO", "перепутала строки")
    assert corrected["by"] == {"person_id": ANNA, "name": "Антонова Анна Андреевна"}
    assert corrected["lesson_date"] == "2026-09-02"
    assert corrected["late"] is False
    assert corrected["session"]
    assert answer.headers["letopis-as-of"].startswith(f"{position}; ")


def test_a_mothers_view_of_a_history_and_nobody_elses(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    position = give(anna)

    mother = desk("olga").get(f"/marks/{FIVE}/history", min_position=position)
    assert [one["value"] for one in mother.json()] == ["5"]
    assert "session" not in mother.json()[0]
    assert desk("olga").get(f"/marks/{FOUR}/history").status_code == 404  # Masha's
    assert desk("zoya").get(f"/marks/{FIVE}/history").status_code == 404
    assert desk("oleg").get(f"/marks/{FIVE}/history").status_code == 403  # no consent of his


def test_an_annulled_mark_leaves_the_register(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    give(anna)
    annulment = {"saw": "5", "reason_code": "WRONG_PUPIL"}

    position = anna.post(f"/marks/{FIVE}/annulment", annulment).json()["position"]

    column = column_of(anna, lesson_of(anna), position)
    assert PETYA not in [one["pupil_id"] for one in column["pupils"] if one["cells"]]


def test_a_column_is_cleared_by_one_request_or_stays(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    lesson, _ = lesson_of(anna), give(anna)
    seen = [{"mark_id": FIVE, "saw": "5"}, {"mark_id": FOUR, "saw": "4"}]
    cleared = {"marks": seen, "reason_code": "WRONG_PUPIL"}
    stale = cleared | {"marks": [seen[0], seen[1] | {"saw": "3"}]}

    assert desk("zoya").post(f"/lessons/{lesson}/annulments", cleared).status_code == 404
    assert desk("boris").post(f"/lessons/{lesson}/annulments", cleared).status_code == 403
    refused = anna.post(f"/lessons/{lesson}/annulments", stale)
    assert (refused.status_code, refused.json()["code"]) == (409, "mark.changed_meanwhile")
    position = anna.post(f"/lessons/{lesson}/annulments", cleared).json()["position"]

    pupils = column_of(anna, lesson, position)["pupils"]
    assert [one["pupil_id"] for one in pupils if one["cells"]] == []


def test_a_debt_is_raised_and_resolved(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    lesson, debt = lesson_of(anna), an_id("точка")
    new = {
        "debt_id": debt,
        "pupil_id": PETYA,
        "work_type_id": CONTROL,
        "due_date": "2026-09-10",
    }

    assert anna.post(f"/lessons/{lesson}/debts", {"debts": [new]}).status_code == 200
    resolved = anna.post(f"/lessons/{lesson}/debts/{debt}/resolution", {})
    assert resolved.status_code == 200
    unknown = anna.post(f"/lessons/{lesson}/debts/{an_id('другая')}/resolution", {})
    assert unknown.status_code == 404


def test_the_same_key_answers_the_same(desk: At) -> None:
    anna, key = desk("anna"), str(uuid4())

    assert give(anna, key=key) == give(anna, key=key)


def test_another_body_under_the_same_key_is_refused(desk: At) -> None:
    anna, key = desk("anna"), str(uuid4())
    give(anna, key=key)

    other = {"marks": [A_FIVE | {"mark_id": an_id("ещё одна")}]}
    answer = anna.post(f"/lessons/{lesson_of(anna)}/marks", other, key=key)

    assert (answer.status_code, answer.json()["code"]) == (422, "request.key_reused")


def test_spelling_of_the_body_does_not_make_another_request(desk: At) -> None:
    anna, key = desk("anna"), str(uuid4())
    position = give(anna, key=key)

    turned = {"marks": [dict(reversed(list(mark.items()))) for mark in COLUMN["marks"]]}
    answer = anna.post(f"/lessons/{lesson_of(anna)}/marks", turned, key=key)

    assert answer.json() == {"position": position}


def test_a_write_without_a_key_is_refused(desk: At) -> None:
    anna = desk("anna")
    path = f"/lessons/{lesson_of(anna)}/marks"

    for headers in ({}, {"idempotency-key": "17"}):
        answer = anna.send("POST", path, COLUMN, **headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "request.key_required")
