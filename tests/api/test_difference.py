"""What changed on a page of the journal between two moments: that, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from projections.projector import Projector
from tests.api.ground import ALGEBRA_PLACE, Clock, Desk
from tests.api.test_lessons import lesson_of
from tests.api.test_marks import A_FIVE, FIVE, TYPO, give
from tests.cast import (
    ALGEBRA,
    ANNA,
    CLASS_7A,
    CLASS_7B,
    ENGLISH,
    FIRST_HALF,
    MASHA,
    NEWCOMER,
    PETYA,
    an_id,
)

At = Callable[[str], Desk]
PAGE = f"/classes/{CLASS_7A}/register"
ANNA_HERSELF = {"person_id": ANNA, "name": "Антонова Анна Андреевна"}


@pytest.fixture
def tick(clock: Clock) -> Callable[[], str]:
    """A moment between what was and what comes."""

    def later() -> str:
        clock.forward(timedelta(minutes=1))
        moment = clock().isoformat()
        clock.forward(timedelta(minutes=1))
        return moment

    return later


def changed(desk: Desk, position: int, **query: object) -> dict[str, Any]:
    """The difference of the algebra page, once the position is folded."""
    answer = desk.get(f"{PAGE}/difference", **ALGEBRA_PLACE, min_position=position, **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def shown(cells: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Cells as (pupil, attendance, values before and after, kinds of lines)."""
    return [
        (
            cell["pupil"]["pupil_id"],
            cell["attendance"],
            [
                ((one["before"] or {}).get("value"), (one["after"] or {}).get("value"))
                for one in cell["marks"]
            ],
            [line["kind"] for line in cell["trail"]],
        )
        for cell in cells
    ]


def test_a_stranger_and_a_family_see_no_difference(desk: At, clock: Clock) -> None:
    query: dict[str, Any] = ALGEBRA_PLACE | {"from": clock().isoformat()}

    for login in ("zoya", "olga", "petya"):
        assert desk(login).get(f"{PAGE}/difference", **query).status_code == 404
        assert desk(login).get(f"{PAGE}/moments", **ALGEBRA_PLACE).status_code == 404
    of_others = f"/classes/{CLASS_7B}/register/difference"
    assert desk("anna").get(of_others, **query).status_code == 404


@pytest.mark.parametrize("login", ["anna", "kira", "vera", "igor"])
def test_who_reads_the_page_sees_what_changed_on_it(desk: At, clock: Clock, login: str) -> None:
    query: dict[str, Any] = ALGEBRA_PLACE | {"from": clock().isoformat()}

    assert desk(login).get(f"{PAGE}/difference", **query).status_code == 200
    assert desk(login).get(f"{PAGE}/moments", **ALGEBRA_PLACE).status_code == 200


def test_a_quiet_hour_has_no_difference(
    desk: At, tick: Callable[[], str], projector: Projector
) -> None:
    position = give(desk("anna"))

    found = changed(desk("vera"), position, **{"from": tick(), "to": tick()})

    assert [found[part] for part in ("pupils", "lessons", "cells", "term_marks")] == [[]] * 4
    assert found["from"] == found["to"]
    assert found["to"]["position"] == position


def test_marks_before_and_after_with_who_and_why(
    desk: At, tick: Callable[[], str], projector: Projector
) -> None:
    anna, start = desk("anna"), tick()
    given = give(anna)
    middle = tick()
    position = anna.post(f"/marks/{FIVE}/corrections", TYPO).json()["position"]

    both = changed(desk("vera"), position, **{"from": start})["cells"]
    later = changed(desk("igor"), position, **{"from": middle})["cells"]

    assert sorted(shown(both), key=str) == sorted(
        [
            (PETYA, None, [(None, "4")], ["mark-given", "mark-corrected"]),
            (MASHA, None, [(None, "4")], ["mark-given"]),
        ],
        key=str,
    )
    [cell] = later
    assert shown(later) == [(PETYA, None, [("5", "4")], ["mark-corrected"])]
    assert cell["pupil"]["name"] == "Петров Пётр"
    assert cell["lesson"]["date"] == "2026-09-02"
    [line] = cell["trail"]
    assert (line["by"], line["position"]) == (ANNA_HERSELF, position)
    assert (line["old_value"], line["value"]) == ("5", "4")
    assert (line["reason_code"], line["reason"]) == ("TYPO", "перепутала строки")
    first_half = changed(desk("vera"), position, **{"from": start, "to": middle})
    assert first_half["to"]["position"] == given
    assert {one[2][0] for one in shown(first_half["cells"])} == {(None, "5"), (None, "4")}


