"""Letters to parents (4.1.в): sent by the class teacher, and whether they were opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import Clock, Desk
from tests.api.test_grants import settled
from tests.api.test_page_doors import look
from tests.api.test_terms import mark
from tests.cast import CLASS_7A, MASHA, OLGA, PETYA

At = Callable[[str], Desk]
PLACE = f"/classes/{CLASS_7A}/parent-reports"
LETTER = f"/pupils/{PETYA}/letter"


def letter(kira: Desk, pupil_id: str = PETYA) -> dict[str, Any]:
    found = kira.get(PLACE, term=1).json()["letters"]
    [one] = [one for one in found if one["pupil_id"] == pupil_id]
    return dict(one)


@pytest.mark.parametrize(
    ("login", "reads", "sends"),
    [("zoya", 404, 404), ("olga", 404, 404), ("anna", 403, 403), ("vera", 200, 403)],
)
def test_letters_are_the_class_teachers(
    client: TestClient, desk: At, login: str, reads: int, sends: int
) -> None:
    who = desk(login)
    answer = who.get(PLACE, term="1")
    assert answer.status_code == reads, answer.text
    assert look(client, who, PLACE).status_code == reads
    assert who.post(PLACE, {"term": 1, "pupil_ids": [PETYA]}).status_code == sends


def test_a_letter_is_sent_to_who_consented_and_seen_to_have_arrived(
    client: TestClient, desk: At, projector: Projector, clock: Clock
) -> None:
    kira, olga = desk("kira"), desk("olga")
    assert letter(kira)["sent"] is None
    nobody = kira.post(PLACE, {"term": 1, "pupil_ids": [MASHA]})
    assert (nobody.status_code, nobody.json()["code"]) == (422, "letter.nobody")
    olga.get(LETTER)  # before it was sent, this is no receipt
    clock.forward(timedelta(minutes=1))

    settled(kira, kira.post(PLACE, {"term": 1, "pupil_ids": [PETYA]}))

    sent = letter(kira)
    assert sent["sent"]["how"] == "CABINET"
    assert {one["guardian_id"]: one["opened"] for one in sent["guardians"]}[OLGA] is None
    assert "Классный руководитель прислал" in look(client, olga, f"/pupils/{PETYA}/year").text
    assert olga.get(LETTER).status_code == 200
    assert {one["guardian_id"]: one["opened"] for one in letter(kira)["guardians"]}[OLGA]
    assert "открыто" in look(client, kira, f"{PLACE}?term=1").text


def test_a_letter_that_was_sent_stays_as_it_was(
    client: TestClient, desk: At, projector: Projector, clock: Clock
) -> None:
    anna, kira, olga = desk("anna"), desk("kira"), desk("olga")
    assert olga.get(LETTER, term=1, sent="true").json()["code"] == "letter.unknown"
    kira.get("/session", min_position=mark(anna, "5"))
    settled(kira, kira.post(PLACE, {"term": 1, "pupil_ids": [PETYA]}))
    clock.forward(timedelta(minutes=1))
    for value in "2345":
        olga.get("/session", min_position=mark(anna, value))

    place = f"/pupils/{PETYA}/letter/pdf?term=1&amp;sent=true"
    assert place in look(client, olga, f"/pupils/{PETYA}/year").text
    then = olga.get(LETTER, term=1, sent="true").json()
    assert [line["cells"][1] for line in then["parts"][0]["lines"]] == ["5"]
    now = olga.get(LETTER, term=1).json()
    assert [line["cells"][1] for line in now["parts"][0]["lines"]] == ["5, 2, 3, 4, 5"]
    assert desk("petya").get(LETTER, term=1, sent="true").status_code == 404  # went to his mother


def test_who_has_no_consent_is_handed_a_letter_on_paper(
    client: TestClient, desk: At, projector: Projector
) -> None:
    kira = desk("kira")
    form = {"key": str(uuid4()), "term": "1", "how": "PAPER", "pupil_id": MASHA}
    done = client.post(PLACE, data=form, headers=kira.cookie, follow_redirects=False)
    assert done.status_code == 303, done.text
    assert done.headers["location"] == f"{PLACE}?term=1"
    position = client.cookies["letopis_position"]
    client.cookies.clear()
    assert kira.get(PLACE, term=1, min_position=position).status_code == 200
    assert letter(kira, MASHA)["sent"]["how"] == "PAPER"
