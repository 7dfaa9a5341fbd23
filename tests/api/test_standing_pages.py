"""«Особый доступ» and «Подозрение» as pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from projections.projector import Projector
from tests.api.ground import Desk
from tests.api.test_glass import GLASS, REVIEW, WHY
from tests.api.test_grants import settled
from tests.api.test_page_doors import look
from tests.cast import ANNA, BORIS, CLASS_7A, MASHA

At = Callable[[str], Desk]
REVIEW_PAGE = f"/people/{ANNA}/suspicion"


@pytest.mark.parametrize(
    ("login", "status"), [("zoya", 404), ("olga", 404), ("petya", 404), ("anna", 403)]
)
def test_special_access_is_the_administrations_page(
    client: TestClient, desk: At, login: str, status: int
) -> None:
    assert look(client, desk(login), "/grants").status_code == status


@pytest.mark.parametrize(
    ("login", "status"), [("zoya", 404), ("olga", 404), ("boris", 403), ("igor", 403)]
)
def test_the_review_is_of_the_person_and_who_closes_sign_ins(
    client: TestClient, desk: At, login: str, status: int
) -> None:
    assert look(client, desk(login), REVIEW_PAGE).status_code == status


def test_the_page_lists_grants_and_offers_auditors_and_classes(
    client: TestClient, desk: At
) -> None:
    page = look(client, desk("vera"), "/grants").text

    assert "все журналы" in page
    assert "приказ № 61-у" in page
    assert page.count("Игнатьев Игорь Ильич") >= 1
    assert "Закрыть сегодня" in page


def test_a_secretary_looks_and_opens_nothing(client: TestClient, desk: At) -> None:
    page = look(client, desk("sveta"), "/grants").text

    assert "все журналы" in page
    assert "Закрыть сегодня" not in page
    assert "open-journals" not in page


def test_the_director_is_told_on_every_page_until_it_is_checked(
    client: TestClient, desk: At, projector: Projector
) -> None:
    vera, dina = desk("vera"), desk("dina")
    assert "в экстренном порядке" not in look(client, dina, "/trail").text

    settled(vera, vera.post("/break-glass", GLASS))

    assert "в экстренном порядке: 1 дневник открыт" in look(client, dina, "/trail").text
    assert "в экстренном порядке" not in look(client, vera, "/trail").text
    listed = look(client, dina, "/grants").text
    assert WHY in listed
    assert "Проверено</button>" in listed
    own = look(client, vera, "/grants").text
    assert "Проверено</button>" not in own
    assert f"/pupils/{MASHA}/diary/2026-08-31" in own

    settled(dina, dina.post(REVIEW))
    assert "в экстренном порядке" not in look(client, dina, "/trail").text


def test_a_pupil_is_chosen_from_the_class(client: TestClient, desk: At) -> None:
    page = look(client, desk("vera"), f"/grants?class_id={CLASS_7A}").text

    assert "Морозова Мария" in page


def test_before_a_suspicion_there_is_the_button(client: TestClient, desk: At) -> None:
    page = look(client, desk("vera"), REVIEW_PAGE).text

    assert "Закрыть вход: пароль узнали" in page


def test_the_review_shows_records_by_sign_ins_and_only_the_person_judges(
    client: TestClient, desk: At, projector: Projector
) -> None:
    alla, boris = desk("alla"), desk("boris")
    alla.post(f"/people/{BORIS}/account", {"login": "boris"})
    del boris
    raised = alla.post(f"/people/{BORIS}/suspicion", {"reason": "подсмотрели"})
    settled(alla, raised)

    page = look(client, alla, f"/people/{BORIS}/suspicion").text

    assert "«подсмотрели»" in page
    assert "data-verdict" not in page
    assert "Борисов Борис Борисович" in page
