"""«Год и экзамены» as pages: a column of marks, a class, the council's decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import Clock, Desk
from tests.api.test_grants import settled
from tests.api.test_outcome_pages import Forms
from tests.api.test_page_doors import look
from tests.api.test_results import issue_terms
from tests.cast import ALGEBRA, CLASS_7A, MASHA, PETYA

At = Callable[[str], Desk]
CLASS = f"/classes/{CLASS_7A}/year"
COLUMN = f"/classes/{CLASS_7A}/subjects/{ALGEBRA}/year"
MINUTES = {"protocol_no": "9", "protocol_date": "2026-09-02"}


@pytest.mark.parametrize("login", ["zoya", "olga", "petya", "tanya"])
def test_a_stranger_does_not_learn_that_there_is_a_class(
    client: TestClient, desk: At, login: str
) -> None:
    other = desk(login)
    for path in (CLASS, COLUMN):
        assert look(client, other, path).status_code == 404
    forms = Forms(client, other)
    for path in (CLASS, f"{COLUMN}/year", f"{COLUMN}/year/correction"):
        assert forms.send(path, {}).status_code == 404


def test_a_column_is_shown_before_it_is_issued_and_names_whom_it_stumbles_over(
    client: TestClient, desk: At, projector: Projector
) -> None:
    issue_terms(desk("anna"))
    anna = Forms(client, desk("anna"))
    column = {f"value-{PETYA}": "5"}
    shown = anna.send(f"{COLUMN}/year", column | {"do": "preview"}).text
    assert "Проверьте, что будет выставлено: 1" in shown
    assert "выходит 4" in shown
    refused = anna.send(f"{COLUMN}/year", column | {"do": "issue"})
    assert refused.status_code == 422
    assert "Петров Пётр: Выходит «4» (среднее 4,00), а ставится «5»" in refused.text
    why = {f"reason-{PETYA}": "OTHER", f"words-{PETYA}": "призёр олимпиады"}
    page = anna.done(f"{COLUMN}/year", column | why | {"do": "issue"})
    assert "Отметки выставлены." in page
    assert "Выставлено: 1 из " in page
    assert (
        "выходило 4: другое" in page
    )  # whoever reads the column sees who has another mark than follows
    early = anna.send(f"{COLUMN}/year", {f"value-{MASHA}": "4", "do": "issue"})
    assert (early.status_code, "отметка за последний период" in early.text) == (409, True)


def test_an_examination_has_its_day_and_a_correction_keeps_the_old_mark(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = Forms(client, desk("anna"))
    exam = {f"value-{PETYA}": "4", "do": "issue"}
    assert "Укажите день" in anna.send(f"{COLUMN}/exam", exam).text
    anna.done(f"{COLUMN}/exam", exam | {"date": "2026-09-02"})
    wrong = {"pupil_id": PETYA, "saw": "4", "value": "5", "reason_code": "APPEAL"}
    page = look(client, desk("anna"), f"{COLUMN}?kind=exam").text
    assert "экзамен 02.09.2026" in page
    page = anna.done(f"{COLUMN}/exam/correction", wrong)
    assert "было 4" in page
    seen_late = anna.send(f"{COLUMN}/exam/correction", wrong | {"value": "3"})
    assert (seen_late.status_code, "Сейчас «5», а не «4»." in seen_late.text) == (409, True)


def test_a_correction_asks_for_the_password_when_it_is_old(
    client: TestClient, desk: At, projector: Projector, clock: Clock
) -> None:
    person = desk("anna")
    anna = Forms(client, person)
    exam = {f"value-{PETYA}": "4", "do": "issue", "date": "2026-09-02"}
    anna.done(f"{COLUMN}/exam", exam)
    clock.forward(timedelta(minutes=6))
    wrong = {"pupil_id": PETYA, "saw": "4", "value": "5", "reason_code": "APPEAL"}
    refused = anna.send(f"{COLUMN}/exam/correction", wrong | {"password": "не тот"})
    assert "Логин или пароль не подходит." in refused.text
    assert "Ваш пароль" in look(client, person, f"{COLUMN}?kind=exam").text


def test_only_who_teaches_the_subject_has_the_form(client: TestClient, desk: At) -> None:
    assert "Посмотреть, что выйдет" in look(client, desk("anna"), COLUMN).text
    for login in ("kira", "vera"):
        page = look(client, desk(login), COLUMN).text
        assert "Отметки выставляет учитель предмета." in page
        assert "Посмотреть, что выйдет" not in page


def test_decisions_of_the_council_are_shown_and_recorded_by_their_minutes(
    client: TestClient, desk: At, projector: Projector
) -> None:
    vera = Forms(client, desk("vera"))
    chosen = {f"decision-promotion-{PETYA}": "PROMOTED", f"decision-promotion-{MASHA}": "RETAINED"}
    shown = vera.send(CLASS, chosen | MINUTES | {"do": "preview"}).text
    assert "протокол № 9 от 02.09.2026" in shown
    assert "<strong>переведён в следующий класс</strong>: Петров Пётр" in shown
    assert "Отметки года этого не говорят" in shown  # nobody has one; a decision is the council's
    assert "<strong>Петров Пётр</strong> — не выставлено годовых: " in shown
    assert shown.count("не выставлено годовых") == 1  # of whom stays in the class nothing is asked
    page = vera.done(CLASS, chosen | MINUTES | {"do": "record"})
    assert "Решения педсовета записаны." in page
    assert "оставлен на повторное обучение, пр. № 9 от 02.09.2026" in page
    kira = look(client, desk("kira"), CLASS).text
    assert "пр. № 9" in kira
    assert "Записать решения педсовета" not in kira


def test_where_nobody_gets_marks_everybody_is_offered_for_promotion(
    client: TestClient, desk: At, projector: Projector
) -> None:
    rule = {"version": "без отметок", "ungraded_levels": [1, 7], "order_no": "8-о"}
    settled(desk("dina"), desk("dina").post("/years/2026/regulation", rule))
    page = look(client, desk("vera"), CLASS).text
    assert "В этом классе учат без отметок" in page
    assert "Не выставлено" not in page
    assert page.count('<option value="PROMOTED" selected>') == page.count("decision-promotion-") > 1


def test_admission_is_decided_where_there_is_a_state_examination(
    client: TestClient, desk: At, projector: Projector
) -> None:
    vera = Forms(client, desk("vera"))
    assert "допуск…" not in look(client, desk("vera"), CLASS).text
    field = {f"decision-admission-{PETYA}": "ADMITTED", "do": "record"}
    refused = vera.send(CLASS, field | MINUTES)
    assert refused.status_code == 422
    assert "Петров Пётр: «допущен к ГИА» решают в 9 и 11 классах." in refused.text


def test_the_first_page_leads_to_own_subjects_and_to_classes(client: TestClient, desk: At) -> None:
    anna = look(client, desk("anna"), "/years").text
    assert f'href="{COLUMN}"' in anna
    assert f'href="{CLASS}"' in look(client, desk("vera"), "/years").text
