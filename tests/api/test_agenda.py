"""«Календарь»: a secret address of one's lessons, good as long as its person may read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import icalendar
import psycopg
from fastapi.testclient import TestClient
from httpx2 import Response

from domain.journal.facts import SubstitutionAppointed
from domain.journal.plan_facts import PlannedLesson
from domain.values import LessonKind
from tests import cast as c
from tests.api.ground import OPERATOR, SLUG, Clock, Desk, project, school_behind
from tests.api.test_lessons import lesson_of
from tests.ground import request

At = Callable[[str], Desk]
CONTROL = LessonKind.CONTROL


def address(desk: Desk, about: str) -> str:
    """A new address, as a path."""
    answer = desk.post("/calendars", {"about": about})
    assert answer.status_code == 201, answer.text
    url = str(answer.json()["url"])
    assert url.startswith("http://127.0.0.1/calendar/")
    return url.removeprefix("http://127.0.0.1")


def events(answer: Response) -> list[Any]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    found = icalendar.Calendar.from_ical(answer.content)
    assert isinstance(found, icalendar.Calendar)
    return list(found.events)


def on(found: list[Any], day: str) -> list[str]:
    return [str(one["SUMMARY"]) for one in found if str(one.start)[:10] == day]


def test_a_stranger_has_no_calendar_of_a_child_and_finds_none_by_guessing(
    client: TestClient, desk: At
) -> None:
    zoya = desk("zoya")
    assert zoya.get("/calendars").json() == {"calendars": []}
    assert zoya.post("/calendars", {"about": c.PETYA}).status_code == 404
    assert desk("vera").post("/calendars", {"about": c.PETYA}).status_code == 404  # has the diary
    assert zoya.send("DELETE", f"/calendars/{c.PETYA}", **key()).status_code == 404
    guesses = [client.get(f"/calendar/{uuid4().hex}.ics") for _ in range(8)]
    assert [one.status_code for one in guesses[:5]] == [404] * 5
    assert guesses[-1].status_code == 429
    assert "Такой ссылки нет" in guesses[0].text


def test_a_mother_has_the_lessons_of_her_child_and_nothing_of_other_children(
    kukarino: str, client: TestClient, desk: At, clock: Clock
) -> None:
    anna, olga = desk("anna"), desk("olga")
    lesson = lesson_of(anna)
    for work, to in (("§ 3, № 1–4", ()), ("личное Маше", (c.MASHA,)), ("личное Пете", (c.PETYA,))):
        body = {"homework_id": str(uuid4()), "text": work, "due_date": "2026-09-04"}
        set_ = anna.post(f"/lessons/{lesson}/homework", body | {"individual_for": list(to)})
        assert set_.status_code in {200, 201}, set_.text
    test = {"topic": "Дроби", "kind": "CONTROL", "title": "Дроби, 1 вариант"}
    assert anna.post(f"/lessons/{lesson}/topic", test).status_code == 200
    next_one = lesson_of(anna, "2026-09-03")
    assert (
        desk("vera").post(f"/lessons/{next_one}/cancel", {"reason": "карантин"}).status_code == 200
    )
    plan = [
        PlannedLesson(1, "Дроби", hours=2),
        PlannedLesson(2, "Проценты", CONTROL, "Проценты, 1 вариант"),
    ]
    school_behind(client).adopt_lesson_plan(
        c.CLASS_7A, c.an_id("план"), c.ALGEBRA, None, plan, by=OPERATOR, request=request()
    ).result(10)
    project(kukarino)

    there = address(olga, c.PETYA)
    answer = client.get(there)
    found = events(answer)

    assert on(found, "2026-09-02") == ["Контрольная: Алгебра", "Английский язык (1 группа)"]
    # 02.09 and 09.09 are the two hours of the first topic: 03.09 is cancelled
    assert on(found, "2026-09-10") == ["Контрольная: Алгебра"]
    assert on(found, "2026-09-04") == ["Задано: Алгебра"] * 2
    [control] = [one for one in found if str(one["UID"]) == f"{lesson}@{c.SCHOOL}"]
    assert "Контрольная работа: Дроби, 1 вариант" in control["DESCRIPTION"]
    [off] = [one for one in found if str(one["UID"]) == f"{next_one}@{c.SCHOOL}"]
    assert (off["STATUS"], off["SEQUENCE"]) == ("CANCELLED", 1)
    told = "".join(str(one.get("DESCRIPTION", "")) for one in found)
    assert "§ 3, № 1–4" in told
    for secret in ("личное", "Маш", "Петр", "Пёт"):
        assert secret not in told
    # the same again, unless something has changed
    tag = answer.headers["etag"]
    assert client.get(there, headers={"if-none-match": tag}).status_code == 304
    assert all(str(one["LAST-MODIFIED"].dt) == str(one["DTSTAMP"].dt) for one in found)
    # a new address ends the old one, a withdrawn one answers nothing
    new = address(olga, c.PETYA)
    assert client.get(there).status_code == 404
    [listed] = olga.get("/calendars").json()["calendars"]
    assert (listed["name"], listed["class_name"]) == ("Петров Пётр", "7а")
    assert listed["created"]
    assert not listed["last_read"]
    assert client.get(new).status_code == 200
    assert olga.send("DELETE", f"/calendars/{c.PETYA}", **key()).status_code == 204
    assert client.get(new).status_code == 404
    # who read it is in the access log, and only a hash of the address in the database
    with psycopg.connect(kukarino) as conn:
        looks = conn.execute(
            f"SELECT act, basis FROM school_{SLUG}.access_log WHERE person_id = %s"
            " AND act LIKE 'calendar%%' ORDER BY id".encode(),
            (c.OLGA,),
        ).fetchall()
    assert looks == [
        ("calendar-link", "issued"),
        ("calendar", "guardian"),
        ("calendar", "guardian"),
        ("calendar-link", "issued"),
        ("calendar", "guardian"),
        ("calendar-link", "revoked"),
    ]


def test_an_address_dies_with_the_right_behind_it(
    kukarino: str, client: TestClient, desk: At, clock: Clock
) -> None:
    olga, anna = desk("olga"), desk("anna")
    her, own = address(olga, c.PETYA), address(anna, c.ANNA)
    assert on(events(client.get(own)), "2026-09-03") == ["7а · Алгебра"]
    once = str(uuid4())
    first = olga.post("/calendars", {"about": c.PETYA}, key=once).json()
    assert olga.post("/calendars", {"about": c.PETYA}, key=once).json()["url"] is None
    her = str(first["url"]).removeprefix("http://127.0.0.1")
    # another stands in for Anna on Thursday: the lesson is hers no more, and the other's
    school, day = school_behind(client), clock().date() + timedelta(days=1)
    school.appoint_substitute(
        c.CLASS_7A,
        SubstitutionAppointed(c.an_id("замена"), c.BORIS, c.ANNA, day, day),
        by=OPERATOR,
        request=request(),
    ).result(10)
    project(kukarino)
    assert on(events(client.get(own)), "2026-09-03") == []
    [lesson] = [one for one in events(client.get(her)) if str(one.start)[:10] == "2026-09-03"]
    assert "Замена: Борисов Б. Б." in lesson["DESCRIPTION"]
    # consent is withdrawn, the teacher is dismissed
    school.withdraw_consent(
        c.CLASS_7A, c.PETYA, c.OLGA, "diary", by=OPERATOR, request=request()
    ).result(10)
    school.release_teacher(
        c.CLASS_7A, c.an_id(f"{c.ANNA}/{c.ALGEBRA}"), clock().date(), by=OPERATOR, request=request()
    ).result(10)
    project(kukarino)
    closed, dismissed = client.get(her), client.get(own)
    assert (closed.status_code, dismissed.status_code) == (410, 410)
    assert "согласия на электронный дневник сейчас нет" in closed.text
    assert "больше не открыт" in dismissed.text
    assert olga.post("/calendars", {"about": c.PETYA}).status_code == 409
    # too often is too often, whoever asks
    assert [client.get(own).status_code for _ in range(30)][-1] == 429
    # half an hour later the password is asked for again
    clock.forward(timedelta(minutes=20))
    refused = olga.post("/calendars", {"about": c.PETYA})
    assert (refused.status_code, refused.json()["code"]) == (403, "session.step_up_required")


def key() -> dict[str, str]:
    return {"idempotency-key": str(uuid4())}
