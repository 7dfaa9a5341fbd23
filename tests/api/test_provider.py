"""Signing in by a provider of a package of its own, in a process of its own.

OWASP ASVS 5.0.0: V10.1.2 (what comes back belongs to this browser and this sign-in), V10.2.1 (PKCE,
state), V10.5.1 (nonce), V10.5.2 (issuer and subject name a person, nothing else), V6.3.4 (no path
is weaker than another).
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import psycopg
import pytest
from fastapi.testclient import TestClient

from api.auth.provider import Client, Provider
from api.auth.sessions import system_clock
from api.provider import BACK, COOKIE
from projections.postgres.database import schema_of
from tests.api.ground import SLUG, Clock, Desk
from tests.api.telephone import enrolled
from tests.cast import ANNA

At = Callable[[str], Desk]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of a running provider, which signs in whoever says who one is."""
    with ExitStack() as stack:
        # Bound, and nobody listens: until the process does, the port is nobody else's.
        held = stack.enter_context(socket.socket())
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = str(held.getsockname()[1])
        command = [sys.executable, "-m", "oidc_provider_mock", "--port", port, "--require-nonce"]
        address, nowhere = f"http://127.0.0.1:{port}", subprocess.DEVNULL
        server = stack.enter_context(subprocess.Popen(command, stdout=nowhere, stderr=nowhere))
        try:
            transport = httpx2.HTTPTransport(retries=8)  # it is waited for, longer each time
            with httpx2.Client(transport=transport, timeout=30) as http:
                assert http.get(f"{address}/jwks").status_code == 200
            yield address
        finally:
            server.kill()


@pytest.fixture
def client(client: TestClient, issuer: str) -> TestClient:
    """The application, which knows the provider."""
    known = Client(issuer, "letopis", "a secret of ours", "Единый вход")
    client.app.state.house.provider = Provider(known, system_clock)  # type: ignore[attr-defined]
    return client


def at_the_provider(address: str, subject: str) -> str:
    """What a person does there; the address that the browser is sent back to."""
    with httpx2.Client(timeout=30) as http:
        answer = http.post(address, data={"sub": subject})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


def returned(client: TestClient, where: str, browser: str, **headers: str) -> httpx2.Response:
    """The browser comes back."""
    parts = urlsplit(where)
    assert parts.path == BACK
    return client.get(
        f"{parts.path}?{parts.query}",
        headers={"cookie": f"{COOKIE}={browser}", "sec-fetch-site": "cross-site", **headers},
        follow_redirects=False,
    )


def linked(client: TestClient, desk: Desk, subject: str) -> None:
    """A person links an identity with the account."""
    answer = desk.post("/session/provider")
    assert answer.status_code == 200, answer.text
    browser = answer.cookies[COOKIE]
    client.cookies.clear()
    back = returned(client, at_the_provider(answer.json()["address"], subject), browser)
    assert (back.status_code, back.headers["location"]) == (303, "/account")


def begun(client: TestClient, there: str = "/") -> tuple[str, str]:
    """Somebody begins to sign in: the provider's address, what the browser keeps."""
    answer = client.get(f"/sign-in/provider?next={there}", follow_redirects=False)
    assert answer.status_code == 303, answer.text
    browser = answer.cookies[COOKIE]
    client.cookies.clear()
    return answer.headers["location"], browser


