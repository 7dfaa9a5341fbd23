"""Writes that were refused are seen by who reads signals, and by nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
from fastapi.testclient import TestClient
from psycopg import AsyncConnection

from projections.access_log import attempts, day_hash
from projections.postgres.database import APP, PROJECTOR, conninfo
from tests.api.ground import ALGEBRA_PLACE, Desk
from tests.api.test_page_doors import look
from tests.cast import ANNA, CLASS_7A, CLASS_7B, PETYA, VERA, an_id
from tests.conftest import SECRET
from tests.domain.seventh_a import WEDNESDAY

At = Callable[[str], Desk]
WEEK = "/classes/{class_id}/attendance-weeks/{week}/confirmation"


def first_lesson(desk: Desk) -> str:
    page = desk.get(f"/classes/{CLASS_7A}/register", **ALGEBRA_PLACE).json()
    return str(page["lessons"][0]["lesson_id"])


def mark(desk: Desk, lesson: str) -> int:
    """Somebody tries to give Petya a five; answers the status."""
    new = {
        "mark_id": str(uuid4()),
        "pupil_id": PETYA,
        "value": "5",
        "work_type_id": an_id("ответ на уроке"),
    }
    return desk.post(f"/lessons/{lesson}/marks", {"marks": [new]}).status_code


def seen(desk: Desk, **query: Any) -> list[tuple[str, str, str, str | None]]:
    """Who tried what, why not, in which class; the newest first."""
    answer = desk.get("/attempts", **query)
    assert answer.status_code == 200, answer.text
    return [
        (
            one["by"]["person_id"],
            one["operation"].partition(" ")[2].removeprefix("/api/v1"),
            one["code"],
            one["class"] and one["class"]["name"],
        )
        for one in answer.json()["attempts"]
    ]


def of_classes(url: str, *classes: str) -> int:
    """How many attempts somebody is told of who reads these classes alone."""

    async def ask() -> int:
        async with await AsyncConnection.connect(conninfo(url, APP, SECRET)) as conn:
            since = datetime(2026, 9, 1, tzinfo=UTC)
            return len(await attempts(conn, "school_kukarino", since, classes=classes))

    return asyncio.run(ask())


def test_a_stranger_reads_no_attempts(desk: At, client: TestClient) -> None:
    for login, status in (("zoya", 404), ("petya", 404), ("anna", 403), ("sveta", 403)):
        assert desk(login).get("/attempts").status_code == status
        assert look(client, desk(login), "/attempts").status_code == status


def test_who_tried_to_write_what_is_told_to_the_administration(
    desk: At, client: TestClient, kukarino: str
) -> None:
    anna, vera = desk("anna"), desk("vera")
    lesson = first_lesson(anna)
    assert mark(vera, lesson) == 403
    assert mark(desk("boris"), str(uuid4())) == 404
    monday = f"/classes/{CLASS_7A}/attendance-weeks/2026-W36/confirmation"
    assert anna.post(monday).status_code == 403
    assert mark(anna, lesson) == 200  # what is done leaves its fact, and no line here
    assert anna.post(f"/lessons/{lesson}/marks", {"marks": []}).status_code == 422
    assert desk("vera").get(f"/lessons/{uuid4()}").status_code in (404, 405)  # a look, no write

    found = seen(vera)

    assert found == [
        (ANNA, WEEK, "class.not_yours", "7а"),
        (found[1][0], "/lessons/{lesson_id}/marks", "lesson.unknown", None),
        (VERA, "/lessons/{lesson_id}/marks", found[2][2], "7а"),
    ]
    assert seen(vera, by=VERA) == found[2:]
    assert seen(desk("igor")) == found  # every journal is opened to him
    assert of_classes(kukarino, CLASS_7A) == 2
    assert of_classes(kukarino, CLASS_7B) == 0
    page = look(client, vera, "/attempts").text
    assert "Антонова А. А." in page
    assert "подпись недели" in page
    assert "отметки от администрации: 1" in look(client, vera, "/signals").text
    with psycopg.connect(conninfo(kukarino, PROJECTOR, SECRET), autocommit=True) as conn:
        lines, _ = day_hash(conn, "school_kukarino", WEDNESDAY, "Europe/Moscow")
    assert lines > len(found)  # they are under the seal of the day as well


def test_the_form_of_a_page_leaves_the_same_trace(desk: At, client: TestClient) -> None:
    anna = desk("anna")
    form = f"/classes/{CLASS_7A}/absences/2026-W36/confirmation"
    answer = client.post(form, headers=anna.cookie | {"origin": "http://127.0.0.1"})
    assert answer.status_code == 403
    route = "/classes/{class_id}/absences/{week}/confirmation"
    assert seen(desk("vera")) == [(ANNA, route, "class.not_yours", "7а")]
