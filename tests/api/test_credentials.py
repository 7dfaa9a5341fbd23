"""Credentials of a class: who hands them out, what ends, what arrives, what is on the slips."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pypdf import PdfReader

from tests.api.ground import Clock, Desk, project
from tests.cast import ANNA, CLASS_7A, CLASS_7B, GALINA, MASHA, OLEG, OLGA, PETYA, YOLKIN, ZOYA

At = Callable[[str], Desk]
AT = f"/classes/{CLASS_7A}/credentials"
OWN = "ворона на высоком заборе"


def issue(desk: Desk, *people: str, **more: Any) -> Response:
    """New credentials for these people of 7а."""
    return desk.post(AT, {"person_ids": list(people)}, **more)


def enter(client: TestClient, login: str, password: str) -> Response:
    """Somebody else's browser signs in; nobody stays signed in here."""
    answer = client.post("/api/v1/session", json={"login": login, "password": password})
    client.cookies.clear()
    return answer


def row(desk: Desk, person: str) -> dict[str, Any]:
    """What the table says of a person."""
    people: list[dict[str, Any]] = desk.get(AT).json()["people"]
    return next(one for one in people if one["person_id"] == person)


def text_of(pdf: bytes) -> str:
    """Everything printed."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("login", ["zoya", "olga", "petya", "tanya"])
def test_a_stranger_finds_no_credentials(desk: At, login: str) -> None:
    stranger = desk(login)

    for answer in (
        stranger.get(AT),
        issue(stranger, PETYA),
        stranger.post(f"{AT}/signatures", {"slips": [{"person_id": PETYA}]}),
        stranger.post(f"{AT}/{PETYA}/revocation", {"reason": "left"}),
        stranger.get("/staff/credentials"),
        stranger.post("/staff/credentials", {"person_ids": [PETYA]}),
    ):
        assert answer.status_code in {403, 404}
        assert answer.json()["code"] in {
            "class.unknown",
            "path.unknown",
            "access.administration_only",
        }
    assert stranger.get(AT).status_code == 404


@pytest.mark.parametrize("login", ["anna", "sveta"])
def test_a_colleague_is_sent_to_the_class_teacher(desk: At, login: str) -> None:
    colleague = desk(login)

    for answer in (colleague.get(AT), issue(colleague, PETYA)):
        assert (answer.status_code, answer.json()["code"]) == (403, "access.class_teacher_only")


def test_an_auditor_has_nothing_to_do_with_credentials(desk: At) -> None:
    assert desk("igor").get(AT).status_code in {403, 404}
    assert issue(desk("igor"), PETYA).status_code in {403, 404}


def test_a_class_teacher_has_no_other_class(desk: At) -> None:
    kira = desk("kira")

    assert kira.get(f"/classes/{CLASS_7B}/credentials").status_code == 404
    other = kira.post(f"/classes/{CLASS_7B}/credentials", {"person_ids": [PETYA]})
    assert other.status_code == 404
    assert kira.get("/staff/credentials").status_code == 403
    assert kira.post("/staff/credentials", {"person_ids": [PETYA]}).status_code == 403


@pytest.mark.parametrize("person", [ANNA, GALINA, ZOYA])
def test_nobody_else_gets_credentials_from_a_class_teacher(desk: At, person: str) -> None:
    answer = issue(desk("kira"), PETYA, person)

    assert (answer.status_code, answer.json()["code"]) == (404, "roster.unknown_person")
    assert row(desk("kira"), PETYA)["issued_at"] is None  # all or nothing


def test_a_class_teacher_shows_again_who_it_is(desk: At, clock: Clock) -> None:
    kira = desk("kira")
    clock.forward(timedelta(minutes=6))

    answer = issue(kira, PETYA)

    assert (answer.status_code, answer.json()["code"]) == (403, "session.step_up_required")


def test_a_family_gets_an_account_for_each(client: TestClient, desk: At) -> None:
    told = issue(desk("kira"), PETYA, OLGA, OLEG, YOLKIN).json()["people"]

    assert {one["person_id"] for one in told} == {PETYA, OLGA, OLEG, YOLKIN}
    assert len({one["login"] for one in told}) == len({one["password"] for one in told}) == 4
    for one in told:
        answer = enter(client, one["login"], one["password"]).json()
        assert answer["person_id"] == one["person_id"]
        assert answer["must_change_password"] is True


def test_logins_are_made_of_names_and_kept(desk: At) -> None:
    kira = desk("kira")
    first = issue(kira, YOLKIN, OLGA).json()["people"]
    again = issue(kira, YOLKIN).json()["people"]

    assert [one["login"] for one in first] == ["elkin.e", "olga"]  # Olga had one
    assert again[0]["login"] == "elkin.e"
    assert again[0]["password"] != first[0]["password"]


def test_a_second_issue_ends_the_first(client: TestClient, desk: At) -> None:
    kira = desk("kira")
    [first] = issue(kira, YOLKIN).json()["people"]
    client.post("/api/v1/session", json={k: first[k] for k in ("login", "password")})
    inside = dict(client.cookies)
    assert client.get("/api/v1/session").status_code == 200
    client.cookies.clear()

    [second] = issue(kira, YOLKIN).json()["people"]

    client.cookies.update(inside)
    assert client.get("/api/v1/session").status_code == 401
    client.cookies.clear()
    assert enter(client, "elkin.e", first["password"]).status_code == 401
    assert enter(client, "elkin.e", second["password"]).status_code == 200


def test_a_repeat_neither_issues_nor_tells(client: TestClient, desk: At) -> None:
    kira, key = desk("kira"), str(uuid4())
    first = issue(kira, YOLKIN, key=key).json()
    again = issue(kira, YOLKIN, key=key).json()
    slips = issue(kira, YOLKIN, key=key, headers={"accept": "application/pdf"})

    assert again["position"] == first["position"]
    assert (again["people"][0]["password"], again["good_until"]) == (None, None)
    assert (slips.status_code, slips.json()["code"]) == (409, "credentials.told_already")
    [one] = first["people"]
    assert enter(client, one["login"], one["password"]).status_code == 200


def test_a_late_repeat_does_not_end_a_later_issue(client: TestClient, desk: At) -> None:
    kira, key = desk("kira"), str(uuid4())
    issue(kira, YOLKIN, key=key)
    [later] = issue(kira, YOLKIN).json()["people"]

    assert issue(kira, YOLKIN, key=key).json()["people"][0]["password"] is None
    assert enter(client, later["login"], later["password"]).status_code == 200


def test_a_slip_is_good_for_three_days(client: TestClient, desk: At, clock: Clock) -> None:
    [one] = issue(desk("kira"), YOLKIN).json()["people"]
    clock.forward(timedelta(hours=72, seconds=-1))
    assert enter(client, one["login"], one["password"]).status_code == 200
    clock.forward(timedelta(seconds=1))

    assert enter(client, one["login"], one["password"]).status_code == 401
    assert row(desk("kira"), YOLKIN)["status"] == "expired"


def test_the_table_follows_a_slip_until_it_has_arrived(
    client: TestClient, desk: At, clock: Clock
) -> None:
    kira = desk("kira")
    assert row(kira, YOLKIN)["status"] == "none"
    [one] = issue(kira, YOLKIN).json()["people"]
    issued = row(kira, YOLKIN)
    assert (issued["status"], issued["issued_by"]) == ("issued", "Кириллова Кира Кирилловна")

    body = {"slips": [{"person_id": YOLKIN}]}
    assert kira.post(f"{AT}/signatures", body).status_code == 200
    signed = row(kira, YOLKIN)
    assert (signed["status"], signed["signed_to"]) == ("signed", "Ёлкин Егор")

    client.post("/api/v1/session", json={k: one[k] for k in ("login", "password")})
    clock.forward(timedelta(minutes=1))
    change = {"current": one["password"], "new": OWN}
    assert client.put("/api/v1/session/password", json=change).status_code == 204
    client.cookies.clear()

    entered = row(kira, YOLKIN)
    assert (entered["status"], entered["good_until"]) == ("entered", None)
    assert entered["entered_at"] == clock().isoformat()
    assert entered["signed_at"] == signed["signed_at"]


def test_a_mother_takes_the_slip_of_her_child(desk: At) -> None:
    kira = desk("kira")
    issue(kira, PETYA)

    taken = {"slips": [{"person_id": PETYA, "to": OLGA}]}
    assert kira.post(f"{AT}/signatures", taken).status_code == 200
    assert row(kira, PETYA)["signed_to"] == "Петрова Ольга"
    stranger = {"slips": [{"person_id": PETYA, "to": ZOYA}]}
    assert kira.post(f"{AT}/signatures", stranger).status_code == 404


def test_a_wrong_password_is_no_arrival(client: TestClient, desk: At) -> None:
    [one] = issue(desk("kira"), YOLKIN).json()["people"]
    client.post("/api/v1/session", json={k: one[k] for k in ("login", "password")})
    for current, new in (("не тот пароль", OWN), (one["password"], "коротко")):
        change = {"current": current, "new": new}
        assert client.put("/api/v1/session/password", json=change).status_code in {401, 422}
    client.cookies.clear()

    assert row(desk("kira"), YOLKIN)["entered_at"] is None


def test_a_class_teacher_closes_sign_in_of_the_own_families(client: TestClient, desk: At) -> None:
    kira = desk("kira")
    [one] = issue(kira, YOLKIN).json()["people"]

    closed = kira.post(f"{AT}/{YOLKIN}/revocation", {"reason": "left"})

    assert closed.status_code == 200
    assert row(kira, YOLKIN)["status"] == "closed"
    assert enter(client, one["login"], one["password"]).status_code == 401
    assert kira.post(f"{AT}/{ANNA}/revocation", {"reason": "left"}).status_code == 404


def test_slips_name_each_and_no_password_of_another(client: TestClient, desk: At) -> None:
    kira = desk("kira")
    [masha] = issue(kira, MASHA).json()["people"]

    answer = issue(kira, YOLKIN, OLEG, headers={"accept": "application/pdf"})

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    text = text_of(answer.content)
    for words in ("Ёлкин Егор", "elkin.e", "Петров Олег", "oleg", "Кукаринская школа", "7а"):
        assert words in text
    assert "http://127.0.0.1/sign-in" in text
    assert "5 сентября 2026 г., 12:00" in text
    assert masha["password"] not in text
    assert "Морозова" not in text
    lines = text.split("\n")
    password = lines[lines.index("elkin.e") + 2]
    assert enter(client, "elkin.e", password).status_code == 200


def test_a_name_that_cannot_be_printed_is_said_so(desk: At, kukarino: str) -> None:
    name = {"family": "漢", "given": "Егор"}
    assert desk("alla").post(f"/people/{YOLKIN}/names", name).status_code == 200
    project(kukarino)

    answer = issue(desk("kira"), YOLKIN, headers={"accept": "application/pdf"})

    assert (answer.status_code, answer.json()["code"]) == (409, "credentials.unprintable")


def test_the_administrator_prints_slips_for_the_staff(client: TestClient, desk: At) -> None:
    alla = desk("alla")

    answer = alla.post("/staff/credentials?format=pdf", {"person_ids": [GALINA]})

    assert "Галкина Галина Глебовна" in text_of(answer.content)
    people = alla.get("/staff/credentials").json()["people"]
    galina = next(one for one in people if one["person_id"] == GALINA)
    assert (galina["login"], galina["status"]) == ("galkina.gg", "issued")
    body = {"slips": [{"person_id": GALINA}]}
    assert alla.post("/staff/credentials/signatures", body).status_code == 200
    assert desk("vera").get("/staff/credentials").status_code == 200


def test_no_password_is_stored_or_logged(
    client: TestClient, desk: At, kukarino: str, caplog: pytest.LogCaptureFixture
) -> None:
    import psycopg  # noqa: PLC0415 - the one test that looks into the database

    caplog.set_level(0)
    [one] = issue(desk("kira"), YOLKIN).json()["people"]

    with psycopg.connect(kukarino) as conn:
        tables = [
            name
            for (name,) in conn.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname LIKE 'school%'"
            )
        ]
        assert len(tables) > 20
        for table in tables:
            rows = conn.execute(f"SELECT t::text FROM {table} t").fetchall()
            assert not any(one["password"] in text for (text,) in rows), table
    assert one["password"] not in caplog.text
