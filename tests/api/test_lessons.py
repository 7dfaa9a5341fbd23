"""A teacher's day, and the record of a lesson."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from projections.projector import Projector
from tests.api.ground import ALGEBRA_PLACE, Desk
from tests.cast import ALGEBRA, ANNA, CLASS_7A, CLASS_7B, MASHA, PETYA, an_id

At = Callable[[str], Desk]
WEDNESDAY = "2026-09-02"


def lesson_of(desk: Desk, day: str = WEDNESDAY, number: int = 1) -> str:
    """The id of the person's lesson of a day."""
    lessons = desk.get("/lessons", date=day).json()["lessons"]
    return next(str(one["lesson_id"]) for one in lessons if one["number"] == number)


def column_of(desk: Desk, lesson_id: str, position: int) -> dict[str, Any]:
    """The column of a lesson in the register, once the register has reached the position."""
    page = desk.get(f"/classes/{CLASS_7A}/register", **ALGEBRA_PLACE, min_position=position).json()
    column: dict[str, Any] = next(one for one in page["lessons"] if one["lesson_id"] == lesson_id)
    return column | {"pupils": page["pupils"]}


def test_a_stranger_has_no_day_and_no_lesson(desk: At) -> None:
    zoya, lesson = desk("zoya"), lesson_of(desk("anna"))

    assert zoya.get("/lessons").status_code == 404
    assert zoya.get(f"/classes/{CLASS_7A}/homework", due="2026-09-03").status_code == 404
    for path, body in (
        ("/topic", {"topic": "Дроби"}),
        ("/attendance", {"entries": []}),
        ("/no-homework", {}),
        ("/cancel", {"reason": "просто так"}),
        ("/move", {"date": "2026-09-04", "number": 1}),
        ("/homework", {"homework_id": an_id("дз"), "text": "§ 1", "due_date": "2026-09-03"}),
    ):
        assert zoya.post(f"/lessons/{lesson}{path}", body).status_code == 404, path


def test_a_colleague_is_told_that_it_is_not_his(desk: At) -> None:
    lesson = lesson_of(desk("anna"))

    answer = desk("boris").post(f"/lessons/{lesson}/topic", {"topic": "Дроби"})

    assert answer.status_code == 403
    assert answer.json()["code"] == "lesson.not_yours"


def test_my_day_lists_what_each_lesson_still_lacks(desk: At) -> None:
    answer = desk("anna").get("/lessons").json()

    assert answer["date"] == WEDNESDAY
    assert [one["number"] for one in answer["lessons"]] == [1]
    [lesson] = answer["lessons"]
    assert (lesson["class_id"], lesson["class_name"]) == (CLASS_7A, "7а")
    assert (lesson["subject_id"], lesson["subject"]) == (ALGEBRA, "Алгебра")
    assert lesson["missing"] == ["topic", "attendance", "homework", "marks"]
    assert answer["as_of"]["position"] > 0


def test_anothers_day_is_the_administrations_to_see(desk: At) -> None:
    assert desk("boris").get("/lessons", teacher_id=ANNA).status_code == 403
    assert len(desk("vera").get("/lessons", teacher_id=ANNA).json()["lessons"]) == 1


