"""Pupils who come, go and change classes, over HTTP: orders, and marks that come along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from projections.projector import Projector
from tests.api.ground import ALGEBRA_PLACE, Desk
from tests.api.test_marks import give
from tests.cast import CLASS_7A, CLASS_7B, OLGA, PETYA, an_id

At = Callable[[str], Desk]
TRANSFER = {
    "pupil_id": PETYA,
    "to_class": CLASS_7B,
    "on": "2026-09-03",
    "order_no": "14-у",
    "order_date": "2026-09-02",
}


def test_a_stranger_sees_no_movement(desk: At) -> None:
    assert desk("zoya").get("/movements").status_code == 404
    assert desk("anna").get("/movements").status_code == 403
    assert desk("igor").get("/movements").status_code == 403


def test_a_transfer_keeps_its_order_and_brings_the_marks_along(
    desk: At, projector: Projector
) -> None:
    anna, alla = desk("anna"), desk("alla")
    given = give(anna)
    before = row(anna, CLASS_7A, given)

    moved = alla.post(f"/classes/{CLASS_7A}/transfers", TRANSFER).json()["position"]

    after = row(alla, CLASS_7B, moved)
    [mark] = after["carried"]
    assert (mark["value"], mark["from_class"]["name"], mark["date"]) == ("5", "7а", "2026-09-02")
    assert after["average"] == before["average"] == "5.00"
    arrived, departed = alla.get("/movements", pupil_id=PETYA).json()["movements"][:2]
    assert [arrived["kind"], departed["kind"]] == ["arrived", "departed"]
    assert arrived["class"]["name"] == departed["other_class"]["name"] == "7б"
    for one in (arrived, departed):
        assert (one["order_no"], one["order_date"], one["date"]) == (
            "14-у",
            "2026-09-02",
            "2026-09-03",
        )


def test_where_a_pupil_went_is_told_to_the_administration_alone(
    desk: At, projector: Projector
) -> None:
    alla = desk("alla")
    gone = {"pupil_id": PETYA, "on": "2026-09-03", "order_no": "9-у", "whither": "Кировская школа"}

    position = alla.post(f"/classes/{CLASS_7A}/departures", gone).json()["position"]

    [told, _] = alla.get("/movements", pupil_id=PETYA, min_position=position).json()["movements"]
    assert (told["kind"], told["place"], told["other_class"]) == (
        "departed",
        "Кировская школа",
        None,
    )


def test_who_is_no_pupil_or_is_in_a_class_is_not_enrolled(desk: At) -> None:
    alla = desk("alla")
    for person, status, code in (
        (an_id("никто"), 422, "roster.no_such_person"),
        (OLGA, 422, "roster.not_a_pupil"),
        (PETYA, 409, "roster.in_another_class"),
    ):
        body = {"pupil_ids": [person], "since": "2026-09-02"}
        answer = alla.post(f"/classes/{CLASS_7B}/enrolments", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def row(desk: Desk, class_id: str, position: int) -> dict[str, Any]:
    """Petya's row of the algebra page."""
    query: dict[str, Any] = {**ALGEBRA_PLACE, "min_position": position}
    page = desk.get(f"/classes/{class_id}/register", **query).json()
    [found] = [one for one in page["pupils"] if one["pupil_id"] == PETYA]
    return dict(found)
