"""Journals opened to an auditor: granted classes on granted days, to be read; nothing without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import ALGEBRA_PLACE, Clock, Desk
from tests.api.telephone import refusal
from tests.api.test_page_doors import look
from tests.cast import CLASS_7A, CLASS_7B, IGOR, VERA, an_id

At = Callable[[str], Desk]
EVERYTHING = an_id("допуск Игоря")
REGISTER = f"/classes/{CLASS_7A}/register"
GRANT: dict[str, Any] = {
    "grant_id": an_id("допуск"),
    "person_id": IGOR,
    "class_ids": [CLASS_7B],
    "since": "2026-09-02",
    "until": "2026-09-05",
    "order_no": "62-у",
}


@pytest.fixture
def closed(desk: At, projector: Projector) -> At:
    """Igor's inspection of everything is over."""
    vera = desk("vera")
    answer = vera.post(f"/grants/{EVERYTHING}/ending", {"on": "2026-09-02"})
    assert answer.status_code == 200, answer.text
    settled(vera, answer)
    return desk


def settled(desk: Desk, answer: Any) -> None:
    """The projections have it."""
    assert desk.get("/session", min_position=answer.json()["position"]).status_code == 200


@pytest.mark.parametrize(
    ("login", "status"),
    [("zoya", 404), ("olga", 404), ("petya", 404), ("igor", 403), ("anna", 403), ("kira", 403)],
)
def test_grants_are_the_administrations(desk: At, login: str, status: int) -> None:
    other = desk(login)

    assert other.get("/grants").status_code == status
    assert other.post("/grants", GRANT).status_code == status
    assert other.post(f"/grants/{EVERYTHING}/ending", {"on": "2026-09-03"}).status_code == status


def test_a_secretary_opens_no_journals(desk: At) -> None:
    assert refusal(desk("sveta").post("/grants", GRANT)) == (403, "access.administration_only")


def test_without_a_grant_an_auditor_sees_nothing(closed: At) -> None:
    igor = closed("igor")

    assert igor.get("/classes").json()["classes"] == []
    assert refusal(igor.get(f"/classes/{CLASS_7A}")) == (404, "class.unknown")
    assert refusal(igor.get(REGISTER, **ALGEBRA_PLACE)) == (404, "class.unknown")
    difference = {"subject_id": ALGEBRA_PLACE["subject_id"], "from": "2026-09-01T00:00:00Z"}
    assert igor.get(f"{REGISTER}/difference", **difference).status_code == 404
    assert igor.get("/trail").status_code == 404
    assert igor.get("/trail", class_id=CLASS_7A).status_code == 404


def test_a_granted_class_is_read_and_no_other(closed: At, projector: Projector) -> None:
    vera, igor = closed("vera"), closed("igor")

    settled(vera, vera.post("/grants", GRANT))

    assert [one["class_id"] for one in igor.get("/classes").json()["classes"]] == [CLASS_7B]
    assert igor.get(f"/classes/{CLASS_7B}").status_code == 200
    assert igor.get(f"/classes/{CLASS_7A}").status_code == 404
    assert igor.get("/trail", class_id=CLASS_7A).status_code == 404
    assert igor.get("/trail", class_id=CLASS_7B).status_code == 200
    assert igor.get("/trail").json()["items"] == []  # nothing was written in 7б


def test_the_trail_of_everything_is_cut_to_what_is_open(closed: At, projector: Projector) -> None:
    vera = closed("vera")
    assert vera.get("/trail").json()["items"]

    settled(vera, vera.post("/grants", GRANT | {"class_ids": [CLASS_7A]}))

    told = closed("igor").get("/trail").json()["items"]
    assert {one["class"]["class_id"] for one in told} == {CLASS_7A}


def test_a_grant_ends_with_its_last_day(closed: At, projector: Projector, clock: Clock) -> None:
    vera = closed("vera")
    settled(vera, vera.post("/grants", GRANT))
    clock.forward(timedelta(days=2))
    assert closed("igor").get(f"/classes/{CLASS_7B}").status_code == 200

    clock.forward(timedelta(days=1))

    assert closed("igor").get(f"/classes/{CLASS_7B}").status_code == 404


def test_an_auditor_writes_nothing_and_reads_no_diary(desk: At) -> None:
    igor = desk("igor")

    assert igor.get(REGISTER, **ALGEBRA_PLACE).status_code == 200
    assert igor.get(f"/pupils/{an_id('Петя')}/marks").status_code == 404
    assert igor.post("/lessons", {}).status_code == 404


def test_the_list_tells_what_is_open_to_whom(closed: At, projector: Projector) -> None:
    vera = closed("vera")
    settled(vera, vera.post("/grants", GRANT))

    new, old = vera.get("/grants").json()["grants"]

    assert new["classes"] == [{"class_id": CLASS_7B, "name": "7б"}]
    assert (new["person_id"], new["in_force"], new["order_no"]) == (IGOR, True, "62-у")
    assert new["opened_by"] == "Веденеева Вера Викторовна"
    assert (old["classes"], old["in_force"], old["closed_on"]) == ([], False, "2026-09-02")


def test_journals_open_to_auditors_alone(desk: At) -> None:
    answer = desk("vera").post("/grants", GRANT | {"person_id": VERA})

    assert refusal(answer) == (422, "grant.not_an_auditor")


def test_a_grant_that_is_not_there_does_not_end(desk: At) -> None:
    answer = desk("vera").post(f"/grants/{an_id('нет')}/ending", {"on": "2026-09-03"})

    assert refusal(answer) == (404, "grant.unknown")


def test_the_desk_of_the_auditor_shows_granted_classes(
    client: TestClient, closed: At, projector: Projector
) -> None:
    vera = closed("vera")
    settled(vera, vera.post("/grants", GRANT))

    page = look(client, closed("igor"), "/audit").text

    assert "7б" in page
    assert "7а" not in page