def test_the_record_of_a_lesson(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    lesson = lesson_of(anna)
    homework = {"homework_id": an_id("дз"), "text": "§ 1, упр. 5", "due_date": "2026-09-03"}

    assert anna.post(f"/lessons/{lesson}/topic", {"topic": "Дроби"}).status_code == 200
    absent = {"entries": [{"pupil_id": PETYA, "code": "ILL"}]}
    assert anna.post(f"/lessons/{lesson}/attendance", absent).status_code == 200
    written = anna.post(f"/lessons/{lesson}/homework", homework).json()

    column = column_of(anna, lesson, written["position"])
    assert (column["topic"], column["kind"], column["status"]) == ("Дроби", "LESSON", "HELD")
    assert [one["text"] for one in column["homework"]] == ["§ 1, упр. 5"]
    assert {one["pupil_id"]: one["attendance"] for one in column["pupils"]}[PETYA] == {
        lesson: "ILL"
    }
    [mine] = anna.get("/lessons").json()["lessons"]
    assert mine["missing"] == ["marks"]


def test_what_a_class_has_to_do_already_is_seen_before_more_is_set(
    desk: At, projector: Projector
) -> None:
    anna, boris = desk("anna"), desk("boris")
    lesson, due = lesson_of(anna), "2026-09-03"
    for name, text, whose in (("дз", "§ 1, упр. 5", []), ("личное", "повторить § 0", [PETYA])):
        work = {"homework_id": an_id(name), "text": text, "due_date": due, "individual_for": whose}
        position = anna.post(f"/lessons/{lesson}/homework", work).json()["position"]

    def seen(day: str) -> list[tuple[str, str]]:
        found = boris.get(f"/classes/{CLASS_7A}/homework", due=day, min_position=position).json()
        return [(one["subject"]["name"], one["text"]) for one in found["homework"]]

    assert seen(due) == [("Алгебра", "§ 1, упр. 5")]  # not what is one pupil's own
    assert seen("2026-09-04") == []


def test_one_absence_more_leaves_the_others_as_they_were(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    lesson = lesson_of(anna)
    for pupil, more in ((PETYA, {"code": "LATE", "minutes_late": 7}), (MASHA, {"code": "ILL"})):
        body = {"entries": [{"pupil_id": pupil, **more}], "others_stay": True}
        position = anna.post(f"/lessons/{lesson}/attendance", body).json()["position"]

    column = column_of(anna, lesson, position)
    codes = {one["pupil_id"]: one["attendance"].get(lesson) for one in column["pupils"]}
    assert (codes[PETYA], codes[MASHA]) == ("LATE", "ILL")


def test_nothing_for_home_is_a_record_too(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    lesson = lesson_of(anna)

    written = anna.post(f"/lessons/{lesson}/no-homework").json()

    assert column_of(anna, lesson, written["position"])["no_homework"] is True


def test_an_unscheduled_lesson_is_written_at_once(desk: At, projector: Projector) -> None:
    anna, lesson = desk("anna"), an_id("дополнительный")
    new = {
        "lesson_id": lesson,
        "class_id": CLASS_7A,
        "subject_id": ALGEBRA,
        "teacher_id": ANNA,
        "date": WEDNESDAY,
        "number": 7,
    }

    assert anna.post("/lessons", new).status_code == 201
    answer = anna.post(f"/lessons/{lesson}/topic", {"topic": "Подготовка к олимпиаде"})

    assert answer.status_code == 200  # though no projection has been waited for


def test_the_administration_moves_and_cancels(desk: At, projector: Projector) -> None:
    anna, vera = desk("anna"), desk("vera")
    lesson = lesson_of(anna, "2026-09-03")
    assert anna.post(f"/lessons/{lesson}/cancel", {"reason": "актовый зал"}).status_code == 403

    moved = vera.post(f"/lessons/{lesson}/move", {"date": "2026-09-04", "number": 3})
    assert moved.status_code == 200
    cancelled = vera.post(f"/lessons/{lesson}/cancel", {"reason": "карантин"})
    position = cancelled.json()["position"]

    assert column_of(anna, lesson, position)["status"] == "CANCELLED"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"topic": "Fractions"}, "text.not_russian"),
        ({"topic": ""}, "text.empty"),
        ({"topic": "Дроби", "kind": "EXAM"}, "request.malformed"),
        ({"topic": "Дроби", "homework": "§ 1"}, "request.malformed"),
        ({}, "request.malformed"),
    ],
)
def test_a_topic_that_is_not_taken(desk: At, body: dict[str, str], code: str) -> None:
    anna = desk("anna")

    answer = anna.post(f"/lessons/{lesson_of(anna)}/topic", body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_an_id_that_cannot_be_one_is_the_id_of_nothing(desk: At) -> None:
    anna = desk("anna")

    assert anna.post("/lessons/17/topic", {"topic": "Дроби"}).status_code == 404
    unknown = anna.post(f"/lessons/{an_id('нет')}/topic", {"topic": "Дроби"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "lesson.unknown")


def test_a_lesson_for_a_class_one_does_not_teach(desk: At) -> None:
    new = {
        "lesson_id": an_id("чужой"),
        "class_id": CLASS_7B,
        "subject_id": ALGEBRA,
        "teacher_id": ANNA,
        "date": WEDNESDAY,
        "number": 1,
    }

    assert desk("anna").post("/lessons", new).status_code in {403, 404}
    assert desk("zoya").post("/lessons", new).status_code == 404


def test_masha_is_there(desk: At) -> None:
    names = [one["name"] for one in desk("anna").get(f"/classes/{CLASS_7A}").json()["roster"]]

    assert names == ["Ёлкин Егор", "Морозова Мария", "Петров Пётр"]
    assert MASHA
