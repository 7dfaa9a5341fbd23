"""A telephone with an authenticator, and a browser at which a person signs in with it."""

from __future__ import annotations

from base64 import b32decode
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from api.auth.totp import PERIOD_S, code_at
from tests.api.ground import PASSWORD, Clock, Desk

FACTOR = "/session/second-factor"


@dataclass
class Telephone:
    """What the authenticator keeps, and the codes on paper beside it."""

    secret: bytes
    clock: Clock
    paper: list[str] = field(default_factory=list)

    def code(self) -> str:
        """What it shows now."""
        return code_at(self.secret, int(self.clock().timestamp()) // PERIOD_S)

    def next_code(self) -> str:
        """What it shows when half a minute has passed: another code."""
        self.clock.forward(timedelta(seconds=PERIOD_S))
        return self.code()


def enrolled(person: Desk, clock: Clock) -> Telephone:
    """The person switches the second factor on."""
    shown = person.post(FACTOR)
    assert shown.status_code == 201, shown.text
    telephone = Telephone(b32decode(shown.json()["secret"].replace(" ", "")), clock)
    confirmed = person.post(f"{FACTOR}/confirmation", {"code": telephone.code()})
    assert confirmed.status_code == 200, confirmed.text
    telephone.paper = confirmed.json()["recovery_codes"]
    return telephone


def sign_in(
    client: TestClient,
    login: str,
    password: str = PASSWORD,
    code: str | None = None,
    **headers: str,
) -> Response:
    """One attempt at the door, from a browser that keeps nothing."""
    client.cookies.clear()
    body: dict[str, Any] = {"login": login, "password": password}
    answer = client.post(
        "/api/v1/session", json=body | ({"code": code} if code else {}), headers=headers
    )
    client.cookies.clear()
    return answer


def refusal(answer: Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]
