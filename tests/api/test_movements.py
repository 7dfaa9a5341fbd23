"""Pupils who come, go and change classes, over HTTP: orders, and marks that come along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.pages.register import sheet
from projections.projector import Projector
from tests.api.ground import ALGEBRA_PLACE, Desk
from tests.api.test_marks import give
from tests.cast import ALGEBRA, ANNA, CLASS_7A, CLASS_7B, OLGA, PETYA, an_id

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
    lesson = {
        "lesson_id": "l1",
        "date": mark["date"],
        "number": 1,
        "status": "HELD",
    } | dict.fromkeys(("topic", "attendance_taken", "homework", "no_homework"))
    other = lesson | {"lesson_id": "l2", "date": "2026-09-09"}
    [drawn] = sheet({"lessons": [lesson, other], "pupils": [after]}, today="2026-09-10")["rows"]
    assert [cell["text"] for cell in drawn["cells"]] == ["5", ""]
    assert "brought" in drawn["cells"][0]["css"]
    assert drawn["cells"][0]["description"] == "перенесено из 7а, там и исправляется"
    assert drawn["brought"] == ""
    [elsewhere] = sheet({"lessons": [other], "pupils": [after]}, today="2026-09-10")["rows"]
    assert elsewhere["brought"] == "5, из 7а"
    arrived, departed = alla.get("/movements", pupil_id=PETYA).json()["movements"][:2]
    assert [arrived["kind"], departed["kind"]] == ["arrived", "departed"]
    assert arrived["class"]["name"] == departed["other_class"]["name"] == "7б"
    for one in (arrived, departed):
        assert (one["order_no"], one["order_date"], one["date"]) == (
            "14-у",
            "2026-09-02",
            "2026-09-03",
        )


def test_marks_of_the_terms_before_stand_on_the_summary_sheet_of_the_new_class(
    desk: At, projector: Projector
) -> None:
    anna, alla = desk("anna"), desk("alla")
    marks = [{"pupil_id": PETYA, "value": "4"}]
    issued = {"subject_id": ALGEBRA, "term": 1, "marks": marks}
    assert anna.post(f"/classes/{CLASS_7A}/term-marks", issued).is_success
    alla.post(f"/classes/{CLASS_7A}/transfers", TRANSFER)
    of_7b = f"/classes/{CLASS_7B}/assignments"
    by_anna = {"assignment_id": an_id("в 7б"), "teacher_id": ANNA, "subject_id": ALGEBRA}
    alla.post(of_7b, by_anna | {"since": "2026-09-01"})
    lesson = {"lesson_id": an_id("урок 7б"), "class_id": CLASS_7B, "date": "2026-09-04"}
    new = lesson | {"subject_id": ALGEBRA, "teacher_id": ANNA, "number": 1}
    position = alla.post("/lessons", new).json()["position"]

    asked = {"year": 2026, "term": 0, "class_id": CLASS_7B, "min_position": position}
    [part] = alla.get("/reports/summary_sheet", **asked).json()["parts"]

    at = [one["key"] for one in part["columns"]].index(f"{ALGEBRA}:1")
    assert [line["cells"][at] for line in part["lines"]] == ["4"]


def test_birthday_and_address_are_shown_until_they_are_erased(
    desk: At, projector: Projector
) -> None:
    alla, names = desk("alla"), f"/people/{PETYA}/names"
    told = {"born": "2013-05-09", "address": "Кукарино, Мира, 4"}
    for one in (told, {"patronymic": "Ильич"}):  # what is not said stays
        assert alla.post(names, {"family": "Петров", "given": "Пётр"} | one).is_success
    gone = {"order_no": "15-у", "order_date": "2026-09-02", "on": "2026-09-03"}
    left = alla.post(f"/classes/{CLASS_7A}/departures", {"pupil_id": PETYA} | gone).json()
    assert form_12(alla, left["position"]) == [
        "Петров Пётр Ильич",
        "2013-05-09",
        "Кукарино, Мира, 4",
    ]
    for who in ("igor", "petya", "olga", "boris"):
        assert not desk(who).get("/reports/movements", year=2026).is_success

    erased = alla.post(f"/people/{PETYA}/erasure", {"basis": "акт № 1"}).json()

    assert form_12(alla, erased["position"]) == ["данные удалены", None, ""]


def form_12(alla: Desk, position: int) -> list[Any]:
    """Name, day of birth and address on the only line."""
    asked: dict[str, Any] = {"year": 2026, "from": "2026-09-01", "to": "2026-09-30"}
    asked |= {"min_position": position}
    [part] = alla.get("/reports/movements", **asked).json()["parts"]
    keys = [one["key"] for one in part["columns"]]
    [line] = part["lines"]
    cells = dict(zip(keys, line["cells"], strict=True))
    return [cells["name"], cells["born"], cells["address"]]


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