def test_who_has_linked_nothing_is_sent_to_the_password(client: TestClient) -> None:
    address, browser = begun(client)
    answer = returned(client, at_the_provider(address, "nobody"), browser)
    assert answer.status_code == 403
    assert "свяжите его" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_linked_person_signs_in_and_comes_to_the_page(client: TestClient, desk: At) -> None:
    linked(client, desk("anna"), "anna@id")
    address, browser = begun(client, "/classes")
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert len(asked["state"][0]) >= 43
    assert len(asked["nonce"][0]) >= 43

    answer = returned(client, at_the_provider(address, "anna@id"), browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/classes")
    assert client.get("/api/v1/session").json()["person_id"] == ANNA


def test_coming_and_going_records_no_fact(client: TestClient, desk: At, kukarino: str) -> None:
    def head() -> tuple[int, ...] | None:
        with psycopg.connect(kukarino) as conn:
            query = f"SELECT last FROM {schema_of(SLUG)}.head"
            return conn.execute(query.encode()).fetchone()

    before = head()
    linked(client, desk("anna"), "anna@id")
    address, browser = begun(client)
    assert returned(client, at_the_provider(address, "anna@id"), browser).status_code == 303
    assert head() == before


def test_the_page_offers_what_there_is(client: TestClient, desk: At) -> None:
    assert "Войти через «Единый вход»" in client.get("/sign-in").text
    anna = desk("anna")
    assert anna.get("/session/provider").json() == {"name": "Единый вход", "linked_at": None}
    linked(client, anna, "anna@id")
    assert anna.get("/session/provider").json()["linked_at"]
    page = client.get("/account", headers=anna.cookie).text
    assert "Отвязать" in page


def test_a_state_is_good_once(client: TestClient, desk: At) -> None:
    linked(client, desk("anna"), "anna@id")
    address, browser = begun(client)
    where = at_the_provider(address, "anna@id")
    assert returned(client, where, browser).status_code == 303
    client.cookies.clear()
    assert returned(client, where, browser).status_code == 403


def test_another_browser_cannot_finish_what_one_has_begun(client: TestClient, desk: At) -> None:
    linked(client, desk("anna"), "anna@id")
    address, _browser = begun(client)
    answer = returned(client, at_the_provider(address, "anna@id"), "another")
    assert answer.status_code == 403
    assert "начат не здесь" in answer.text


def test_a_sign_in_that_took_too_long_begins_anew(
    client: TestClient, desk: At, clock: Clock
) -> None:
    linked(client, desk("anna"), "anna@id")
    address, browser = begun(client)
    where = at_the_provider(address, "anna@id")
    clock.forward(timedelta(minutes=11))
    assert returned(client, where, browser).status_code == 403


def test_an_invented_state_or_code_opens_nothing(client: TestClient) -> None:
    assert returned(client, f"http://x{BACK}?state=x&code=y", "z").status_code == 403
    address, browser = begun(client)
    state = parse_qs(urlsplit(address).query)["state"][0]
    answer = returned(client, f"http://x{BACK}?state={state}&code=invented", browser)
    assert answer.status_code == 403


def test_an_identity_is_one_persons(client: TestClient, desk: At) -> None:
    linked(client, desk("anna"), "shared@id")
    answer = desk("boris").post("/session/provider")
    browser = answer.cookies[COOKIE]
    client.cookies.clear()
    back = returned(client, at_the_provider(answer.json()["address"], "shared@id"), browser)
    assert back.status_code == 409


def test_after_a_suspicion_the_identity_opens_nothing(client: TestClient, desk: At) -> None:
    anna = desk("anna")
    linked(client, anna, "anna@id")
    assert anna.post(f"/people/{ANNA}/suspicion", {"reason": "увидели"}).status_code == 200
    address, browser = begun(client)
    assert returned(client, at_the_provider(address, "anna@id"), browser).status_code == 403


def test_an_unlinked_identity_opens_nothing(client: TestClient, desk: At) -> None:
    anna = desk("anna")
    linked(client, anna, "anna@id")
    gone = client.delete("/api/v1/session/provider", headers=anna.cookie)
    assert gone.status_code == 204
    client.cookies.clear()
    address, browser = begun(client)
    assert returned(client, at_the_provider(address, "anna@id"), browser).status_code == 403


def test_v6_3_4_the_provider_is_no_way_around_a_second_factor(
    client: TestClient, desk: At, clock: Clock
) -> None:
    anna = desk("anna")
    linked(client, anna, "anna@id")
    enrolled(anna, clock)
    address, browser = begun(client)
    answer = returned(client, at_the_provider(address, "anna@id"), browser)
    assert answer.status_code == 403
    assert "второй фактор" in answer.text


def test_to_link_one_shows_the_password(client: TestClient, desk: At, clock: Clock) -> None:
    anna = desk("anna")
    clock.forward(timedelta(minutes=6))
    answer = anna.post("/session/provider")
    assert (answer.status_code, answer.json()["code"]) == (403, "session.step_up_required")


def test_where_there_is_no_provider_there_is_no_door(client: TestClient, desk: At) -> None:
    client.app.state.house.provider = None  # type: ignore[attr-defined]
    assert client.get("/sign-in/provider", follow_redirects=False).status_code == 404
    assert desk("anna").post("/session/provider").status_code == 404
    assert "Войти через" not in client.get("/sign-in").text


def test_a_provider_that_is_away_is_said_to_be(client: TestClient) -> None:
    away = Client("http://127.0.0.1:9", "letopis", "secret", "Единый вход")
    client.app.state.house.provider = Provider(away, system_clock)  # type: ignore[attr-defined]
    answer = client.get("/sign-in/provider", follow_redirects=False)
    assert answer.status_code == 503
    assert "логином и паролем" in answer.text
