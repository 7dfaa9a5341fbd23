"""КТП over HTTP: adopted, offered on the page of the lesson, beside fact."""

from __future__ import annotations

from collections.abc import Callable

from projections.projector import Projector
from tests.api.ground import ALGEBRA_PLACE, Desk
from tests.api.test_lessons import lesson_of
from tests.cast import ALGEBRA, CLASS_7A, an_id

At = Callable[[str], Desk]
PLANS, PLAN = f"/classes/{CLASS_7A}/lesson-plans", f"/classes/{CLASS_7A}/lesson-plan"
BODY = {
    "plan_id": an_id("план"),
    "subject_id": ALGEBRA,
    "lessons": [
        {"number": 1, "topic": "Дроби", "homework": "§ 1", "hours": 2},
        {"number": 2, "topic": "Уравнения"},
    ],
}


def test_a_stranger_sees_and_makes_no_plan(desk: At) -> None:
    zoya = desk("zoya")
    assert zoya.post(PLANS, BODY).status_code == 404
    assert zoya.get(PLAN, subject_id=ALGEBRA).status_code == 404
    assert zoya.get("/lesson-plans").status_code == 404
    assert desk("boris").post(PLANS, BODY).json()["code"] == "plan.not_yours"
    assert desk("anna").get("/lesson-plans").status_code == 403
    assert desk("anna").get(PLAN, subject_id=ALGEBRA).json()["plan_id"] is None


def test_the_plan_is_offered_lesson_by_lesson(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    lesson = lesson_of(anna)
    position = anna.post(PLANS, BODY).json()["position"]

    page = anna.get(f"/classes/{CLASS_7A}/register", **ALGEBRA_PLACE, min_position=position).json()
    planned = [one["planned"] and one["planned"]["topic"] for one in page["lessons"]]
    assert planned[:4] == ["Дроби", "Дроби", "Уравнения", None]
    [mine] = [one for one in anna.get("/lessons").json()["lessons"] if one["lesson_id"] == lesson]
    assert mine["planned"]["homework"] == "§ 1"

    topic = {"topic": "Дроби и доли"}
    position = anna.post(f"/lessons/{lesson}/topic", topic).json()["position"]
    page = anna.get(f"/classes/{CLASS_7A}/register", **ALGEBRA_PLACE, min_position=position).json()
    assert [one["planned"] is None for one in page["lessons"]][:3] == [True, False, False]


def test_plan_beside_fact_says_how_far_behind(desk: At, projector: Projector) -> None:
    anna, vera = desk("anna"), desk("vera")
    position = anna.post(PLANS, BODY).json()["position"]

    def progress(on: str) -> dict[str, int]:
        query = {"date": on, "min_position": position}
        [algebra] = [
            one
            for one in vera.get("/lesson-plans", **query).json()["progress"]
            if one["subject"]["subject_id"] == ALGEBRA
        ]
        assert algebra["teachers"] == ["Антонова Анна Андреевна"]
        return {key: algebra[key] for key in ("planned", "due", "held", "lag")}

    assert progress("2026-09-02") == {"planned": 3, "due": 0, "held": 0, "lag": 0}
    assert progress("2026-09-04") == {"planned": 3, "due": 2, "held": 0, "lag": 2}
    written = anna.post(f"/lessons/{lesson_of(anna)}/topic", {"topic": "Дроби"}).json()
    position = written["position"]
    assert progress("2026-09-04") == {"planned": 3, "due": 2, "held": 1, "lag": 1}
    assert progress("2026-10-04")["due"] == 3  # no more than is planned
    english = [one for one in vera.get("/lesson-plans").json()["progress"] if one["subgroup"]]
    assert [one["planned"] for one in english] == [None, None]
    own = anna.get(PLAN, subject_id=ALGEBRA).json()
    assert [one["topic"] for one in own["lessons"]] == ["Дроби", "Уравнения"]
    assert [one["planned"] for one in own["progress"]] == [3]
