"""«Уведомления»: one's own inbox, choices and address; what became of letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from scheduler.jobs.notices import tell_families
from scheduler.periods import Every
from scheduler.work import Workshop, workshop
from tests.api.ground import OPERATOR, SLUG, Clock, Desk, project, school_behind
from tests.api.test_lessons import lesson_of
from tests.api.test_page_doors import look
from tests.api.test_terms import mark
from tests.cast import CLASS_7A, OLEG, OLGA, PETYA
from tests.conftest import SECRET
from tests.ground import request
from tests.write_door.http_notices import PUSH

At = Callable[[str], Desk]
LETTERS = f"/classes/{CLASS_7A}/notices"


@pytest.fixture
def shop(kukarino: str, clock: Clock) -> Iterator[Workshop]:
    with workshop(kukarino, SECRET, clock=clock) as shop:
        yield shop


def tell(shop: Workshop) -> None:
    """The scheduler's look."""
    [school] = shop.schools()
    now = shop.clock()
    tell_families(shop.work(school, now, Every(1).last(now, school.zone)))


@pytest.fixture
def told(desk: At, shop: Workshop, projector: Projector) -> Desk:
    """Olga, whose son has got a five and a word about it."""
    tell(shop)
    anna = desk("anna")
    position = mark(anna, "5")
    olga = desk("olga")
    assert olga.get("/session", min_position=position).status_code == 200
    tell(shop)
    return olga


@pytest.mark.parametrize(("login", "status"), [("zoya", 404), ("olga", 404), ("anna", 403)])
def test_letters_of_a_class_are_the_class_teachers(
    client: TestClient, desk: At, login: str, status: int
) -> None:
    assert desk(login).get(LETTERS).status_code == status
    assert look(client, desk(login), LETTERS).status_code == status


def test_homework_of_a_class_is_told_in_its_words(told: Desk, desk: At, shop: Workshop) -> None:
    anna = desk("anna")
    work = {"homework_id": str(uuid4()), "text": "№ 5, устно", "due_date": "2026-09-04"}
    done = anna.post(f"/lessons/{lesson_of(anna)}/homework", work)
    assert done.status_code in {200, 201}, done.text
    assert told.get("/session", min_position=done.json()["position"]).status_code == 200
    tell(shop)
    newest = told.get("/notices").json()["notices"][0]
    assert newest["words"] == "Алгебра, 02.09: задано: № 5, устно"


def test_a_letter_of_the_class_teacher_is_told(told: Desk, desk: At, shop: Workshop) -> None:
    sent = {"term": 1, "pupil_ids": [PETYA]}
    done = desk("kira").post(f"/classes/{CLASS_7A}/parent-reports", sent)
    assert told.get("/session", min_position=done.json()["position"]).status_code == 200
    tell(shop)
    newest = told.get("/notices").json()["notices"][0]
    assert (newest["kind"], newest["pupil"]["pupil_id"]) == ("RESULT", PETYA)
    assert newest["words"].startswith("Классный руководитель прислал родителям письмо об успехах")


@pytest.mark.parametrize(("login", "status"), [("zoya", 404), ("olga", 404), ("anna", 403)])
def test_hours_of_letters_are_the_administrations(desk: At, login: str, status: int) -> None:
    hours = {"publish": 17, "quiet_from": 20, "quiet_until": 8, "weekday": 6}
    assert desk(login).post("/notice-hours", hours).status_code == status
    assert desk("dina").post("/notice-hours", hours).json() == hours
    assert desk("dina").get("/notice-hours").json() == hours
    refused = desk("dina").post("/notice-hours", hours | {"publish": 21})
    assert (refused.status_code, refused.json()["code"]) == (422, "notice_hours.quiet")


