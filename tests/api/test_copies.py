"""Everything about one person: for the person, a parent, the office; and of nobody else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
from fastapi.testclient import TestClient

from api import copies
from tests import cast as c
from tests.api.ground import SLUG, Clock, Desk, project
from tests.api.papers import PDF, in_text
from tests.api.test_lessons import lesson_of
from tests.api.test_seats import sent as seated
from tests.api.test_terms import mark

At = Callable[[str], Desk]
HERE = f"/people/{c.PETYA}/copies"
ANNA_FULL = "Антонова Анна Андреевна"


def make(client: TestClient) -> None:
    """What the process does beside the requests."""
    house = client.app.state.house  # type: ignore[attr-defined]
    portal = client.portal
    assert portal is not None

    async def made() -> None:
        for door in await house.doors():
            while await copies.make_one(door):
                pass

    portal.call(made)


def opened(client: TestClient, desk: Desk, path: str = HERE) -> dict[str, str]:
    """A copy that was asked for just now, made and taken: its files."""
    run_id = desk.post(path).json()["run_id"]
    make(client)
    answer = desk.get(f"/copies/{run_id}/file")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_a_stranger_a_teacher_and_another_parent_have_no_copy(desk: At) -> None:
    for login in ("zoya", "anna", "kira", "sveta", "igor", "masha"):
        who = desk(login)
        assert who.post(HERE).status_code == 404, login
        assert who.get(HERE).status_code == 404, login
    own = desk("zoya").post(f"/people/{c.ZOYA}/copies")
    assert own.status_code == 202
    assert desk("masha").get(f"/copies/{own.json()['run_id']}/file").status_code == 404


def test_a_mother_has_everything_about_her_child_and_nothing_about_other_children(
    kukarino: str, client: TestClient, desk: At, clock: Clock
) -> None:
    anna, olga = desk("anna"), desk("olga")
    petrov = {"family": "Петров", "given": "Пётр", "born": "2013-05-09", "address": "Мира, 4"}
    assert desk("sveta").post(f"/people/{c.PETYA}/names", petrov).is_success
    lesson = lesson_of(anna)
    mark(anna, "2")
    mark(anna, "5", pupil=c.MASHA)
    both = {
        "entries": [
            {"pupil_id": c.MASHA, "code": "ILL"},
            {"pupil_id": c.PETYA, "code": "LATE", "minutes_late": 7},
        ]
    }
    assert anna.post(f"/lessons/{lesson}/attendance", both).status_code == 200
    project(kukarino)
    given = pupil_mark(anna, lesson)
    words = {"comment": "Пётр устал"}
    assert anna.post(f"/marks/{given}/comments", words).status_code == 200
    project(kukarino)
    olga.get(f"/pupils/{c.PETYA}/diary/weeks/2026-08-31")
    assert seated(client, anna, lesson, petya="1-3-2", masha="4-8-1").status_code == 303

    files = opened(client, olga)

    assert sorted(files) == ["data.json", "index.html"]
    data = json.loads(files["data.json"])
    assert data["person"]["name"] == "Петров Пётр"
    topics = {one["topic"] for one in data["facts"]}
    assert {"journal.mark-given", "journal.attendance-taken", "person.registered"} <= topics
    [taken] = [one for one in data["facts"] if one["topic"] == "journal.attendance-taken"]
    assert [one["pupil_id"] for one in taken["fact"]["fact"]["exceptions"]] == [c.PETYA]
    assert [one["text"] for one in data["texts"]] == ["Пётр устал"]
    assert any("2" in one["words"] for one in data["history"])
    assert any(one["act"] == "diary" and one["about_the_person"] for one in data["access"])
    assert {one["purpose"] for one in data["consents"]} == {"diary"}
    [seat] = data["seats"]
    assert (seat["teacher"], seat["lane"], seat["desk"], seat["side"]) == (ANNA_FULL, 1, 3, 2)
    assert "1-й ряд, парта 3, место 2" in files["index.html"]
    for other in (c.MASHA, c.YOLKIN, c.OLEG, "Морозова", "Ёлкин", "Петров Олег", '"salt"'):
        assert other not in files["data.json"], other
        assert other not in files["index.html"], other
    assert (data["person"]["born"], data["person"]["address"]) == ("2013-05-09", "Мира, 4")
    for told in ("Петров Пётр", "09.05.2013", "Мира, 4", "Пётр устал", "Кто и что смотрел"):
        assert told in files["index.html"]
    assert "http" not in files["index.html"]  # nothing is fetched from elsewhere
    # the asking and the taking are in the access log themselves
    with psycopg.connect(kukarino) as conn:
        looks = conn.execute(
            f"SELECT count(*) FROM school_{SLUG}.access_log WHERE act = 'copy'"
            " AND person_id = %s AND subject = %s AND basis = 'guardian'".encode(),
            (c.OLGA, c.PETYA),
        ).fetchone()
    assert looks == (2,)
    # the office has a copy too; each one's own is nobody else's
    run_id = olga.get(HERE).json()["copies"][0]["run_id"]
    alla = desk("alla")
    assert alla.get(f"/copies/{run_id}/file").status_code == 404
    assert alla.get(HERE).json() == {"copies": []}
    assert "Петров Пётр" in opened(client, alla)["index.html"]
    # eight minutes later the password is asked for
    clock.forward(timedelta(minutes=8))
    assert olga.post(HERE).json()["code"] == "session.step_up_required"
    assert olga.get(f"/copies/{run_id}/file").status_code == 403


def test_a_teacher_has_what_was_written_by_oneself_without_the_children(
    kukarino: str, client: TestClient, desk: At
) -> None:
    anna = desk("anna")
    mark(anna, "3")
    [lesson, *_] = anna.get("/lessons", date="2026-09-02").json()["lessons"]
    file = {"file_id": c.an_id("файл"), "name": "Карточка 3.pdf", "file": in_text(PDF)}
    assert anna.post(f"/lessons/{lesson['lesson_id']}/files", file).status_code == 201
    project(kukarino)

    data = json.loads(opened(client, anna, f"/people/{c.ANNA}/copies")["data.json"])

    assert "journal.mark-given" in {one["topic"] for one in data["written_by"]}
    assert "journal.teacher-assigned" in {one["topic"] for one in data["facts"]}
    assert c.PETYA not in json.dumps(data)
    assert data["account"]["login"] == "anna"
    assert "Карточка 3.pdf" in json.dumps(data, ensure_ascii=False)


def test_the_page_asks_and_hands_out(client: TestClient, desk: At) -> None:
    olga, there = desk("olga"), f"/people/{c.PETYA}/copy"
    assert client.get(there, headers=desk("zoya").cookie).status_code == 404
    fields = {"key": str(uuid4()), "what": "ask"}
    asked = client.post(there, data=fields, headers=olga.cookie)
    assert "ждёт очереди" in asked.text
    make(client)
    ready = client.get(there, headers=olga.cookie).text
    run_id = ready.split('name="take" value="')[1].split('"')[0]
    zipped = client.post(there, data={"key": str(uuid4()), "take": run_id}, headers=olga.cookie)
    assert zipped.headers["content-type"] == "application/zip"


def pupil_mark(anna: Desk, lesson: str) -> Any:
    page = anna.get(f"/classes/{c.CLASS_7A}/register", subject_id=c.ALGEBRA, term="1").json()
    cells = {one["pupil_id"]: one["cells"] for one in page["pupils"]}
    return cells[c.PETYA][lesson][0]["mark_id"]
