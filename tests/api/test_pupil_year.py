"""«Посещаемость и итоги» of a pupil, and teachers' words in the diary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import Desk
from tests.api.test_absences import away  # noqa: F401 - a fixture
from tests.api.test_grants import settled
from tests.api.test_outcomes import COMMENT, COMMENTS, DEFENCE, DEFENCES
from tests.api.test_page_doors import WEEK, heading, look
from tests.cast import PETYA

At = Callable[[str], Desk]
PAGE = f"/pupils/{PETYA}/year"


@pytest.mark.parametrize(("login", "status"), [("zoya", 404), ("oleg", 403), ("anna", 403)])
def test_the_year_is_of_the_family_and_who_reads_the_diary(
    client: TestClient, desk: At, login: str, status: int
) -> None:
    assert look(client, desk(login), PAGE).status_code == status
    sent = client.post(PAGE, data={"key": str(uuid4())}, headers=desk(login).cookie)
    assert sent.status_code == status


def test_a_family_sees_absences_words_and_results(
    client: TestClient,
    desk: At,
    projector: Projector,
    away: str,  # noqa: F811
) -> None:
    anna = desk("anna")
    settled(anna, anna.post(COMMENTS, COMMENT))
    settled(anna, anna.post(DEFENCES, DEFENCE))

    answer = look(client, desk("olga"), PAGE)

    assert heading(answer) == "Петров Пётр: посещаемость и итоги"
    assert "1 из 1" in answer.text
    assert "причина ещё не указана" in answer.text
    assert "Рассуждает вслух" in answer.text
    assert "Мосты нашего города" in answer.text
    diary = look(client, desk("olga"), WEEK).text
    assert "Рассуждает вслух" in diary
    assert PAGE in diary
    kira = look(client, desk("kira"), PAGE).text
    assert "Рассуждает вслух" in kira
    assert "Предупредить" not in kira


def test_a_mother_warns_from_the_page(client: TestClient, desk: At, projector: Projector) -> None:
    olga = desk("olga")
    notice: dict[str, Any] = {
        "key": str(uuid4()),
        "since": "2026-09-03",
        "until": "2026-09-04",
        "code": "ILL",
        "text": "температура",
    }

    def send(**other: str) -> Any:
        return client.post(
            PAGE, data={**notice, **other}, headers=olga.cookie, follow_redirects=False
        )

    refused = send(since="2026-09-05")
    assert (refused.status_code, "Первый день" in refused.text) == (422, True)
    assert "Укажите дни и причину" in send(code="").text
    done = send()
    assert done.headers["location"] == f"{PAGE}?said=warned"
    assert send().status_code == 303  # a repeat is the same warning
    client.cookies.clear()
