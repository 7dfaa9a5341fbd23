"""«Личные данные»: a name, of a pupil also the day of birth and the address, on a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests import cast as c
from tests.api.ground import SLUG, Desk, project

At = Callable[[str], Desk]
HERE = f"/people/{c.PETYA}/particulars"
PETROV = {"family": "Петров", "given": "Пётр", "patronymic": "", "born": "", "address": ""}


def told(client: TestClient, who: Desk, there: str = HERE, **fields: str) -> Response:
    """The form as it was sent."""
    sent = PETROV | {"key": str(uuid4())} | fields
    return client.post(there, data=sent, headers=who.cookie, follow_redirects=False)


def shown(client: TestClient, who: Desk, there: str = HERE) -> dict[str, str]:
    """The fields of the form as they stand on the page."""
    page = client.get(there, headers=who.cookie)
    assert page.status_code == 200, page.text
    fields = re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in fields if name != "key"}


def test_a_stranger_a_family_and_a_teacher_neither_see_nor_write(
    kukarino: str, client: TestClient, desk: At
) -> None:
    assert client.get(HERE, follow_redirects=False).status_code == 303  # to the sign-in
    for login, status in (("zoya", 404), ("olga", 404), ("petya", 404), ("anna", 403)):
        who = desk(login)
        assert client.get(HERE, headers=who.cookie).status_code == status, login
        assert told(client, who, born="2013-05-09").status_code == status, login
    for login in ("kira", "igor"):
        assert client.get(HERE, headers=desk(login).cookie).status_code == 403, login
    assert body_of(kukarino) == {"family": "Петров", "given": "Пётр"}


@pytest.mark.parametrize("login", ["sveta", "alla", "vera", "dina"])
def test_the_office_enters_a_birthday_and_an_address_and_corrects_them(
    kukarino: str, client: TestClient, desk: At, login: str
) -> None:
    who = desk(login)
    assert shown(client, who) == PETROV

    answer = told(client, who, born="2013-05-09", address=" Кукарино, Мира, 4 ")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?done=1")
    assert "Записано" in client.get(f"{HERE}?done=1", headers=who.cookie).text
    whole = PETROV | {"born": "2013-05-09", "address": "Кукарино, Мира, 4"}
    assert shown(client, who) == whole

    told(client, who, born="2013-05-19", patronymic="Ильич")
    assert shown(client, who) == PETROV | {"born": "2013-05-19", "patronymic": "Ильич"}
    # in the vault, and in no fact
    assert body_of(kukarino) == {
        "family": "Петров",
        "given": "Пётр",
        "patronymic": "Ильич",
        "born": "2013-05-19",
    }
    with psycopg.connect(kukarino) as conn:
        facts = conn.execute(
            f"SELECT count(*) FROM school_{SLUG}.facts"
            " WHERE position('2013-05' IN convert_from(state, 'UTF8')) > 0".encode()
        ).fetchone()
    assert facts == (0,)


def test_what_the_journal_refuses_is_told_and_what_was_typed_stays(
    client: TestClient, desk: At
) -> None:
    sveta = desk("sveta")
    for fields, words in (
        ({"born": "2126-05-09"}, "Проверьте день рождения"),
        ({"born": "9 мая"}, "Укажите день рождения"),
        ({"family": ""}, "Укажите фамилию и имя"),
        ({"address": "Мира" * 100}, "Адрес — не длиннее 300 знаков"),
        ({"given": "П" * 101}, "не длиннее 100 знаков"),
    ):
        refused = told(client, sveta, **{"address": "Мира, 4"} | fields)
        assert refused.status_code == 422, fields
        assert words in refused.text, fields
        assert f'value="{fields.get("address", "Мира, 4")}"' in refused.text
    assert shown(client, sveta) == PETROV


def test_of_a_teacher_and_a_parent_there_is_a_name_alone(client: TestClient, desk: At) -> None:
    alla = desk("alla")
    for person_id in (c.ANNA, c.OLGA):
        there = f"/people/{person_id}/particulars"
        assert set(shown(client, alla, there)) == {"family", "given", "patronymic"}
        assert told(client, alla, there, born="1990-05-09").status_code == 422
        told(client, alla, there, family="Новая")
        assert shown(client, alla, there)["family"] == "Новая"


def test_nobody_has_no_page_and_who_was_erased_no_form(
    kukarino: str, client: TestClient, desk: At
) -> None:
    alla = desk("alla")
    nobody = f"/people/{uuid4()}/particulars"
    assert client.get(nobody, headers=alla.cookie).status_code == 404
    assert told(client, alla, nobody).status_code == 404
    assert alla.post(f"/people/{c.PETYA}/erasure", {"basis": "акт № 1"}).is_success
    project(kukarino)

    page = client.get(HERE, headers=alla.cookie)
    assert (page.status_code, 'name="family"' in page.text) == (200, False)
    assert "удалены" in page.text
    assert told(client, alla).status_code == 409


def test_looking_is_in_the_access_log_and_the_way_leads_from_the_search(
    kukarino: str, client: TestClient, desk: At
) -> None:
    sveta = desk("sveta")
    found = client.post("/search", data={"q": "петров п"}, headers=sveta.cookie).text
    assert f'href="{HERE}"' in found
    assert (
        HERE not in client.post("/search", data={"q": "петров п"}, headers=desk("kira").cookie).text
    )
    staff = client.get("/school-year/staff", headers=sveta.cookie).text
    assert f'href="/people/{c.ANNA}/particulars"' in staff
    page = client.get(HERE, headers=sveta.cookie).text
    assert f'href="/people/{c.OLGA}/particulars"' in page  # guardians stand there

    with psycopg.connect(kukarino) as conn:
        looks = conn.execute(
            f"SELECT person_id::text, outcome, basis FROM school_{SLUG}.access_log"
            " WHERE act = 'person' AND subject = %s".encode(),
            (c.PETYA,),
        ).fetchall()
    assert looks == [(c.SVETA, "ok", "secretary")]


def body_of(url: str) -> dict[str, str]:
    """What the vault has of Petya's name."""
    with psycopg.connect(url) as conn:
        found = conn.execute(
            f"SELECT body::json FROM school_{SLUG}.payload WHERE subject = %s"
            " AND kind = 'name'".encode(),
            (c.PETYA,),
        ).fetchone()
    assert found is not None
    kept: dict[str, str] = found[0]
    return kept
