"""Exercises of signing in: sessions, second factors, tokens, suspicion. See over_http.py."""

from __future__ import annotations

from base64 import b32decode

import httpx2
import psycopg

from api.auth.provider import Client, Provider
from tests.api.ground import PASSWORD, Desk
from tests.api.telephone import FACTOR, Telephone, enrolled
from tests.write_door.exercise import Prepare, Send
from tests.write_door.ground import SCHEMA, Place
from tests.write_door.sending import V1

NEW_PASSWORD = "ворона на высоком заборе"
A_TOKEN = {"name": "отчёты", "scopes": ["read:journal"], "until": "2026-10-01T00:00:00+03:00"}


def own(*tables: str) -> frozenset[str]:
    """What changes besides the log."""
    return frozenset(tables)


def somebody(p: Place) -> str:
    """The login of somebody new, who is signed in."""
    return p.login_of(p.signing_in())


def _sign_in(p: Place) -> Send:
    credentials = {"login": somebody(p), "password": PASSWORD}
    return Send("zoya", {}, credentials, own=own("session"), facts=False)


def _step_up(p: Place) -> Send:
    return Send(somebody(p), {}, {"password": PASSWORD}, own=own("session"), facts=False)


def _password(p: Place) -> Send:
    new = {"current": PASSWORD, "new": NEW_PASSWORD}
    return Send(somebody(p), {}, new, own=own("account"), facts=False)


def _end_others(p: Place) -> Send:
    login = somebody(p)
    Desk(p.client, login)
    return Send(login, own=own("session"), facts=False)


def _end_one(p: Place) -> Send:
    login = somebody(p)
    Desk(p.client, login)
    [other] = [
        one["session_id"]
        for one in p.desk(login).get("/sessions").json()["sessions"]
        if not one["current"]
    ]
    return Send(login, {"session_id": other}, own=own("session"), facts=False)


def _suspicion(p: Place) -> Send:
    doubt = {"reason": "пароль был записан на доске"}
    return Send("alla", {"person_id": p.signing_in()}, doubt, own=own("account", "session"))


def _confirmation(p: Place) -> Send:
    login = somebody(p)
    secret = b32decode(p.desk(login).post(FACTOR).json()["secret"].replace(" ", ""))
    body = {"code": Telephone(secret, p.clock).code()}
    return Send(login, {}, body, own=own("second_factor", "recovery_code"), facts=False)


def _with_factor(*tables: str) -> Prepare:
    def prepare(p: Place) -> Send:
        login = somebody(p)
        enrolled(p.desk(login), p.clock)
        return Send(login, own=own(*tables), facts=False)

    return prepare


def _link(p: Place) -> Send:
    place = "https://id.example"
    ends = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    known = {"issuer": place, **dict.fromkeys(ends, place)}
    p.house.provider = Provider(
        Client(place, "letopis", "secret", "Единый вход"),
        p.clock,
        httpx2.MockTransport(lambda _: httpx2.Response(200, json=known)),
    )
    return Send(somebody(p), own=own("provider_flow"), facts=False)


def _unlink(p: Place) -> Send:
    person = p.signing_in()
    with psycopg.connect(p.url) as conn:
        conn.execute(
            f"INSERT INTO {SCHEMA}.identity VALUES ('https://id.example', %s, %s, now())".encode(),
            (person, person),
        )
    return Send(p.login_of(person), own=own("identity"), facts=False)


def _removal(p: Place) -> Send:
    person = p.signing_in()
    enrolled(p.desk(p.login_of(person)), p.clock)
    return Send(
        "alla", {"person_id": person}, own=own("second_factor", "recovery_code"), facts=False
    )


def _token_revoked(p: Place) -> Send:
    issued = p.desk("anna").post("/tokens", A_TOKEN).json()
    return Send("anna", {"token_id": issued["token_id"]}, own=own("api_token"), facts=False)


AT = f"{V1}/session"
ACCESS: dict[str, Prepare] = {
    f"POST {AT}": _sign_in,
    f"DELETE {AT}": lambda p: Send(somebody(p), own=own("session"), facts=False),
    f"PUT {AT}/password": _password,
    f"POST {AT}/step-up": _step_up,
    f"DELETE {AT}s": _end_others,
    f"DELETE {AT}s/{{session_id}}": _end_one,
    f"POST {V1}/people/{{person_id}}/suspicion": _suspicion,
    f"POST {V1}/people/{{person_id}}/second-factor/removal": _removal,
    f"POST {AT}/second-factor": lambda p: Send(somebody(p), own=own("second_factor"), facts=False),
    f"POST {AT}/second-factor/confirmation": _confirmation,
    f"POST {AT}/second-factor/recovery-codes": _with_factor("recovery_code"),
    f"POST {AT}/provider": _link,
    f"DELETE {AT}/provider": _unlink,
    f"DELETE {AT}/second-factor": _with_factor("second_factor", "recovery_code"),
    f"POST {V1}/tokens": lambda _: Send("anna", {}, A_TOKEN, own=own("api_token"), facts=False),
    f"POST {V1}/tokens/{{token_id}}/revocation": _token_revoked,
}
