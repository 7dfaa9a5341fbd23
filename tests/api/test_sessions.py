"""The list of one's sessions: seen, ended, limited; and never a pupil in a teacher's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import psycopg
from fastapi.testclient import TestClient

from api.auth.devices import device
from projections.projector import Projector
from tests.api.ground import Clock, Desk
from tests.api.telephone import sign_in
from tests.api.test_marks import give
from tests.cast import PETYA, an_id

At = Callable[[str], Desk]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
YANDEX = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/138.0 YaBrowser/25.8 Safari/537.36"
)


def test_one_sees_ones_own_sessions_and_nobody_elses(desk: At, clock: Clock) -> None:
    there = desk("anna")
    clock.forward(timedelta(minutes=2))
    here = desk("anna")
    desk("boris")

    found = here.get("/sessions").json()["sessions"]

    assert [one["current"] for one in found] == [True, False]
    assert found[1]["since"].startswith("2026-09-02T09:00:00")
    assert {one["address"] for one in found} == {"127.0.0.1"}
    assert there.get("/sessions").json()["sessions"][0]["current"] is False


def test_browsers_are_told_in_words() -> None:
    assert device(FIREFOX) == "Firefox, Windows"
    assert device(YANDEX) == "Яндекс Браузер, Android"
    assert device("python-httpx/1.0") == "другая программа"


def test_one_session_is_ended_from_another(desk: At) -> None:
    here, there = desk("anna"), desk("anna")
    other = next(one for one in here.get("/sessions").json()["sessions"] if not one["current"])

    assert here.send("DELETE", f"/sessions/{other['session_id']}").status_code == 204

    assert there.get("/session").status_code == 401
    assert here.get("/session").status_code == 200


def test_nobody_ends_the_session_of_another(desk: At) -> None:
    anna, boris = desk("anna"), desk("boris")
    [own] = anna.get("/sessions").json()["sessions"]

    for number in (own["session_id"], str(uuid4())):
        assert boris.send("DELETE", f"/sessions/{number}").status_code == 404
    assert anna.get("/session").status_code == 200


def test_all_others_are_ended_at_once(desk: At) -> None:
    here, there, elsewhere = desk("anna"), desk("anna"), desk("anna")
    boris = desk("boris")

    assert here.send("DELETE", "/sessions").status_code == 204

    assert [one.get("/session").status_code for one in (here, there, elsewhere)] == [200, 401, 401]
    assert boris.get("/session").status_code == 200


def test_signing_out_everywhere_ends_this_one_too(desk: At) -> None:
    here, there = desk("anna"), desk("anna")

    answer = here.send("DELETE", "/sessions?here=true")

    assert answer.status_code == 204
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert [one.get("/session").status_code for one in (here, there)] == [401, 401]


def test_the_sixth_session_ends_the_first(desk: At, clock: Clock) -> None:
    desks = []
    for _ in range(6):
        desks.append(desk("anna"))
        clock.forward(timedelta(seconds=1))

    assert [one.get("/session").status_code for one in desks] == [401, 200, 200, 200, 200, 200]
    assert len(desks[-1].get("/sessions").json()["sessions"]) == 5


def test_an_idle_session_is_not_on_the_list(desk: At, clock: Clock) -> None:
    desk("anna")
    clock.forward(timedelta(minutes=11))

    assert len(desk("anna").get("/sessions").json()["sessions"]) == 1


def test_a_pupil_who_signs_in_at_the_teachers_desk_ends_the_teachers_session(
    client: TestClient, desk: At, kukarino: str
) -> None:
    anna = desk("anna")

    answer = sign_in(client, "petya", cookie=anna.cookie["cookie"])

    assert answer.json()["roles"] == ["pupil"]
    assert anna.get("/session").status_code == 401
    with psycopg.connect(kukarino) as conn:
        ended = conn.execute(
            "SELECT why FROM school_kukarino.session WHERE revoked IS NOT NULL"
        ).fetchall()
    assert ended == [("new sign-in",)]


def test_a_pupil_who_only_tries_ends_nothing(client: TestClient, desk: At) -> None:
    anna = desk("anna")

    answer = sign_in(client, "petya", "не тот пароль", cookie=anna.cookie["cookie"])

    assert answer.status_code == 401
    assert anna.get("/session").status_code == 200


def test_the_report_on_access_names_where_the_staff_signed_in(
    desk: At, projector: Projector
) -> None:
    anna, olga = desk("anna"), desk("olga")
    given = give(anna)
    warned = {
        "code": "ILL",
        "since": "2026-09-03",
        "until": "2026-09-03",
        "notice_id": an_id("болен"),
    }
    warning = olga.post(f"/pupils/{PETYA}/absence-notices", warned).json()["position"]
    asked = {"from": "2026-09-01", "to": "2026-09-30", "min_position": max(given, warning)}

    [part] = desk("vera").get("/reports/access", **asked).json()["parts"]

    keys = [one["key"] for one in part["columns"]]
    lines = [dict(zip(keys, line["cells"], strict=True)) for line in part["lines"]]
    assert {(one["position"], one["ip"]) for one in lines} >= {
        (given, "127.0.0.1"),
        (warning, None),
    }
