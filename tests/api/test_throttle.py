"""Guessing is slowed at every door by one counter, and never locks out who did not guess."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.auth import crowd
from api.auth.throttle import FREE, FREE_OF_ADDRESS
from tests.api.ground import Clock, Desk
from tests.api.telephone import FACTOR, enrolled, refusal, sign_in
from tests.api.transport import QuickClient

At = Callable[[str], Desk]
WRONG = "ворона на заборе"
Try = Callable[[Desk], Response]

#: Every path on which a password or a code may be guessed by who sits in Anna's session.
PATHS: dict[str, Try] = {
    "step-up": lambda anna: anna.post("/session/step-up", {"password": WRONG}),
    "change of password": lambda anna: anna.send(
        "PUT", "/session/password", {"current": WRONG, "new": "чайка над волнами"}
    ),
}


def elsewhere(client: TestClient, address: str) -> TestClient:
    """The same school, asked from another address."""
    other = QuickClient(client.app, "http://127.0.0.1", (address, 50000))
    other.portal = client.portal  # one event loop: it is one process
    return other


def wait_of(answer: Response) -> int:
    assert refusal(answer) == (429, "session.throttled")
    return int(answer.headers["retry-after"])


@pytest.mark.parametrize("path", sorted(PATHS))
def test_guessing_within_a_session_is_the_same_guessing(
    client: TestClient, desk: At, path: str
) -> None:
    anna = desk("anna")
    for _ in range(FREE):
        assert PATHS[path](anna).status_code == 401

    assert wait_of(PATHS[path](anna)) >= 1
    assert wait_of(sign_in(client, "anna")) >= 1  # the right password, at another door


def test_codes_are_counted_for_the_person_wherever_they_come_from(
    client: TestClient, desk: At, clock: Clock
) -> None:
    enrolled(desk("anna"), clock)
    for n in range(FREE):
        guess = sign_in(elsewhere(client, f"10.0.0.{n}"), "anna", code=f"{n:06}")
        assert refusal(guess) == (401, "session.wrong_code")

    assert wait_of(sign_in(elsewhere(client, "10.0.0.99"), "anna", code="000099")) >= 1


def test_codes_on_paper_are_counted_with_them(client: TestClient, desk: At, clock: Clock) -> None:
    enrolled(desk("anna"), clock)
    for _ in range(FREE):
        assert sign_in(client, "anna", code="abcdef-ghjkmn-pqrstu-vwxyz2").status_code == 401

    assert wait_of(sign_in(client, "anna", code="000000")) >= 1


def test_so_are_first_codes(desk: At) -> None:
    anna = desk("anna")
    anna.post(FACTOR)
    for _ in range(FREE):
        assert anna.post(f"{FACTOR}/confirmation", {"code": "000000"}).status_code == 422

    assert wait_of(anna.post(f"{FACTOR}/confirmation", {"code": "000000"})) >= 1


def test_who_does_not_know_the_password_cannot_lock_the_codes(
    client: TestClient, desk: At, clock: Clock
) -> None:
    telephone = enrolled(desk("anna"), clock)
    for n in range(2 * FREE):
        sign_in(elsewhere(client, f"10.0.0.{n}"), "anna", WRONG, code="000000")
        sign_in(elsewhere(client, f"10.0.0.{n}"), " anna", WRONG, code="000000")

    assert sign_in(client, "anna", code=telephone.next_code()).status_code == 200


def test_unknown_tokens_are_counted_and_good_ones_are_not_slowed(
    client: TestClient, desk: At
) -> None:
    body = {"name": "n", "scopes": ["read:journal"], "until": "2026-10-01T00:00:00+03:00"}
    good = {"authorization": f"Bearer {desk('anna').post('/tokens', body).json()['token']}"}
    bad = {"authorization": "Bearer lt_guess"}
    client.cookies.clear()
    for _ in range(FREE):
        assert client.get("/api/v1/classes", headers=bad).status_code == 401

    assert wait_of(client.get("/api/v1/classes", headers=bad)) >= 1
    assert client.get("/api/v1/classes", headers=good).status_code == 200


def test_a_pupil_does_not_lock_the_teacher_out_from_another_address(client: TestClient) -> None:
    pupil = elsewhere(client, "10.7.7.7")
    for _ in range(2 * FREE):
        sign_in(pupil, "anna", WRONG)

    assert sign_in(pupil, "anna").status_code == 429
    assert sign_in(client, "anna").status_code == 200


def test_one_address_that_tries_many_logins_is_slowed(client: TestClient, clock: Clock) -> None:
    guesser = elsewhere(client, "10.7.7.7")
    for n in range(FREE_OF_ADDRESS):
        assert sign_in(guesser, f"nobody{n}", WRONG).status_code == 401

    assert wait_of(sign_in(guesser, "vera")) >= 1
    assert sign_in(client, "vera").status_code == 200  # from elsewhere

    clock.forward(timedelta(minutes=15))
    assert sign_in(guesser, "vera").status_code == 200


def test_ones_own_password_does_not_wash_off_guessing_at_others(client: TestClient) -> None:
    guesser = elsewhere(client, "10.7.7.7")
    for n in range(FREE_OF_ADDRESS):
        sign_in(guesser, f"nobody{n}", WRONG)
        if n == FREE_OF_ADDRESS // 2:
            assert sign_in(guesser, "petya").status_code == 200

    assert wait_of(sign_in(guesser, "vera")) >= 1


def test_who_works_at_that_address_works_on(client: TestClient) -> None:
    school = elsewhere(client, "10.7.7.7")
    assert sign_in(school, "anna").status_code == 200
    for n in range(FREE_OF_ADDRESS):
        sign_in(school, f"nobody{n}", WRONG)

    assert sign_in(school, "vera").status_code == 429
    assert sign_in(school, "anna").status_code == 200


def test_a_hundred_guesses_at_once_are_no_more_than_five(
    client: TestClient, kukarino: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "SOON_S", float("inf"))  # however slow this machine is just now
    with ThreadPoolExecutor(20) as guessers:
        answers = list(
            guessers.map(
                lambda _: elsewhere(client, "10.7.7.7").post(
                    "/api/v1/session", json={"login": "anna", "password": WRONG}
                ),
                range(40),
            )
        )

    looked_at = [one for one in answers if one.status_code == 401]
    assert len(looked_at) == FREE
    assert {one.status_code for one in answers} == {401, 429}
    with psycopg.connect(kukarino) as conn:
        [(lines,)] = conn.execute("SELECT count(*) FROM school_kukarino.access_log").fetchall()
    assert lines == 40


def test_no_wait_is_longer_than_a_quarter_of_an_hour(client: TestClient, clock: Clock) -> None:
    longest = 0
    for _ in range(40):
        sign_in(client, "anna", WRONG)
        waiting = sign_in(client, "anna", WRONG)
        if waiting.status_code == 429:
            longest = max(longest, wait_of(waiting))
            clock.forward(timedelta(seconds=wait_of(waiting)))

    assert 600 < longest <= 900
    clock.forward(timedelta(minutes=15))
    assert sign_in(client, "anna").status_code == 200


def test_mistakes_of_a_morning_are_forgotten(client: TestClient, clock: Clock) -> None:
    for _ in range(10):
        for _ in range(FREE - 1):
            assert sign_in(client, "anna", WRONG).status_code == 401
        clock.forward(timedelta(hours=FREE))
    assert sign_in(client, "anna").status_code == 200
