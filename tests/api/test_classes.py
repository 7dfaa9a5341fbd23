"""Classes, their registers now and then, term marks, and the trail of all that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest

from projections.projector import Projector
from tests.api.ground import ALGEBRA_PLACE, Clock, Desk
from tests.api.test_lessons import lesson_of
from tests.api.test_marks import A_FIVE, FIVE, TYPO, give
from tests.cast import ALGEBRA, ANNA, CLASS_7A, CLASS_7B, ENGLISH, FIRST_HALF, MASHA, PETYA

At = Callable[[str], Desk]
PAGE = f"/classes/{CLASS_7A}/register"


def values(desk: Desk, **query: object) -> dict[str, list[str]]:
    """Marks of the algebra page by pupil."""
    page = desk.get(PAGE, **ALGEBRA_PLACE, **query).json()
    return {
        one["pupil_id"]: [mark["value"] for cell in one["cells"].values() for mark in cell]
        for one in page["pupils"]
    }


def test_who_else_has_a_page_open_is_known_for_a_minute(desk: At, clock: Clock) -> None:
    page = f"/classes/{CLASS_7A}/register/others"
    place = {"subject_id": ALGEBRA, "term": 1}
    anna, kira = desk("anna"), desk("kira")
    assert desk("zoya").get(page, **place).status_code == 404
    assert anna.get(page, **place).json()["others"] == []
    assert kira.get(page, **place).json()["others"] == ["Антонова Анна Андреевна"]
    assert kira.get(page, **place | {"term": 2}).json()["others"] == []
    clock.forward(timedelta(seconds=61))
    assert kira.get(page, **place).json()["others"] == []


def test_a_stranger_sees_no_class(desk: At, kukarino: str) -> None:
    zoya = desk("zoya")

    assert zoya.get("/classes").status_code == 404
    assert zoya.get(f"/classes/{CLASS_7A}").status_code == 404
    assert zoya.get(PAGE, **ALGEBRA_PLACE).status_code == 404
    assert zoya.get("/trail").status_code == 404
    assert zoya.get("/trail", class_id=CLASS_7A).status_code == 404
    with psycopg.connect(kukarino) as conn:
        refused = conn.execute(
            "SELECT act, subject FROM school_kukarino.access_log"
            " WHERE outcome = 'refused' ORDER BY id"
        ).fetchall()
    assert refused == [
        ("class", CLASS_7A),
        ("class", CLASS_7A),
        ("trail", ""),
        ("trail", CLASS_7A),
    ]


@pytest.mark.parametrize("login", ["petya", "olga"])
def test_a_family_reads_no_register(desk: At, login: str) -> None:
    assert desk(login).get(PAGE, **ALGEBRA_PLACE).status_code == 404


@pytest.mark.parametrize("login", ["anna", "boris", "kira", "vera", "igor"])
def test_who_reads_the_register(desk: At, login: str) -> None:
    answer = desk(login).get(PAGE, **ALGEBRA_PLACE)

    assert answer.status_code == 200
    assert [one["name"] for one in answer.json()["pupils"]] == [
        "Ёлкин Егор",
        "Морозова Мария",
        "Петров Пётр",
    ]


def test_teachers_list_their_classes_the_deputy_all(desk: At) -> None:
    assert [one["class_id"] for one in desk("anna").get("/classes").json()["classes"]] == [CLASS_7A]
    names = [one["name"] for one in desk("vera").get("/classes").json()["classes"]]
    assert names == ["7а", "7б"]
    assert desk("anna").get(f"/classes/{CLASS_7B}").status_code == 404


def test_the_card_of_a_class(desk: At) -> None:
    card = desk("boris").get(f"/classes/{CLASS_7A}").json()

    assert (card["name"], card["class_teacher"]["name"]) == ("7а", "Кириллова Кира Кирилловна")
    assert {one["subgroup_id"] for one in card["subgroups"]} >= {FIRST_HALF}
    assert ("Алгебра", ANNA) in [(one["subject"], one["teacher_id"]) for one in card["assignments"]]


def test_a_subgroups_page_has_its_own_pupils(desk: At) -> None:
    page = desk("boris").get(PAGE, subject_id=ENGLISH, subgroup_id=FIRST_HALF, term=1).json()

    assert [one["name"] for one in page["pupils"]] == ["Ёлкин Егор", "Петров Пётр"]


def test_the_term_of_today_is_the_page_that_opens(desk: At) -> None:
    assert desk("anna").get(PAGE, subject_id=ALGEBRA).json()["term"]["number"] == 1
    assert desk("anna").get(PAGE, subject_id=ALGEBRA, term=9).status_code == 404


def test_the_register_as_it_was(desk: At, clock: Clock, projector: Projector) -> None:
    anna, vera = desk("anna"), desk("vera")
    before = clock()
    clock.forward(timedelta(minutes=1))
    give(anna)
    given = clock()
    clock.forward(timedelta(minutes=1))
    position = anna.post(f"/marks/{FIVE}/corrections", TYPO).json()["position"]

    assert values(vera, min_position=position)[PETYA] == ["4"]
    assert values(vera, as_of=given.isoformat())[PETYA] == ["5"]
    assert values(vera, as_of=before.isoformat())[PETYA] == []
    assert vera.get(PAGE, **ALGEBRA_PLACE, as_of="вчера").status_code == 422


def test_an_unchanged_page_is_not_sent_again(desk: At, projector: Projector) -> None:
    anna = desk("anna")
    tag = {"if-none-match": anna.get(PAGE, **ALGEBRA_PLACE).headers["etag"]}

    assert anna.get(PAGE, **ALGEBRA_PLACE, headers=tag).status_code == 304
    position = give(anna)
    changed = anna.get(PAGE, **ALGEBRA_PLACE, headers=tag, min_position=position)
    assert changed.status_code == 200


def test_a_position_that_is_not_there_is_not_waited_for_long(desk: At) -> None:
    anna = desk("anna")

    answer = anna.get("/classes", min_position=10**9)

    assert (answer.status_code, answer.json()["code"]) == (503, "projection.behind")
    assert answer.headers["retry-after"] == "1"
    assert anna.get("/classes", min_position="скоро").status_code == 422


def test_term_marks_are_issued_corrected_and_closed(desk: At, projector: Projector) -> None:
    anna, vera, place = desk("anna"), desk("vera"), f"/classes/{CLASS_7A}"
    column = {
        "subject_id": ALGEBRA,
        "term": 1,
        "marks": [{"pupil_id": PETYA, "value": "5", "average": "4.67"}],
    }
    correction = {
        "pupil_id": PETYA,
        "subject_id": ALGEBRA,
        "term": 1,
        "saw": "5",
        "value": "4",
        "reason_code": "RECOUNT",
    }
    assert desk("boris").post(f"{place}/term-marks", column).status_code == 403
    assert desk("zoya").post(f"{place}/term-marks", column).status_code == 404

    assert anna.post(f"{place}/term-marks", column).status_code == 200
    position = anna.post(f"{place}/term-marks/corrections", correction).json()["position"]
    page = anna.get(PAGE, **ALGEBRA_PLACE, min_position=position).json()
    assert {one["pupil_id"]: one["term_mark"] for one in page["pupils"]}[PETYA] == "4"

    issued = {"pupil_id": MASHA, "subject_id": ALGEBRA, "term": 1, "reason_code": "TYPO"}
    marks = {**column, "marks": [{"pupil_id": MASHA, "value": "5", "average": ""}]}
    assert anna.post(f"{place}/term-marks", marks).status_code == 200
    wrong = {**issued, "saw": "5", "reason": "не тому"}
    assert desk("zoya").post(f"{place}/term-marks/annulment", wrong).status_code == 404
    position = vera.post(f"{place}/term-marks/annulment", wrong).json()["position"]
    page = anna.get(PAGE, **ALGEBRA_PLACE, min_position=position).json()
    assert {one["pupil_id"]: one["term_mark"] for one in page["pupils"]}[MASHA] is None

    assert anna.post(f"{place}/terms/1/closing").status_code == 403
    assert vera.post(f"{place}/terms/1/closing").status_code == 200
    late = {"marks": [A_FIVE]}
    answer = anna.post(f"/lessons/{lesson_of(anna)}/marks", late)
    assert answer.status_code in {403, 409}


def test_the_trail_says_who_changed_what_and_why(desk: At, projector: Projector) -> None:
    anna, vera = desk("anna"), desk("vera")
    give(anna)
    position = anna.post(f"/marks/{FIVE}/corrections", TYPO).json()["position"]

    trail = vera.get("/trail", kind="mark-corrected", min_position=position).json()

    [sentence] = trail["items"]
    assert sentence["by"]["name"] == "Антонова Анна Андреевна"
    assert (sentence["old_value"], sentence["value"]) == ("5", "4")
    assert (sentence["reason_code"], sentence["reason"]) == ("TYPO", "перепутала строки")
    assert sentence["pupil"]["name"] == "Петров Пётр"
    assert trail["next_cursor"] is None


def test_the_trail_comes_in_pages(desk: At, projector: Projector) -> None:
    vera = desk("vera")
    position = give(desk("anna"))
    query = {"class_id": CLASS_7A, "kind": "mark-given", "min_position": position, "limit": 1}

    first = vera.get("/trail", **query).json()
    second = vera.get("/trail", **query, cursor=first["next_cursor"]).json()

    assert {first["items"][0]["pupil"]["pupil_id"], second["items"][0]["pupil"]["pupil_id"]} == {
        PETYA,
        MASHA,
    }
    assert second["next_cursor"] is None
    assert vera.get("/trail", cursor="'; DROP").status_code == 422
    assert vera.get("/trail", **{"from": "2026-09-02", "to": "2026-09-01"}).status_code == 422


def test_whose_trail_it_is(desk: At) -> None:
    assert desk("igor").get("/trail").status_code == 200
    assert desk("kira").get("/trail", class_id=CLASS_7A).status_code == 200
    assert desk("kira").get("/trail").status_code == 404
    assert desk("anna").get("/trail", class_id=CLASS_7A).status_code == 404


def test_the_words_of_a_year(desk: At) -> None:
    anna = desk("anna")

    assert [one["name"] for one in anna.get("/subjects").json()["subjects"]] == [
        "Алгебра",
        "Английский язык",
        "История",
    ]
    types = anna.get("/work-types").json()["work_types"]
    assert {one["name"]: one["weight"] for one in types}["Контрольная работа"] == "2.00"
    assert [one["term"] for one in anna.get("/terms").json()["terms"]] == [1, 2, 3, 4]
    assert [one["year"] for one in anna.get("/years").json()["years"]] == [2026]
