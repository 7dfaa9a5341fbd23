"""Somebody else may know the password (clause 3.3.6): out at the next request."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import HASHED, SLUG, Desk
from tests.api.telephone import refusal, sign_in
from tests.api.test_tokens import program
from tests.cast import ANNA, BORIS, PETYA

At = Callable[[str], Desk]
OF_ANNA = f"/people/{ANNA}/suspicion"
SEEN = {"reason": "ученик видел, как я вводила пароль"}


@pytest.fixture(autouse=True)
def accounts(desk: At, kukarino: str) -> None:
    """The log knows that Anna and Petya have accounts; their passwords stay those of the cast."""
    alla = desk("alla")
    for person, login in ((ANNA, "anna"), (PETYA, "petya")):
        assert alla.post(f"/people/{person}/account", {"login": login}).status_code == 200
    with psycopg.connect(kukarino) as conn:
        conn.execute(
            f"UPDATE school_{SLUG}.account SET hash = %s, must_change = false, good_until = NULL"
            " WHERE login IN ('anna', 'petya')",
            (HASHED,),
        )


@pytest.mark.parametrize("login", ["dina", "vera", "alla", "anna"])
def test_all_sessions_and_tokens_end_at_the_next_request(
    client: TestClient, desk: At, login: str
) -> None:
    here, there = desk("anna"), desk("anna")
    reader = program(client, here, "read:journal")

    answer = (here if login == "anna" else desk(login)).post(OF_ANNA, SEEN)

    assert answer.status_code == 200, answer.text
    assert answer.json()["position"] > 0
    assert [one.get("/session").status_code for one in (here, there)] == [401, 401]
    assert refusal(reader.get("/classes")) == (401, "token.unknown")
    assert refusal(sign_in(client, "anna")) == (401, "session.wrong_password")


@pytest.mark.parametrize(
    ("login", "status"),
    [("boris", 403), ("sveta", 403), ("igor", 403), ("olga", 404), ("petya", 404)],
)
def test_nobody_else_closes_the_sign_in_of_another(desk: At, login: str, status: int) -> None:
    anna = desk("anna")

    assert desk(login).post(OF_ANNA, SEEN).status_code == status
    assert anna.get("/session").status_code == 200


def test_a_pupil_says_it_about_oneself(desk: At, kukarino: str) -> None:
    petya = desk("petya")

    assert petya.post(f"/people/{PETYA}/suspicion", SEEN).status_code == 200

    assert petya.get("/session").status_code == 401


def test_the_fact_says_why_and_the_words_stay_outside_of_the_log(desk: At, kukarino: str) -> None:
    desk("anna").post(OF_ANNA, SEEN)

    with psycopg.connect(kukarino) as conn:
        schema = f"school_{SLUG}"
        [(state,)] = conn.execute(
            f"SELECT convert_from(state, 'UTF8') FROM {schema}.facts"
            " WHERE topic LIKE 'person.account-revoked%'"
        ).fetchall()
        [row] = conn.execute(
            "SELECT hash, suspected_at IS NOT NULL, suspected_by::text, suspicion"
            f" FROM {schema}.account WHERE person_id = %s",
            (ANNA,),
        ).fetchall()
    assert '"suspicion"' in state
    assert "ученик" not in state
    assert row == (None, True, ANNA, SEEN["reason"])


def test_a_repeat_answers_the_same(desk: At) -> None:
    vera, key = desk("vera"), str(uuid4())

    first, again = vera.post(OF_ANNA, SEEN, key), vera.post(OF_ANNA, SEEN, key)

    assert first.status_code == 200
    assert again.json() == first.json()


def test_a_new_password_opens_the_door_again(
    client: TestClient, desk: At, projector: Projector
) -> None:
    desk("vera").post(OF_ANNA, SEEN)
    issued = desk("alla").post(f"/people/{ANNA}/account", {"login": "anna"}).json()

    again = sign_in(client, "anna", issued["password"])

    assert again.json()["must_change_password"] is True


def test_boris_is_not_concerned(desk: At) -> None:
    boris = desk("boris")
    desk("vera").post(OF_ANNA, SEEN)

    assert boris.get("/session").json()["person_id"] == BORIS
