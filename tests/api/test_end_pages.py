"""«Периоды» and «Запросы» as pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import Clock, Desk
from tests.api.test_page_doors import look
from tests.api.test_terms import WORDS, a_mark, ask, mark
from tests.cast import ALGEBRA, CLASS_7A, PETYA

At = Callable[[str], Desk]
CHECKLIST = f"/classes/{CLASS_7A}/terms/1"
TERM_MARKS = f"/classes/{CLASS_7A}/term-marks?subject_id={ALGEBRA}&term=1"


@pytest.mark.parametrize("path", ["/terms", CHECKLIST, TERM_MARKS, "/correction-requests"])
@pytest.mark.parametrize("login", ["zoya", "olga", "petya"])
def test_families_and_strangers_end_no_term(
    client: TestClient, desk: At, path: str, login: str
) -> None:
    assert look(client, desk(login), path).status_code == 404


def test_the_page_of_term_marks_says_what_they_are_made_of(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")
    position = mark(anna, "3", "3", "зач", control="4")
    page = look(client, anna, f"{TERM_MARKS}&min_position={position}").text
    assert "выходит 4" in page
    assert "4×2" in page
    assert "14,00 : 4,00 = 3,50." in " ".join(page.split())
    assert "Не считаются: зач" in page
    assert "«5» от 4,50, «4» от 3,50, «3» от 2,50" in page
    assert "Выставить отметки" in page
    assert "Выставить отметки" not in look(client, desk("kira"), TERM_MARKS).text

    place = {"subject_id": ALGEBRA, "term": "1"}

    def send(path: str, **fields: str) -> Any:
        form = {"key": str(uuid4()), **place, **fields}
        return client.post(path, data=form, headers=anna.cookie, follow_redirects=False)

    path = TERM_MARKS.partition("?")[0]
    value = {f"value-{PETYA}": "5"}
    unexplained = send(path, **value)
    assert unexplained.status_code == 422
    assert "Петров Пётр: По отметкам выходит «4»" in unexplained.text
    issued = send(path, **value, **{f"reason-{PETYA}": "REWORK", f"words-{PETYA}": "зачёт"})
    assert issued.headers["location"] == f"{TERM_MARKS}&said=issued"
    other = {
        "pupil_id": PETYA,
        "saw": "5",
        "value": "4",
        "reason_code": "RECOUNT",
        "words": "сверка",
    }
    corrected = send(f"{path}/correction", **other)
    assert corrected.headers["location"] == f"{TERM_MARKS}&said=corrected"
    written = client.cookies["letopis_position"]
    client.cookies.clear()
    page = look(client, anna, f"{TERM_MARKS}&min_position={written}").text
    assert "Выставлено: 1 из" in page
    assert '<span class="chip m4">4</span>' in page


def test_the_checklist_offers_to_close_and_then_to_open(
    client: TestClient, desk: At, projector: Projector
) -> None:
    vera = desk("vera")
    page = look(client, vera, CHECKLIST).text
    assert "Закрыть период" in page
    assert "Нет отметок за период: 6" in page
    facts = set(re.findall(r'<a href="(/classes/[^"]+)"', page.partition("<main")[2]))
    assert {href for href in facts if "/term-marks?" in href}
    for href in facts:
        assert look(client, vera, unescape(href)).status_code == 200, href
    # what one button would do is said before it is pressed, and there is a way back
    assert "Период ещё идёт: после закрытия учителя не смогут ничего записать до" in page
    assert "Не доделано: " in page
    assert 'href="/terms">Все периоды</a>' in page
    assert "Закрыть период" not in look(client, desk("kira"), CHECKLIST).text
    position = vera.post(f"{CHECKLIST}/closing").json()["position"]
    page = look(client, vera, f"{CHECKLIST}?min_position={position}").text
    assert "Открыть период" in page
    assert "Период закрыт" in page
    assert "закрыт</span>" in look(client, vera, "/terms").text
    marks = look(client, desk("anna"), TERM_MARKS).text
    assert "Выставить отметки" not in marks


def test_a_request_is_written_by_the_teacher_and_answered_by_the_deputy(
    client: TestClient, desk: At, projector: Projector, clock: Clock
) -> None:
    mark_id, request_id = a_mark(desk("anna")), str(uuid4())
    clock.forward(timedelta(days=15))
    anna, vera = desk("anna"), desk("vera")
    form = look(client, anna, f"/correction-requests?mark_id={mark_id}").text
    assert "Отправить завучу" in form
    assert f'data-mark="{mark_id}"' in form
    position = ask(anna, mark_id, request_id).json()["position"]
    page = look(client, vera, f"/correction-requests?min_position={position}").text
    assert WORDS in page
    assert "Исправить отметку" in page
    own = look(client, anna, "/correction-requests").text
    assert WORDS in own
    assert "Исправить отметку" not in own
