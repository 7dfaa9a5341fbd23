"""Absences over HTTP and as pages: the class teacher explains and signs, a family warns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import Clock, Desk
from tests.api.telephone import refusal
from tests.api.test_grants import settled
from tests.api.test_page_doors import heading, look
from tests.cast import ALGEBRA, CLASS_7A, MASHA, PETYA, an_id

At = Callable[[str], Desk]
REASONS = f"/classes/{CLASS_7A}/attendance-reasons"
WEEK = f"/classes/{CLASS_7A}/attendance-weeks/2026-W36"
PAGE = f"/classes/{CLASS_7A}/absences/2026-W36"
ATTENDANCE = f"/pupils/{PETYA}/attendance"
NOTICES = f"/pupils/{PETYA}/absence-notices"
TWO_DAYS = {"since": "2026-09-02", "until": "2026-09-03"}
ILL: dict[str, Any] = {"pupil_id": PETYA, "code": "ILL", **TWO_DAYS}
NOTICE: dict[str, Any] = {
    "notice_id": an_id("предупреждение"),
    "code": "ILL",
    "text": "температура",
    **TWO_DAYS,
}


@pytest.fixture
def away(desk: At, projector: Projector) -> str:
    """Petya was away from algebra today; the lesson."""
    anna = desk("anna")
    [lesson] = [
        one["lesson_id"]
        for one in anna.get("/lessons", date="2026-09-02").json()["lessons"]
        if one["number"] == 1
    ]
    entries = [{"pupil_id": PETYA, "code": "ABSENT_UNSPECIFIED"}]
    settled(anna, anna.post(f"/lessons/{lesson}/attendance", {"entries": entries}))
    return str(lesson)


@pytest.mark.parametrize("login", ["zoya", "olga", "petya", "tanya"])
def test_a_stranger_does_not_learn_that_there_is_a_class(
    client: TestClient, desk: At, login: str
) -> None:
    other = desk(login)

    assert other.get(WEEK).status_code == 404
    assert other.post(REASONS, {"reasons": [ILL]}).status_code == 404
    assert other.post(f"{WEEK}/confirmation").status_code == 404
    assert look(client, other, PAGE).status_code == 404
    assert look(client, other, "/absences").status_code == 404


def test_a_colleague_has_the_register_and_neither_explains_nor_reads_documents(
    client: TestClient, desk: At, away: str
) -> None:
    anna = desk("anna")

    assert refusal(anna.get(WEEK)) == (403, "class.not_yours")
    assert refusal(anna.post(REASONS, {"reasons": [ILL]})) == (403, "class.not_yours")
    assert look(client, anna, PAGE).status_code == 403
    assert refusal(desk("vera").post(REASONS, {"reasons": [ILL]})) == (403, "class.not_yours")


def test_a_reason_is_in_the_week_the_register_the_diary_and_the_trail(desk: At, away: str) -> None:
    kira = desk("kira")
    answer = kira.post(REASONS, {"reasons": [ILL | {"document": "справка № 12"}]})
    settled(kira, answer)

    [petya] = [one for one in kira.get(WEEK).json()["pupils"] if one["pupil_id"] == PETYA]
    assert petya["cells"][away]["document"] == "справка № 12"
    diary = desk("olga").get(f"/pupils/{PETYA}/diary/weeks/2026-08-31").text
    assert "отсутствовал по болезни" in diary
    assert "справка" not in diary
    [told] = desk("vera").get("/trail", kind="absence-reason-set").json()["items"]
    assert (told["old_value"], told["value"]) == ("ABSENT_UNSPECIFIED", "ILL")
    assert told["reason"] == "справка № 12"
    igor = desk("igor").get(WEEK).json()
    assert "справка" not in str(igor)


def test_a_week_is_signed_when_it_is_over_and_explained(
    client: TestClient, desk: At, away: str, clock: Clock
) -> None:
    kira = desk("kira")
    assert refusal(kira.post(f"{WEEK}/confirmation")) == (422, "attendance_week.not_over")
    clock.forward(timedelta(days=2))
    kira = desk("kira")
    answer = kira.post(f"{WEEK}/confirmation")
    assert refusal(answer) == (409, "attendance_week.unexplained")
    assert answer.json()["unexplained"] == 1

    flags = {"version": "с пометкой", "unexplained_weeks": True, "order_no": "9-о"}
    dina = desk("dina")
    settled(dina, dina.post("/years/2026/regulation", flags))
    assert "пройдёт с этой пометкой" in look(client, kira, PAGE).text
    settled(kira, kira.post(f"{WEEK}/confirmation"))
    assert kira.get(WEEK).json()["signed"]["unexplained"] == 1
    assert "без причины осталось: 1" in look(client, kira, PAGE).text
    [told] = desk("vera").get("/trail", kind="attendance-week-confirmed").json()["items"]
    assert told["value"] == "31.08.2026, без причины осталось: 1"

    settled(kira, kira.post(REASONS, {"reasons": [ILL]}))
    assert "после подтверждения есть новое" in look(client, kira, PAGE).text

    settled(kira, kira.post(f"{WEEK}/confirmation"))

    assert kira.get(WEEK).json()["signed"]["absences"] == 1
    assert kira.get("/absences").json() | {"as_of": None} == {
        "as_of": None,
        "unexplained": [],
        "unsigned": [],
    }


@pytest.mark.parametrize("week", ["2026-36", "2026-W99", "вчера"])
def test_a_week_that_is_none_is_not_there(desk: At, week: str) -> None:
    path = f"/classes/{CLASS_7A}/attendance-weeks/{week}"
    assert refusal(desk("kira").get(path)) == (404, "week.unknown")


def test_a_family_reads_what_its_own_child_missed(desk: At, away: str) -> None:
    olga = desk("olga").get(ATTENDANCE).json()

    assert olga["lessons"]["missed"] == 1
    assert [one["subject"] for one in olga["absences"]] == ["Алгебра"]
    assert desk("zoya").get(ATTENDANCE).status_code == 404
    assert refusal(desk("oleg").get(ATTENDANCE)) == (403, "consent.required")
    assert desk("olga").get(f"/pupils/{MASHA}/attendance").status_code == 404


def test_a_warning_is_a_proposal_to_the_class_teacher_and_known_to_the_teacher(
    client: TestClient, desk: At, away: str
) -> None:
    olga, kira = desk("olga"), desk("kira")
    assert refusal(desk("oleg").post(NOTICES, NOTICE)) == (403, "consent.required")
    assert desk("zoya").post(NOTICES, NOTICE).status_code == 404
    assert desk("petya").post(NOTICES, NOTICE).status_code == 404

    settled(kira, olga.post(NOTICES, NOTICE))

    page = look(client, kira, PAGE).text
    assert "предупреждали" in page
    assert "«температура»" in page
    register = look(client, desk("anna"), f"/classes/{CLASS_7A}/register").headers["location"]
    seen = look(client, desk("anna"), register).text
    assert "Предупреждали об отсутствии: Петров Пётр до 3 сентября." in seen
    assert "температура" not in seen


def test_the_page_explains_by_one_button_and_signs(
    client: TestClient, desk: At, away: str, clock: Clock
) -> None:
    clock.forward(timedelta(days=2))
    kira = desk("kira")

    def send(path: str, **fields: str) -> Any:
        return client.post(
            path, data={"key": str(uuid4()), **fields}, headers=kira.cookie, follow_redirects=False
        )

    def led(answer: Any) -> str:
        seen = f"letopis_position={answer.cookies['letopis_position']}"
        cookie = {"cookie": f"{kira.cookie['cookie']}; {seen}"}
        client.cookies.clear()
        return client.get(answer.headers["location"], headers=cookie).text

    assert look(client, kira, "/absences").headers["location"] == PAGE
    refused = send(f"{PAGE}/confirmation")
    assert (refused.status_code, "Без причины остались пропуски: 1" in refused.text) == (409, True)
    assert "Выберите причину" in send(PAGE, pupil_id=PETYA).text

    done = send(PAGE, pupil_id=PETYA, code="ILL", document="записка")
    assert done.status_code == 303
    page = led(done)
    assert "Причина записана." in page
    assert "Подтвердить неделю" in page
    signed = send(f"{PAGE}/confirmation")
    assert signed.status_code == 303
    assert "Кириллова К. К." in led(signed)


def test_the_deputy_sees_what_waits_in_every_class(client: TestClient, desk: At) -> None:
    page = look(client, desk("vera"), "/absences")

    assert heading(page) == "Пропуски по классам"
    assert "7а" in page.text
    assert "Подтвердить неделю" not in look(client, desk("vera"), PAGE).text


def test_who_missed_a_tenth_of_the_days_is_worth_a_look_from_three_on(
    client: TestClient, desk: At, projector: Projector, clock: Clock
) -> None:
    clock.forward(timedelta(days=8))
    anna, kira, vera = desk("anna"), desk("kira"), desk("vera")
    page = f"/classes/{CLASS_7A}/absences/2026-W37"
    for day, missed in (("2026-09-02", 1), ("2026-09-03", 2), ("2026-09-09", 3)):
        [lesson] = [
            one["lesson_id"]
            for one in anna.get("/lessons", date=day).json()["lessons"]
            if one["subject_id"] == ALGEBRA
        ]
        entries = [{"pupil_id": PETYA, "code": "ILL"}]
        settled(anna, anna.post(f"/lessons/{lesson}/attendance", {"entries": entries}))
        told = "Петров Пётр</a> (3 из 3 дней)" in look(client, kira, page).text
        assert told is (missed == 3), day
    assert "учеников: 1" in look(client, vera, "/absences").text
    assert "десятую часть дней пропустили: 1" in look(client, vera, "/desk").text
