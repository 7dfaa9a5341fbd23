"""Pages behind their doors: Zoya's tests first, then what each person is shown."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.pages import routing
from projections.projector import Projector
from tests.api.ground import Desk, look_again, open_accounts, project
from tests.cast import ALGEBRA, CLASS_7A, GALINA, PETYA
from tests.domain.seventh_a import WEDNESDAY

At = Callable[[str], Desk]
REGISTER = f"/classes/{CLASS_7A}/register?subject_id={ALGEBRA}"
BEHIND = "Последние записи ещё готовятся к показу"
WEEK = f"/pupils/{PETYA}/diary/2026-08-31"


def look(client: TestClient, person: Desk | None, path: str, **headers: str) -> Response:
    """GET a page as a browser does; nobody is signed in when `person` is None."""
    cookie = person.cookie if person else {}
    wanted = {"accept": "text/html", **cookie, **headers}
    return client.get(path, headers=wanted, follow_redirects=False)


def heading(answer: Response) -> str:
    """The words of the page's h1."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    assert found, answer.text
    return re.sub(r"<[^>]+>", "", found[1]).strip()


@pytest.mark.parametrize("path", [REGISTER, WEEK, "/trail"])
def test_zoya_does_not_learn_that_a_page_exists(client: TestClient, desk: At, path: str) -> None:
    answer = look(client, desk("zoya"), path)
    assert answer.status_code == 404
    assert heading(answer) == "Такой страницы нет"
    assert "Петров" not in answer.text


