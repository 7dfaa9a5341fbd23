"""«Вебхуки»: who keeps addresses of other programs, and a secret that is shown once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from projections.strongbox import unseal
from tests.api.telephone import refusal
from tests.api.test_changes import School, school  # noqa: F401 - a fixture
from tests.conftest import SECRET

URL = "https://reports.example/letopis"


def added(school: School, login: str = "alla", **body: Any) -> Any:  # noqa: F811
    return school.desk(login).post("/webhooks", {"url": URL} | body)


@pytest.mark.parametrize(
    ("login", "status"),
    [("zoya", 404), ("olga", 404), ("petya", 404), ("anna", 403), ("vera", 403), ("igor", 403)],
)
def test_addresses_are_the_administrators(school: School, login: str, status: int) -> None:  # noqa: F811
    assert added(school, login).status_code == status
    assert school.desk(login).get("/webhooks").status_code == status


def test_a_secret_is_shown_once_and_sealed_in_the_table(school: School) -> None:  # noqa: F811
    key = str(uuid4())
    alla = school.desk("alla")
    first = alla.post("/webhooks", {"url": URL}, key)
    again = alla.post("/webhooks", {"url": URL}, key)
    other = alla.post("/webhooks", {"url": f"{URL}/2"}, key)

    number, secret = first.json()["webhook_id"], first.json()["secret"]
    assert (first.status_code, again.json()["secret"]) == (201, None)
    assert refusal(other) == (422, "request.key_reused")
    assert secret not in alla.get("/webhooks").text
    with psycopg.connect(school.url) as conn:
        [(kept,)] = conn.execute(
            "SELECT secret FROM school_kukarino.webhook WHERE webhook_id = %s", (number,)
        ).fetchall()
    assert secret not in kept
    assert unseal(SECRET, number, kept).decode() == secret
    rotated = alla.post(f"/webhooks/{number}/secret").json()
    assert rotated["secret"] not in {None, secret}
    assert rotated["old_secret_until"]


def test_what_is_not_there_is_not_found(school: School) -> None:  # noqa: F811
    alla, nothing = school.desk("alla"), f"/webhooks/{uuid4()}"
    assert refusal(alla.post(f"{nothing}/test")) == (404, "webhook.unknown")
    assert refusal(alla.get(f"{nothing}/dead")) == (404, "webhook.unknown")
    assert alla.post(f"{nothing}/replay", {"since": 0}).status_code == 404
    assert added(school, url="ftp://reports.example/").json()["code"] == "webhook.url"
    assert added(school, kinds=["weather"]).json()["code"] == "webhook.kind"


def test_the_page_adds_and_shows_the_secret_once(school: School) -> None:  # noqa: F811
    alla = school.desk("alla")

    def send(**fields: str) -> Any:
        return school.client.post(
            "/webhooks", data={"key": str(uuid4())} | fields, headers=alla.cookie
        )

    shown = send(what="add", url=f"{URL}/page", kind="mark-given")
    page = school.client.get("/webhooks", headers=alla.cookie)

    assert "whsec_" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert "whsec_" not in page.text
    assert f"{URL}/page" in page.text
    assert "Отметка." in page.text
    assert send(what="add", url="nowhere").status_code == 422
    assert send(what="stop", webhook="x").status_code == 422
