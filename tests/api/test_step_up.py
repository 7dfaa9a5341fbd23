"""Showing again who one is: what is not done in a session that somebody left open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from projections.projector import Projector
from tests.api.ground import PASSWORD, Clock, Desk
from tests.api.telephone import enrolled, refusal, sign_in
from tests.api.test_lessons import lesson_of
from tests.api.test_marks import FIVE, TYPO, give
from tests.cast import ALGEBRA, ANNA, CLASS_7A, GALINA, PETYA
from tests.house.test_every_route_names_its_caller import ROUTES, callers

At = Callable[[str], Desk]
STALE = (403, "session.step_up_required")
TEA = timedelta(minutes=6)
ANNULMENT = {"saw": "5", "reason_code": "TYPO"}
#: What needs a password just shown, whatever the day.
SURE = {
    "POST /api/v1/people/{person_id}/account",
    "POST /api/v1/people/{person_id}/account/revocation",
    "POST /api/v1/people/{person_id}/second-factor/removal",
    "POST /api/v1/people/{person_id}/suspicion",
    "POST /api/v1/session/second-factor",
    "POST /api/v1/session/second-factor/confirmation",
    "POST /api/v1/session/second-factor/recovery-codes",
    "DELETE /api/v1/session/second-factor",
    "POST /api/v1/tokens",
    "POST /api/v1/tokens/{token_id}/revocation",
}


def step_up(person: Desk, **more: str) -> Response:
    """Show the password again; the desk keeps the new cookie."""
    answer = person.post("/session/step-up", {"password": PASSWORD} | more)
    if answer.status_code == 200:
        token = answer.headers["set-cookie"].partition(";")[0]
        person._client.cookies.clear()
        person.cookie = {"cookie": token}
    return answer


def test_v7_5_1_what_changes_access_says_in_its_signature_that_it_asks_again() -> None:
    asking = {name for name, route in ROUTES.items() if any(map(is_fresh, callers(route)))}

    assert asking >= SURE


def is_fresh(caller: object) -> bool:
    """A caller type that asks for a password shown within the last minutes."""
    return getattr(caller, "__name__", "").startswith("fresh")


@pytest.mark.parametrize("door", sorted(SURE))
def test_an_open_session_is_not_enough(desk: At, clock: Clock, door: str) -> None:
    alla = desk("alla")
    clock.forward(TEA)
    method, _, path = door.partition(" ")
    path = path.removeprefix("/api/v1").format(person_id=PETYA, token_id=uuid4())
    body = {"login": "petya2", "reason": "left", "code": "1", "name": "n", "scopes": ["read:diary"]}
    body["until"] = "2026-09-03T00:00:00Z"

    answer = alla.send(method, path, body, **{"idempotency-key": str(uuid4())})

    assert refusal(answer) == STALE


def test_a_mark_of_today_is_corrected_without_a_question(
    desk: At, clock: Clock, projector: Projector
) -> None:
    anna = desk("anna")
    give(anna)
    clock.forward(TEA)

    assert anna.post(f"/marks/{FIVE}/corrections", TYPO).status_code == 200


@pytest.mark.parametrize(("act", "body"), [("corrections", TYPO), ("annulment", ANNULMENT)])
def test_a_mark_of_yesterday_asks_for_the_password_once(
    desk: At, clock: Clock, projector: Projector, act: str, body: dict[str, str]
) -> None:
    give(desk("anna"))
    clock.forward(timedelta(days=1))
    anna, key = desk("anna"), str(uuid4())
    clock.forward(TEA)
    assert refusal(anna.post(f"/marks/{FIVE}/{act}", body, key)) == STALE

    assert step_up(anna).status_code == 200

    assert anna.post(f"/marks/{FIVE}/{act}", body, key).status_code == 200


def test_a_column_of_yesterday_is_cleared_after_the_password(
    desk: At, clock: Clock, projector: Projector
) -> None:
    give(desk("anna"))
    lesson = lesson_of(desk("anna"))
    clock.forward(timedelta(days=1))
    anna, zoya, key = desk("anna"), desk("zoya"), str(uuid4())
    clock.forward(TEA)
    seen = [{"mark_id": FIVE, "saw": ANNULMENT["saw"]}]
    cleared = {"marks": seen, "reason_code": ANNULMENT["reason_code"]}
    assert zoya.post(f"/lessons/{lesson}/annulments", cleared).status_code == 404
    assert refusal(anna.post(f"/lessons/{lesson}/annulments", cleared, key)) == STALE

    assert step_up(anna).status_code == 200

    assert anna.post(f"/lessons/{lesson}/annulments", cleared, key).status_code == 200


def test_just_after_signing_in_yesterday_is_corrected_without_a_question(
    desk: At, clock: Clock, projector: Projector
) -> None:
    give(desk("anna"))
    clock.forward(timedelta(days=1))

    assert desk("anna").post(f"/marks/{FIVE}/corrections", TYPO).status_code == 200


def test_the_day_is_that_of_the_school(desk: At, clock: Clock, projector: Projector) -> None:
    give(desk("anna"))
    clock.forward(timedelta(hours=12, minutes=30))  # Thursday in Moscow, Wednesday in Greenwich
    anna = desk("anna")
    clock.forward(TEA)

    assert refusal(anna.post(f"/marks/{FIVE}/corrections", TYPO)) == STALE


def test_a_stranger_with_an_old_session_learns_nothing(
    desk: At, clock: Clock, projector: Projector
) -> None:
    give(desk("anna"))
    clock.forward(timedelta(days=1))
    zoya, tanya = desk("zoya"), desk("tanya")
    clock.forward(TEA)

    for stranger in (zoya, tanya):
        assert stranger.post(f"/marks/{FIVE}/corrections", TYPO).status_code == 404


def test_a_term_mark_is_never_of_today(desk: At, clock: Clock) -> None:
    anna = desk("anna")
    clock.forward(TEA)
    body = {"pupil_id": PETYA, "subject_id": ALGEBRA, "term": 1, **TYPO}

    for path in ("corrections", "annulment"):
        answer = anna.post(f"/classes/{CLASS_7A}/term-marks/{path}", body)
        assert refusal(answer) == STALE
        body = {name: value for name, value in body.items() if name != "value"}


def test_marks_themselves_are_given_without_a_question(desk: At, clock: Clock) -> None:
    anna = desk("anna")
    lesson_of(anna)
    clock.forward(TEA)

    give(anna)


def test_showing_it_again_changes_the_token_and_not_the_session(
    client: TestClient, desk: At, clock: Clock
) -> None:
    anna = desk("anna")
    before, [session] = anna.cookie, anna.get("/sessions").json()["sessions"]

    assert step_up(anna).json() == anna.session

    assert anna.cookie != before
    assert client.get("/api/v1/session", headers=before).status_code == 401
    [now] = anna.get("/sessions").json()["sessions"]
    assert now["session_id"] == session["session_id"]


def test_a_wrong_password_refreshes_nothing(desk: At, clock: Clock) -> None:
    alla = desk("alla")
    clock.forward(TEA)
    answer = alla.post("/session/step-up", {"password": "ворона на заборе"})

    assert refusal(answer) == (401, "session.wrong_password")
    refused = alla.post(f"/people/{GALINA}/account", {"login": "galina"})
    assert refusal(refused) == STALE
    assert alla.get("/session").status_code == 200


def test_who_has_a_second_factor_shows_it_again_too(
    client: TestClient, desk: At, clock: Clock
) -> None:
    anna = desk("anna")
    telephone = enrolled(anna, clock)

    assert refusal(step_up(anna)) == (401, "session.code_required")
    assert step_up(anna, code=telephone.next_code()).status_code == 200


def test_nobody_shows_it_again_without_a_session(client: TestClient) -> None:
    answer = client.post("/api/v1/session/step-up", json={"password": PASSWORD})

    assert refusal(answer) == (401, "session.required")
    assert sign_in(client, "anna").status_code == 200


def test_the_absolute_end_of_a_session_does_not_move(desk: At, clock: Clock) -> None:
    anna = desk("anna")
    for _ in range(144):
        clock.forward(timedelta(minutes=5))
        assert step_up(anna).status_code == 200
    clock.forward(timedelta(minutes=1))

    assert anna.get("/session").status_code == 401
    assert anna.session["person_id"] == ANNA
