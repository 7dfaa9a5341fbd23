"""A week, a clash and a day that is otherwise, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from projections.projector import Projector
from tests.api.ground import YEAR, Desk
from tests.api.test_office import ORDERS, YEARS
from tests.cast import ALGEBRA, ANNA, CLASS_7A, CLASS_7B, PETYA, TANYA, an_id

At = Callable[[str], Desk]
WEEK_OF_7B = ORDERS[f"{YEARS}/timetables"]
CLASH = WEEK_OF_7B | {
    "entries": [{"weekday": 4, "number": 1, "subject_id": ALGEBRA, "teacher_id": ANNA}]
}


def test_a_stranger_sees_and_changes_no_timetable(desk: At) -> None:
    zoya = desk("zoya")
    assert zoya.get(f"/classes/{CLASS_7A}/timetable").status_code == 404
    assert zoya.get(f"{YEARS}/timetable-clashes").status_code == 404
    assert zoya.post(f"/classes/{CLASS_7A}/day-changes", day(desk)).status_code == 404
    anew = f"/classes/{CLASS_7A}/lessons/rescheduling"
    assert zoya.post(anew, {"since": "2026-09-01"}).status_code == 404
    assert desk("anna").post(anew, {"since": "2026-09-01"}).status_code == 403


def test_a_clash_is_refused_with_a_list_and_allowed_on_purpose(
    desk: At, projector: Projector
) -> None:
    alla = desk("alla")

    refused = alla.post(f"{YEARS}/timetables", CLASH)
    allowed = alla.post(f"{YEARS}/timetables", CLASH | {"allow_clashes": True})

    assert (refused.status_code, refused.json()["code"]) == (409, "timetable.clash")
    [told] = refused.json()["clashes"]
    assert (told["what"], told["other_class"]) == ("teacher", CLASS_7A)
    position = allowed.json()["position"]
    query = {"date": "2026-09-03", "min_position": position}
    [listed] = alla.get(f"{YEARS}/timetable-clashes", **query).json()["clashes"]
    assert {listed["class_id"], listed["other_class"]} == {CLASS_7A, CLASS_7B}
    week = alla.get(f"/classes/{CLASS_7B}/timetable", date="2026-09-03").json()
    assert (week["since"], len(week["entries"])) == ("2026-09-02", 1)


def test_a_changed_day_is_in_the_diary(desk: At, projector: Projector) -> None:
    alla = desk("alla")

    position = alla.post(f"/classes/{CLASS_7A}/day-changes", day(desk)).json()["position"]

    week = f"/pupils/{PETYA}/diary/weeks/2026-08-31"
    shown = desk("olga").get(week, min_position=position).json()
    [thursday] = [one for one in shown["days"] if one["date"] == "2026-09-03"]
    [lesson] = thursday["lessons"]
    assert (lesson["room"], lesson["substituted_by"]) == (
        "актовый зал",
        "Тихонова Татьяна Тимофеевна",
    )


def test_bells_of_a_day_and_the_calendar_are_read(desk: At, projector: Projector) -> None:
    alla = desk("alla")
    for path in (f"{YEARS}/bells", f"{YEARS}/shifts", f"{YEARS}/day-bells"):
        position = alla.post(path, ORDERS[path]).json()["position"]

    def first(shift: int, on: str) -> str:
        query = {"shift": shift, "date": on, "min_position": position}
        return str(desk("anna").get(f"{YEARS}/bells", **query).json()["bells"][0]["starts"])

    assert [first(2, "2026-09-03"), first(1, "2026-09-03")] == ["13:30", "08:00"]
    assert first(2, "2026-09-04") == "14:00"
    shown = desk("anna").get(f"{YEARS}/calendar").json()
    assert [one["number"] for one in shown["calendar"]["terms"]] == [1, 2, 3, 4]
    assert desk("anna").get(f"/years/{YEAR - 9}/calendar").status_code == 404


def test_grade_levels_read_their_own_terms(desk: At, projector: Projector) -> None:
    alla = desk("alla")
    half = {"number": 1, "name": "1 полугодие", "starts": "2026-09-01", "ends": "2026-12-27"}
    calendar = ORDERS[f"{YEARS}/calendar"] | {
        "tracks": [{"grade_levels": [7], "kind": "half_year", "terms": [half]}],
        "vacations": [{"name": "Осенние", "starts": "2026-10-26", "ends": "2026-11-01"}],
    }

    position = alla.post(f"{YEARS}/calendar", calendar).json()["position"]

    query = {"year": YEAR, "min_position": position}
    assert len(alla.get("/terms", **query).json()["terms"]) == 2
    [own] = alla.get("/terms", grade_level=7, **query).json()["terms"]
    assert own["name"] == "1 полугодие"
    page = alla.get(f"/classes/{CLASS_7A}/register", subject_id=ALGEBRA).json()
    assert page["term"]["ends"] == "2026-12-27"


def day(desk: At) -> dict[str, Any]:
    """Thursday in another room and by another teacher."""
    [lesson] = desk("anna").get("/lessons", date="2026-09-03").json()["lessons"]
    return {
        "date": "2026-09-03",
        "reason": "Ремонт",
        "order_no": "41-у",
        "changes": [
            {"kind": "room", "lesson_id": lesson["lesson_id"], "room": "актовый зал"},
            {
                "kind": "teacher",
                "substitution_id": an_id("замена"),
                "teacher_id": ANNA,
                "substitute_id": TANYA,
            },
        ],
    }