def test_a_mother_reads_what_she_was_told_and_has_seen_it(told: Desk, desk: At) -> None:
    inbox = told.get("/notices").json()
    [one] = inbox["notices"]
    assert (inbox["unread"], one["kind"], one["opened"]) == (1, "MARK", False)
    assert one["pupil"]["pupil_id"] == PETYA
    assert one["words"] == "Алгебра, 02.09: отметка 5"
    assert desk("zoya").get("/notices").json()["notices"] == []
    assert told.get("/notices", before=f"{one['position']}.-1").json()["notices"] == []
    assert told.get("/notices", before="вчера").status_code == 422
    assert told.post("/notices/seen", {"upto": one["position"]}).json() == {"seen": 1}
    assert told.get("/notices").json()["unread"] == 0
    assert desk("petya").get("/notices").json()["unread"] == 1  # his own inbox


def test_an_address_is_good_once_its_code_has_come_back(
    kukarino: str, desk: At, clock: Clock
) -> None:
    olga = desk("olga")
    for strange in ("olga", "olga@", "o lga@example.org", "o@example.org\r\nBcc: x@y.zz"):
        refused = olga.post("/notices/address", {"address": strange})
        assert (refused.status_code, refused.json()["code"]) == (422, "mail.address")
    given = olga.post("/notices/address", {"address": "olga@example.org"}).json()
    assert (given["address"], given["confirmed"]) == ("olga@example.org", False)
    again = olga.post("/notices/address", {"address": "other@example.org"})
    assert (again.status_code, again.json()["code"]) == (409, "mail.too_soon")
    with psycopg.connect(kukarino) as conn:
        [(code,)] = conn.execute(f"SELECT code FROM school_{SLUG}.mail_address".encode()).fetchall()
    wrong = {"code": f"{(int(code) + 1) % 1_000_000:06}"}
    refused = olga.post("/notices/address/confirmation", wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "mail.code")
    done = olga.post("/notices/address/confirmation", {"code": code}).json()
    assert done["confirmed"] is True
    assert olga.send("DELETE", "/notices/address", **key()).json()["address"] is None


def key() -> dict[str, str]:
    return {"idempotency-key": str(uuid4())}


def test_a_code_is_not_to_be_guessed(kukarino: str, desk: At, clock: Clock) -> None:
    olga = desk("olga")
    olga.post("/notices/address", {"address": "olga@example.org"})
    with psycopg.connect(kukarino) as conn:
        [(code,)] = conn.execute(f"SELECT code FROM school_{SLUG}.mail_address".encode()).fetchall()
    for number in range(5):
        wrong = {"code": f"{(int(code) + 1 + number) % 1_000_000:06}"}
        assert olga.post("/notices/address/confirmation", wrong).status_code == 422
    assert olga.post("/notices/address/confirmation", {"code": code}).status_code == 422
    clock.forward(timedelta(minutes=3))
    assert olga.post("/notices/address", {"address": "olga@example.org"}).status_code == 202


def test_the_page_tells_chooses_and_takes_an_address(client: TestClient, told: Desk) -> None:
    page = look(client, told, "/notices").text
    assert "Алгебра, 02.09: отметка 5" in page
    assert "Отметить прочитанным: 1" in page
    assert "Часы рассылки школы" not in page

    def send(what: str, **fields: Any) -> Any:
        form = {"what": what, "key": str(uuid4()), **fields}
        answer = client.post("/notices", data=form, headers=told.cookie, follow_redirects=False)
        client.cookies.clear()
        return answer

    assert send("paces", **{"pace-MARK": "AT_ONCE"}).headers["location"] == "/notices?said=paces"
    assert told.get("/notices/settings").json()["paces"]["MARK"] == "AT_ONCE"
    assert "Выберите, как часто" in send("paces", **{"pace-MARK": "HOURLY"}).text
    assert send("address", address="olga@example.org").status_code == 303
    assert "отправлено письмо с кодом" in look(client, told, "/notices").text
    assert send("code", code="нет").status_code == 422
    assert send("hours", publish="9").status_code == 403
    assert send("seen", upto="нет").status_code == 422
    assert send("seen", upto=str(told.get("/notices").json()["notices"][0]["position"]))
    assert told.get("/notices").json()["unread"] == 0
    assert send("no-address").status_code == 303
    assert send("что-то").status_code == 422


