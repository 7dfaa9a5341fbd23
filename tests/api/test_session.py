"""Signing in, being signed in, and every way a session ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.auth.crowd import MOST_BYTES
from tests.api.ground import PASSWORD, Clock, Desk, open_accounts
from tests.cast import ANNA, GALINA

At = Callable[[str], Desk]
WRONG = "ворона на заборе"


def sign_in(client: TestClient, login: str, password: str = PASSWORD, **headers: str) -> Response:
    return client.post(
        "/api/v1/session", json={"login": login, "password": password}, headers=headers
    )


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as conn:
        return conn.execute(statement).fetchall()


def test_nobody_is_signed_in_at_first(client: TestClient) -> None:
    answer = client.get("/api/v1/session")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "session.required"


def test_a_teacher_signs_in(desk: At) -> None:
    anna = desk("anna")

    assert anna.session == {
        "person_id": ANNA,
        "roles": ["teacher"],
        "must_change_password": False,
        "idle_timeout_s": 600,
    }
    assert anna.get("/session").json() == anna.session


def test_a_family_may_idle_longer(desk: At) -> None:
    assert desk("olga").session["idle_timeout_s"] == 1800
    assert desk("olga").session["roles"] == ["parent"]


def test_the_login_is_taken_as_people_type_it(client: TestClient) -> None:
    assert sign_in(client, " Anna ").status_code == 200


@pytest.mark.parametrize("login", ["anna", "nobody", "galina"])
def test_a_wrong_password_and_an_unknown_login_read_the_same(
    client: TestClient, login: str
) -> None:
    answer = sign_in(client, login, WRONG)

    assert answer.status_code == 401
    assert answer.json()["code"] == "session.wrong_password"
    assert answer.json()["detail"] == "Логин или пароль не подходит."
    assert "set-cookie" not in answer.headers


def test_the_cookie_on_this_very_machine(client: TestClient) -> None:
    cookie = sign_in(client, "anna").headers["set-cookie"]

    assert cookie.startswith("letopis=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Max-Age" not in cookie


def test_the_cookie_over_https_is_bound_to_the_host(client: TestClient) -> None:
    answer = client.post(
        "https://127.0.0.1/api/v1/session", json={"login": "anna", "password": PASSWORD}
    )
    cookie = answer.headers["set-cookie"]

    assert cookie.startswith("__Host-letopis=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert "max-age=63072000" in answer.headers["strict-transport-security"]


def test_the_table_keeps_no_token(client: TestClient, kukarino: str) -> None:
    sign_in(client, "anna")
    token = client.cookies["letopis"]

    [(stored,)] = rows(kukarino, "SELECT token_hash FROM school_kukarino.session")
    assert isinstance(stored, bytes)
    assert token.encode() not in stored
    assert len(token) >= 43  # 256 bits


def test_signing_out_ends_the_session(desk: At) -> None:
    anna = desk("anna")

    answer = anna.send("DELETE", "/session")

    assert answer.status_code == 204
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert anna.get("/session").status_code == 401


def test_the_same_browser_has_one_session(client: TestClient, desk: At) -> None:
    anna = desk("anna")
    sign_in(client, "boris", cookie=anna.cookie["cookie"])

    assert anna.get("/session").status_code == 401


def test_two_browsers_have_two_sessions(desk: At) -> None:
    first, second = desk("anna"), desk("anna")

    assert first.get("/session").status_code == 200
    assert second.get("/session").status_code == 200


def test_an_idle_session_ends(desk: At, clock: Clock) -> None:
    anna, olga = desk("anna"), desk("olga")

    clock.forward(timedelta(minutes=11))

    assert anna.get("/session").status_code == 401
    assert olga.get("/session").status_code == 200


def test_a_session_in_use_does_not_idle(desk: At, clock: Clock) -> None:
    anna = desk("anna")

    for _ in range(4):
        clock.forward(timedelta(minutes=4))
        assert anna.get("/session").status_code == 200


def test_no_session_outlives_twelve_hours(desk: At, clock: Clock) -> None:
    anna = desk("anna")

    for _ in range(144):
        clock.forward(timedelta(minutes=5))
        assert anna.get("/session").status_code == 200
    clock.forward(timedelta(minutes=5))
    assert anna.get("/session").status_code == 401


def test_what_another_process_revokes_ends_within_a_second(
    desk: At, kukarino: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = desk("anna")
    with psycopg.connect(kukarino) as conn:
        conn.execute("UPDATE school_kukarino.session SET revoked = now()")

    monkeypatch.setattr("api.auth.sessions.KEPT_S", 0.0)  # a second has passed

    assert anna.get("/session").status_code == 401


def test_guessing_is_slowed_down_and_never_for_more_than_a_quarter_of_an_hour(
    client: TestClient, clock: Clock
) -> None:
    for _ in range(5):
        assert sign_in(client, "anna", WRONG).status_code == 401
    answer = sign_in(client, "anna")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1

    for _ in range(12):
        clock.forward(timedelta(minutes=15))
        assert sign_in(client, "anna", WRONG).status_code == 401
    clock.forward(timedelta(minutes=15))
    assert sign_in(client, "anna").status_code == 200


def test_guessing_from_elsewhere_does_not_lock_the_teacher_out(
    client: TestClient, kukarino: str
) -> None:
    with psycopg.connect(kukarino) as conn:
        conn.execute(
            "INSERT INTO school_kukarino.sign_in_failure VALUES"
            " ('anna', '10.1.1.1', 40, now(), '2030-01-01')"
        )

    assert sign_in(client, "anna").status_code == 200


def test_every_attempt_leaves_a_line(client: TestClient, kukarino: str) -> None:
    sign_in(client, "anna", WRONG)
    sign_in(client, "anna")

    assert rows(
        kukarino, "SELECT act, subject, outcome FROM school_kukarino.access_log ORDER BY id"
    ) == [("sign_in", ANNA, "refused"), ("sign_in", ANNA, "ok")]


def test_a_handed_out_password_opens_nothing_but_its_own_change(
    client: TestClient, kukarino: str
) -> None:
    open_accounts(kukarino, {GALINA: "galina"}, must_change=True)
    galina = Desk(client, "galina")
    assert galina.session["must_change_password"] is True
    refused = galina.get("/classes")
    assert (refused.status_code, refused.json()["code"]) == (403, "session.password_must_change")

    new = {"current": PASSWORD, "new": "чайка над волнами"}
    assert galina.send("PUT", "/session/password", new).status_code == 204

    assert galina.get("/session").json()["must_change_password"] is False
    assert galina.get("/classes").status_code == 200
    assert sign_in(client, "galina", "чайка над волнами").status_code == 200


@pytest.mark.parametrize(
    "new", ["короткий", "пароль пароль пароль", "my-anna-password-1", "аааааааааааа", "ш" * 201]
)
def test_a_guessable_password_is_not_taken(desk: At, new: str) -> None:
    answer = desk("anna").send("PUT", "/session/password", {"current": PASSWORD, "new": new})

    assert answer.status_code == 422
    assert answer.json()["code"].startswith("password.")


def test_changing_the_password_asks_for_the_present_one(desk: At) -> None:
    new = {"current": WRONG, "new": "чайка над волнами"}

    assert desk("anna").send("PUT", "/session/password", new).status_code == 401


def test_a_new_password_ends_the_other_sessions(desk: At) -> None:
    here, there = desk("anna"), desk("anna")

    here.send("PUT", "/session/password", {"current": PASSWORD, "new": "чайка над волнами"})

    assert here.get("/session").status_code == 200
    assert there.get("/session").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_forged_write_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    answer = sign_in(client, "anna", **headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "request.cross_site")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin"}, {"origin": "http://127.0.0.1"}]
)
def test_our_own_pages_may_write(client: TestClient, headers: dict[str, str]) -> None:
    assert sign_in(client, "anna", **headers).status_code == 200


def test_a_form_cannot_write(client: TestClient) -> None:
    answer = client.post("/api/v1/session", data={"login": "anna", "password": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (415, "request.not_json")


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/api/v1/session", "/nowhere", "/openapi.json"):
        headers = client.get(path).headers
        assert "object-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "no-store" in headers["cache-control"]


def test_malformed_requests_are_told_in_russian(client: TestClient) -> None:
    answer = client.post("/api/v1/session", json={"login": "anna", "pass": "x"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "request.malformed"
    assert answer.json()["errors"] == ["password: поле обязательно", "pass: такого поля нет"]


def test_a_body_that_nobody_means_is_not_read(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    told = client.post("/api/v1/session", content=b" " * (MOST_BYTES + 1), headers=headers)
    assert (told.status_code, told.json()["code"]) == (413, "request.too_large")

    pieces = iter([b" " * MOST_BYTES, b" "])  # sent without a length
    untold = client.post("/api/v1/session", content=pieces, headers=headers)
    assert untold.status_code in (400, 413)


def test_signs_that_no_table_holds_are_refused(client: TestClient, desk: At) -> None:
    assert sign_in(client, "anna\x00").status_code == 422
    assert desk("vera").get("/trail", kind="mark\x00").status_code == 422


def test_json_nested_for_ever_is_refused(desk: At) -> None:
    nested: dict[str, object] = {}
    for _ in range(900):
        nested = {"topic": nested}
    answer = desk("anna").post(f"/lessons/{ANNA}/topic", nested)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")
