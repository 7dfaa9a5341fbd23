"""OWASP ASVS 5.0.0, what concerns signing in and sessions: each item is a test or names one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.auth.breached import SIZE, is_breached, mark_of, stolen
from api.auth.passwords import check_new, hash_now, one_time_password
from api.deps import anyone
from domain.refusals import Invalid
from projections.postgres.migrations import add_school
from tests.api import (
    test_office,
    test_second_factor,
    test_session,
    test_sessions,
    test_step_up,
    test_suspicion,
    test_throttle,
    test_tokens,
    test_totp,
)
from tests.api.ground import PASSWORD, SLUG, Clock, Desk
from tests.api.telephone import enrolled, refusal, sign_in
from tests.api.test_tokens import known
from tests.cast import ANNA, GALINA
from tests.conftest import OWN_HASHER, SECRET
from tests.house.breached_passwords import marks_of
from tests.house.test_every_route_names_its_caller import ROUTES, callers

At = Callable[[str], Desk]

#: Item → the tests elsewhere that hold it.
HELD: dict[str, list[tuple[ModuleType, str]]] = {
    "V3.3.1 V3.3.2 V3.3.4 cookie flags": [
        (test_session, "test_the_cookie_over_https_is_bound_to_the_host"),
        (test_session, "test_the_cookie_on_this_very_machine"),
    ],
    "V3.4.1 V3.4.3 V3.4.4 V3.4.5 headers": [
        (test_session, "test_every_answer_carries_the_security_headers"),
        (test_session, "test_the_cookie_over_https_is_bound_to_the_host"),
    ],
    "V3.5.1 V3.5.2 forged writes": [
        (test_session, "test_a_forged_write_is_refused"),
        (test_session, "test_a_form_cannot_write"),
        (test_tokens, "test_an_empty_authorization_does_not_wash_a_forged_write"),
    ],
    "V6.2.3 a change needs the present password": [
        (test_session, "test_changing_the_password_asks_for_the_present_one"),
    ],
    "V6.3.1 guessing": [
        (test_throttle, "test_a_hundred_guesses_at_once_are_no_more_than_five"),
        (test_throttle, "test_one_address_that_tries_many_logins_is_slowed"),
        (test_throttle, "test_no_wait_is_longer_than_a_quarter_of_an_hour"),
    ],
    "V6.3.3 second factor": [
        (test_second_factor, "test_the_password_alone_is_not_enough_any_more"),
        (
            test_second_factor,
            "test_a_role_that_must_have_one_gets_no_further_than_switching_it_on",
        ),
    ],
    "V6.5.2 recovery codes have 112 bits": [
        (test_totp, "test_codes_on_paper_are_long_and_forgive_how_they_are_typed"),
    ],
    "V6.5.5 codes live for seconds": [
        (test_totp, "test_a_code_is_good_for_its_half_minute_and_the_next"),
    ],
    "V6.6.3 codes are not guessed": [
        (test_throttle, "test_codes_are_counted_for_the_person_wherever_they_come_from"),
    ],
    "V7.2.1 V7.2.2 V7.2.3 sessions are the server's": [
        (test_session, "test_the_table_keeps_no_token"),
    ],
    "V7.2.4 a new token at sign-in and when asked again": [
        (test_session, "test_the_same_browser_has_one_session"),
        (test_step_up, "test_showing_it_again_changes_the_token_and_not_the_session"),
    ],
    "V7.3.1 V7.3.2 idle and absolute ends": [
        (test_session, "test_an_idle_session_ends"),
        (test_session, "test_no_session_outlives_twelve_hours"),
        (test_step_up, "test_the_absolute_end_of_a_session_does_not_move"),
    ],
    "V7.4.1 V7.4.2 signing out, closed accounts": [
        (test_session, "test_signing_out_ends_the_session"),
        (test_office, "test_a_revoked_account_is_out_at_once"),
        (test_suspicion, "test_all_sessions_and_tokens_end_at_the_next_request"),
    ],
    "V7.4.3 other sessions end with the factor": [
        (test_session, "test_a_new_password_ends_the_other_sessions"),
        (test_second_factor, "test_switching_it_on_ends_the_other_sessions"),
    ],
    "V7.5.1 V7.5.3 asked again": [
        (
            test_step_up,
            "test_v7_5_1_what_changes_access_says_in_its_signature_that_it_asks_again",
        ),
        (test_step_up, "test_an_open_session_is_not_enough"),
    ],
    "V7.5.2 one's sessions are seen and ended": [
        (test_sessions, "test_one_sees_ones_own_sessions_and_nobody_elses"),
        (test_sessions, "test_one_session_is_ended_from_another"),
    ],
}


@pytest.mark.parametrize("item", HELD)
def test_the_tests_of_an_item_are_there(item: str) -> None:
    for module, name in HELD[item]:
        assert callable(getattr(module, name, None)), f"{item}: {module.__name__}.{name}"


def change(person: Desk, new: str) -> int:
    """The status of a change of the password."""
    body = {"current": PASSWORD, "new": new}
    return person.send("PUT", "/session/password", body).status_code


@pytest.mark.parametrize(
    "new",
    [
        "десять зна",  # V6.2.1: as short as may be
        "кккллл ннн ооо",  # V6.2.5: no rules about digits and capitals
        "ж" * 3 + "йцу" * 32,  # V6.2.9: 64 characters and more
        "🦉 сова и 🦆 утка",  # V6.2.5: any signs
        "  пробелы по краям  ",  # V6.2.8: taken as typed
    ],
)
def test_v6_2_1_v6_2_5_v6_2_9_long_words_of_any_signs_are_taken(
    client: TestClient, desk: At, new: str
) -> None:
    assert change(desk("anna"), new) == 204

    assert sign_in(client, "anna", new).status_code == 200


@pytest.mark.parametrize(
    "new",
    [
        "девять зн",
        "qwerty123456",
        "йцукен123456",
        "12345678901",
        "password2026",
        "школа 2026 года",
        "Летопись-2026",
        "letopis2026!",
        "anna любит кашу",
        "аабааб аабааб",
    ],
)
def test_v6_2_4_v6_2_11_words_of_the_school_and_first_guesses_are_refused(
    desk: At, new: str
) -> None:
    assert change(desk("anna"), new) == 422


@pytest.mark.parametrize(
    "new",
    [
        "4815162342",
        "1q2w3e4r5t",
        "manchester",
        "Manchester",
        "штвшфтфощтуы",  # indianajones, the keyboard left in Russian
    ],
)
def test_v6_2_12_stolen_passwords_are_refused_and_it_is_said_why(new: str) -> None:
    with pytest.raises(Invalid, match="списках украденных") as refused:
        check_new(new, "anna")

    assert refused.value.code == "password.breached"


def test_v6_2_12_the_set_is_large_and_takes_nothing_else_for_stolen() -> None:
    marks = [stolen()[at : at + SIZE] for at in range(0, len(stolen()), SIZE)]
    assert marks == sorted(set(marks))
    assert len(marks) > 100_000

    taken = [one_time_password() for _ in range(500)]
    assert sum(is_breached(password) for password in taken) <= 2  # one in 40,000 by chance


def test_v6_2_12_the_set_is_made_of_a_list_by_a_command() -> None:
    assert marks_of(["short", "Manchester", "manchester"]) == mark_of("manchester")


def test_v6_2_12_a_change_to_a_stolen_password_changes_nothing(
    client: TestClient, desk: At
) -> None:
    answer = desk("anna").send(
        "PUT", "/session/password", {"current": PASSWORD, "new": "1q2w3e4r5t"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "password.breached")
    assert sign_in(client, "anna", PASSWORD).status_code == 200


def test_v6_2_8_nothing_is_cut_off(client: TestClient, desk: At) -> None:
    longest = "соловей поёт " * 15 + "в мае"
    assert len(longest) == 200
    assert change(desk("anna"), longest) == 204

    assert sign_in(client, "anna", longest[:-1] + "ю").status_code == 401
    assert sign_in(client, "anna", longest.upper()).status_code == 401
    assert sign_in(client, "anna", longest).status_code == 200


def test_v6_3_2_a_new_school_has_no_accounts(database: str) -> None:
    add_school(database, SECRET, "new", "Новая школа", "Europe/Moscow", ANNA)

    with psycopg.connect(database) as conn:
        assert conn.execute("SELECT count(*) FROM school_new.account").fetchone() == (0,)


def test_v6_3_4_no_door_opens_without_signing_in(client: TestClient) -> None:
    asked = 0
    for name, route in ROUTES.items():
        method, _, path = name.partition(" ")
        if anyone in callers(route):
            continue
        client.cookies.clear()
        answer = client.request(
            method.partition("/")[0],
            known(path),
            headers={"accept": "text/html"},
            follow_redirects=False,
        )
        if path.startswith("/api/"):
            assert answer.status_code == 401, name
        else:
            assert (answer.status_code, answer.headers.get("location", "")[:8]) == (303, "/sign-in")
        asked += 1
    assert asked > 60


def test_v6_4_1_a_handed_out_password_is_random_short_lived_and_changed(
    client: TestClient, desk: At, clock: Clock
) -> None:
    issued = [
        desk("alla").post(f"/people/{GALINA}/account", {"login": "galina"}).json()["password"]
        for _ in range(2)
    ]
    assert len({*issued}) == 2
    assert min(map(len, issued)) >= 12

    clock.forward(timedelta(hours=71))
    assert sign_in(client, "galina", issued[1]).json()["must_change_password"] is True
    assert sign_in(client, "galina", issued[0]).status_code == 401
    clock.forward(timedelta(hours=2))
    assert sign_in(client, "galina", issued[1]).status_code == 401


def test_v6_4_3_a_new_password_does_not_go_past_the_second_factor(
    client: TestClient, desk: At, clock: Clock
) -> None:
    telephone = enrolled(desk("anna"), clock)
    issued = desk("alla").post(f"/people/{ANNA}/account", {"login": "anna"}).json()["password"]

    assert refusal(sign_in(client, "anna", issued)) == (401, "session.code_required")
    assert sign_in(client, "anna", issued, telephone.next_code()).status_code == 200


def test_v6_5_1_a_code_is_good_once(client: TestClient, desk: At, clock: Clock) -> None:
    telephone = enrolled(desk("anna"), clock)
    first = telephone.code()  # its step was used when it was switched on
    assert refusal(sign_in(client, "anna", code=first)) == (401, "session.wrong_code")

    code = telephone.next_code()
    assert sign_in(client, "anna", code=code).status_code == 200
    assert refusal(sign_in(client, "anna", code=code)) == (401, "session.wrong_code")


def test_v7_2_4_no_session_is_taken_over_from_the_browser(client: TestClient) -> None:
    answer = sign_in(client, "anna", cookie="letopis=chosen-by-somebody-else")

    assert "chosen-by" not in answer.headers["set-cookie"]


def test_v11_4_2_passwords_are_kept_as_argon2id(client: TestClient) -> None:
    assert hash_now("любой").startswith("$argon2id$")
    assert OWN_HASHER.hash("любой").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert OWN_HASHER.memory_cost >= 19_456


def test_v16_3_1_every_way_of_showing_who_one_is_leaves_a_line(
    client: TestClient, desk: At, clock: Clock, kukarino: str
) -> None:
    anna = desk("anna")
    anna.post("/session/step-up", {"password": "ворона на заборе"})
    change(anna, "чайка над волнами")
    client.get("/api/v1/classes", headers={"authorization": "Bearer lt_guess"})

    with psycopg.connect(kukarino) as conn:
        lines = conn.execute(
            f"SELECT act, outcome, basis FROM school_{SLUG}.access_log ORDER BY id"
        ).fetchall()
    assert lines == [
        ("sign_in", "ok", "password"),
        ("step_up", "refused", "password"),
        ("password", "ok", "changed"),
        ("token", "refused", "unknown"),
    ]


def test_v16_4_1_a_login_cannot_write_a_line_of_its_own(client: TestClient, kukarino: str) -> None:
    forged = "anna\n2026-09-02 sign_in vera ok"
    sign_in(client, forged)

    with psycopg.connect(kukarino) as conn:
        lines = conn.execute(f"SELECT subject FROM school_{SLUG}.access_log").fetchall()
    assert lines == [(forged,)]
