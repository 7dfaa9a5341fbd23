"""«Состояние системы»: what the journal can know of itself, for who answers for it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.testclient import TestClient

from tests.api.ground import Desk
from tests.api.test_page_doors import look

At = Callable[[str], Desk]


def test_the_administrator_sees_what_is_well_and_what_is_not(client: TestClient, desk: At) -> None:
    for login, status in (("olga", 404), ("anna", 403), ("sveta", 403)):
        assert look(client, desk(login), "/health").status_code == status
    page = look(client, desk("alla"), "/health").text
    assert "показано всё записанное" in page
    assert "журнал ещё не запечатан" in page
    assert "планировщик ещё не работал" in page
    assert "Требует внимания: задания." in page
    assert "Ни один учебный год ещё не сдан в архив" in page
