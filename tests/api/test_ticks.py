"""«Сделано»: a family ticks homework, and nobody else learns of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import Desk
from tests.api.test_lessons import lesson_of
from tests.api.test_page_doors import WEEK, look
from tests.cast import PETYA, an_id

At = Callable[[str], Desk]
PLACE = f"/pupils/{PETYA}/homework"
DONE = an_id("дз")


def test_a_tick_is_the_family_s_own(
    client: TestClient, desk: At, projector: Projector, kukarino: str
) -> None:
    anna, petya, olga = desk("anna"), desk("petya"), desk("olga")

    def send(who: Desk, **form: str) -> Any:
        return client.post(PLACE, data=form, headers=who.cookie, follow_redirects=False)

    def ticks() -> int:
        with psycopg.connect(kukarino) as conn:
            found = conn.execute("SELECT count(*) FROM school_kukarino.homework_tick").fetchone()
        return found[0] if found else -1

    homework = {"homework_id": DONE, "text": "§ 12", "due_date": "2026-09-03"}
    position = anna.post(f"/lessons/{lesson_of(anna)}/homework", homework).json()["position"]
    assert petya.get("/session", min_position=position).status_code == 200
    for login, status in (("zoya", 404), ("oleg", 403), ("anna", 403), ("kira", 403)):
        assert send(desk(login), tick=DONE).status_code == status
    assert send(petya, tick=an_id("чужое")).status_code == 404
    assert ticks() == 0

    assert send(petya, tick=DONE).headers["location"] == f"{WEEK}#due"
    send(petya, tick=DONE)
    assert ticks() == 1
    assert 'aria-pressed="true"' in look(client, petya, WEEK).text
    mothers = look(client, olga, WEEK).text
    assert "✓ Петров П." in mothers
    assert 'aria-pressed="false"' in mothers
    assert "✓ Петров" not in look(client, desk("kira"), WEEK).text

    send(olga, tick=DONE)
    send(petya, untick=DONE)
    assert ticks() == 1
    assert "✓ Петрова О." in look(client, petya, WEEK).text


def test_a_program_of_ones_own_ticks_by_the_api(desk: At, projector: Projector) -> None:
    anna, petya, olga = desk("anna"), desk("petya"), desk("olga")
    homework = {"homework_id": DONE, "text": "§ 12", "due_date": "2026-09-03"}
    position = anna.post(f"/lessons/{lesson_of(anna)}/homework", homework).json()["position"]
    assert petya.get("/session", min_position=position).status_code == 200
    there = f"{PLACE}/{DONE}/tick"
    for login, status in (("zoya", 404), ("oleg", 403), ("anna", 403), ("kira", 403)):
        assert desk(login).post(there).status_code == status
    assert petya.post(f"{PLACE}/{an_id('чужое')}/tick").json()["code"] == "homework.unknown"

    assert petya.post(there).status_code == 200
    [tick] = olga.get(f"{PLACE}/ticks").json()["ticks"]
    assert (tick["homework_id"], tick["done"]) == (DONE, False)
    assert [one["name"] for one in tick["by"]] == ["Петров Пётр"]
    [seen] = desk("kira").get(f"{PLACE}/ticks").json()["ticks"]
    assert (seen["done"], seen["by"]) == (False, [])  # the class teacher reads the diary, no ticks
    [own] = petya.send("DELETE", there, **{"idempotency-key": an_id("снять")}).json()["ticks"]
    assert (own["done"], own["by"]) == (False, [])
