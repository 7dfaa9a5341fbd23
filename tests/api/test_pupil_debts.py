"""«Долги учеников»: a page that raises and closes debts without a script."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from projections.projector import Projector
from tests.api.ground import Desk
from tests.api.test_consent_pages import followed
from tests.api.test_page_doors import look
from tests.cast import ALGEBRA, CLASS_7A, CONTROL, PETYA

At = Callable[[str], Desk]


def lesson_of(desk: Desk) -> str:
    """The teacher's first lesson of the day."""
    found = desk.get("/lessons", date="2026-09-02").json()["lessons"]
    return str(found[0]["lesson_id"])


def sent(client: TestClient, person: Desk, what: str, **fields: str) -> Response:
    """What a browser sends."""
    answer = client.post(
        f"/classes/{CLASS_7A}/debts/{what}",
        data={"key": str(uuid4()), **fields},
        headers={"accept": "text/html", **person.cookie},
        follow_redirects=False,
    )
    client.cookies.clear()
    return answer


def raised(client: TestClient, anna: Desk, due: str = "2026-09-10") -> Response:
    """Petya owes the control work of the first lesson."""
    fields = {"lesson_id": lesson_of(anna), "pupil_id": PETYA, "work_type_id": CONTROL}
    return sent(client, anna, "raised", due=due, **fields)


def field(page: Response, name: str) -> str:
    """The value of a hidden field."""
    return page.text.split(f'name="{name}" value="')[1].partition('"')[0]


def test_a_debt_is_raised_and_closed_without_a_script(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")

    after = followed(client, anna, raised(client, anna))
    assert "Долг записан." in after.text
    assert "урок 02.09.2026, сдать до 10.09.2026" in after.text
    register = look(client, anna, f"/classes/{CLASS_7A}/register?subject_id={ALGEBRA}")
    assert (
        f'data-debts="{field(after, "debt_id")}/{lesson_of(anna)}/2026-09-02/2026-09-10/{CONTROL}"'
        in register.text
    )

    read = anna.get(f"/classes/{CLASS_7A}/register", subject_id=ALGEBRA).json()
    assert {one["pupil_id"]: one["debts"] for one in read["pupils"] if one["debts"]} == {
        PETYA: [
            {
                "debt_id": field(after, "debt_id"),
                "lesson_id": lesson_of(anna),
                "date": "2026-09-02",
                "due_date": "2026-09-10",
                "work_type_id": CONTROL,
            }
        ]
    }

    closing = {"lesson_id": lesson_of(anna), "debt_id": field(after, "debt_id")}
    after = followed(client, anna, sent(client, anna, "closed", **closing))
    assert "Долг снят." in after.text
    assert "никто ничего не должен" in after.text


def test_the_day_offered_is_two_weeks_after_the_lesson(
    client: TestClient, desk: At, projector: Projector
) -> None:
    anna = desk("anna")
    page = look(client, anna, f"/classes/{CLASS_7A}/debts?lesson={lesson_of(anna)}")
    assert 'name="due" value="2026-09-16" min="2026-09-02"' in page.text


def test_a_day_before_the_lesson_is_refused_in_words(
    client: TestClient, desk: At, projector: Projector
) -> None:
    answer = raised(client, desk("anna"), due="2026-09-01")
    assert answer.status_code == 422
    assert "Срок долга раньше урока." in unescape(answer.text)


@pytest.mark.parametrize("login", ["boris", "kira", "vera"])
def test_who_does_not_teach_the_subject_only_reads(
    client: TestClient, desk: At, projector: Projector, login: str
) -> None:
    anna, other = desk("anna"), desk(login)
    answer = raised(client, anna)
    page = followed(client, anna, answer)
    shown = look(client, other, answer.headers["location"])
    assert shown.status_code == 200
    assert "сдать до 10.09.2026" in shown.text
    assert "<form" not in shown.text.partition("<main")[2].partition("</main>")[0]
    closing = {"lesson_id": lesson_of(anna), "debt_id": field(page, "debt_id")}
    assert sent(client, other, "closed", **closing).status_code == 403


@pytest.mark.parametrize("login", ["zoya", "tanya", "petya", "olga"])
def test_a_stranger_and_a_family_find_no_such_page(
    client: TestClient, desk: At, projector: Projector, login: str
) -> None:
    lesson = lesson_of(desk("anna"))
    answer = look(client, desk(login), f"/classes/{CLASS_7A}/debts?lesson={lesson}")
    assert answer.status_code in {403, 404}
    answer = sent(client, desk(login), "closed", lesson_id=lesson, debt_id=str(uuid4()))
    assert answer.status_code in {403, 404}
