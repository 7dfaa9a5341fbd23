"""Trainings and the register of the municipal service over HTTP and as pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import Clock, Desk
from tests.api.telephone import refusal
from tests.api.test_grants import settled
from tests.api.test_inspection_pages import follow, send
from tests.api.test_page_doors import look
from tests.cast import ANNA, BORIS, CLASS_7A, OLGA, PETYA, an_id

At = Callable[[str], Desk]
NUMBER = an_id("номер")
TRAINING: dict[str, Any] = {
    "training_id": NUMBER,
    "date": "2026-09-02",
    "topic": "Работа с журналом",
    "person_ids": [ANNA],
}
REQUEST: dict[str, Any] = {
    "request_id": NUMBER,
    "pupil_id": PETYA,
    "applicant_id": OLGA,
    "channel": "PORTAL",
    "date": "2026-09-02",
    "applicant": "=Петрова Ольга",
    "contact": "olga@example.org",
    "about": "успеваемость за четверть",
}
DECISION = f"/service-requests/{NUMBER}/decision"


@pytest.mark.parametrize(
    ("login", "status"),
    [("zoya", 404), ("olga", 404), ("petya", 404), ("anna", 403), ("kira", 403), ("igor", 403)],
)
def test_the_books_are_the_administrations(
    client: TestClient, desk: At, login: str, status: int
) -> None:
    other = desk(login)
    for path in ("/trainings", "/service-requests", "/service-requests.csv"):
        assert other.get(path).status_code == status
    for path in ("/trainings", "/service-requests"):
        assert look(client, other, path).status_code == status
    assert other.post("/trainings", TRAINING).status_code == status
    assert other.post("/service-requests", REQUEST).status_code == status
    assert other.post(DECISION, {"outcome": "GRANTED"}).status_code == status


def test_a_deputy_reads_no_requests_of_families(client: TestClient, desk: At) -> None:
    vera = desk("vera")
    assert refusal(vera.get("/service-requests")) == (403, "service.not_yours")
    assert vera.get("/service-requests.csv").status_code == 403
    assert look(client, vera, "/service-requests").status_code == 403
    assert refusal(vera.post("/service-requests", REQUEST))[0] == 403
    assert refusal(vera.post(DECISION, {"outcome": "GRANTED"}))[0] == 403


def test_who_was_taught_and_who_never_was(desk: At, projector: Projector) -> None:
    vera = desk("vera")
    settled(vera, vera.post("/trainings", TRAINING))

    told = vera.get("/trainings").json()

    [one] = told["trainings"]
    assert (one["topic"], one["people"][0]["person_id"]) == ("Работа с журналом", ANNA)
    last = {each["person_id"]: each["last"] for each in told["staff"]}
    assert (last[ANNA], last[BORIS]) == ("2026-09-02", None)
    assert told["staff"][-1]["person_id"] == ANNA  # those without a training come first


def test_a_request_is_entered_decided_and_exported(
    desk: At, projector: Projector, clock: Clock
) -> None:
    sveta = desk("sveta")
    settled(sveta, sveta.post("/service-requests", REQUEST))
    [one] = sveta.get("/service-requests").json()["requests"]
    assert (one["number"], one["due_date"], one["overdue"]) == (1, "2026-09-12", False)
    assert one["applicant"] == "=Петрова Ольга"
    clock.forward(timedelta(days=11))
    sveta = desk("sveta")
    assert sveta.get("/service-requests").json()["requests"][0]["overdue"]
    bare = sveta.post(DECISION, {"outcome": "REFUSED"})
    assert refusal(bare) == (422, "service.no_reason")
    settled(sveta, sveta.post(DECISION, {"outcome": "REFUSED", "reason": "не представитель"}))

    table = sveta.get("/service-requests.csv")

    assert table.headers["content-type"].startswith("text/csv")
    head, line, _ = table.content.decode("utf-8-sig").split("\r\n")
    assert head.startswith("№;дата;способ;заявитель")
    assert line == (
        "1;02.09.2026;через портал;'=Петрова Ольга;olga@example.org;Петров Пётр;"
        "успеваемость за четверть;12.09.2026;отказано;13.09.2026;"
        "Светлова Светлана Сергеевна;не представитель"
    )


def test_an_erasure_finds_the_applicant(desk: At, projector: Projector) -> None:
    sveta = desk("sveta")
    settled(sveta, sveta.post("/service-requests", REQUEST))
    texts = desk("alla").get(f"/people/{OLGA}/erasure").json()["texts"]
    assert [one["kind"] for one in texts if "olga@example.org" in one["text"]] == ["service"]


def test_the_pages_enter_and_decide_without_a_script(
    client: TestClient, desk: At, projector: Projector
) -> None:
    sveta, vera = desk("sveta"), desk("vera")
    nobody = send(client, vera, "/trainings", on="2026-09-02", topic="Журнал")
    assert (nobody.status_code, "Отметьте, кто был" in nobody.text) == (422, True)
    held = send(client, vera, "/trainings", on="2026-09-02", topic="Журнал", person_ids=[ANNA])
    page = follow(client, vera, held)
    assert "Антонова А. А." in page
    assert "обучения не было" in page

    form = look(client, sveta, f"/service-requests?class_id={CLASS_7A}").text
    assert "Морозова Мария" in form
    fields = {"pupil_id": PETYA, "class_id": CLASS_7A, "on": "2026-09-02", "channel": "POST"}
    bad = send(client, sveta, "/service-requests", **fields, applicant="Петрова О.", about=" ")
    assert (bad.status_code, "Петрова О." in bad.text) == (422, True)
    done = send(
        client, sveta, "/service-requests", **fields, applicant="Петрова О.", about="отметки"
    )
    page = follow(client, sveta, done)
    assert "почтой" in page
    there = re.search(r"/service-requests/[0-9a-f-]{36}/decision", page)
    assert there
    page = follow(client, sveta, send(client, sveta, there[0], outcome="GRANTED"))
    assert "предоставлено" in page