@pytest.mark.parametrize("path", ["/", REGISTER, WEEK, "/diary", "/trail", "/password"])
def test_who_is_not_signed_in_is_led_to_the_form_and_back(client: TestClient, path: str) -> None:
    answer = look(client, None, path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2F")
    form = look(client, None, answer.headers["location"])
    assert f'data-next="{path.replace("&", "&amp;")}"' in form.text


@pytest.mark.parametrize("there", ["https://example.org/", "//example.org", "/\\example.org"])
def test_the_form_leads_nowhere_else(client: TestClient, there: str) -> None:
    form = client.get("/sign-in", params={"next": there})
    assert 'data-next="/"' in form.text


def test_a_handed_out_password_must_be_changed_first(client: TestClient, kukarino: str) -> None:
    open_accounts(kukarino, {GALINA: "galina"}, must_change=True)
    galina = Desk(client, "galina")
    answer = look(client, galina, "/")
    assert answer.headers["location"] == "/password"
    assert heading(look(client, galina, "/password")) == "Придумайте свой пароль"


@pytest.mark.parametrize(
    ("login", "there"), [("vera", "/desk"), ("olga", "/diary"), ("igor", "/audit")]
)
def test_everybody_comes_home(client: TestClient, desk: At, login: str, there: str) -> None:
    assert look(client, desk(login), "/").headers["location"] == there


def test_the_teacher_sees_the_day(client: TestClient, desk: At) -> None:
    answer = look(client, desk("anna"), "/")
    assert heading(answer) == "Сегодня"
    assert "7а · Алгебра" in answer.text
    assert "не отмечена посещаемость" in answer.text


def test_the_diary_opens_at_this_week(client: TestClient, desk: At) -> None:
    olga = desk("olga")
    answer = look(client, olga, "/diary")
    assert answer.headers["location"] == WEEK
    assert heading(look(client, olga, WEEK)) == "31 августа – 5 сентября"


def test_any_day_leads_to_its_monday(client: TestClient, desk: At) -> None:
    answer = look(client, desk("olga"), f"/pupils/{PETYA}/diary/{WEDNESDAY}")
    assert answer.headers["location"] == WEEK


def test_without_consent_the_diary_says_why_it_is_closed(client: TestClient, desk: At) -> None:
    answer = look(client, desk("oleg"), WEEK)
    assert answer.status_code == 403
    assert "п. 1.11 Положения" in answer.text


def test_a_form_that_left_fields_empty_is_asked_again_without_them(
    client: TestClient, desk: At
) -> None:
    vera = desk("vera")
    answer = look(client, vera, "/trail?class_id=&kind=mark-given&from=")
    assert answer.headers["location"] == "/trail?kind=mark-given"
    table = look(client, vera, "/trail?kind=mark-given&format=csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert look(client, vera, "/trail?flag=no-such-flag").status_code == 404
    assert look(client, vera, "/trail?class_id=not-an-id").status_code == 404


def test_the_register_is_there_to_read_for_who_may_not_write(client: TestClient, desk: At) -> None:
    assert "data-locked" not in look(client, desk("anna"), REGISTER).text
    answer = look(client, desk("vera"), REGISTER)
    assert "data-locked" in answer.text
    assert "Записи на этой странице делает учитель предмета" in answer.text


def test_a_class_without_a_subject_opens_at_ones_own(client: TestClient, desk: At) -> None:
    answer = look(client, desk("anna"), f"/classes/{CLASS_7A}/register")
    assert answer.headers["location"] == REGISTER


def write_a_topic(anna: Desk) -> str:
    """Anna's cookies after she has recorded the topic of today's lesson."""
    register = anna.get(f"/classes/{CLASS_7A}/register", subject_id=ALGEBRA).json()
    lesson = next(one for one in register["lessons"] if one["date"] == WEDNESDAY.isoformat())
    answer = anna.post(f"/lessons/{lesson['lesson_id']}/topic", {"topic": "Дроби"})
    return f"{anna.cookie['cookie']}; letopis_position={answer.json()['position']}"


def test_a_page_waits_for_what_the_browser_has_just_written(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")
    page = look(client, anna, REGISTER, cookie=write_a_topic(anna))
    assert page.status_code == 200
    assert 'title="Дроби"' in page.text
    assert BEHIND not in page.text


def test_while_the_projector_is_away_the_page_says_that_it_is_behind(
    client: TestClient, desk: At
) -> None:
    anna = desk("anna")
    page = look(client, anna, REGISTER, cookie=write_a_topic(anna))
    assert page.status_code == 200
    assert BEHIND in page.text


def test_while_much_waits_to_be_shown_every_page_says_so(
    client: TestClient, desk: At, kukarino: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vera = desk("vera")
    write_a_topic(desk("anna"))
    look_again(kukarino)
    assert BEHIND not in look(client, vera, "/desk").text  # one record is not much
    monkeypatch.setattr(routing, "FAR", 0)
    assert BEHIND in look(client, vera, "/desk").text
    project(kukarino)
    assert BEHIND not in look(client, vera, "/desk").text


def test_a_position_of_the_future_is_not_waited_for(client: TestClient, desk: At) -> None:
    anna = desk("anna")
    cookie = f"{anna.cookie['cookie']}; letopis_position=999999999999"
    assert look(client, anna, REGISTER, cookie=cookie).status_code == 200


def test_a_page_is_packed_and_kept_by_nobody_else(client: TestClient, desk: At) -> None:
    answer = look(client, desk("anna"), REGISTER)
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_programs(
    client: TestClient,
) -> None:
    page = look(client, None, "/no-such-page")
    assert page.status_code == 404
    assert heading(page) == "Такой страницы нет"
    problem = client.get("/no-such-page", headers={"accept": "application/json"})
    assert problem.headers["content-type"] == "application/problem+json"
    api = look(client, None, "/api/v1/no-such-thing")
    assert api.headers["content-type"] == "application/problem+json"


def test_an_auditor_is_offered_no_forecast(client: TestClient, desk: At) -> None:
    igor = desk("igor")
    assert "/forecast" not in look(client, igor, "/forecast").text.partition("<main")[2]
    assert look(client, igor, f"/classes/{CLASS_7A}/forecast").status_code == 403
    helped = look(client, igor, "/help/guide-teacher").text
    assert 'href="/forecast"' not in helped
    assert "Прогноз" in helped
    assert 'href="/forecast"' in look(client, desk("anna"), "/help/guide-teacher").text