def test_a_mark_that_came_and_went_is_told_by_its_lines(
    desk: At, tick: Callable[[], str], projector: Projector
) -> None:
    anna, start = desk("anna"), tick()
    anna.post(f"/lessons/{lesson_of(anna)}/marks", {"marks": [A_FIVE]})
    annulment = {"saw": "5", "reason_code": "WRONG_PUPIL"}
    position = anna.post(f"/marks/{FIVE}/annulment", annulment).json()["position"]

    found = changed(desk("vera"), position, **{"from": start})

    assert shown(found["cells"]) == [(PETYA, None, [], ["mark-given", "mark-annulled"])]


def test_attendance_topic_and_homework(
    desk: At, tick: Callable[[], str], projector: Projector
) -> None:
    anna, start = desk("anna"), tick()
    at = f"/lessons/{lesson_of(anna)}"
    ill = {"entries": [{"pupil_id": MASHA, "code": "ILL"}]}
    homework = {"homework_id": an_id("дз"), "text": "§ 12", "due_date": "2026-09-03"}
    for path, body in (
        ("/topic", {"topic": "Дроби"}),
        ("/attendance", ill),
        ("/homework", homework),
    ):
        answer = anna.post(at + path, body)
        assert answer.status_code == 200, answer.text

    found = changed(desk("vera"), answer.json()["position"], **{"from": start})

    [lesson] = found["lessons"]
    assert lesson["change"] == "changed"
    fields = {one["field"]: (one["before"], one["after"]) for one in lesson["fields"]}
    assert fields["topic"] == (None, "Дроби")
    assert fields["status"] == ("SCHEDULED", "HELD")
    assert fields["attendance_taken"] == (False, True)
    assert [one["text"] for one in fields["homework"][1]] == ["§ 12"]
    assert fields.keys() <= {"topic", "kind", "title", "status", "attendance_taken", "homework"}
    kinds = [line["kind"] for line in lesson["trail"]]
    assert kinds == ["topic-recorded", "attendance-taken", "homework-assigned"]
    code = {"before": None, "after": "ILL"}
    assert shown(found["cells"]) == [(MASHA, code, [], ["attendance-taken"])]


def test_lessons_added_and_cancelled(
    desk: At, tick: Callable[[], str], projector: Projector
) -> None:
    alla, start, extra = desk("alla"), tick(), an_id("внеплановый")
    cancelled = lesson_of(desk("anna"))
    new = {
        "lesson_id": extra,
        "class_id": CLASS_7A,
        "subject_id": ALGEBRA,
        "teacher_id": ANNA,
        "date": "2026-09-04",
        "number": 3,
    }
    assert alla.post("/lessons", new).status_code == 201
    answer = alla.post(f"/lessons/{cancelled}/cancel", {"reason": "карантин"})

    found = changed(desk("vera"), answer.json()["position"], **{"from": start})

    assert [(one["lesson_id"], one["change"]) for one in found["lessons"]] == [
        (cancelled, "cancelled"),
        (extra, "added"),
    ]
    lines = [[line["kind"] for line in one["trail"]] for one in found["lessons"]]
    assert lines == [["lesson-cancelled"], ["lesson-added"]]
    assert found["cells"] == []


def test_a_whole_page_appears_with_its_plan(desk: At, clock: Clock, projector: Projector) -> None:
    long_ago = (clock() - timedelta(days=30)).isoformat()

    found = changed(desk("vera"), 0, **{"from": long_ago})

    assert {one["change"] for one in found["pupils"]} == {"joined"}
    assert len(found["pupils"]) == 3
    assert {one["change"] for one in found["lessons"]} == {"added"}
    assert {line["kind"] for one in found["lessons"] for line in one["trail"]} == {
        "lessons-scheduled"
    }
    assert found["from"]["position"] == 0


