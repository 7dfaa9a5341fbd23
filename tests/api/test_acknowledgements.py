"""«Ознакомлен»: the guardian's signature under a week of the diary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import Desk
from tests.api.test_grants import settled
from tests.api.test_page_doors import WEEK, look
from tests.api.test_terms import mark
from tests.cast import CLASS_7A, OLGA, PETYA

At = Callable[[str], Desk]
MONDAY = "2026-08-31"
DOCUMENT = f"/pupils/{PETYA}/diary/weeks/{MONDAY}"
SIGNATURE = f"{DOCUMENT}/acknowledgement"
CLASS = f"/classes/{CLASS_7A}/acknowledgements"


@pytest.mark.parametrize(("login", "status"), [("zoya", 404), ("oleg", 403), ("anna", 403)])
def test_only_who_reads_the_diary_reads_who_signed_it(desk: At, login: str, status: int) -> None:
    assert desk(login).get(SIGNATURE).status_code == status
    assert desk(login).post(SIGNATURE, {"position": 0}).status_code == status


@pytest.mark.parametrize(("login", "status"), [("zoya", 404), ("olga", 404), ("anna", 403)])
def test_signatures_of_a_class_are_the_class_teachers(
    client: TestClient, desk: At, login: str, status: int
) -> None:
    assert desk(login).get(CLASS).status_code == status
    assert look(client, desk(login), CLASS).status_code == status


def test_a_mother_signs_and_the_class_teacher_sees_it(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna, olga, kira = desk("anna"), desk("olga"), desk("kira")
    assert desk("petya").post(SIGNATURE, {"position": 0}).status_code == 404
    read = olga.get(DOCUMENT).json()["as_of"]["position"]
    early = olga.post(SIGNATURE, {"position": read + 1_000})
    assert (early.status_code, early.json()["code"]) == (422, "diary.position")

    settled(olga, olga.post(SIGNATURE, {"position": read}))

    [signed] = olga.get(SIGNATURE).json()["acknowledged"]
    assert (signed["guardian_id"], signed["position"]) == (OLGA, read)
    pupils = {one["pupil_id"]: one for one in kira.get(CLASS).json()["pupils"]}
    assert [who["by"] for who in pupils[PETYA]["weeks"][MONDAY]] == [signed["by"]]
    assert "✓" in look(client, kira, CLASS).text
    assert "Ознакомлен(а) с неделей" not in look(client, olga, WEEK).text

    position = mark(anna, "5")
    changed = look(client, olga, f"{WEEK}?min_position={position}").text
    assert "после этого неделя дополнялась" in changed
    assert "Подписать ещё раз" in changed


def test_the_button_of_the_diary_signs(client: TestClient, desk: At, projector: Projector) -> None:
    olga = desk("olga")
    read = olga.get(DOCUMENT).json()["as_of"]["position"]
    assert "Ознакомлен(а) с неделей" in look(client, olga, WEEK).text
    assert "Ознакомлен(а) с неделей" not in look(client, desk("petya"), WEEK).text
    form = {"key": str(uuid4()), "position": str(read)}

    def send(**other: str) -> Any:
        return client.post(WEEK, data=form | other, headers=olga.cookie, follow_redirects=False)

    assert send(position="сейчас").status_code == 422
    done = send()
    assert send().headers["location"] == done.headers["location"] == f"{WEEK}#read"
    position = client.cookies["letopis_position"]
    client.cookies.clear()
    # a repeat is the same signature
    assert len(olga.get(SIGNATURE, min_position=position).json()["acknowledged"]) == 1
