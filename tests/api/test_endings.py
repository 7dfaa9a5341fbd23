"""How an operation of the API ends: told beforehand, for twelve months, never within a year."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from api import v1
from api.endings import ENDINGS, Ending, announce
from tests.api.ground import Clock

ROOT = Path(__file__).parents[2]
OLD, NEW = "/api/v1/old-news", "GET /api/v1/notices"
ENDING = Ending(date(2026, 8, 20), date(2027, 8, 31), NEW)
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
def old(client: TestClient, clock: Clock) -> TestClient:
    """The running app with an operation that ends; it is there in this test alone."""
    router = APIRouter()

    @router.get(OLD)
    async def old_news() -> dict[str, str]:
        """What there was."""
        return {"news": "none"}

    announce(router.routes, {f"GET {OLD}": ENDING}, clock)
    client.app.router.routes[:0] = router.routes  # type: ignore[attr-defined]
    return client


def test_an_operation_that_ends_works_and_says_until_when_and_what_takes_its_place(
    old: TestClient,
) -> None:
    answer = old.get(OLD)
    assert (answer.status_code, answer.json()) == (200, {"news": "none"})
    assert answer.headers["deprecation"] == "@1787184000"  # 20.08.2026, 00:00 UTC
    assert answer.headers["sunset"] == "Tue, 31 Aug 2027 00:00:00 GMT"
    assert '</api/v1/notices>; rel="successor-version"' in answer.headers["link"]
    assert "deprecation" not in old.get("/api/v1/session").headers


def test_the_description_says_so_to_programmers(old: TestClient) -> None:
    operation = old.get("/openapi.json").json()["paths"][OLD]["get"]
    assert operation["deprecated"] is True
    assert "до 31.08.2027" in operation["description"]
    assert NEW in operation["description"]


def test_after_its_last_day_it_is_gone(old: TestClient, clock: Clock) -> None:
    clock.at = datetime(2027, 8, 31, 2, tzinfo=MOSCOW)
    assert old.get(OLD).status_code == 200
    clock.at += timedelta(hours=1)  # midnight in Greenwich
    answer = old.get(OLD)
    assert (answer.status_code, answer.json()["code"]) == (410, "api.gone")
    assert answer.json()["instead"] == NEW
    assert "deprecation" not in answer.headers


@pytest.mark.parametrize(
    "sunset", [date(2027, 8, 19), date(2027, 9, 1), date(2028, 6, 30), date(2026, 8, 21)]
)
def test_nothing_ends_sooner_than_in_a_year_or_within_a_school_year(sunset: date) -> None:
    with pytest.raises(ValueError, match=r"ends in July|twelve months"):
        Ending(date(2026, 8, 20), sunset, NEW)


def test_what_ends_is_an_operation_and_stands_in_the_changelog(clock: Clock) -> None:
    with pytest.raises(KeyError):
        announce(v1.ROUTES, {"GET /api/v1/nothing": ENDING}, clock)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert all(name.partition(" ")[2] in changelog for name in ENDINGS)
    policy = (ROOT / "docs" / "api-policy.md").read_text(encoding="utf-8")
    assert ("Nothing is deprecated now." in policy) == (not ENDINGS)