def test_who_joined_and_who_left(desk: At, tick: Callable[[], str], projector: Projector) -> None:
    alla, start, at = desk("alla"), tick(), f"/classes/{CLASS_7A}"
    person = {"person_id": NEWCOMER, "kind": "pupil", "family": "Новиков", "given": "Никита"}
    leaving = {"pupil_id": MASHA, "on": "2026-09-03", "order_no": "3-у"}
    for path, body in (
        ("/people", person),
        (f"{at}/enrolments", {"pupil_ids": [NEWCOMER], "since": "2026-09-02"}),
        (f"{at}/departures", leaving),
    ):
        answer = alla.post(path, body)
        assert answer.status_code < 300, answer.text

    found = changed(desk("vera"), answer.json()["position"], **{"from": start})

    assert {(one["pupil_id"], one["change"]) for one in found["pupils"]} == {
        (NEWCOMER, "joined"),
        (MASHA, "left"),
    }
    assert (found["lessons"], found["cells"]) == ([], [])


def test_term_marks(desk: At, tick: Callable[[], str], projector: Projector) -> None:
    anna, start = desk("anna"), tick()
    column = {"subject_id": ALGEBRA, "term": 1, "marks": [{"pupil_id": PETYA, "value": "5"}]}
    answer = anna.post(f"/classes/{CLASS_7A}/term-marks", column)
    assert answer.status_code == 200, answer.text

    found = changed(desk("vera"), answer.json()["position"], **{"from": start})

    [one] = found["term_marks"]
    assert (one["pupil"]["pupil_id"], one["before"], one["after"]) == (PETYA, None, "5")
    assert [line["kind"] for line in one["trail"]] == ["term-mark-issued"]
    assert (found["lessons"], found["cells"]) == ([], [])


def test_another_page_of_the_class_is_left_alone(
    desk: At, tick: Callable[[], str], projector: Projector
) -> None:
    start, position = tick(), give(desk("anna"))
    place = {"subject_id": ENGLISH, "subgroup_id": FIRST_HALF, "term": 1}

    answer = desk("vera").get(
        f"{PAGE}/difference", **place, **{"from": start, "min_position": position}
    )

    assert (answer.json()["cells"], answer.json()["lessons"]) == ([], [])
    moments = desk("vera").get(f"{PAGE}/moments", **place).json()["moments"]
    assert {one["kind"] for one in moments} == {"lessons-scheduled"}


def test_when_the_page_changed(desk: At, clock: Clock, projector: Projector) -> None:
    anna = desk("anna")
    position = give(anna)
    clock.forward(timedelta(minutes=1))
    corrected = anna.post(f"/marks/{FIVE}/corrections", TYPO).json()["position"]

    answer = desk("vera").get(f"{PAGE}/moments", **ALGEBRA_PLACE, min_position=corrected)

    newest, four, five, *_, plan = answer.json()["moments"]
    assert newest == {
        "at": clock().isoformat(),
        "position": corrected,
        "by": ANNA_HERSELF,
        "kind": "mark-corrected",
        "corrections": True,
    }
    assert (four["position"], four["kind"], four["corrections"]) == (position, "mark-given", False)
    assert five["kind"] == "mark-given"
    assert plan["kind"] == "lessons-scheduled"


def test_what_cannot_be_compared_is_said(desk: At, clock: Clock) -> None:
    vera, now = desk("vera"), clock()
    backwards = {"from": now.isoformat(), "to": (now - timedelta(days=1)).isoformat()}

    answer = vera.get(f"{PAGE}/difference", **ALGEBRA_PLACE, **backwards)
    assert (answer.status_code, answer.json()["code"]) == (422, "register.period")
    nowhere = {"subject_id": ALGEBRA, "term": 9, "from": now.isoformat()}
    assert vera.get(f"{PAGE}/difference", **nowhere).status_code == 404
    assert vera.get(f"{PAGE}/difference", **ALGEBRA_PLACE, **{"from": "вчера"}).status_code == 422
