"""«Итоги класса» and teachers' words on pupils as pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import Desk
from tests.api.papers import PDF
from tests.api.test_page_doors import heading, look
from tests.cast import ALGEBRA, CLASS_7A, MASHA, PETYA, an_id

At = Callable[[str], Desk]
PAGE = f"/classes/{CLASS_7A}/outcomes"
COMMENTS = f"/classes/{CLASS_7A}/subjects/{ALGEBRA}/comments"
DEFENCE = {
    "pupil_id": PETYA,
    "kind": "PROJECT",
    "title": "Мосты",
    "value": "5",
    "date": "2026-09-02",
}
FILE = {"file": ("act.pdf", PDF, "application/pdf")}


class Forms:
    """Somebody who fills in forms."""

    def __init__(self, client: TestClient, person: Desk) -> None:
        self._client, self._person = client, person

    def send(self, path: str, fields: dict[str, str], **more: Any) -> Any:
        data = {"key": str(uuid4())} | fields
        cookie = self._person.cookie
        return self._client.post(path, data=data, headers=cookie, follow_redirects=False, **more)

    def done(self, path: str, fields: dict[str, str], **more: Any) -> str:
        """The page to which one is led, once it knows."""
        answer = self.send(path, fields, **more)
        assert answer.status_code == 303, answer.text
        seen = f"letopis_position={answer.cookies['letopis_position']}"
        self._client.cookies.clear()
        cookie = {"cookie": f"{self._person.cookie['cookie']}; {seen}"}
        return self._client.get(answer.headers["location"], headers=cookie).text


@pytest.mark.parametrize("login", ["zoya", "olga", "petya", "tanya"])
def test_a_stranger_does_not_learn_that_there_is_a_class(
    client: TestClient, desk: At, login: str
) -> None:
    other = desk(login)
    for path in (PAGE, COMMENTS):
        assert look(client, other, path).status_code == 404
    assert Forms(client, other).send(f"{PAGE}/levels", {}).status_code == 404
    assert Forms(client, other).send(COMMENTS, {}).status_code == 404


def test_a_defence_is_recorded_with_its_document_corrected_and_annulled(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = Forms(client, desk("anna"))
    bare = anna.send(f"{PAGE}/defence", DEFENCE)
    assert (bare.status_code, "Приложите документ" in bare.text) == (422, True)

    page = anna.done(f"{PAGE}/defence", DEFENCE, files=FILE)

    assert "Защита записана, документ приложен." in page
    assert "«Мосты»" in page
    assert "нет защиты: 2" in page
    [defence] = desk("anna").get(f"/classes/{CLASS_7A}/outcomes").json()["defences"]
    fields = {"defence_id": defence["defence_id"], "saw": "5", "value": "4", "date": "2026-09-02"}
    corrected = anna.done(f"{PAGE}/correction", fields | {"reason_code": "APPEAL"})
    assert "исправлено" in corrected
    assert "Записать защиту" not in look(client, desk("vera"), PAGE).text
    wrong = {"defence_id": defence["defence_id"], "saw": "4", "reason_code": "WRONG_PUPIL"}
    annulled = anna.done(f"{PAGE}/annulment", wrong)
    assert "Защита аннулирована, запись осталась в истории." in annulled
    assert "нет защиты: 3" in annulled


def test_a_class_teacher_records_levels_and_a_work_and_a_colleague_only_looks(
    client: TestClient, desk: At, projector: Projector
) -> None:
    kira = Forms(client, desk("kira"))
    levels = kira.done(f"{PAGE}/levels", {f"level-{PETYA}": "RAISED", f"level-{MASHA}": ""})
    assert "без уровня: 2" in levels
    work = {"work_id": an_id("работа"), "title": "Работа за год", "date": "2026-09-02"}
    work |= {"most_points": "20", f"level-{PETYA}": "BASIC", f"points-{PETYA}": "12"}

    page = kira.done(f"{PAGE}/work", work)

    assert "Работа за год, 02.09.2026: результатов 1 из 3" in page
    blind = kira.send(f"{PAGE}/levels", {f"level-{PETYA}": "HIGH"})
    assert (blind.status_code, "обновите страницу" in blind.text) == (409, True)
    assert "больше, чем" not in kira.send(f"{PAGE}/work", work | {f"points-{PETYA}": "сто"}).text
    colleague = look(client, desk("anna"), PAGE)
    assert "Записать уровни" not in colleague.text
    assert "повышенный" in colleague.text
    assert Forms(client, desk("anna")).send(f"{PAGE}/levels", {}).status_code in {403, 422}


def test_words_on_a_pupil_are_written_and_changed_on_their_page(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = Forms(client, desk("anna"))
    number = an_id("слово")
    fields = {"comment_id": number, "pupil_id": PETYA, "comment": "Рассуждает вслух"}

    page = anna.done(COMMENTS, fields)

    assert "Комментарий записан" in page
    assert "Рассуждает вслух" in page
    changed = anna.done(COMMENTS, fields | {"comment": "Доказывает"})
    assert "изменён" in changed
    assert "Комментарий: заполните поле." in anna.send(COMMENTS, fields | {"comment": " "}).text
    kira = look(client, desk("kira"), COMMENTS)
    assert "Доказывает" in kira.text
    assert "Записать" not in kira.text
    assert look(client, desk("boris"), COMMENTS).status_code == 404
    register = look(client, desk("anna"), f"/classes/{CLASS_7A}/register?subject_id={ALGEBRA}")
    assert COMMENTS in register.text


def test_the_home_of_outcomes_leads_to_the_only_class(client: TestClient, desk: At) -> None:
    assert look(client, desk("anna"), "/outcomes").headers["location"] == PAGE
    assert heading(look(client, desk("vera"), "/outcomes")) == "Итоги по классам"