def test_the_class_teacher_sees_what_became_of_letters(
    client: TestClient, kukarino: str, desk: At, told: Desk
) -> None:
    with psycopg.connect(kukarino) as conn:
        conn.execute(
            f"INSERT INTO school_{SLUG}.notice SELECT position, ordinal, pupil_id, person_id,"
            " 'email', class_id, kind, at, due, 'failed', 1, NULL, NULL, 'адреса нет'"
            f" FROM school_{SLUG}.notice WHERE person_id = %s".encode(),
            (OLGA,),
        )
    [one] = desk("kira").get(LETTERS).json()["letters"]
    assert (one["guardian"]["person_id"], one["failed"], one["error"]) == (OLGA, 1, "адреса нет")
    page = look(client, desk("kira"), LETTERS).text
    assert "адреса нет" in page
    assert "olga@" not in page


def test_a_browser_is_told_once_its_owner_has_agreed_and_until_it_is_turned_off(
    client: TestClient, desk: At, kukarino: str
) -> None:
    olga = desk("olga")
    assert olga.post("/notices/devices", PUSH).json()["code"] == "push.consent"
    answer = school_behind(client).give_consent(
        CLASS_7A, PETYA, OLGA, "push", date(2026, 9, 1), by=OPERATOR, request=request()
    )
    answer.result(10)
    project(kukarino)
    for wrong in (
        {"endpoint": "http://push.example.org/1"},
        {"endpoint": "https://"},
        {"p256dh": "AAAA"},
        {"auth": "не подписка"},
    ):
        assert olga.post("/notices/devices", PUSH | wrong).json()["code"] == "push.subscription"
    added = olga.post("/notices/devices", PUSH)
    assert (added.status_code, added.json()["agreed"]) == (201, True)
    again = olga.post("/notices/devices", PUSH)  # the same browser is one device
    [device] = again.json()["devices"]
    assert (device["failure"], device["sent"]) == ("", None)
    page = look(client, olga, "/notices").text
    assert "Присылать сюда" in page
    assert device["name"] in page

    anna = desk("anna")
    there = f"/notices/devices/{device['device_id']}"
    assert anna.send("DELETE", there, **key()).status_code == 404
    left = olga.send("DELETE", there, **key())
    assert left.json()["devices"] == []


def test_a_device_of_many_hands_is_its_last_owners_and_nobody_has_more_than_ten(
    client: TestClient, desk: At, kukarino: str
) -> None:
    school = school_behind(client)
    for pupil, guardian in ((PETYA, OLGA), (PETYA, OLEG)):
        answer = school.give_consent(
            CLASS_7A, pupil, guardian, "push", date(2026, 9, 1), by=OPERATOR, request=request()
        )
        answer.result(10)
    project(kukarino)
    olga = desk("olga")
    for number in range(10):
        at = {"endpoint": f"{PUSH['endpoint']}{number}"}
        assert olga.post("/notices/devices", PUSH | at).status_code == 201
    assert olga.post("/notices/devices", PUSH).json()["code"] == "push.too_many"
    oleg = desk("oleg")
    at = {"endpoint": f"{PUSH['endpoint']}0"}
    assert len(oleg.post("/notices/devices", PUSH | at).json()["devices"]) == 1
    assert len(olga.get("/notices/devices").json()["devices"]) == 9


def test_words_on_devices_have_a_choice_of_their_own(desk: At) -> None:
    olga = desk("olga")
    chosen = olga.post("/notices/settings", {"push": {"MARK": "OFF"}}).json()
    assert (chosen["push"]["MARK"], chosen["paces"]["MARK"]) == ("OFF", "DAILY")
    assert olga.post("/notices/settings", {"paces": {"MARK": "WEEKLY"}}).json()["push"]["MARK"] == (
        "OFF"
    )


def test_an_installation_that_has_not_switched_push_on_offers_none(
    client: TestClient, desk: At
) -> None:
    client.app.state.house.push_key = None  # type: ignore[attr-defined]
    olga = desk("olga")
    assert olga.get("/notices/devices").json()["key"] is None
    assert olga.post("/notices/devices", PUSH).json()["code"] == "push.off"
    assert "На телефон" not in look(client, olga, "/notices").text
