"""Control of journals over HTTP: Zoya first, then the story of a remark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from projections.projector import Projector
from tests.api.ground import Clock, Desk
from tests.api.telephone import refusal
from tests.api.test_grants import settled
from tests.cast import ALGEBRA, ANNA, BORIS, CLASS_7A, CLASS_7B, ENGLISH, KIRA, an_id

At = Callable[[str], Desk]
NUMBER, REMARK = an_id("проверка"), an_id("замечание")
INSPECTION: dict[str, Any] = {
    "inspection_id": NUMBER,
    "class_id": CLASS_7A,
    "since": "2026-09-01",
    "until": "2026-09-02",
    "checked": ["TOPICS", "ATTENDANCE"],
}
OPENED: dict[str, Any] = {
    "remark_id": REMARK,
    "kind": "TOPICS",
    "subject_id": ALGEBRA,
    "text": "тема не записана",
}
ANSWER = f"/remarks/{REMARK}/resolution"


@pytest.fixture
def opened(desk: At, projector: Projector) -> At:
    """Vera has looked at 7а and written a remark to Anna."""
    vera = desk("vera")
    assert vera.post("/inspections", INSPECTION).status_code == 201
    answer = vera.post(f"/inspections/{NUMBER}/remarks", OPENED)
    assert answer.status_code == 201, answer.text
    settled(vera, answer)
    return desk


def topic(anna: Desk) -> int:
    """Anna records the topic of her first lesson; its position."""
    day = anna.get("/lessons", date="2026-09-02").json()["lessons"]
    lesson = next(one["lesson_id"] for one in day if one["class_id"] == CLASS_7A)
    answer = anna.post(f"/lessons/{lesson}/topic", {"topic": "Дроби", "kind": "LESSON"})
    assert answer.status_code in {200, 201}, answer.text
    settled(anna, answer)
    return int(answer.json()["position"])


@pytest.mark.parametrize("login", ["zoya", "olga", "petya"])
def test_families_do_not_learn_that_there_is_control(opened: At, login: str) -> None:
    other = opened(login)
    for path in ("/inspections", "/inspections/duty", "/remarks", f"/remarks/{REMARK}"):
        assert other.get(path).status_code == 404
    assert other.post("/inspections", INSPECTION).status_code == 404
    assert other.post(f"/inspections/{NUMBER}/remarks", OPENED).status_code == 404
    assert other.post(ANSWER, {"text": "x"}).status_code == 404
    assert other.post(f"/remarks/{REMARK}/acceptance").status_code == 404


def test_a_remark_to_a_colleague_is_no_business_of_ones_own(opened: At) -> None:
    other = opened("boris")
    assert other.get("/remarks").json()["remarks"] == []
    assert other.get("/inspections").json()["inspections"] == []
    assert refusal(other.get(f"/remarks/{REMARK}")) == (404, "remark.unknown")
    assert refusal(other.post(ANSWER, {"text": "это я"})) == (404, "remark.unknown")
    assert other.post("/inspections", INSPECTION).status_code == 403


@pytest.mark.parametrize("login", ["anna", "kira", "alla", "sveta", "igor"])
def test_only_deputies_and_the_director_inspect(desk: At, login: str) -> None:
    answer = desk(login).post("/inspections", INSPECTION)
    assert refusal(answer)[0] == 403


def test_the_inspection_keeps_the_root_of_the_log(opened: At, projector: Projector) -> None:
    [one] = opened("vera").get("/inspections").json()["inspections"]

    assert one["by"]["name"] == "Веденеева Вера Викторовна"
    assert (one["class_name"], one["since"], one["until"]) == ("7а", "2026-09-01", "2026-09-02")
    assert (one["remarks"], one["open_remarks"]) == (1, 1)
    assert one["checked_position"] == one["position"] - 1
    assert len(bytes.fromhex(one["hash"])) == 32


def test_the_teacher_sees_the_remark_and_answers_by_records_made_since(opened: At) -> None:
    anna = opened("anna")
    [mine] = anna.get("/remarks").json()["remarks"]
    assert (mine["kind"], mine["due_date"], mine["state"]) == ("TOPICS", "2026-09-09", "open")
    assert mine["steps"][0]["text"] == "тема не записана"
    assert anna.get(f"/remarks/{REMARK}").json()["records"] == []
    strange = anna.post(ANSWER, {"positions": [1]})
    assert refusal(strange) == (422, "remark.strange_records")
    nothing = anna.post(ANSWER, {})
    assert refusal(nothing) == (422, "remark.nothing_said")

    position = topic(anna)
    records = anna.get(f"/remarks/{REMARK}").json()["records"]
    assert records == [{"position": position, "kind": "topic-recorded"}]
    settled(anna, anna.post(ANSWER, {"positions": [position], "text": "записала"}))

    [waiting] = opened("vera").get("/remarks", state="answered").json()["remarks"]
    assert [step["kind"] for step in waiting["steps"]] == ["opened", "resolved"]
    assert waiting["steps"][1]["positions"] == [position]
    assert waiting["steps"][1]["text"] == "записала"


def test_records_of_before_the_remark_put_nothing_right(desk: At, projector: Projector) -> None:
    vera, anna = desk("vera"), desk("anna")
    before = topic(anna)
    vera.post("/inspections", INSPECTION)
    settled(vera, vera.post(f"/inspections/{NUMBER}/remarks", OPENED))

    assert anna.get(f"/remarks/{REMARK}").json()["records"] == []
    answer = anna.post(ANSWER, {"positions": [before]})
    assert refusal(answer) == (422, "remark.strange_records")


def test_the_teacher_does_not_close_the_remark_and_the_deputy_does(opened: At) -> None:
    anna, vera = opened("anna"), opened("vera")
    early = vera.post(f"/remarks/{REMARK}/acceptance")
    assert refusal(early) == (409, "remark.not_answered")
    settled(anna, anna.post(ANSWER, {"text": "урока не было"}))
    own = anna.post(f"/remarks/{REMARK}/acceptance")
    assert refusal(own) == (403, "access.administration_only")

    back = vera.post(f"/remarks/{REMARK}/return", {"text": "урок был"})
    assert back.status_code == 201
    settled(anna, anna.post(ANSWER, {"text": "записала тему"}))
    accepted = vera.post(f"/remarks/{REMARK}/acceptance")
    settled(vera, accepted)

    [one] = vera.get("/remarks").json()["remarks"]
    kinds = ["opened", "resolved", "returned", "resolved", "accepted"]
    assert ([step["kind"] for step in one["steps"]], one["state"]) == (kinds, "accepted")
    [seen] = vera.get("/inspections").json()["inspections"]
    assert seen["open_remarks"] == 0


def test_a_remark_is_overdue_when_its_last_day_is_over(opened: At, clock: Clock) -> None:
    clock.forward(timedelta(days=7, hours=11, minutes=59))  # 9 September, 23:59 in Moscow
    assert opened("vera").get("/remarks", overdue=True).json()["remarks"] == []

    clock.forward(timedelta(minutes=1))

    [late] = opened("vera").get("/remarks", overdue=True).json()["remarks"]
    assert late["overdue"]


def test_which_journals_nobody_has_looked_at(opened: At, clock: Clock) -> None:
    def states(name: str) -> list[str]:
        lines = opened("vera").get("/inspections/duty").json()["classes"]
        [line] = [one for one in lines if one["name"] == name]
        return [one["state"] for one in line["duties"]]

    assert states("7а")[:2] == ["INSPECTED", "AHEAD"]
    assert states("7а")[10:] == ["NOT_REQUIRED", "NOT_REQUIRED"]
    assert set(states("7б")) == {"NOT_REQUIRED"}  # no lessons there
    clock.forward(timedelta(days=60))  # 1 November
    assert states("7а")[:3] == ["INSPECTED", "MISSING", "DUE"]


def test_the_class_teacher_and_the_auditor_read_and_close_nothing(opened: At) -> None:
    for login in ("kira", "igor"):
        other = opened(login)
        assert len(other.get("/inspections", class_id=CLASS_7A).json()["inspections"]) == 1
        assert len(other.get("/remarks").json()["remarks"]) == 1
        assert other.post(f"/remarks/{REMARK}/acceptance").status_code == 403
    assert opened("kira").get("/inspections", class_id=CLASS_7B).status_code == 404


def test_two_teachers_of_a_divided_subject_do_not_read_each_others_remarks(
    opened: At, projector: Projector
) -> None:
    vera = opened("vera")
    everything = INSPECTION | {"inspection_id": an_id("вторая")}
    vera.post("/inspections", everything)
    new = OPENED | {
        "remark_id": an_id("Галине"),
        "subject_id": ENGLISH,
        "teacher_id": an_id("Галина"),
    }
    answer = vera.post(f"/inspections/{an_id('вторая')}/remarks", new)
    assert answer.status_code == 201, answer.text
    settled(vera, answer)
    assert opened("boris").get("/remarks").json()["remarks"] == []


def test_the_trail_tells_of_inspections_and_remarks_without_their_words(opened: At) -> None:
    told = opened("vera").get("/trail", class_id=CLASS_7A).json()["items"]
    kinds = [one["kind"] for one in told]
    assert {"inspected", "remark-opened"} <= set(kinds)
    assert "тема не записана" not in str(told)


def test_an_erasure_finds_the_words_of_a_remark(opened: At) -> None:
    texts = opened("alla").get(f"/people/{ANNA}/erasure").json()["texts"]
    assert [(one["kind"], one["text"]) for one in texts] == [("remark", "тема не записана")]
    assert BORIS not in str(texts)
    assert KIRA not in str(texts)
