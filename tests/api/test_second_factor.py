"""A second factor: switched on by its first code, asked for at every door, good once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient

from projections.postgres.settings import Settings
from tests.api.ground import Clock, Desk, running
from tests.api.telephone import FACTOR, enrolled, refusal, sign_in
from tests.cast import ANNA, PETYA
from tests.conftest import SECRET

At = Callable[[str], Desk]
STALE = (403, "session.step_up_required")


@pytest.fixture
def strict(kukarino: str, tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    """A school whose deputy needs a second factor."""
    settings = Settings(
        data_dir=tmp_path,
        secret=SECRET,
        database_url=kukarino,
        pool_max=4,
        second_factor=frozenset({"deputy"}),
    )
    with running(settings, clock) as client:
        yield client


def test_nobody_has_one_at_first(desk: At) -> None:
    assert desk("anna").get(FACTOR).json() == {
        "enrolled": False,
        "since": None,
        "recovery_codes_left": 0,
        "required": False,
    }


def test_what_was_only_shown_is_not_in_force(client: TestClient, desk: At) -> None:
    desk("anna").post(FACTOR)

    assert sign_in(client, "anna").status_code == 200


def test_a_wrong_first_code_brings_nothing_into_force(client: TestClient, desk: At) -> None:
    anna = desk("anna")
    anna.post(FACTOR)

    wrong = anna.post(f"{FACTOR}/confirmation", {"code": "000000"})

    assert refusal(wrong) == (422, "second_factor.wrong_code")
    assert sign_in(client, "anna").status_code == 200


def test_there_is_nothing_to_confirm_before_it_is_shown(desk: At) -> None:
    answer = desk("anna").post(f"{FACTOR}/confirmation", {"code": "000000"})

    assert refusal(answer) == (409, "second_factor.not_shown")


def test_the_password_alone_is_not_enough_any_more(
    client: TestClient, desk: At, clock: Clock
) -> None:
    telephone = enrolled(desk("anna"), clock)

    assert refusal(sign_in(client, "anna")) == (401, "session.code_required")
    assert refusal(sign_in(client, "anna", code="000000")) == (401, "session.wrong_code")
    assert sign_in(client, "anna", code=telephone.next_code()).status_code == 200


def test_without_the_password_nobody_learns_that_there_is_one(
    client: TestClient, desk: At, clock: Clock
) -> None:
    enrolled(desk("anna"), clock)

    assert refusal(sign_in(client, "anna", "ворона на заборе")) == (401, "session.wrong_password")


def test_a_code_on_paper_is_good_once(client: TestClient, desk: At, clock: Clock) -> None:
    anna = desk("anna")
    telephone = enrolled(anna, clock)
    code = telephone.paper[3].upper()

    assert sign_in(client, "anna", code=code).status_code == 200
    assert refusal(sign_in(client, "anna", code=code)) == (401, "session.wrong_code")
    assert anna.get(FACTOR).json()["recovery_codes_left"] == 7


def test_new_codes_on_paper_replace_the_old_ones(
    client: TestClient, desk: At, clock: Clock
) -> None:
    anna = desk("anna")
    old = enrolled(anna, clock).paper

    new = anna.post(f"{FACTOR}/recovery-codes").json()["recovery_codes"]

    assert refusal(sign_in(client, "anna", code=old[0])) == (401, "session.wrong_code")
    assert sign_in(client, "anna", code=new[0]).status_code == 200


def test_who_has_no_factor_has_no_paper_either(desk: At) -> None:
    answer = desk("anna").post(f"{FACTOR}/recovery-codes")

    assert refusal(answer) == (409, "second_factor.none")


def test_another_telephone_takes_over_when_its_code_comes(
    client: TestClient, desk: At, clock: Clock
) -> None:
    anna = desk("anna")
    old = enrolled(anna, clock)
    new = enrolled(anna, clock)

    assert refusal(sign_in(client, "anna", code=old.next_code())) == (401, "session.wrong_code")
    assert sign_in(client, "anna", code=new.code()).status_code == 200


def test_switching_it_on_ends_the_other_sessions(desk: At, clock: Clock) -> None:
    here, there = desk("anna"), desk("anna")

    enrolled(here, clock)

    assert here.get("/session").status_code == 200
    assert there.get("/session").status_code == 401


def test_it_is_switched_off_with_a_password_shown_just_now(
    client: TestClient, desk: At, clock: Clock
) -> None:
    anna = desk("anna")
    telephone = enrolled(anna, clock)
    clock.forward(timedelta(minutes=6))
    assert refusal(anna.send("DELETE", FACTOR)) == STALE

    fresh = Desk(client, "anna", telephone.code())

    assert fresh.send("DELETE", FACTOR).status_code == 204
    assert sign_in(client, "anna").status_code == 200


@pytest.mark.parametrize("path", ["", "/confirmation", "/recovery-codes"])
def test_an_open_session_is_not_enough_to_change_it(desk: At, clock: Clock, path: str) -> None:
    anna = desk("anna")
    clock.forward(timedelta(minutes=6))

    assert refusal(anna.post(f"{FACTOR}{path}", {"code": "000000"})) == STALE


def test_the_administrator_removes_a_lost_one(client: TestClient, desk: At, clock: Clock) -> None:
    anna = desk("anna")
    enrolled(anna, clock)
    path = f"/people/{ANNA}/second-factor/removal"

    assert desk("petya").post(path).status_code == 404
    assert refusal(desk("sveta").post(path)) == (403, "access.administration_only")
    assert desk("alla").post(path).json() == {"person_id": ANNA, "removed": True}

    assert anna.get("/session").status_code == 401
    assert sign_in(client, "anna").status_code == 200


def test_a_role_that_must_have_one_gets_no_further_than_switching_it_on(
    strict: TestClient, clock: Clock
) -> None:
    vera, anna = Desk(strict, "vera"), Desk(strict, "anna")
    assert anna.get("/classes").status_code == 200
    assert refusal(vera.get("/classes")) == (403, "session.second_factor_required")
    refused = vera.post(f"/people/{PETYA}/suspicion", {"reason": "видели пароль"})
    assert refusal(refused) == (403, "session.second_factor_required")
    page = strict.get("/trail", headers=vera.cookie, follow_redirects=False)
    assert page.headers["location"] == "/account"
    assert vera.get(FACTOR).json()["required"] is True

    enrolled(vera, clock)

    assert vera.get("/classes").status_code == 200
    assert refusal(vera.send("DELETE", FACTOR)) == (403, "second_factor.required")


def test_every_change_of_it_leaves_a_line(desk: At, clock: Clock, kukarino: str) -> None:
    anna = desk("anna")
    enrolled(anna, clock)
    anna.post(f"{FACTOR}/recovery-codes")
    anna.send("DELETE", FACTOR)

    with psycopg.connect(kukarino) as conn:
        lines = conn.execute(
            "SELECT basis FROM school_kukarino.access_log WHERE act = 'second_factor' ORDER BY id"
        ).fetchall()
    assert [basis for (basis,) in lines] == [
        "shown",
        "confirmed",
        "new recovery codes",
        "removed",
    ]
